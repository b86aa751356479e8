package schema

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"time"
)

// Value is one value of a column on its way to or from a database. It is a typed union, so that numbers and texts need
// no allocation, and each engine can send them in its own form. A Value is immutable; the slices that it was made from
// must not be changed while it is in use.
//
// The zero Value is NULL.
type Value struct {
	kind Kind
	list bool
	num  uint64 // Bool, the integers, float bits, microseconds of Time, Date and Clock
	str  string // Text, Decimal, UUID, JSON
	ref  any    // []byte; the slice of a list
}

// BoolValue returns a value of kind [Bool].
func BoolValue(b bool) Value {
	if b {
		return Value{kind: Bool, num: 1}
	}
	return Value{kind: Bool}
}

// IntValue returns an integer value of kind k, which is Int16, Int32 or Int64.
func IntValue(k Kind, n int64) Value { return Value{kind: k, num: uint64(n)} }

// UintValue returns a value of kind [Uint64].
func UintValue(n uint64) Value { return Value{kind: Uint64, num: n} }

// FloatValue returns a value of kind k, which is Float32 or Float64. A negative zero becomes zero, because
// SQLite does not keep its sign.
func FloatValue(k Kind, f float64) Value { return Value{kind: k, num: math.Float64bits(f + 0)} }

// TextValue returns a value of a kind that travels as text: Text, Decimal, UUID or JSON.
func TextValue(k Kind, s string) Value { return Value{kind: k, str: s} }

// BytesValue returns a value of kind [Bytes]. A nil slice is an empty value, not NULL.
func BytesValue(b []byte) Value {
	if b == nil {
		b = []byte{}
	}
	return Value{kind: Bytes, ref: b}
}

// TimeValue returns a value of kind k, which is Time or Date: t in UTC, cut to microseconds, and for a Date to
// midnight of its day in t's own location.
func TimeValue(k Kind, t time.Time) Value {
	if k == Date {
		y, m, d := t.Date()
		t = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	// UnixMicro rounds towards the past as PostgreSQL's own conversion does, so that order is kept.
	return Value{kind: k, num: uint64(t.UnixMicro())}
}

// CheckedTime is [TimeValue] for a time of the years 1 to 9999, in UTC, and an error for another: texts of fixed width,
// which sort as the times do, have four digits for the year, and the microseconds of a time far away do not fit 64
// bits.
func CheckedTime(k Kind, t time.Time) (Value, error) {
	day := t
	if k != Date {
		day = t.UTC()
	}
	if y := day.Year(); y < 1 || y > 9999 {
		return Value{}, errors.New("a time must be in the years 1 to 9999, in UTC")
	}
	return TimeValue(k, t), nil
}

// ClockValue returns a value of kind [Clock]: the time since midnight, cut to microseconds.
func ClockValue(d time.Duration) Value { return Value{kind: Clock, num: uint64(d.Microseconds())} }

// ListElem are the slices that a list may be made of. Times, dates and clocks travel as microseconds. A list with
// NULLs, or of lists, is made of values.
type ListElem interface {
	bool | int64 | uint64 | float64 | string | []byte | Value
}

// ListValue returns a list of values of kind k: one parameter of a statement, however long it is.
func ListValue[E ListElem](k Kind, list []E) Value { return Value{kind: k, list: true, ref: list} }

// Kind returns the kind of the value, or of a list's elements.
func (v Value) Kind() Kind { return v.kind }

// IsNull reports whether v is SQL's NULL.
func (v Value) IsNull() bool { return v.kind == Null }

// IsList reports whether v is a list.
func (v Value) IsList() bool { return v.list }

// Bool returns the value of kind Bool.
func (v Value) Bool() bool { return v.num != 0 }

// Int returns the value of an integer kind, and the microseconds of Time, Date and Clock.
func (v Value) Int() int64 { return int64(v.num) }

// Uint returns the value of kind Uint64.
func (v Value) Uint() uint64 { return v.num }

// Float returns the value of kind Float32 or Float64.
func (v Value) Float() float64 { return math.Float64frombits(v.num) }

// Text returns the value of the kinds that travel as text.
func (v Value) Text() string { return v.str }

// Bytes returns the value of kind Bytes, which the caller must not change.
func (v Value) Bytes() []byte { b, _ := v.ref.([]byte); return b }

// Time returns the value of kind Time or Date, in UTC.
func (v Value) Time() time.Time { return time.UnixMicro(int64(v.num)).UTC() }

// Clock returns the value of kind Clock.
func (v Value) Clock() time.Duration { return time.Duration(v.num) * time.Microsecond }

// List returns the slice of a list: []bool, []int64, []uint64, []float64, []string or [][]byte, and []Value if elements
// of it are NULL or lists.
func (v Value) List() any { return v.ref }

// IsZero reports whether v is NULL or its kind's zero: false, 0, "", no bytes, the zero time, the UUID of zeros. A list
// is never zero.
func (v Value) IsZero() bool {
	switch v.kind {
	case Time, Date:
		return v.Time().IsZero()
	case Bytes:
		return !v.list && len(v.Bytes()) == 0
	case Decimal:
		return !v.list && strings.Trim(v.str, "+-0.") == ""
	case UUID:
		return !v.list && (v.str == "" || v.str == "00000000-0000-0000-0000-000000000000")
	}
	return !v.list && v.num == 0 && v.str == ""
}

// Equal reports whether v and w are the same value of the same kind. Lists are equal when all elements are.
func (v Value) Equal(w Value) bool {
	if v.kind != w.kind || v.list != w.list || v.num != w.num || v.str != w.str {
		return false
	}
	switch a := v.ref.(type) {
	case nil:
		return w.ref == nil
	case []byte:
		b, ok := w.ref.([]byte)
		return ok && bytes.Equal(a, b)
	case []bool:
		return equalList(a, w.ref)
	case []int64:
		return equalList(a, w.ref)
	case []uint64:
		return equalList(a, w.ref)
	case []float64:
		return equalList(a, w.ref)
	case []string:
		return equalList(a, w.ref)
	case [][]byte:
		b, ok := w.ref.([][]byte)
		return ok && slices.EqualFunc(a, b, bytes.Equal)
	case []Value:
		b, ok := w.ref.([]Value)
		return ok && slices.EqualFunc(a, b, Value.Equal)
	}
	return false
}

func equalList[E comparable](a []E, ref any) bool {
	b, ok := ref.([]E)
	return ok && slices.Equal(a, b)
}

// Any returns v as an ordinary Go value for showing: nil, bool, int64, uint64, float64, string, []byte,
// time.Time, time.Duration, or a slice of them. It is what Query.SQL lists as arguments.
func (v Value) Any() any {
	if v.list {
		if list, ok := v.ref.([]Value); ok {
			all := make([]any, len(list))
			for i, e := range list {
				all[i] = e.Any()
			}
			return all
		}
		return v.ref
	}
	switch v.kind {
	case Null:
		return nil
	case Bool:
		return v.Bool()
	case Int16, Int32, Int64:
		return v.Int()
	case Uint64:
		return v.Uint()
	case Float32, Float64:
		return v.Float()
	case Bytes:
		return v.Bytes()
	case Time, Date:
		if text, ok := InfiniteMicros(v.Int()); ok {
			return text
		}
		return v.Time()
	case Clock:
		return v.Clock()
	}
	return v.str
}

// String returns only the kind, because a Value may hold a secret.
func (v Value) String() string {
	if v.list {
		return "list of " + v.kind.String()
	}
	return v.kind.String()
}
