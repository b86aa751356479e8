package scan

import (
	"fmt"
	"reflect"

	"github.com/prom-go/prom/schema"
)

// Convert encodes a value whose type is known at run time only, such as a key given to Get: any type that converts to the
// field's without loss. nil is NULL.
func (c *Codec) Convert(x any) (schema.Value, error) {
	if x == nil {
		return schema.Value{}, nil
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
	to := reflect.New(c.typ)
	if c.column.Kind == schema.Text || c.column.TextCodec {
		if to.Elem().Kind() == reflect.String {
			to.Elem().SetString(s)
			return c.encodeBase(to)
		}
	}
	v, err := schema.ParseLiteral(c.column.Kind, s)
	if err == nil && !c.column.Scanner {
		// Through the field and back, so that the limits of its type hold too.
		if err = c.base.decode(valueRow{v}, 0, to.UnsafePointer()); err == nil {
			return c.encodeBase(to)
		}
	}
	if err != nil {
		return schema.Value{}, Violations{c.violation("type", "the text is not a "+c.typ.String())}
	}
	return v, nil
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
	case to.CanFloat() && from.CanFloat():
		to.SetFloat(from.Float())
		return true
	case to.CanFloat() && from.CanInt():
		to.SetFloat(float64(from.Int()))
		return int64(to.Float()) == from.Int()
	case ft.Kind() == tt.Kind() && ft.ConvertibleTo(tt):
		to.Set(from.Convert(tt))
		return true
	}
	return false
}

func set(f func()) bool { f(); return true }
