package ast

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/prom-go/prom/schema"
)

// ValueOf turns an argument of raw SQL into a value.
func ValueOf(x any) (schema.Value, error) { return valueOf(x, 0) }

// maxWithin is how many values may be within one another: what a pointer leads to, what a Value method gives, what a
// slice holds. A type that leads to itself would go on for ever.
const maxWithin = 16

func valueOf(x any, depth int) (schema.Value, error) {
	if depth > maxWithin {
		return schema.Value{}, fmt.Errorf("a %T cannot be an argument: its Value method must return a type that package database/sql/driver allows", x)
	}
	switch v := x.(type) {
	case nil:
		return schema.Value{}, nil
	case schema.Value:
		return v, nil
	case time.Time:
		return schema.CheckedTime(schema.Time, v)
	case []byte:
		return schema.BytesValue(v), nil
	case uuid.UUID:
		return schema.TextValue(schema.UUID, v.String()), nil
	case driver.Valuer:
		if rv := reflect.ValueOf(x); rv.Kind() == reflect.Pointer && rv.IsNil() {
			return schema.Value{}, nil
		}
		inner, err := v.Value()
		if err != nil {
			return schema.Value{}, fmt.Errorf("the Value method of %T failed", x)
		}
		return valueOf(inner, depth+1)
	}
	rv := reflect.ValueOf(x)
	switch {
	case rv.Kind() == reflect.Pointer:
		if rv.IsNil() {
			return schema.Value{}, nil
		}
		return valueOf(rv.Elem().Interface(), depth+1)
	case rv.Kind() == reflect.Bool:
		return schema.BoolValue(rv.Bool()), nil
	case rv.CanInt():
		return schema.IntValue(schema.Int64, rv.Int()), nil
	case rv.CanUint():
		if rv.Uint() <= 1<<63-1 {
			return schema.IntValue(schema.Int64, int64(rv.Uint())), nil
		}
		return schema.UintValue(rv.Uint()), nil
	case rv.CanFloat():
		if rv.Float() != rv.Float() {
			return schema.Value{}, errors.New("NaN cannot be an argument")
		}
		return schema.FloatValue(schema.Float64, rv.Float()), nil
	case rv.Kind() == reflect.String:
		return schema.TextValue(schema.Text, rv.String()), checkText(rv.String())
	case rv.Kind() == reflect.Slice && rv.Type().Elem().Kind() == reflect.Uint8:
		return schema.BytesValue(rv.Bytes()), nil
	case rv.Kind() == reflect.Slice:
		return listOf(rv, depth+1)
	}
	return schema.Value{}, fmt.Errorf("a %T cannot be an argument", x)
}

// listOf turns a slice into a list; its elements must be of one kind.
func listOf(rv reflect.Value, depth int) (schema.Value, error) {
	kind, err := elemKind(rv, depth)
	if err != nil || kind == schema.Null {
		return schema.Value{}, fmt.Errorf("a %s cannot be a list argument", rv.Type())
	}
	return schema.NewList(kind, rv.Len(), func(i int) (schema.Value, error) {
		v, err := valueOf(rv.Index(i).Interface(), depth)
		if err == nil && v.Kind() != kind {
			err = errors.New("the elements of a list argument must be of one type and not nil")
		}
		return v, err
	})
}

// elemKind returns the kind of a slice's elements, Null if it is not known. A Value method is called on what is in the
// slice, and on nothing else: an empty slice of such a type has the kind of the type that it is defined over.
func elemKind(rv reflect.Value, depth int) (schema.Kind, error) {
	t := rv.Type().Elem()
	zero := reflect.Zero(t)
	if t.Kind() != reflect.Interface && t.Kind() != reflect.Pointer && t.Implements(valuerType) && !plain(t) {
		if rv.Len() > 0 {
			zero = rv.Index(0)
		} else if basic, ok := basics[t.Kind()]; ok {
			zero = reflect.Zero(basic)
		} else {
			return schema.Text, nil
		}
	}
	elem, err := valueOf(zero.Interface(), depth)
	if err == nil && elem.IsNull() && rv.Len() > 0 {
		elem, err = valueOf(rv.Index(0).Interface(), depth)
	}
	return elem.Kind(), err
}

// plain reports whether a type is a value without its Value method.
func plain(t reflect.Type) bool { return t == reflect.TypeFor[uuid.UUID]() }

var valuerType = reflect.TypeFor[driver.Valuer]()

// basics are the types that others are defined over, by their kinds.
var basics = func() map[reflect.Kind]reflect.Type {
	m := map[reflect.Kind]reflect.Type{}
	for _, x := range []any{false, 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0),
		uint64(0), float32(0), 0.0, ""} {
		m[reflect.TypeOf(x).Kind()] = reflect.TypeOf(x)
	}
	return m
}()

// checkText refuses what no text column can hold.
func checkText(s string) error {
	if strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s) {
		return errors.New("a text argument must be valid UTF-8 without NUL")
	}
	return nil
}
