package scan

import (
	"fmt"
	"reflect"
	"regexp"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// Codec decodes one column into its field and encodes the field for the database. It is immutable and safe for
// concurrent use.
type Codec struct {
	column  *schema.Column
	base    base // of the value when it is not NULL
	typ     reflect.Type
	null    nullForm
	ruled   bool                    // check can find something
	merges  bool                    // a changed document keeps what the field does not know of it
	pattern *regexp.Regexp          // of column.Rules; nil for none
	names   map[string]schema.Value // of an enum

	// decode reads column i of the row into the field at p; encode reads the field at p.
	decode func(r Row, i int, p unsafe.Pointer) error
	encode func(p unsafe.Pointer) (schema.Value, error)

	// deep is set when the value can change without the field itself changing: through a pointer, a slice, a map. It
	// returns what must be kept to notice that.
	deep bool
}

// base is the codec of a Go type, NULL apart.
type base struct {
	op     op // how the fast way decodes it
	decode func(r Row, i int, p unsafe.Pointer) error
	encode func(p unsafe.Pointer) (schema.Value, error)
	deep   bool
	unsure bool      // it may encode what it cannot decode: methods or functions that are not the library's do both
	json   *jsonType // of what encoding/json writes
}

// Column returns the column that the codec is for.
func (c *Codec) Column() *schema.Column { return c.column }

// newCodec makes the codec of a column.
func newCodec(col *schema.Column) (*Codec, error) {
	inner := schema.Unwrap(col.Type)
	b, err := newBase(inner, col)
	if err != nil {
		return nil, fmt.Errorf("prom: field %s: %w", col.Field, err)
	}
	c := &Codec{column: col, base: b, typ: inner, decode: b.decode, encode: b.encode, deep: b.deep}
	switch {
	case col.Type.Kind() == reflect.Pointer:
		c.null = nullPointer
		c.viaPointer(col.Type.Elem())
	case schema.IsNullType(col.Type):
		c.null = nullStruct
		c.viaNull(col.Type)
	case !col.Null:
		c.decode = func(r Row, i int, p unsafe.Pointer) error {
			if r.IsNull(i) {
				return errNull
			}
			return b.decode(r, i, p)
		}
	}
	c.names = enumNames(inner, b)
	c.merges = b.json != nil && !writesJSON(inner)
	c.ruled = b.unsure || c.null != notNull || b.op == viaCodec || col.Rules.Any() || col.References != nil ||
		col.Kind == schema.UUID || col.Key && col.Kind == schema.Text
	if col.Rules.Pattern != "" {
		c.pattern = regexp.MustCompile(col.Rules.Pattern)
	}
	return c, nil
}

// viaPointer makes the codec one of a pointer to its base, nil for NULL. A reference has its key at its start, so a
// pointer to the reference is a pointer to the key.
func (c *Codec) viaPointer(elem reflect.Type) {
	b, ref := c.base, c.column.References != nil
	c.deep = true
	c.decode = func(r Row, i int, p unsafe.Pointer) error {
		if r.IsNull(i) {
			*(*unsafe.Pointer)(p) = nil
			return nil
		}
		to := newTarget(elem, *(*unsafe.Pointer)(p), ref)
		if err := b.decode(r, i, to); err != nil {
			return err
		}
		*(*unsafe.Pointer)(p) = to
		return nil
	}
	c.encode = func(p unsafe.Pointer) (schema.Value, error) {
		at := *(*unsafe.Pointer)(p)
		if at == nil {
			return schema.Value{}, nil
		}
		return b.encode(at)
	}
}

// viaNull makes the codec one of a database/sql Null type: the value at its start, Valid behind it.
func (c *Codec) viaNull(t reflect.Type) {
	b, valid, size := c.base, t.Field(1).Offset, t.Size()
	c.decode = func(r Row, i int, p unsafe.Pointer) error {
		if r.IsNull(i) {
			reflect.NewAt(t, p).Elem().SetZero()
			return nil
		}
		if err := b.decode(r, i, p); err != nil {
			return err
		}
		*(*bool)(unsafe.Add(p, valid)) = true
		return nil
	}
	c.encode = func(p unsafe.Pointer) (schema.Value, error) {
		if valid >= size || !*(*bool)(unsafe.Add(p, valid)) {
			return schema.Value{}, nil
		}
		return b.encode(p)
	}
}

// Encode encodes a value of a column for use in a condition or an assignment, without checking the column's rules. V
// must be the type that schema.Unwrap gives for the column's field; query makes sure of that when a field is declared.
func Encode[V any](c *Codec, v V) (schema.Value, error) {
	switch c.base.op { // what conditions are mostly made of, without v on the heap
	case opInt64:
		return schema.IntValue(c.column.Kind, *(*int64)(unsafe.Pointer(&v))), nil
	case opInt32:
		return schema.IntValue(c.column.Kind, int64(*(*int32)(unsafe.Pointer(&v)))), nil
	case opBool:
		return schema.BoolValue(*(*bool)(unsafe.Pointer(&v))), nil
	case opText:
		if s := *(*string)(unsafe.Pointer(&v)); checkText(s) == nil {
			return schema.TextValue(schema.Text, s), nil
		}
	}
	moved := v
	value, err := c.base.encode(unsafe.Pointer(&moved))
	if err != nil {
		return schema.Value{}, Violations{c.violation("type", err.Error())}
	}
	return value, nil
}

// EncodeField encodes a value of the codec's own Go type, NULL included.
func EncodeField[V any](c *Codec, v V) (schema.Value, error) {
	value, err := c.encode(unsafe.Pointer(&v))
	if err != nil {
		return schema.Value{}, Violations{c.violation("type", err.Error())}
	}
	return value, nil
}
