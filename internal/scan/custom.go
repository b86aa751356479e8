package scan

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"fmt"
	"reflect"
	"time"
	"unsafe"

	"github.com/google/uuid"

	"github.com/prom-go/prom/schema"
)

// textCodecBase stores a type as the text of its MarshalText.
func textCodecBase(t reflect.Type) base {
	return base{
		decode: func(r Row, i int, p unsafe.Pointer) error {
			s, err := r.Text(i)
			if err != nil {
				return err
			}
			if reflect.NewAt(t, p).Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)) != nil {
				return fmt.Errorf("the UnmarshalText method of %s refuses the column's text", t)
			}
			return nil
		},
		encode: func(p unsafe.Pointer) (schema.Value, error) {
			b, err := reflect.NewAt(t, p).Interface().(encoding.TextMarshaler).MarshalText()
			if err != nil {
				return schema.Value{}, fmt.Errorf("the MarshalText method of %s failed", t)
			}
			return encodeText(schema.Text, string(b))
		},
		deep:   true,
		unsure: true,
	}
}

// scannerBase stores a type as the value of its driver.Valuer and reads it by its sql.Scanner. Scan gets the type that
// database/sql's contract allows for the column's kind: int64, float64, bool, []byte, string or time.Time.
func scannerBase(t reflect.Type, col *schema.Column) base {
	return base{
		decode: func(r Row, i int, p unsafe.Pointer) error {
			src, err := scanSource(r, i, col.Kind)
			if err != nil {
				return err
			}
			if reflect.NewAt(t, p).Interface().(sql.Scanner).Scan(src) != nil {
				return fmt.Errorf("the Scan method of %s refuses the column's value", t)
			}
			return nil
		},
		encode: func(p unsafe.Pointer) (schema.Value, error) {
			v, err := reflect.NewAt(t, p).Elem().Interface().(driver.Valuer).Value()
			if err != nil {
				return schema.Value{}, fmt.Errorf("the Value method of %s failed", t)
			}
			return driverValue(v, t, col)
		},
		deep:   true,
		unsure: true,
	}
}

func scanSource(r Row, i int, k schema.Kind) (any, error) {
	if r.IsNull(i) {
		return nil, nil
	}
	switch k {
	case schema.Int64:
		return r.Int(i)
	case schema.Float64:
		return r.Float(i)
	case schema.Bool:
		return r.Bool(i)
	case schema.Time:
		t, err := r.Time(i)
		if sign := schema.InfiniteSign(err); sign != 0 { // which a Scanner may know, as those of package pgtype do
			return schema.Infinity(k, sign).Any(), nil
		}
		return t, err
	case schema.Bytes, schema.JSON:
		b, err := r.Bytes(i)
		return append([]byte{}, b...), err
	}
	return r.Text(i)
}

// driverValue turns what a Valuer gave into a value of the column's kind.
func driverValue(v driver.Value, t reflect.Type, col *schema.Column) (schema.Value, error) {
	switch x := v.(type) {
	case nil:
		return schema.Value{}, nil
	case int64:
		if col.Kind == schema.Int64 {
			return schema.IntValue(schema.Int64, x), nil
		}
	case float64:
		if col.Kind == schema.Float64 {
			if x != x {
				return schema.Value{}, errNaN
			}
			return schema.FloatValue(schema.Float64, x), nil
		}
	case bool:
		if col.Kind == schema.Bool {
			return schema.BoolValue(x), nil
		}
	case time.Time:
		if col.Kind == schema.Time {
			return timeBase(schema.Time).encode(unsafe.Pointer(&x))
		}
	case []byte:
		if col.Kind == schema.Bytes {
			return schema.BytesValue(x), nil
		}
		return driverText(string(x), t, col)
	case string:
		if col.Kind == schema.Bytes {
			return schema.BytesValue([]byte(x)), nil
		}
		return driverText(x, t, col)
	}
	return schema.Value{}, fmt.Errorf("the Value method of %s gives a %T, which a column of kind %s cannot store; set the tag option type", t, v, col.Kind)
}

func driverText(s string, t reflect.Type, col *schema.Column) (schema.Value, error) {
	switch col.Kind {
	case schema.Decimal:
		return encodeDecimal(col, s)
	case schema.UUID:
		u, err := uuid.Parse(s)
		if err != nil {
			return schema.Value{}, fmt.Errorf("the Value method of %s is not a UUID", t)
		}
		return schema.TextValue(schema.UUID, u.String()), nil
	case schema.JSON:
		s, _, err := storedJSON(s)
		return schema.TextValue(schema.JSON, s), err
	case schema.Text:
		return encodeText(col.Kind, s)
	case schema.Time:
		if sign := schema.InfiniteText(s); sign != 0 {
			return schema.Infinity(schema.Time, sign), nil
		}
	}
	return schema.Value{}, fmt.Errorf("the Value method of %s gives a text, which a column of kind %s cannot store; set the tag option type", t, col.Kind)
}
