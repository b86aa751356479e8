package upgrade_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"time"

	"github.com/prom-go/prom/internal/jsontext"
)

// same returns an error unless what was read is what was written: a time in UTC and cut to microseconds, a nil slice
// as an empty one. Of equal keys in an object of raw JSON, the last is stored. When PostgreSQL has held it, raw JSON
// may have other spaces, an other order of keys and other forms of numbers; exact is set when it has not.
func same(want, got any, exact bool) error {
	return sameValue("", reflect.ValueOf(want), reflect.ValueOf(got), exact)
}

func sameValue(path string, want, got reflect.Value, exact bool) error {
	differ := func() error { return fmt.Errorf("%s is %.300s, and should be %.300s", path, show(got), show(want)) }
	if want.IsValid() != got.IsValid() || want.IsValid() && want.Type() != got.Type() {
		return differ()
	}
	if !want.IsValid() {
		return nil
	}
	switch w := want.Interface().(type) {
	case time.Time:
		g := got.Interface().(time.Time)
		if !g.Equal(w.Truncate(time.Microsecond)) || g.Location() != time.UTC {
			return differ()
		}
		return nil
	case json.RawMessage:
		if g := got.Interface().(json.RawMessage); string(g) != string(w) && string(g) != jsontext.Last(string(w)) &&
			(exact || !sameJSON(w, g)) {
			return differ()
		}
		return nil
	case big.Int:
		g := got.Interface().(big.Int)
		if w.Cmp(&g) != 0 {
			return differ()
		}
		return nil
	}
	if key := want.MethodByName("Key"); want.Kind() == reflect.Struct && key.IsValid() { // a reference
		return sameValue(path+".Key()", key.Call(nil)[0], got.MethodByName("Key").Call(nil)[0], exact)
	}
	switch want.Kind() {
	case reflect.Pointer, reflect.Interface:
		if want.IsNil() || got.IsNil() {
			if want.IsNil() != got.IsNil() {
				return differ()
			}
			return nil
		}
		return sameValue(path, want.Elem(), got.Elem(), exact)
	case reflect.Struct:
		if isNull(want) || isNull(got) {
			if isNull(want) != isNull(got) || !got.IsZero() {
				return differ()
			}
			return nil
		}
		for f := range want.Type().Fields() {
			if !f.IsExported() || f.Tag.Get("prom") == "-" {
				continue
			}
			if err := sameValue(path+"."+f.Name, want.FieldByIndex(f.Index), got.FieldByIndex(f.Index), exact); err != nil {
				return err
			}
		}
		return nil
	case reflect.Slice, reflect.Array:
		if want.Len() != got.Len() || want.Kind() == reflect.Slice && got.IsNil() {
			return differ()
		}
		for i := range want.Len() {
			if err := sameValue(fmt.Sprintf("%s[%d]", path, i), want.Index(i), got.Index(i), exact); err != nil {
				return err
			}
		}
		return nil
	case reflect.Map:
		if want.Len() != got.Len() {
			return differ()
		}
		for _, k := range want.MapKeys() {
			if err := sameValue(fmt.Sprintf("%s[%q]", path, k), want.MapIndex(k), got.MapIndex(k), exact); err != nil {
				return err
			}
		}
		return nil
	}
	if !want.Equal(got) {
		return differ()
	}
	return nil
}

// isNull reports whether v is a sql.Null, or a [Box], that is NULL.
func isNull(v reflect.Value) bool {
	for _, name := range []string{"Valid", "Set"} {
		if f := v.FieldByName(name); f.Kind() == reflect.Bool && v.NumField() == 2 {
			return !f.Bool()
		}
	}
	return false
}

func show(v reflect.Value) string {
	if !v.IsValid() {
		return "nothing"
	}
	return fmt.Sprintf("%#v", v.Interface())
}

// sameJSON reports whether two texts of JSON hold the same.
func sameJSON(a, b []byte) bool {
	var values [2]any
	for i, text := range [][]byte{a, b} {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if d.Decode(&values[i]) != nil {
			return false
		}
		values[i] = exactNumbers(values[i])
	}
	return reflect.DeepEqual(values[0], values[1])
}

// exactNumbers makes one form of each number in a value of JSON.
func exactNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if r, ok := new(big.Rat).SetString(v.String()); ok {
			return r.RatString()
		}
	case []any:
		for i := range v {
			v[i] = exactNumbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = exactNumbers(v[k])
		}
	}
	return v
}
