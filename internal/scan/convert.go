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
		return schema.Value{}, Violations{c.violation("type", fmt.Sprintf("a %s is not a %s", from.Type(), c.typ))}
	}
	return c.encodeBase(to)
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
	return schema.Value{}, Violations{c.violation("type", "the text is not a "+c.typ.String())}
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
