package scan

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// jsonBase stores a type as JSON by encoding/json. A nil slice is stored as [] and a nil map as {}, which is what a NOT NULL
// column of them means in SQL.
func jsonBase(t reflect.Type) base {
	return base{
		decode: func(r Row, i int, p unsafe.Pointer) error {
			b, err := r.Bytes(i)
			if err != nil {
				return err
			}
			return decodeJSON(t, b, p)
		},
		encode: func(p unsafe.Pointer) (schema.Value, error) { return encodeJSON(t, p) },
		deep:   true,
	}
}

func decodeJSON(t reflect.Type, b []byte, p unsafe.Pointer) error {
	v := reflect.NewAt(t, p)
	v.Elem().SetZero()
	if err := json.Unmarshal(b, v.Interface()); err != nil {
		return errors.New("the column's JSON does not fit the field's type " + t.String())
	}
	return nil
}

func encodeJSON(t reflect.Type, p unsafe.Pointer) (schema.Value, error) {
	v := reflect.NewAt(t, p).Elem()
	switch {
	case t.Kind() == reflect.Slice && v.IsNil() && t.Elem().Kind() != reflect.Uint8:
		return schema.TextValue(schema.JSON, "[]"), nil
	case t.Kind() == reflect.Map && v.IsNil():
		return schema.TextValue(schema.JSON, "{}"), nil
	}
	b, err := json.Marshal(v.Interface())
	if err != nil {
		return schema.Value{}, errors.New("the value cannot be written as JSON: " + jsonReason(err))
	}
	s := string(b)
	if holdsNUL(s) {
		return schema.Value{}, errors.New(`JSON with the character \u0000 cannot be stored`)
	}
	return schema.TextValue(schema.JSON, s), nil
}

// jsonReason says what is wrong with a value without showing it.
func jsonReason(err error) string {
	var unsupported *json.UnsupportedTypeError
	if errors.As(err, &unsupported) {
		return "its type " + unsupported.Type.String() + " is not supported"
	}
	var value *json.UnsupportedValueError
	if errors.As(err, &value) {
		return "a number in it is not finite, or it contains itself"
	}
	return "its MarshalJSON failed"
}

// holdsNUL reports whether JSON text has the escape of U+0000, which PostgreSQL's jsonb refuses.
func holdsNUL(s string) bool {
	const escape = `\u0000`
	for {
		i := strings.Index(s, escape)
		if i < 0 {
			return false
		}
		backslashes := 0
		for j := i; j >= 0 && s[j] == '\\'; j-- {
			backslashes++
		}
		if backslashes%2 == 1 {
			return true
		}
		s = s[i+len(escape):]
	}
}
