package scan

import (
	"errors"
	"unsafe"

	"github.com/prom-go/prom/internal/sqlite3"
	"github.com/prom-go/prom/schema"
)

var errUnset = errors.New("the value is not set; use prom.AnyValueOf, or a pointer for a column that may be NULL")

// anyBase is for values of any storage class of SQLite.
var anyBase = base{
	decode: func(r Row, i int, p unsafe.Pointer) error {
		v, err := anyAt(r, i)
		*(*schema.AnyValue)(p) = schema.AnyValueOf(v)
		return err
	},
	encode: func(p unsafe.Pointer) (schema.Value, error) {
		a := *(*schema.AnyValue)(p)
		switch v := a.Value(); {
		case v.IsNull():
			return v, errUnset
		case a.IsNaN():
			return schema.Value{}, errNaN
		case v.Kind() == schema.Text:
			return encodeText(schema.Text, v.Text())
		default:
			return v, nil
		}
	},
}

// anyAt reads a value by its storage class, whatever its column is declared as.
func anyAt(r Row, i int) (schema.Value, error) {
	if lite, ok := r.(LiteRow); ok {
		switch s := lite.Stmt(); s.Type(i) {
		case sqlite3.Integer:
			return schema.IntValue(schema.Int64, s.Int64(i)), nil
		case sqlite3.Float:
			return schema.FloatValue(schema.Float64, s.Float64(i)), nil
		case sqlite3.Text:
			return schema.TextValue(schema.Text, string(s.Raw(i))), nil
		case sqlite3.Blob:
			return schema.BytesValue(append([]byte{}, s.Raw(i)...)), nil
		}
		return schema.Value{}, nil
	}
	of, ok := r.(interface{ Any(i int) (any, error) })
	if !ok {
		return schema.Value{}, errors.New("a value of any type can only be read from a row of SQLite")
	}
	v, err := of.Any(i)
	if err != nil {
		return schema.Value{}, err
	}
	a, err := schema.NewAnyValue(v)
	return a.Value(), err
}
