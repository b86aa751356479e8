package prom

import (
	"time"

	"github.com/prom-go/prom/internal/scan"
)

// StoredAs are the types that [RegisterCodec] may store a value as.
type StoredAs interface {
	string | []byte | int64 | float64 | bool | time.Time
}

// RegisterCodec makes fields of type V be stored as values of type S: a text, bytes, an integer, a float, a boolean or
// a time. It holds for fields of V, of *V and sql.Null[V], which may be NULL, and for lists of V; for conditions, which
// compare what encode makes of their values; and for change tracking, which compares the values themselves, so that
// encode need not make the same of a value twice. Rules such as size speak of what is stored. The tag option json is
// stronger.
//
// The texts of the errors of both functions, which may show a value, are left out of those of the library; an error of
// decode can be found by errors.Is and errors.As.
//
// It returns true, so that it can stand in a package variable: it must come before the first repo of a model that has
// such a field, and panics otherwise. It also panics when V has a codec already, or is no type of the program's own.
func RegisterCodec[V any, S StoredAs](encode func(V) (S, error), decode func(S) (V, error)) bool {
	if err := scan.RegisterCodec(encode, decode); err != nil {
		panic(err)
	}
	return true
}
