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
	steps []step
	arena arena

	copies []T
	states []loaded
	deep   []schema.Value
}

// Load decodes the current row into v.
func (l *Loader[T]) Load(r Row, v *T) error {
	if l.row == nil {
		l.begin(r)
	}
	to := unsafe.Pointer(v)
	var err error
	if l.wire != nil {
		err = l.Plan.decodeWire(l.steps, l.wire, to, &l.arena)
	} else {
		err = l.Plan.decode(r, to)
	}
	if err != nil || !l.Plan.hasTracker {
		return err
	}
	return l.note(v, r)
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
	if wire, ok := r.(WireRow); ok {
		l.wire, l.steps = wire, l.Plan.wireSteps(wire)
	}
}
