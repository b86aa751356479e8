package scan

import (
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// Loader decodes the rows of one result, which have all columns of the table in their order, and notes, for a model with a
// tracker, what they held. The zero value with a Plan is ready for use; it is not safe for concurrent use.
type Loader[T any] struct {
	Plan *Plan

	row   Row // of the result
	wire  WireRow
	lite  LiteRow
	steps []step // of wire
	arena arena

	shadows []shadow[T]
	deep    []schema.Value
}

// Reset makes l ready for another result of the same plan.
func (l *Loader[T]) Reset() { *l = Loader[T]{Plan: l.Plan} }

// Load decodes the current row into v.
func (l *Loader[T]) Load(r Row, v *T) error {
	if l.row == nil {
		l.begin(r)
	}
	to := unsafe.Pointer(v)
	var err error
	switch {
	case l.wire != nil:
		err = l.Plan.decodeWire(l.steps, l.wire, to, &l.arena)
	case l.lite != nil:
		err = l.Plan.decodeLite(l.lite, l.lite.Stmt().Row(), to, &l.arena)
	default:
		err = l.Plan.decode(r, to)
	}
	if err != nil || !l.Plan.hasTracker {
		return err
	}
	return l.note(v, r)
}

// Stored makes v, whose columns were written as the given values, what reading it back would make it: times have the exactness
// that is stored, say. It is then a value that the database holds.
func (l *Loader[T]) Stored(v *T, cols []*schema.Column, values []schema.Value) error {
	checkModel[T](l.Plan)
	for i, c := range cols {
		s, at := &l.Plan.steps[c.Ordinal], unsafe.Add(unsafe.Pointer(v), c.Offset)
		if err := s.stored(values[i], at); err != nil {
			return s.fail(err)
		}
	}
	if !l.Plan.hasTracker {
		return nil
	}
	return l.note(v, nil)
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
