package scan

import (
	"reflect"
	"slices"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// What a value looked like when a database and it agreed last is kept behind its tracker: a *T, a copy of the struct whose tracker
// is empty, or for a model with deep columns a *shadow[T]. It is never changed once a value points to it: copies of the value
// share it, and each goes its own way from there.

// shadow is a copy of a value of a model with deep columns.
type shadow[T any] struct {
	row  T
	deep []schema.Value // what the deep columns held, by their position in plan.deep
}

func (p *Plan) trackerAt(v unsafe.Pointer) *schema.Tracker {
	return (*schema.Tracker)(unsafe.Add(v, p.tracker))
}

// loaded returns what v looked like, or nil.
func loaded[T any](p *Plan, v *T) (row *T, deep []schema.Value) {
	checkModel[T](p)
	if !p.hasTracker {
		return nil, nil
	}
	switch l := p.trackerAt(unsafe.Pointer(v)).Loaded.(type) {
	case *T:
		return l, nil
	case *shadow[T]:
		return &l.row, l.deep
	}
	return nil, nil // or it is another model's, which this one embeds
}

// IsLoaded reports whether v came from a database or was saved in one. It is always false for a model without a tracker.
func IsLoaded[T any](p *Plan, v *T) bool {
	row, _ := loaded(p, v)
	return row != nil
}

// Forget makes v a value that no database has seen.
func Forget[T any](p *Plan, v *T) {
	checkModel[T](p)
	if p.hasTracker {
		p.trackerAt(unsafe.Pointer(v)).Loaded = nil
	}
}

// Loaded encodes a column as it was when v was loaded, without the changes made since.
func Loaded[T any](p *Plan, v *T, col *schema.Column) (schema.Value, bool) {
	row, deep := loaded(p, v)
	if row == nil {
		return schema.Value{}, false
	}
	if i := slices.Index(p.deep, col.Ordinal); i >= 0 {
		return deep[i], true // the copy of the struct shares with v what is behind a pointer or slice
	}
	value, err := p.encode(unsafe.Pointer(row), col)
	return value, err == nil
}

// Modified lists the columns of v that changed since it was loaded, those changed in place included, or all columns when it
// was not.
func Modified[T any](p *Plan, v *T) []*schema.Column {
	row, deep := loaded(p, v)
	if row == nil {
		return p.Table.Columns
	}
	var cols []*schema.Column
	for i, d := 0, 0; i < len(p.codecs); i++ {
		c := p.codecs[i]
		now, err := c.encode(unsafe.Add(unsafe.Pointer(v), c.column.Offset))
		var before schema.Value
		if c.deep {
			before = deep[d]
			d++
		} else {
			before, _ = c.encode(unsafe.Add(unsafe.Pointer(row), c.column.Offset))
		}
		// A value that cannot be encoded counts as changed, so that the save finds the error.
		if err != nil || !now.Equal(before) && !c.sameJSON(now, before) {
			cols = append(cols, c.column)
		}
	}
	return cols
}

// sameJSON reports whether a JSON text as the database wrote it means what the field's own encoding says. Engines write JSON
// with other spaces and in another order.
func (c *Codec) sameJSON(now, before schema.Value) bool {
	if c.column.Kind != schema.JSON || c.column.Scanner || now.Kind() != before.Kind() {
		return false
	}
	v := reflect.New(c.typ)
	if decodeJSON(c.typ, []byte(before.Text()), v.UnsafePointer()) != nil {
		return false
	}
	again, err := encodeJSON(c.typ, v.UnsafePointer())
	return err == nil && again.Equal(now)
}

// chunk is how many values share one allocation of what is kept for change tracking.
const chunk = 128

// note remembers what v holds. From r, when there is one, it takes JSON as the database wrote it.
func (l *Loader[T]) note(v *T, r Row) error {
	p := l.Plan
	tracker := p.trackerAt(unsafe.Pointer(v))
	tracker.Loaded = nil
	if len(p.deep) == 0 {
		if len(l.copies) == cap(l.copies) {
			l.copies = make([]T, 0, moreChunk(cap(l.copies)))
		}
		l.copies = append(l.copies, *v)
		tracker.Loaded = &l.copies[len(l.copies)-1]
		return nil
	}
	if len(l.shadows) == cap(l.shadows) {
		n := moreChunk(cap(l.shadows))
		l.shadows, l.deep = make([]shadow[T], 0, n), make([]schema.Value, 0, n*len(p.deep))
	}
	l.shadows = l.shadows[:len(l.shadows)+1]
	s := &l.shadows[len(l.shadows)-1]
	s.row = *v
	for _, i := range p.deep {
		value, err := p.codecs[i].snapshot(unsafe.Add(unsafe.Pointer(v), p.codecs[i].column.Offset), r, i)
		if err != nil {
			return err
		}
		l.deep = append(l.deep, value)
	}
	n := len(l.deep)
	s.deep = l.deep[n-len(p.deep) : n : n]
	tracker.Loaded = s
	return nil
}

// moreChunk returns the size of the chunk after one of n. A result of one row is common, so the first chunk is small.
func moreChunk(n int) int { return min(chunk, max(1, 4*n)) }

// noteAll is note for a list of a model without deep columns whose trackers are empty.
func (l *Loader[T]) noteAll(list []T) {
	for some := range slices.Chunk(list, chunk) {
		copies := append(make([]T, 0, len(some)), some...)
		for i := range some {
			l.Plan.trackerAt(unsafe.Pointer(&some[i])).Loaded = &copies[i]
		}
	}
}

// snapshot returns a value of a deep column that later changes of the field do not reach.
func (c *Codec) snapshot(p unsafe.Pointer, r Row, i int) (schema.Value, error) {
	if r != nil && c.column.Kind == schema.JSON && !c.column.Scanner {
		if r.IsNull(i) {
			return schema.Value{}, nil
		}
		b, err := r.Bytes(i)
		return schema.TextValue(schema.JSON, string(b)), err
	}
	v, err := c.encode(p)
	if err != nil {
		// What was read may break a rule that a write must keep, such as the years of a time: then any value counts as changed.
		return schema.Value{}, nil
	}
	if v.Kind() == schema.Bytes {
		v = schema.BytesValue(append([]byte{}, v.Bytes()...))
	}
	return v, nil
}

// Note makes v a value that the database holds as it is now.
func Note[T any](p *Plan, v *T) {
	checkModel[T](p)
	if p.hasTracker {
		l := Loader[T]{Plan: p}
		_ = l.note(v, nil) // without a row there is nothing that fails
	}
}
