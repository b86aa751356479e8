package scan

import (
	"reflect"
	"slices"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// loaded is what a value looked like when a database and it agreed last. It is never changed once a value points to it:
// copies of the value share it, and each goes its own way from there.
type loaded struct {
	plan *Plan
	row  unsafe.Pointer // a copy of the struct, whose tracker is empty
	deep []schema.Value // what the deep columns held, by their position in plan.deep
}

// shadow is a copy of a value with what is kept beside it.
type shadow[T any] struct {
	loaded
	row T
}

func (p *Plan) trackerAt(v unsafe.Pointer) *schema.Tracker {
	return (*schema.Tracker)(unsafe.Add(v, p.tracker))
}

func (p *Plan) loaded(v unsafe.Pointer) *loaded {
	if !p.hasTracker {
		return nil
	}
	l, _ := p.trackerAt(v).Loaded.(*loaded)
	if l == nil || l.plan != p {
		return nil
	}
	return l
}

// IsLoaded reports whether v came from a database or was saved in one. It is always false for a model without a tracker.
func IsLoaded[T any](p *Plan, v *T) bool {
	checkModel[T](p)
	return p.loaded(unsafe.Pointer(v)) != nil
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
	checkModel[T](p)
	l := p.loaded(unsafe.Pointer(v))
	if l == nil {
		return schema.Value{}, false
	}
	if i := slices.Index(p.deep, col.Ordinal); i >= 0 {
		return l.deep[i], true // the copy of the struct shares with v what is behind a pointer or slice
	}
	value, err := p.encode(l.row, col)
	return value, err == nil
}

// Modified lists the columns of v that changed since it was loaded, those changed in place included, or all columns when it
// was not.
func Modified[T any](p *Plan, v *T) []*schema.Column {
	checkModel[T](p)
	l := p.loaded(unsafe.Pointer(v))
	if l == nil {
		return p.Table.Columns
	}
	var cols []*schema.Column
	for i, d := 0, 0; i < len(p.codecs); i++ {
		c := p.codecs[i]
		now, err := c.encode(unsafe.Add(unsafe.Pointer(v), c.column.Offset))
		var before schema.Value
		if c.deep {
			before = l.deep[d]
			d++
		} else {
			before, _ = c.encode(unsafe.Add(l.row, c.column.Offset))
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
	if len(l.shadows) == cap(l.shadows) {
		// A result of one row is common, so the first chunk is small.
		n := min(chunk, max(1, 4*cap(l.shadows)))
		l.shadows = make([]shadow[T], 0, n)
		if len(p.deep) > 0 {
			l.deep = make([]schema.Value, 0, n*len(p.deep))
		}
	}
	l.shadows = l.shadows[:len(l.shadows)+1]
	s := &l.shadows[len(l.shadows)-1]
	tracker := p.trackerAt(unsafe.Pointer(v))
	tracker.Loaded = nil
	s.plan, s.row, s.loaded.row = p, *v, unsafe.Pointer(&s.row)
	for _, i := range p.deep {
		value, err := p.codecs[i].snapshot(unsafe.Add(unsafe.Pointer(v), p.codecs[i].column.Offset), r, i)
		if err != nil {
			return err
		}
		l.deep = append(l.deep, value)
	}
	if n := len(p.deep); n > 0 {
		s.deep = l.deep[len(l.deep)-n : len(l.deep) : len(l.deep)]
	}
	tracker.Loaded = &s.loaded
	return nil
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
