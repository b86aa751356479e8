package scan

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

var jsonMarshaler = reflect.TypeFor[json.Marshaler]()

// writesJSON reports whether a type writes its own JSON, as a json.RawMessage does.
func writesJSON(t reflect.Type) bool {
	return t.Implements(jsonMarshaler) || reflect.PointerTo(t).Implements(jsonMarshaler)
}

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
	switch {
	case holdsEscape(s, `\u0000`):
		return schema.Value{}, errors.New(`JSON with the character \u0000 cannot be stored`)
	case !utf8.ValidString(s), holdsEscape(s, `\ufffd`) && badText(v):
		// encoding/json replaces what is no UTF-8 and says nothing, and leaves a RawMessage as it is.
		return schema.Value{}, errors.New("a text in it is not valid UTF-8")
	}
	return schema.TextValue(schema.JSON, s), nil
}

// JSONValue returns a value of any type as JSON, such as one that a document is compared with.
func JSONValue(v any) (schema.Value, error) {
	return encodeJSON(reflect.TypeFor[any](), unsafe.Pointer(&v))
}

// badText reports whether a value, which was written as JSON already and so holds no circle, has a text that is not valid UTF-8.
// What writes itself is left out.
func badText(v reflect.Value) bool {
	if v.IsValid() && writesJSON(v.Type()) {
		return false
	}
	switch v.Kind() {
	case reflect.String:
		return !utf8.ValidString(v.String())
	case reflect.Pointer, reflect.Interface:
		return !v.IsNil() && badText(v.Elem())
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if badText(v.Index(i)) {
				return true
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if badText(it.Key()) || badText(it.Value()) {
				return true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if (f.IsExported() || f.Anonymous) && f.Tag.Get("json") != "-" && badText(v.Field(i)) {
				return true
			}
		}
	}
	return false
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

// holdsEscape reports whether JSON text has an escape, such as that of U+0000, which PostgreSQL's jsonb refuses.
func holdsEscape(s, escape string) bool {
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
