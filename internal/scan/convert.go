package scan

import (
	"fmt"
	"math"
	"reflect"

	"github.com/prom-go/prom/schema"
)

// Convert encodes a value whose type is known at run time only, such as a key given to Get: any type that converts to
// the field's without loss. nil is NULL.
func (c *Codec) Convert(x any) (schema.Value, error) {
	switch x := x.(type) { // what keys are mostly given as
	case nil:
		return schema.Value{}, nil
	case int64:
		if c.base.op == opInt64 {
			return schema.IntValue(c.column.Kind, x), nil
		}
	case int:
		if c.base.op == opInt64 {
			return schema.IntValue(c.column.Kind, int64(x)), nil
		}
	case string:
		if c.base.op == opText && checkText(x) == nil {
			return schema.TextValue(schema.Text, x), nil
		}
	}
	from, to := reflect.ValueOf(x), reflect.New(c.typ)
	if from.Kind() == reflect.Pointer && from.Type() != c.typ && from.Type().Elem() == c.typ {
		if from.IsNil() {
			return schema.Value{}, nil
		}
		from = from.Elem()
	}
	if !assign(to.Elem(), from) {
		return schema.Value{}, Violations{c.violation("type", fmt.Sprintf("it must be %s, and is of type %s", c.wanted(),
			from.Type()))}
	}
	return c.encodeBase(to)
}

// Decode returns a value of a column in the Go type of its field: that of the key, of a reference. It is nil for NULL.
func (c *Codec) Decode(v schema.Value) (any, error) {
	if v.IsNull() {
		return nil, nil
	}
	to := reflect.New(c.typ)
	if err := c.base.decode(valueRow{v}, 0, to.UnsafePointer()); err != nil {
		return nil, err
	}
	return to.Elem().Interface(), nil
}

// Parse encodes a value that arrives as text, such as one of a filter in a URL.
func (c *Codec) Parse(s string) (schema.Value, error) {
	if v, ok := c.names[s]; ok {
		return v, nil
	}
	to := reflect.New(c.typ)
	if c.column.Kind == schema.Text || c.column.TextCodec {
		if to.Elem().Kind() == reflect.String {
			to.Elem().SetString(s)
			return c.encodeBase(to)
		}
	}
	v, err := schema.ParseLiteral(c.column.Kind, s)
	if err == nil {
		// Through the field and back, so that the limits of its type hold too, and a type that converts itself does.
		if err = c.base.decode(valueRow{v}, 0, to.UnsafePointer()); err == nil {
			return c.encodeBase(to)
		}
	}
	return schema.Value{}, Violations{c.violation("type", "it must be "+c.wanted())}
}

// wanted says for people what the values of a column are.
func (c *Codec) wanted() string {
	bits := 0
	switch c.typ.Kind() {
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		bits = c.typ.Bits()
	}
	switch kind := c.column.Kind; {
	case kind.IsList():
		return "a list"
	case kind.Integer() && c.typ.Kind() >= reflect.Uint && c.typ.Kind() <= reflect.Uintptr:
		if bits > 0 {
			return fmt.Sprintf("a whole number from 0 to %d", uint64(1)<<bits-1)
		}
		return "a whole number from 0 on"
	case kind.Integer() && bits > 0:
		return fmt.Sprintf("a whole number from %d to %d", -int64(1)<<(bits-1), int64(1)<<(bits-1)-1)
	case kind.Integer():
		return "a whole number"
	case kind.Number():
		return "a number"
	}
	switch c.column.Kind {
	case schema.Bool:
		return "true or false"
	case schema.Text:
		return "a text"
	case schema.Bytes:
		return "bytes"
	case schema.Time:
		return "a time such as 2006-01-02T15:04:05Z"
	case schema.Date:
		return "a day such as 2006-01-02"
	case schema.Clock:
		return "a time of day such as 15:04:05"
	case schema.UUID:
		return "a UUID"
	case schema.Any:
		return "an AnyValue"
	}
	return "JSON"
}

func (c *Codec) encodeBase(to reflect.Value) (schema.Value, error) {
	v, err := c.base.encode(to.UnsafePointer())
	if err != nil {
		return schema.Value{}, Violations{c.violation("type", err.Error())}
	}
	return v, nil
}

// assign sets to from from, if that loses nothing.
func assign(to, from reflect.Value) bool {
	ft, tt := from.Type(), to.Type()
	switch {
	case ft.AssignableTo(tt):
		to.Set(from)
		return true
	case to.CanInt() && from.CanInt():
		return !to.OverflowInt(from.Int()) && set(func() { to.SetInt(from.Int()) })
	case to.CanInt() && from.CanUint():
		return from.Uint() <= 1<<63-1 && !to.OverflowInt(int64(from.Uint())) && set(func() { to.SetInt(int64(from.Uint())) })
	case to.CanUint() && from.CanUint():
		return !to.OverflowUint(from.Uint()) && set(func() { to.SetUint(from.Uint()) })
	case to.CanUint() && from.CanInt():
		return from.Int() >= 0 && !to.OverflowUint(uint64(from.Int())) && set(func() { to.SetUint(uint64(from.Int())) })
	case to.CanInt() && from.CanFloat():
		n, ok := wholeInt(from.Float())
		return ok && !to.OverflowInt(n) && set(func() { to.SetInt(n) })
	case to.CanUint() && from.CanFloat():
		n, ok := wholeInt(from.Float())
		return ok && n >= 0 && !to.OverflowUint(uint64(n)) && set(func() { to.SetUint(uint64(n)) })
	case to.CanFloat() && from.CanFloat():
		return !to.OverflowFloat(from.Float()) && set(func() { to.SetFloat(from.Float()) })
	case to.CanFloat() && from.CanInt():
		to.SetFloat(float64(from.Int()))
		n, ok := wholeInt(to.Float())
		return ok && n == from.Int()
	case to.CanFloat() && from.CanUint():
		to.SetFloat(float64(from.Uint()))
		n, ok := wholeInt(to.Float())
		return ok && uint64(n) == from.Uint()
	case ft.Kind() == tt.Kind() && ft.ConvertibleTo(tt):
		to.Set(from.Convert(tt))
		return true
	}
	return false
}

// wholeInt returns a float without a fraction as an integer, such as a number that came by JSON.
func wholeInt(f float64) (int64, bool) {
	if f != math.Trunc(f) || f < -1<<63 || f >= 1<<63 {
		return 0, false
	}
	return int64(f), true
}

func set(f func()) bool { f(); return true }
