package scan

import (
	"fmt"
	"reflect"
	"sync"

	"github.com/prom-go/prom/internal/syncmap"
	"github.com/prom-go/prom/schema"
)

// PlanOf returns a plan of any type for the rows of a result whose columns are the given ones, in their order. Each
// column says by its Offset and its Type where its value goes. The model may be a struct, or the type of a single
// value, which has offset 0. The plan has no change tracking. It is not kept: who makes the same one often keeps it.
func PlanOf(model reflect.Type, cols []*schema.Column) (*Plan, error) {
	t := &schema.Table{Name: model.Name(), Model: model, Columns: make([]*schema.Column, len(cols))}
	for i, col := range cols {
		c := *col
		c.Ordinal = i
		t.Columns[i] = &c
	}
	return newPlan(t)
}

// newPlan makes the plan of a table, without its change tracking.
func newPlan(t *schema.Table) (*Plan, error) {
	p := &Plan{Table: t, memory: memoryOf(t.Model), parts: parts{syncmap.New()}, codecs: make([]*Codec, len(t.Columns))}
	for i, col := range t.Columns {
		var err error
		if p.codecs[i], err = newCodec(col); err != nil {
			return nil, err
		}
		if p.codecs[i].deep {
			p.deep = append(p.deep, i)
		}
		p.merges = p.merges || p.codecs[i].merges
	}
	p.steps = newSteps(p.codecs)
	p.layout = newLayout(p.steps)
	for i := range p.steps {
		if p.steps[i].op == opText {
			p.texts = append(p.texts, i)
		}
	}
	return p, nil
}

// CodecFor returns the codec of a Go type for values that are like those of a column: of its kind, precision and
// conversions. Without a column the type alone says what the values are. It is made once for each pair.
func CodecFor(t reflect.Type, like *schema.Column) (*Codec, error) {
	key := codecKey{t, like}
	if c, ok := codecsFor.Load(key); ok {
		return c.(*Codec), nil
	}
	col, err := ColumnFor(t, like)
	if err != nil {
		return nil, err
	}
	c, err := newCodec(col)
	if err != nil {
		return nil, err
	}
	made, _ := codecsFor.LoadOrStore(key, c)
	return made.(*Codec), nil
}

var codecsFor sync.Map // codecKey → *Codec

type codecKey struct {
	typ  reflect.Type
	like *schema.Column
}

// ColumnFor returns a column of a Go type that holds what the column like does: one without a table, a key or rules.
// Without like the type alone says what it holds.
func ColumnFor(t reflect.Type, like *schema.Column) (*schema.Column, error) {
	own, err := schema.ColumnOf(t)
	if like == nil {
		return own, err
	}
	c := *like
	c.Type, c.Offset, c.Rules, c.References, c.Key, c.Auto = t, 0, schema.Rules{}, nil, false, false
	c.Null = t.Kind() == reflect.Pointer || schema.IsNullType(t) || like.Scanner && like.Null
	switch {
	case like.Type != nil && schema.Unwrap(like.Type) == schema.Unwrap(t):
	case like.Type == nil && (err != nil || !own.Scanner && !own.TextCodec && own.Codec == nil):
	case err != nil:
		return nil, err
	default:
		// Another Go type: it converts itself in its own way, and must be one that the kind can be read into.
		c.Scanner, c.TextCodec, c.Codec = own.Scanner, own.TextCodec, own.Codec
		if own.Range != schema.Null && c.Range == schema.Null {
			c.Range, c.Multi, c.SQLType = own.Range, own.Multi, own.SQLType
		}
		if !readable(like.Kind, own) {
			return nil, fmt.Errorf("prom: a value of kind %s cannot be read into a %s", like.Kind, t)
		}
		if own.Scanner || own.TextCodec || own.Codec != nil {
			c.Kind = own.Kind
		}
	}
	if c.Field == "" {
		c.Field = t.String()
	}
	return &c, nil
}

// readable reports whether values of a kind can be read into what another column holds without a loss that goes
// unnoticed.
func readable(k schema.Kind, to *schema.Column) bool {
	switch {
	case to.Scanner || to.TextCodec || to.Codec != nil || k == to.Kind:
		return true
	case k.Integer():
		return to.Kind.Integer()
	case k == schema.Float32 || k == schema.Float64:
		return to.Kind == schema.Float32 || to.Kind == schema.Float64
	case k == schema.Decimal || k == schema.UUID:
		return to.Kind == schema.Text || to.Kind == k
	case k == schema.Date:
		return to.Kind == schema.Time
	case k == schema.Clock:
		return to.Kind == schema.Int64
	case k == schema.Null:
		return true
	}
	return k == schema.JSON && to.Kind == schema.JSON
}
