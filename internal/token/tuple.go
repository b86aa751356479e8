package token

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prom-go/prom/schema"
)

// AppendTuple appends the values of some columns.
func AppendTuple(b []byte, vals []schema.Value) []byte {
	for _, v := range vals {
		b = v.AppendBinary(b)
	}
	return b
}

// ReadTuple reads values of the columns, and returns what follows them. Whoever has no key to sign a token can still
// make one: a value that no column of the kind holds is none, since a database would refuse it, each in its own way.
// Some hold no integer above 1<<63-1: signed says so.
func ReadTuple(b []byte, cols []*schema.Column, signed bool) (vals []schema.Value, rest []byte, ok bool) {
	vals = make([]schema.Value, len(cols))
	for i, c := range cols {
		var err error
		if vals[i], b, err = schema.ReadBinary(b); err != nil || !holds(c, vals[i], signed) {
			return nil, nil, false
		}
	}
	return vals, b, true
}

// holds reports whether a value may be one of a column.
func holds(c *schema.Column, v schema.Value, signed bool) bool {
	if v.IsNull() {
		return c.Null
	}
	kind := c.Kind
	switch {
	case v.Kind() == kind:
	case kind == schema.Any && schema.StorageClass(v.Kind()):
		kind = v.Kind()
	default:
		return false
	}
	switch kind {
	case schema.Int16:
		return v.Int() == int64(int16(v.Int()))
	case schema.Int32:
		return v.Int() == int64(int32(v.Int()))
	case schema.Uint64:
		return !signed || v.Uint() <= math.MaxInt64
	case schema.Float32:
		return v.Float() == float64(float32(v.Float()))
	case schema.Time, schema.Date:
		if _, ok := schema.InfiniteMicros(v.Int()); ok {
			return c.Type != nil && schema.IsInfinite(schema.Unwrap(c.Type))
		}
		_, err := schema.CheckedTime(c.Kind, v.Time())
		return err == nil
	case schema.Clock:
		return v.Clock() >= 0 && v.Int() < int64(24*time.Hour/time.Microsecond)
	case schema.Text:
		return text(v.Text())
	case schema.Decimal:
		return decimal(v.Text(), c.Precision, c.Scale)
	case schema.UUID:
		return uuid(v.Text())
	case schema.JSON:
		return text(v.Text()) && json.Valid([]byte(v.Text()))
	}
	return true
}

func text(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// decimal reports whether a text is a number of not too many digits.
func decimal(s string, precision, scale int) bool {
	whole, fraction, point := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if whole == "" || point && fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return false
	}
	if precision == 0 {
		precision, scale = math.MaxInt16, math.MaxInt16/2
	}
	return len(strings.TrimLeft(whole, "0")) <= precision-scale && len(strings.TrimRight(fraction, "0")) <= scale
}

// uuid reports whether a text is a UUID as it is written here.
func uuid(s string) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	_, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	return err == nil
}
