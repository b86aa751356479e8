package schema

import (
	"errors"
	"math"
	"reflect"
	"time"
)

// Infinite is a time that may be PostgreSQL's infinity or -infinity. Package prom defines TimeOrInfinity over it.
type Infinite struct {
	Time     time.Time // the time, if Infinity is 0
	Infinity int8      // positive for infinity, negative for -infinity
}

var infiniteType = reflect.TypeFor[Infinite]()

// IsInfinite reports whether a type is a time that may be infinite.
func IsInfinite(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.ConvertibleTo(infiniteType)
}

// Infinity returns the value of a kind, Time or Date, that is after all others, or before them if the sign is negative.
func Infinity(k Kind, sign int8) Value {
	us := int64(math.MaxInt64)
	if sign < 0 {
		us = math.MinInt64
	}
	return Value{kind: k, num: uint64(us)}
}

// InfiniteMicros reports whether the microseconds of a Time or a Date are infinite, and returns how PostgreSQL writes
// that (its manual, section "Special Values" of the types of dates and times).
func InfiniteMicros(us int64) (text string, ok bool) {
	switch us {
	case math.MaxInt64:
		return "infinity", true
	case math.MinInt64:
		return "-infinity", true
	}
	return "", false
}

// InfiniteText returns the sign of an infinity from its text, and 0 for another one.
func InfiniteText(s string) int8 {
	switch s {
	case "infinity":
		return 1
	case "-infinity":
		return -1
	}
	return 0
}

// ErrInfinite and ErrNegativeInfinite are the errors of reading infinity and -infinity into a time.Time.
var (
	ErrInfinite         = errors.New("the time is infinity, which a time.Time cannot hold; make the field a prom.TimeOrInfinity")
	ErrNegativeInfinite = errors.New("the time is -infinity, which a time.Time cannot hold; make the field a prom.TimeOrInfinity")
)

// InfiniteSign returns the sign of the infinity that could not be read, and 0 for another error.
func InfiniteSign(err error) int8 {
	switch {
	case errors.Is(err, ErrInfinite):
		return 1
	case errors.Is(err, ErrNegativeInfinite):
		return -1
	}
	return 0
}

// InfiniteError returns the error of reading an infinite time.
func InfiniteError(sign int8) error {
	if sign < 0 {
		return ErrNegativeInfinite
	}
	return ErrInfinite
}
