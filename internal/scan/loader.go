package scan

import (
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// Reader decodes the rows of one result, which have all columns of the table in their order, and notes, for a model
// with a tracker, what they held. The zero value with a Plan is ready for use; it is not safe for concurrent use. What
// it is given the address of must be of the plan's type.
type Reader struct {
	Plan *Plan

	known *Result // whose values are noted by another plan than that of its rows; see Use

	row   Row // of the result
	wire  WireRow
	lite  LiteRow
	steps []step // of wire
	arena arena

	notes   *notes
	copies  List // of rows
	shadows List // of kept rows
	deep    []schema.Value
}

// Reset makes l ready for another result of the same plan.
func (l *Reader) Reset() { *l = Reader{Plan: l.Plan, known: l.known} }

// Use makes l one of rows that have some columns of a model, or all in another order.
func (l *Reader) Use(r *Result) {
	l.Plan, l.known = r.Plan, nil
	if r.Known != nil {
		l.known = r
	}
}

// Load decodes the current row into v.
func (l *Reader) Load(r Row, v unsafe.Pointer) error {
	if err := l.decode(r, v); err != nil {
		return err
	}
	if l.known == nil && !l.Plan.hasTracker {
		return nil
	}
	return l.note(v, r)
}

func (l *Reader) decode(r Row, v unsafe.Pointer) error {
	if l.row == nil {
		l.begin(r)
	}
	var err error
	switch {
	case l.wire != nil:
		err = l.Plan.decodeWire(l.steps, l.wire, v, &l.arena)
	case l.lite != nil:
		err = l.Plan.decodeLite(l.lite, l.lite.Stmt().Row(), v, &l.arena)
	default:
		err = l.Plan.decode(r, v)
	}
	if err != nil {
		return l.Plan.ofRow(r, err)
	}
	return nil
}

// Rows are the rows of a result.
type Rows interface {
	Row
	Next() bool
}

// LoadAll decodes all rows that are left. It begins with room for as many as are expected.
func (l *Reader) LoadAll(r Rows, expect int) (List, error) {
	m := l.Plan.memory.Load()
	list := List{Data: m.list(expect), Cap: expect}
	brief := l.Plan.hasTracker && l.Plan.layout.width > 0
	for r.Next() {
		v := m.Next(&list)
		var err error
		if brief {
			if err = l.decode(r, v); err == nil {
				err = l.noteRow(v)
			}
		} else {
			err = l.Load(r, v)
		}
		if err != nil {
			return List{}, err
		}
	}
	return list, nil
}

// Stored makes v, whose columns are written as the given values, what reading it back would make it: times have the
// exactness that is stored, say.
func (p *Plan) Stored(v unsafe.Pointer, cols []*schema.Column, values []schema.Value) error {
	for i, c := range cols {
		s := &p.steps[c.Ordinal]
		if err := s.stored(values[i], unsafe.Add(v, c.Offset)); err != nil {
			return s.fail(err)
		}
	}
	return nil
}

// Note makes v a value that the database holds as it is now.
func (l *Reader) Note(v unsafe.Pointer) {
	if l.Plan.hasTracker {
		_ = l.note(v, nil) // without a row there is nothing that fails
	}
}

// begin looks at the form of the result's rows: once, since all rows of a result have the same.
func (l *Reader) begin(r Row) {
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
