package scan

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// Plan moves the columns of a model between rows and structs. It is immutable and safe for concurrent use.
type Plan struct {
	Table  *schema.Table // the model's schema; a repo may store it under another name
	codecs []*Codec      // by ordinal

	tracker    uintptr      // offset of the schema.Tracker
	pointer    reflect.Type // to the model
	hasTracker bool
	deep       []int // ordinals of the deep columns
	merges     bool  // a codec does

	steps []step // by ordinal
	texts []int  // ordinals of those that are texts

	memory *memoryCell // of the type
	layout layout      // of notes
	parts  parts
}

var plans sync.Map // reflect.Type → *Plan

// For returns the plan of a model; it is made once.
func For(model reflect.Type) (*Plan, error) {
	if p, ok := plans.Load(model); ok {
		return p.(*Plan), nil
	}
	t, err := schema.Of(model)
	if err != nil {
		return nil, err
	}
	p, err := newPlan(t)
	if err != nil {
		return nil, err
	}
	p.tracker, p.hasTracker = schema.TrackerOffset(model)
	p.pointer = reflect.PointerTo(model)
	made, _ := plans.LoadOrStore(model, p)
	return made.(*Plan), nil
}

// Codec returns the codec of a column.
func (p *Plan) Codec(col *schema.Column) *Codec { return p.codecs[col.Ordinal] }

// Tracks reports whether the model has a schema.Tracker, as prom.Model does.
func (p *Plan) Tracks() bool { return p.hasTracker }

// Value encodes one column of v as it is, without checking its rules.
func (p *Plan) Value(at unsafe.Pointer, col *schema.Column) (schema.Value, error) {
	c := p.codecs[col.Ordinal]
	value, err := c.encode(unsafe.Add(at, col.Offset))
	if err != nil {
		return schema.Value{}, Violations{c.violation("type", err.Error())}
	}
	return value, nil
}

// Values encodes columns of v, appends them to dst and checks their rules. The error is a [Violations] of every rule
// that is broken.
func (p *Plan) Values(dst []schema.Value, v unsafe.Pointer, cols []*schema.Column) ([]schema.Value, error) {
	var broken Violations
	for _, col := range cols {
		c := p.codecs[col.Ordinal]
		dst = append(dst, schema.Value{})
		value := &dst[len(dst)-1]
		if err := p.steps[col.Ordinal].encode(value, unsafe.Add(v, col.Offset)); err != nil {
			broken = append(broken, c.violation("type", err.Error()))
		} else if c.ruled {
			broken = c.check(broken, *value)
		}
	}
	if broken != nil {
		return nil, broken
	}
	return dst, nil
}

// Check returns the violations of a value meant for a column, such as one of an assignment.
func (c *Codec) Check(v schema.Value) error { return c.check(nil, v).Err() }

// Set decodes a value into a field of v: the way back of [Plan.Value]. It serves defaults and times that the library
// fills in.
func (p *Plan) Set(v unsafe.Pointer, col *schema.Column, value schema.Value) error {
	at := unsafe.Add(v, col.Offset)
	// What every write does, to set its times and keys, needs no row.
	switch s := &p.steps[col.Ordinal]; {
	case s.null != notNull:
	case s.op == opTime && value.Kind() == schema.Time:
		*(*time.Time)(at) = value.Time()
		return nil
	case s.op >= opInt8 && s.op <= opUint32 && value.Kind() == schema.Int64:
		return setInt(s.op, at, value.Int())
	}
	return p.codecs[col.Ordinal].decode(valueRow{value}, 0, at)
}

func (p *Plan) decode(r Row, at unsafe.Pointer) error {
	for i, c := range p.codecs {
		if err := c.decode(r, i, unsafe.Add(at, c.column.Offset)); err != nil {
			return &ColumnError{Field: c.column.Field, Column: c.column.Name, Err: err}
		}
	}
	return nil
}

// ColumnError is a column whose content does not fit its field.
type ColumnError struct {
	Field  string // "" when there is none
	Column string
	Row    string // the key of its row, where that is numbers and UUIDs; "" else
	Err    error
}

// Error names the field, the column and the row, never the content.
func (e *ColumnError) Error() string {
	text := fmt.Sprintf("column %q", e.Column)
	if e.Field != "" {
		text += " into field " + e.Field
	}
	if e.Row != "" {
		text += " of the row with " + e.Row
	}
	return text + ": " + e.Err.Error()
}

// ofRow makes an error of the current row tell its key, if the result has that. Keys of other kinds than numbers and
// UUIDs may be names, addresses or secrets.
func (p *Plan) ofRow(r Row, err error) error {
	var e *ColumnError
	if !errors.As(err, &e) || e.Row != "" {
		return err
	}
	var parts []string
	for i, c := range p.codecs {
		if !c.column.Key {
			continue
		}
		at := reflect.New(c.column.Type).UnsafePointer()
		if c.column.Kind != schema.UUID && !c.column.Kind.Integer() || c.base.unsure || c.decode(r, i, at) != nil {
			return err
		}
		v, failed := c.encode(at)
		if failed != nil {
			return err
		}
		parts = append(parts, fmt.Sprint(c.column.Name, " ", v.Any()))
	}
	named := *e
	named.Row = strings.Join(parts, ", ")
	return &named
}

// Unwrap returns the cause.
func (e *ColumnError) Unwrap() error { return e.Err }

// Key reads columns of a key, which a row holds in their order from a position on, as values that conditions take.
func Key(p *Plan, r Row, from int, cols []*schema.Column) ([]schema.Value, error) {
	return NewKeyReader(p, from, cols).Append(make([]schema.Value, 0, len(cols)), r)
}

// KeyReader is [Key] for many rows. It is for one goroutine.
type KeyReader struct {
	from   int
	codecs []*Codec
	fields []unsafe.Pointer // what a column is decoded into, where each row may use the same memory
}

// NewKeyReader returns a reader of the columns.
func NewKeyReader(p *Plan, from int, cols []*schema.Column) *KeyReader {
	k := &KeyReader{from: from, codecs: make([]*Codec, len(cols)), fields: make([]unsafe.Pointer, len(cols))}
	for i, col := range cols {
		k.codecs[i] = p.codecs[col.Ordinal]
		switch col.Type.Kind() {
		case reflect.Int, reflect.Int16, reflect.Int32, reflect.Int64, reflect.String, reflect.Array:
			k.fields[i] = reflect.New(col.Type).UnsafePointer()
		}
	}
	return k
}

// Append appends the values of a row.
func (k *KeyReader) Append(dst []schema.Value, r Row) ([]schema.Value, error) {
	for i, c := range k.codecs {
		at := k.fields[i]
		if at == nil {
			at = reflect.New(c.column.Type).UnsafePointer()
		}
		err := c.decode(r, k.from+i, at)
		if err == nil {
			var v schema.Value
			v, err = c.encode(at)
			dst = append(dst, v)
		}
		if err != nil {
			return dst, &ColumnError{Field: c.column.Field, Column: c.column.Name, Err: err}
		}
	}
	return dst, nil
}
