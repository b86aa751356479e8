package scan

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/prom-go/prom/internal/jsontext"
	"github.com/prom-go/prom/schema"
)

// jsonBase stores a type as JSON by encoding/json. A nil slice is stored as [] and a nil map as {}, which is what a NOT
// NULL column of them means in SQL.
func jsonBase(t reflect.Type) base {
	j := jsonTypeOf(t)
	return base{
		json: j,
		decode: func(r Row, i int, p unsafe.Pointer) error {
			b, err := r.Bytes(i)
			if err != nil {
				return err
			}
			if j.readFast(b, p) {
				return nil
			}
			if d, ok := r.(distinctRow); j.joins && !(ok && d.DistinctKeys(i)) {
				return j.decode([]byte(jsontext.Last(string(b))), p)
			}
			return j.decode(b, p)
		},
		encode: j.encode,
		deep:   true,
		unsure: j.unsure,
	}
}

// distinctRow is a row that knows of some documents that no object in them has a key twice.
type distinctRow interface {
	DistinctKeys(i int) bool
}

// readFast reads a document in the fast way, or reports that it has to be decoded.
func (j *jsonType) readFast(b []byte, p unsafe.Pointer) bool {
	if j.fast == nil {
		return false
	}
	reflect.NewAt(j.t, p).Elem().SetZero()
	return j.fast.read(b, p)
}

func (j *jsonType) decode(b []byte, p unsafe.Pointer) error {
	v := reflect.NewAt(j.t, p)
	v.Elem().SetZero()
	if err := json.Unmarshal(b, v.Interface()); err != nil {
		return errors.New("the column's JSON does not fit the field's type " + j.t.String())
	}
	return nil
}

func (j *jsonType) encode(p unsafe.Pointer) (schema.Value, error) {
	s, report, err := j.write(p)
	if err == nil && report.Float {
		// A json.Number or a json.RawMessage reads it, and any does not.
		if j.decode([]byte(s), reflect.New(j.t).UnsafePointer()) != nil {
			err = errors.New("a number in it is beyond those of a float64, as which it would be read back")
		}
	}
	if err != nil {
		return schema.Value{}, err
	}
	return schema.TextValue(schema.JSON, s), nil
}

// write returns a value as JSON, and what is in there when that is not certain.
func (j *jsonType) write(p unsafe.Pointer) (s string, report jsontext.Report, err error) {
	v := reflect.NewAt(j.t, p).Elem()
	switch {
	case j.raw && !v.IsNil():
		return storedJSON(string(v.Bytes()))
	case j.t.Kind() == reflect.Slice && v.IsNil() && j.t.Elem().Kind() != reflect.Uint8:
		return "[]", report, nil
	case j.t.Kind() == reflect.Map && v.IsNil():
		return "{}", report, nil
	}
	b, err := json.Marshal(v.Interface())
	if err != nil {
		return "", report, errors.New("the value cannot be written as JSON: " + jsonReason(err))
	}
	if s = string(b); j.loose {
		s, report, err = checkJSON(s)
	} else {
		err = checkJSONText(s)
	}
	if err == nil && holdsEscape(s, `\ufffd`) && badText(v) {
		err = errJSONText // encoding/json replaces what is no UTF-8 and says nothing
	}
	return s, report, err
}

// storedJSON returns a text that is to be stored as JSON, as checkJSON does.
func storedJSON(s string) (string, jsontext.Report, error) {
	if !json.Valid([]byte(s)) {
		return "", jsontext.Report{}, errors.New("the text is not JSON")
	}
	return checkJSON(s)
}

// deepest is how deep the objects and lists of a document may be within one another. SQLite's functions read no
// deeper ones.
const deepest = 1000

// checkJSON refuses what one engine or both could not hold, so that the verdict is the same on each. Of equal keys it
// keeps the last, as PostgreSQL and encoding/json do.
func checkJSON(s string) (string, jsontext.Report, error) {
	if err := checkJSONText(s); err != nil {
		return "", jsontext.Report{}, err
	}
	report := jsontext.Look(s)
	switch {
	case report.Depth > deepest:
		return "", report, fmt.Errorf("its objects and lists are more than %d within one another", deepest)
	case report.Surrogate:
		return "", report, errors.New("a text in it has half of a pair of UTF-16, which is no character")
	case report.Number:
		return "", report, errors.New("a number in it has more than 131072 digits before the point or 16383 behind it")
	case report.Twice:
		s = jsontext.Last(s)
	}
	return s, report, nil
}

var errJSONText = errors.New("a text in it is not valid UTF-8")

func checkJSONText(s string) error {
	switch {
	case holdsEscape(s, `\u0000`):
		return errors.New(`JSON with the character \u0000 cannot be stored`)
	case !utf8.ValidString(s):
		return errJSONText
	}
	return nil
}

// JSONValue returns a value of any type as JSON, such as one that a document is compared with.
func JSONValue(v any) (schema.Value, error) {
	s, _, err := anyJSON.write(unsafe.Pointer(&v))
	return schema.TextValue(schema.JSON, s), err
}

// badText reports whether a value, which was written as JSON already and so holds no circle, has a text that is not
// valid UTF-8. What writes itself is left out.
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
