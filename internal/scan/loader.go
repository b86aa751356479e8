package scan

import (
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// Loader decodes the rows of one result, which have all columns of the table in their order, and notes, for a model with a
// tracker, what they held. The zero value with a Plan is ready for use; it is not safe for concurrent use.
type Loader[T any] struct {
	Plan *Plan

	known *Result // whose values are noted by another plan than that of its rows; see Use

	row   Row // of the result
	wire  WireRow
	lite  LiteRow
	steps []step // of wire
	arena arena

	notes   *notes
	copies  []T
	shadows []shadow[T]
	deep    []schema.Value
}

// Reset makes l ready for another result of the same plan.
func (l *Loader[T]) Reset() { *l = Loader[T]{Plan: l.Plan, known: l.known} }

// Use makes l one of rows that have some columns of a model, or all in another order.
func (l *Loader[T]) Use(r *Result) {
	l.Plan, l.known = r.Plan, nil
	if r.Known != nil {
		l.known = r
	}
}

// Load decodes the current row into v.
func (l *Loader[T]) Load(r Row, v *T) error {
	if err := l.decode(r, v); err != nil {
		return err
	}
	if l.known == nil && !l.Plan.hasTracker {
		return nil
	}
	return l.note(v, r)
}

func (l *Loader[T]) decode(r Row, v *T) error {
	if l.row == nil {
		l.begin(r)
	}
	to := unsafe.Pointer(v)
	switch {
	case l.wire != nil:
		return l.Plan.decodeWire(l.steps, l.wire, to, &l.arena)
	case l.lite != nil:
		return l.Plan.decodeLite(l.lite, l.lite.Stmt().Row(), to, &l.arena)
	}
	return l.Plan.decode(r, to)
}

// Rows are the rows of a result.
type Rows interface {
	Row
	Next() bool
}

// LoadAll decodes all rows that are left. It begins with room for as many as are expected.
func (l *Loader[T]) LoadAll(r Rows, expect int) ([]T, error) {
	list := make([]T, 0, expect)
	brief := l.Plan.hasTracker && l.Plan.layout.width > 0
	for r.Next() {
		if len(list) == cap(list) {
			list = append(list, *new(T))
		} else {
			list = list[:len(list)+1] // zero, since it was made so
		}
		v := &list[len(list)-1]
		var err error
		if brief {
			if err = l.decode(r, v); err == nil {
				err = l.noteRow(v)
			}
		} else {
			err = l.Load(r, v)
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Stored makes v, whose columns are written as the given values, what reading it back would make it: times have the exactness
// that is stored, say.
func Stored[T any](p *Plan, v *T, cols []*schema.Column, values []schema.Value) error {
	checkModel[T](p)
	for i, c := range cols {
		s, at := &p.steps[c.Ordinal], unsafe.Add(unsafe.Pointer(v), c.Offset)
		if err := s.stored(values[i], at); err != nil {
			return s.fail(err)
		}
	}
	return nil
}

// Note makes v a value that the database holds as it is now.
func (l *Loader[T]) Note(v *T) {
	checkModel[T](l.Plan)
	if l.Plan.hasTracker {
		_ = l.note(v, nil) // without a row there is nothing that fails
	}
}

// begin looks at the form of the result's rows: once, since all rows of a result have the same.
func (l *Loader[T]) begin(r Row) {
	checkModel[T](l.Plan)
	l.row = r
	for {
		w, ok := r.(interface{ Inner() any })
		if !ok {
			break
		}
		r = w.Inner().(Row)
	}
	switch r := r.(type) {
	case WireRow:
		l.wire, l.steps = r, l.Plan.wireSteps(r)
	case LiteRow:
		l.lite = r
	}
}
