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

// Part returns the plan of rows that have some columns of the model, in the given order. It has no tracking; see [NotePart].
func (p *Plan) Part(cols []*schema.Column) (*Plan, error) {
	key := string(ordinals(cols))
	if part, ok := p.parts.Load(key); ok {
		return part.(*Plan), nil
	}
	part, err := PlanOf(p.Table.Model, cols)
	if err != nil {
		return nil, err
	}
	made, _ := p.parts.LoadOrStore(key, part)
	return made.(*Plan), nil
}

func ordinals(cols []*schema.Column) []byte {
	b := make([]byte, 0, 2*len(cols))
	for _, c := range cols {
		b = append(b, byte(c.Ordinal), byte(c.Ordinal>>8))
	}
	return b
}

// parts are the plans of parts of a model, by the ordinals of their columns.
type parts struct{ sync.Map }

// NotePart makes v a value of which the database holds the given columns as they are now, and of which the others are not known.
func NotePart[T any](p *Plan, v *T, cols []*schema.Column) {
	checkModel[T](p)
	if !p.hasTracker {
		return
	}
	tracker := p.trackerAt(unsafe.Pointer(v))
	tracker.Loaded = nil
	part := &partial[T]{cols: cols}
	part.row = *v
	for _, i := range p.deep {
		value, _ := p.codecs[i].snapshot(unsafe.Add(unsafe.Pointer(v), p.codecs[i].column.Offset), nil, i) // without a row there is nothing that fails
		part.deep = append(part.deep, value)
	}
	tracker.Loaded = part
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
