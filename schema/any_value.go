package schema

import (
	"fmt"
	"math"
	"reflect"
)

// AnyValue is a value of any storage class of SQLite, as the exported type over it in package prom. Two are equal by ==
// when they are of one class and hold the same.
type AnyValue struct {
	kind Kind   // Int64, Float64, Text or Bytes; Null where nothing has been set
	num  uint64 // of Int64 and Float64
	str  string // of Text and Bytes
}

var anyValueType = reflect.TypeFor[AnyValue]()

// IsAnyValue reports whether a type is [AnyValue], or one defined over it.
func IsAnyValue(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.ConvertibleTo(anyValueType)
}

// StorageClass reports whether values of a kind are what SQLite stores as one of its classes: INTEGER, REAL, TEXT and
// BLOB.
func StorageClass(k Kind) bool { return k == Int64 || k == Float64 || k == Text || k == Bytes }

// AnyValueOf returns a value of a kind that is a storage class, and nothing for NULL.
func AnyValueOf(v Value) AnyValue {
	if v.kind == Bytes {
		return AnyValue{kind: Bytes, str: string(v.Bytes())}
	}
	return AnyValue{kind: v.kind, num: v.num, str: v.str}
}

// NewAnyValue is AnyValueOf for an int, an int64, a float64, a string, bytes or nil.
func NewAnyValue(v any) (AnyValue, error) {
	switch v := v.(type) {
	case nil:
		return AnyValue{}, nil
	case int:
		return AnyValueOf(IntValue(Int64, int64(v))), nil
	case int64:
		return AnyValueOf(IntValue(Int64, v)), nil
	case float64:
		return AnyValueOf(FloatValue(Float64, v)), nil
	case string:
		return AnyValueOf(TextValue(Text, v)), nil
	case []byte:
		return AnyValue{kind: Bytes, str: string(v)}, nil
	}
	return AnyValue{}, fmt.Errorf("a %T is of no storage class of SQLite; use an int64, a float64, a string or bytes", v)
}

// Value returns the value as it goes to a database.
func (a AnyValue) Value() Value {
	if a.kind == Bytes {
		return BytesValue([]byte(a.str))
	}
	return Value{kind: a.kind, num: a.num, str: a.str}
}

// IsNaN reports whether the value is a float that is no number, which SQLite would store as NULL.
func (a AnyValue) IsNaN() bool { return a.kind == Float64 && math.IsNaN(math.Float64frombits(a.num)) }

// setAny makes the column one of values of any storage class.
func (c *Column) setAny(tg *tag) error {
	for _, it := range tg.items {
		switch it.name {
		case "auto", "default", "generated", "nocase", "null", "json", "decimal", "uuid", "date", "clock", "type":
			return fmt.Errorf("%s cannot be used with %s, which holds a value of any type", it.name, c.Type)
		}
	}
	c.Kind = Any
	return nil
}
