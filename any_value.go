package prom

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"errors"

	"github.com/prom-go/prom/schema"
)

// AnyValue is a value of any storage class of SQLite (its manual, "Datatypes In SQLite"): an integer, a float, a text
// or bytes. It is for columns in which another program stores values of several classes; [AnyValueOf] makes one.
// Declare the field with [OrderedOf], and as a pointer if the column may be NULL. Values are ordered as SQLite does:
// numbers, then texts, then bytes. Two of them are equal by == if they are of one class and hold the same.
//
// The zero value holds nothing, and writing it is [ErrValidation]. A new column is a BLOB, which keeps each value as it
// is. A column that another program declared as INTEGER turns the text "12" into a number (section "Type Affinity"):
// such a value would not come back, so writing it, and comparing with it, is [ErrType].
//
// PostgreSQL has no such columns: a repo of a model with an AnyValue returns an error there.
type AnyValue schema.AnyValue

// AnyValueOf returns a value: of an int or an int64 an INTEGER, of a float64 a REAL, of a string a TEXT, of bytes a
// BLOB. The bytes are copied.
func AnyValueOf[V int | int64 | float64 | string | []byte](v V) AnyValue {
	a, _ := schema.NewAnyValue(v) // which takes all of these
	return AnyValue(a)
}

// Any returns the value as an int64, a float64, a string or bytes, which are a copy; of the zero value it is nil.
func (v AnyValue) Any() any { return schema.AnyValue(v).Value().Any() }

// Value implements driver.Valuer, so that raw SQL takes the value as an argument.
func (v AnyValue) Value() (driver.Value, error) { return v.Any(), nil }

// Scan implements sql.Scanner.
func (v *AnyValue) Scan(src any) error {
	a, err := schema.NewAnyValue(src)
	*v = AnyValue(a)
	return err
}

// MarshalJSON returns an integer as a number, a text as a string, and {"float": 1.5} and {"bytes": "AQI="}, in base64,
// for the others. The zero value is null. An infinite float is an error.
func (v AnyValue) MarshalJSON() ([]byte, error) {
	switch x := v.Any().(type) {
	case float64:
		return json.Marshal(map[string]float64{"float": x})
	case []byte:
		return json.Marshal(map[string][]byte{"bytes": x})
	default:
		return json.Marshal(x)
	}
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *AnyValue) UnmarshalJSON(text []byte) error {
	var n *int64
	var s *string
	var of struct {
		Float *float64
		Bytes *[]byte
	}
	text = bytes.TrimSpace(text)
	switch {
	case len(text) == 0:
		return errAnyValue
	case text[0] == '"':
		if json.Unmarshal(text, &s) != nil {
			return errAnyValue
		}
		*v = AnyValueOf(*s)
		return nil
	case text[0] == '{':
		if json.Unmarshal(text, &of) != nil || (of.Float == nil) == (of.Bytes == nil) {
			return errAnyValue
		}
		if of.Float != nil {
			*v = AnyValueOf(*of.Float)
		} else {
			*v = AnyValueOf(*of.Bytes)
		}
		return nil
	}
	switch {
	case json.Unmarshal(text, &n) != nil:
		return errAnyValue
	case n == nil:
		*v = AnyValue{}
	default:
		*v = AnyValueOf(*n)
	}
	return nil
}

var errAnyValue = errors.New("prom: an AnyValue is an integer, a string, or an object with the key float or bytes")
