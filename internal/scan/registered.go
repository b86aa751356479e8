package scan

import (
	"fmt"
	"reflect"
	"time"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// StoredAs are the types that a codec may store a value as.
type StoredAs interface {
	string | []byte | int64 | float64 | bool | time.Time
}

// RegisterCodec makes columns of type V be stored as values of type S.
func RegisterCodec[V any, S StoredAs](encode func(V) (S, error), decode func(S) (V, error)) error {
	t := reflect.TypeFor[V]()
	if encode == nil || decode == nil {
		return fmt.Errorf("prom: the codec of %s lacks a function", t)
	}
	b := base{
		deep:   true,
		unsure: true,
		decode: func(r Row, i int, p unsafe.Pointer) error {
			s, err := readStored[S](r, i)
			if err != nil {
				return err
			}
			v, err := decode(s)
			if err != nil {
				return &codecError{"the codec of " + t.String() + " refuses the column's value", err}
			}
			*(*V)(p) = v
			return nil
		},
		encode: func(p unsafe.Pointer) (schema.Value, error) {
			s, err := encode(*(*V)(p))
			if err != nil {
				return schema.Value{}, &codecError{"the codec of " + t.String() + " refuses the value", err}
			}
			return storedValue(s)
		},
	}
	var zero S
	kind := map[reflect.Type]schema.Kind{
		reflect.TypeFor[string](): schema.Text, reflect.TypeFor[[]byte](): schema.Bytes, reflect.TypeFor[int64](): schema.Int64,
		reflect.TypeFor[float64](): schema.Float64, reflect.TypeFor[bool](): schema.Bool, reflect.TypeFor[time.Time](): schema.Time,
	}[reflect.TypeOf(zero)]
	return schema.Register(t, &schema.Registered{Kind: kind, Codec: b})
}

func readStored[S StoredAs](r Row, i int) (s S, err error) {
	switch p := any(&s).(type) {
	case *string:
		*p, err = r.Text(i)
	case *[]byte:
		var b []byte
		b, err = r.Bytes(i)
		*p = append([]byte{}, b...)
	case *int64:
		*p, err = r.Int(i)
	case *float64:
		*p, err = r.Float(i)
	case *bool:
		*p, err = r.Bool(i)
	case *time.Time:
		*p, err = r.Time(i)
	}
	return s, err
}

func storedValue[S StoredAs](s S) (schema.Value, error) {
	switch v := any(s).(type) {
	case string:
		return encodeText(schema.Text, v)
	case []byte:
		return schema.BytesValue(v), nil
	case int64:
		return schema.IntValue(schema.Int64, v), nil
	case float64:
		if v != v {
			return schema.Value{}, errNaN
		}
		return schema.FloatValue(schema.Float64, v), nil
	case bool:
		return schema.BoolValue(v), nil
	case time.Time:
		return schema.CheckedTime(schema.Time, v)
	}
	return schema.Value{}, nil
}

// codecError is an error of a codec, whose own text may show what it was given.
type codecError struct {
	text  string
	cause error
}

func (e *codecError) Error() string { return e.text }
func (e *codecError) Unwrap() error { return e.cause }

// same reports whether the field at p means what was stored, by a registered codec that need not write the same thing
// twice, as one that encrypts does not.
func (c *Codec) same(p unsafe.Pointer, stored schema.Value) bool {
	if c.column.Codec == nil || stored.IsNull() {
		return false
	}
	v := reflect.New(c.column.Type)
	if c.decode(valueRow{stored}, 0, v.UnsafePointer()) != nil {
		return false
	}
	return reflect.DeepEqual(v.Elem().Interface(), reflect.NewAt(c.column.Type, p).Elem().Interface())
}
