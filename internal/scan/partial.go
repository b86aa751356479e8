package scan

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/prom-go/prom/internal/syncmap"
	"github.com/prom-go/prom/schema"
)

// Part returns how rows that have some columns of the model, in the given order, are read, nil for all; and behind them
// fields that are no columns. The values know which columns they have.
func (p *Plan) Part(only, fields []*schema.Column) (*Result, error) {
	b := ordinals(only)
	for _, f := range fields {
		b = fmt.Appendf(b, " %p", f)
	}
	key := string(b)
	if part, ok := p.parts.Load(key); ok {
		return part.(*Result), nil
	}
	cols := only
	if only == nil {
		cols = p.Table.Columns
	}
	cols = append(cols[:len(cols):len(cols)], fields...)
	plan, err := PlanOf(p.Table.Model, cols)
	if err != nil {
		return nil, err
	}
	part := &Result{Plan: plan}
	if p.hasTracker {
		part.know(p, cols)
		part.only = only
	}
	made, _ := p.parts.LoadOrStore(key, part)
	return made.(*Result), nil
}

func ordinals(cols []*schema.Column) []byte {
	b := make([]byte, 0, 2*len(cols))
	for _, c := range cols {
		b = append(b, byte(c.Ordinal), byte(c.Ordinal>>8))
	}
	return b
}

// parts are the results of parts of a model, by the ordinals of their columns.
type parts struct{ syncmap.Map }

// notePart is note for a row that has some columns of the model: those that it has not are what they are in a zero
// value.
func (l *Reader) notePart(v unsafe.Pointer, r Row) error {
	p, m := l.known.Known, l.known.Known.memory.Load()
	s := (*shadow)(m.kept(1))
	s.plan, s.row, s.read = p, unsafe.Add(unsafe.Pointer(s), m.rowAt), l.known.only
	m.copy(s.row, v, 1)
	var err error
	if s.deep, err = p.snapshots(nil, v, r, l.known.places); err != nil {
		return err
	}
	p.trackerAt(v).Loaded = s
	return nil
}

// Unread returns those of the columns that were not read when v was loaded.
func (p *Plan) Unread(v unsafe.Pointer, cols []*schema.Column) []*schema.Column {
	if !p.hasTracker {
		return nil
	}
	s, ok := p.trackerAt(v).Loaded.(*shadow)
	if !ok || s.plan != p || s.read == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(cols), func(c *schema.Column) bool { return slices.Contains(s.read, c) })
}
