package prom

import (
	"time"

	"github.com/prom-go/prom/internal/scan"
)

// StoredAs is the constraint of the types that [RegisterCodec] can store a value as.
type StoredAs interface {
	string | []byte | int64 | float64 | bool | time.Time
}

// RegisterCodec stores fields of type V as values of type S: a text, bytes, an integer, a float, a boolean or a time.
// It applies to fields of V, to fields of *V and sql.Null[V], which may be NULL, and to lists of V. Conditions compare
// encoded values. Change tracking compares the values of V themselves, so encode does not need to return the same
// result for the same value each time. Rules such as size apply to the stored value. The tag option json takes
// precedence over the codec.
//
// The error texts of prom omit the texts of the errors of encode and decode, which may contain a value. errors.Is and
// errors.As find an error of decode.
//
// RegisterCodec returns true, so that it can initialize a package variable. Call it before the first repo of a model
// with such a field is created; otherwise it panics. It also panics if V already has a codec, or if V is not a type
// that the program defines.
func RegisterCodec[V any, S StoredAs](encode func(V) (S, error), decode func(S) (V, error)) bool {
	if err := scan.RegisterCodec(encode, decode); err != nil {
		panic(err)
	}
	return true
}
