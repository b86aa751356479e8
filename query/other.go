package query

import (
	"database/sql"
	"fmt"
	"reflect"

	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// RefField is a reference from T to R, whose key is of type K. Its values are keys.
type RefField[T, R any, K comparable] struct{ Field[T, K] }

// RefOf returns the reference that the accessor points to.
func RefOf[T, R any, K comparable](accessor func(*T) *schema.RefBy[R, K]) RefField[T, R, K] {
	return RefField[T, R, K]{Field[T, K]{c: codec[T, schema.RefBy[R, K], K](accessor)}}
}

// NullRefField is a [RefField] that may be NULL.
type NullRefField[T, R any, K comparable] struct {
	RefField[T, R, K]
	nullable[T, K]
}

// NullRefOf returns the optional reference that the accessor points to.
func NullRefOf[T, R any, K comparable](accessor func(*T) **schema.RefBy[R, K]) NullRefField[T, R, K] {
	c := codec[T, *schema.RefBy[R, K], K](accessor)
	return NullRefField[T, R, K]{RefField[T, R, K]{Field[T, K]{c: c}}, nullable[T, K]{c}}
}

// SQLNullRefOf returns the optional reference that the accessor points to, a sql.Null.
func SQLNullRefOf[T, R any, K comparable](accessor func(*T) *sql.Null[schema.RefBy[R, K]]) NullRefField[T, R, K] {
	c := codec[T, sql.Null[schema.RefBy[R, K]], K](accessor)
	return NullRefField[T, R, K]{RefField[T, R, K]{Field[T, K]{c: c}}, nullable[T, K]{c}}
}

// JSONField is a column of T that holds JSON. It can be assigned as a whole.
type JSONField[T, V any] struct {
	_ [0]*T
	c *scan.Codec
}

// JSONOf returns the JSON field that the accessor points to.
func JSONOf[T, V any](accessor func(*T) *V) JSONField[T, V] {
	return JSONField[T, V]{c: jsonCodec[T, V, V](accessor)}
}

func jsonCodec[T, F, V any](accessor func(*T) *F) *scan.Codec {
	c, err := scan.CodecAt(accessor)
	if err != nil {
		panic(err)
	}
	if col := c.Column(); col.Kind != schema.JSON || schema.Unwrap(col.Type) != reflect.TypeFor[V]() {
		panic(fmt.Sprintf("prom: %s.%s is not stored as JSON of type %s", reflect.TypeFor[T](), col.Field, reflect.TypeFor[V]()))
	}
	return c
}

// Name returns the column's name.
func (f JSONField[T, V]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f JSONField[T, V]) Column() *schema.Column { return f.c.Column() }

// Set assigns v.
func (f JSONField[T, V]) Set(v V) Assign[T] { return Assign[T]{a: assign(f.c, assignSet, v)} }

// NullJSONField is a [JSONField] that may be NULL.
type NullJSONField[T, V any] struct {
	JSONField[T, V]
	c *scan.Codec
}

// NullJSONOf returns the JSON field that the accessor points to, a pointer.
func NullJSONOf[T, V any](accessor func(*T) **V) NullJSONField[T, V] {
	c := jsonCodec[T, *V, V](accessor)
	return NullJSONField[T, V]{JSONField[T, V]{c: c}, c}
}

// IsNull is true when the column is NULL.
func (f NullJSONField[T, V]) IsNull() Cond[T] { return nullable[T, V]{f.c}.IsNull() }

// NotNull is true when the column is not NULL.
func (f NullJSONField[T, V]) NotNull() Cond[T] { return nullable[T, V]{f.c}.NotNull() }

// SetNull assigns NULL.
func (f NullJSONField[T, V]) SetNull() Assign[T] { return nullable[T, V]{f.c}.SetNull() }
