package scan

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unsafe"

	"github.com/prom-go/prom/internal/jsontext"
	"github.com/prom-go/prom/schema"
)

// What a value looked like when a database and it agreed last is kept behind its tracker: a pointer to the model, a
// copy of the struct whose tracker is empty, for a model with deep columns a *shadow, or for one of many rows the notes
// that they share. It is never changed once a value points to it: copies of the value share it, and each goes its own
// way from there.

// shadow is a copy of a value of a model with deep columns, or of one of which some columns were read.
type shadow struct {
	plan *Plan
	row  unsafe.Pointer   // the copy, which lies behind the shadow
	deep []schema.Value   // what the deep columns held, by their position in plan.deep
	read []*schema.Column // nil when all columns were
}

func (p *Plan) trackerAt(v unsafe.Pointer) *schema.Tracker {
	return (*schema.Tracker)(unsafe.Add(v, p.tracker))
}

// before is what a value looked like.
type before struct {
	plan  *Plan
	row   unsafe.Pointer // a copy of the struct
	deep  []schema.Value // of a shadow
	notes *notes         // or the row in there
	at    int
	read  []*schema.Column // of a shadow
}

// loaded returns what v looked like, if it was loaded.
func (p *Plan) loaded(v unsafe.Pointer) (before, bool) {
	if !p.hasTracker {
		return before{}, false
	}
	tracker := p.trackerAt(v)
	switch l := tracker.Loaded.(type) {
	case nil:
		return before{}, false
	case *shadow:
		return before{plan: p, row: l.row, deep: l.deep, read: l.read}, l.plan == p
	case *notes:
		return before{plan: p, notes: l, at: tracker.Row}, l.plan == p
	}
	row := reflect.ValueOf(tracker.Loaded) // or it is another model's, which this one embeds
	if row.Type() != p.pointer {
		return before{}, false
	}
	return before{plan: p, row: row.UnsafePointer()}, true
}

// value encodes a column.
func (b before) value(ordinal int) schema.Value {
	if b.notes != nil {
		return b.notes.value(b.at, ordinal)
	}
	if i := slices.Index(b.plan.deep, ordinal); i >= 0 {
		return b.deep[i] // the copy of the struct shares with the value what is behind a pointer or slice
	}
	c := b.plan.codecs[ordinal]
	// what cannot be encoded is NULL, and so differs from what can
	value, _ := c.encode(unsafe.Add(b.row, c.column.Offset))
	return value
}

// unfit is the value of a column that cannot be encoded.
func (b before) unfit(ordinal int) schema.Value {
	c := b.plan.codecs[ordinal]
	switch {
	case b.notes != nil:
		v := b.notes.value(b.at, ordinal).Any()
		return unfit(reflect.ValueOf(&v).Elem().Elem())
	case slices.Contains(b.plan.deep, ordinal):
		return b.value(ordinal)
	}
	return c.unfit(unsafe.Add(b.row, c.column.Offset))
}

// unfit is what the field at p holds, when that cannot be encoded. To everybody else it is NULL.
func (c *Codec) unfit(p unsafe.Pointer) schema.Value {
	v := reflect.NewAt(c.column.Type, p).Elem()
	switch c.null {
	case nullPointer:
		v = v.Elem()
	case nullStruct:
		v = v.Field(0)
	}
	return unfit(v)
}

func unfit(v reflect.Value) schema.Value {
	var text string
	switch {
	case !v.IsValid():
	case v.CanFloat():
		text = strconv.FormatFloat(v.Float(), 'g', -1, 64)
	case v.Kind() == reflect.String:
		text = v.String()
	case v.Type() == reflect.TypeFor[time.Time]():
		text = strconv.FormatInt(v.Interface().(time.Time).UnixMicro(), 10)
	default:
		text = fmt.Sprintf("%#v", v)
	}
	return schema.TextValue(schema.Null, text)
}

// IsLoaded reports whether v came from a database or was saved in one. It is always false for a model without a
// tracker.
func (p *Plan) IsLoaded(v unsafe.Pointer) bool {
	_, ok := p.loaded(v)
	return ok
}

// Forget makes v a value that no database has seen.
func (p *Plan) Forget(v unsafe.Pointer) {
	if p.hasTracker {
		p.trackerAt(v).Loaded = nil
	}
}

// Loaded encodes a column as it was when v was loaded, without the changes made since.
func (p *Plan) Loaded(v unsafe.Pointer, col *schema.Column) (schema.Value, bool) {
	b, ok := p.loaded(v)
	if !ok {
		return schema.Value{}, false
	}
	return b.value(col.Ordinal), true
}

// Modified lists the columns of v that changed since it was loaded, those changed in place included, or all columns
// when it was not.
func (p *Plan) Modified(v unsafe.Pointer) []*schema.Column {
	was, ok := p.loaded(v)
	if !ok {
		return p.Table.Columns
	}
	var cols []*schema.Column
	for i, c := range p.codecs {
		at := unsafe.Add(v, c.column.Offset)
		if was.read != nil && !slices.Contains(was.read, c.column) {
			if !reflect.NewAt(c.column.Type, at).Elem().IsZero() { // some zero values cannot be encoded
				cols = append(cols, c.column)
			}
			continue
		}
		now, err := c.encode(at)
		before := was.value(i)
		if err != nil {
			// It counts as changed, so that the save finds the error, unless it was read so: others may store what is
			// refused here.
			now, before = c.unfit(at), was.unfit(i)
		}
		if !now.Equal(before) && !c.sameJSON(now, before) && !c.same(at, before) {
			cols = append(cols, c.column)
		}
	}
	return cols
}

// Changes is [Plan.Values] for columns of a value that was loaded, to be written to the row that it was loaded from: of
// a document that encoding/json writes, what the field does not know, or keeps less exactly, stays as it is stored.
func (p *Plan) Changes(dst []schema.Value, v unsafe.Pointer, cols []*schema.Column) ([]schema.Value, error) {
	from := len(dst)
	dst, err := p.Values(dst, v, cols)
	if err != nil || !p.merges {
		return dst, err
	}
	was, ok := p.loaded(v)
	for i, col := range cols {
		if c := p.codecs[col.Ordinal]; ok && c.merges && (was.read == nil || slices.Contains(was.read, col)) {
			dst[from+i] = c.merged(was.value(col.Ordinal), dst[from+i])
		}
	}
	return dst, nil
}

// merged returns a stored document with the change that the field's own encoding of it, now, makes. When that would
// not be read back as now is, which is up to the methods of types within, it is now.
func (c *Codec) merged(stored, now schema.Value) schema.Value {
	if stored.IsNull() || now.IsNull() {
		return now
	}
	was, err := c.again(stored)
	if err != nil || was.Equal(stored) {
		return now
	}
	merged := schema.TextValue(schema.JSON, jsontext.Merge(stored.Text(), was.Text(), now.Text()))
	if read, err := c.again(merged); err != nil || !read.Equal(now) {
		return now
	}
	return merged
}

// again returns a document as it is when it was read and is encoded again.
func (c *Codec) again(stored schema.Value) (schema.Value, error) {
	p := reflect.New(c.typ).UnsafePointer()
	if err := c.base.decode(valueRow{stored}, 0, p); err != nil {
		return schema.Value{}, err
	}
	return c.base.encode(p)
}

// sameJSON reports whether a JSON text as the database wrote it means what the field's own encoding says. Engines write
// JSON with other spaces and in another order.
func (c *Codec) sameJSON(now, before schema.Value) bool {
	if c.base.json == nil || now.Kind() != before.Kind() {
		return false
	}
	again, err := c.again(before)
	if err != nil || !c.base.json.raw {
		return err == nil && again.Equal(now)
	}
	return jsontext.Compact(again.Text()) == jsontext.Compact(now.Text())
}

// chunk is how many values share one allocation of what is kept for change tracking.
const chunk = 128

// note remembers what v holds. From r, when there is one, it takes JSON as the database wrote it.
func (l *Reader) note(v unsafe.Pointer, r Row) error {
	p, places := l.Plan, []int(nil)
	if l.known != nil {
		p, places = l.known.Known, l.known.places
	}
	tracker := p.trackerAt(v)
	tracker.Loaded = nil
	if l.known != nil && l.known.only != nil {
		return l.notePart(v, r)
	}
	m := p.memory.Load()
	if len(p.deep) == 0 {
		if l.copies.Len == l.copies.Cap {
			n := moreChunk(l.copies.Cap)
			l.copies = List{Data: m.list(n), Cap: n}
		}
		row := m.Next(&l.copies)
		m.copy(row, v, 1)
		tracker.Loaded = m.pointer(row)
		return nil
	}
	if l.shadows.Len == l.shadows.Cap {
		n := moreChunk(l.shadows.Cap)
		l.shadows, l.deep = List{Data: m.kept(n), Cap: n}, make([]schema.Value, 0, n*len(p.deep))
	}
	s := (*shadow)(unsafe.Add(l.shadows.Data, uintptr(l.shadows.Len)*m.keptSize))
	l.shadows.Len++
	s.plan, s.row = p, unsafe.Add(unsafe.Pointer(s), m.rowAt)
	m.copy(s.row, v, 1)
	var err error
	if l.deep, err = p.snapshots(l.deep, v, r, places); err != nil {
		return err
	}
	n := len(l.deep)
	s.deep = l.deep[n-len(p.deep) : n : n]
	tracker.Loaded = s
	return nil
}

// snapshots appends the snapshots of the deep columns. A row that does not have all columns in their order has them
// at the given places.
func (p *Plan) snapshots(dst []schema.Value, v unsafe.Pointer, r Row, places []int) ([]schema.Value, error) {
	for _, i := range p.deep {
		row, at := r, i
		if places != nil {
			if at = places[i]; at < 0 {
				row = nil
			}
		}
		value, err := p.codecs[i].snapshot(unsafe.Add(v, p.codecs[i].column.Offset), row, at)
		if err != nil {
			return dst, err
		}
		dst = append(dst, value)
	}
	return dst, nil
}

// moreChunk returns the size of the chunk after one of n. A result of one row is common, so the first chunk is small.
func moreChunk(n int) int { return min(chunk, max(1, 4*n)) }

// noteRow is note for a row of a list that was zero before it was decoded, of a model whose columns fit words.
func (l *Reader) noteRow(v unsafe.Pointer) error {
	chunk := l.arena.chunk
	if l.notes == nil || unsafe.SliceData(l.notes.texts) != unsafe.SliceData(chunk) {
		l.notes = &notes{plan: l.Plan, words: make([]uint64, 0, noteRows*l.Plan.layout.width)}
	}
	l.notes.texts = chunk
	if !l.notes.add(v) { // of a long text
		return l.note(v, nil)
	}
	tracker := l.Plan.trackerAt(v)
	tracker.Loaded, tracker.Row = l.notes, l.notes.rows-1
	return nil
}

// noteRows is for how many rows notes have room at first; about so many have their texts in one chunk.
const noteRows = 44

// snapshot returns a value of a deep column that later changes of the field do not reach.
func (c *Codec) snapshot(p unsafe.Pointer, r Row, i int) (schema.Value, error) {
	if r != nil && (c.base.json != nil || c.column.Codec != nil) {
		return storedAs(c.column, r, i)
	}
	v, err := c.encode(p)
	if err != nil {
		return c.unfit(p), nil // what was read may break a rule that a write must keep, such as the years of a time
	}
	if v.Kind() == schema.Bytes && !v.IsList() {
		v = schema.BytesValue(append([]byte{}, v.Bytes()...))
	}
	return v, nil
}
