package query

import (
	"database/sql"

	"github.com/prom-go/prom/schema"
)

// RefField is a reference from T to R, whose key is of type K. Its values are keys.
type RefField[T, R any, K comparable] struct{ Field[T, K] }

// RefOf returns the reference that the accessor points to.
func RefOf[T, R any, K comparable](accessor func(*T) *schema.RefBy[R, K]) *RefField[*T, *R, K] {
	return &RefField[*T, *R, K]{Field[*T, K]{c: codec[T, schema.RefBy[R, K], K](accessor)}}
}

// NullRefField is a [RefField] that may be NULL.
type NullRefField[T, R any, K comparable] struct {
	RefField[T, R, K]
	nullable[T, K]
}

// NullRefOf returns the optional reference that the accessor points to.
func NullRefOf[T, R any, K comparable](accessor func(*T) **schema.RefBy[R, K]) *NullRefField[*T, *R, K] {
	c := codec[T, *schema.RefBy[R, K], K](accessor)
	return &NullRefField[*T, *R, K]{RefField[*T, *R, K]{Field[*T, K]{c: c}}, nullable[*T, K]{c}}
}

// SQLNullRefOf returns the optional reference that the accessor points to, a sql.Null.
func SQLNullRefOf[T, R any, K comparable](accessor func(*T) *sql.Null[schema.RefBy[R, K]]) *NullRefField[*T, *R, K] {
	c := codec[T, sql.Null[schema.RefBy[R, K]], K](accessor)
	return &NullRefField[*T, *R, K]{RefField[*T, *R, K]{Field[*T, K]{c: c}}, nullable[*T, K]{c}}
}
