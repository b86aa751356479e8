package scan

import (
	"slices"
	"sync"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// partial is what is kept of a value of which some columns were read: a shadow, whose other columns are what they are in a zero value.
type partial[T any] struct {
	shadow[T]
	cols []*schema.Column
}

// Part returns how rows that have some columns of the model, in the given order, are read. The values know which these are.
func (p *Plan) Part(cols []*schema.Column) (*Result, error) {
	key := string(ordinals(cols))
	if part, ok := p.parts.Load(key); ok {
		return part.(*Result), nil
	}
	plan, err := PlanOf(p.Table.Model, cols)
	if err != nil {
		return nil, err
	}
	part := &Result{Plan: plan}
	if p.hasTracker {
		part.know(p, cols)
		part.only = cols
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
type parts struct{ sync.Map }

// notePart is note for a row that has some columns of the model.
func (l *Loader[T]) notePart(v *T, r Row) error {
	p, part := l.known.Known, &partial[T]{cols: l.known.only}
	part.row = *v
	var err error
	if part.deep, err = p.snapshots(nil, unsafe.Pointer(v), r, l.known.places); err != nil {
		return err
	}
	p.trackerAt(unsafe.Pointer(v)).Loaded = part
	return nil
}

// Unread returns those of the columns that were not read when v was loaded.
func Unread[T any](p *Plan, v *T, cols []*schema.Column) []*schema.Column {
	checkModel[T](p)
	if !p.hasTracker {
		return nil
	}
	part, ok := p.trackerAt(unsafe.Pointer(v)).Loaded.(*partial[T])
	if !ok {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(cols), func(c *schema.Column) bool { return slices.Contains(part.cols, c) })
}
