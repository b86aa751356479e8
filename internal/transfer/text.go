package transfer

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// Values in files have one form, whichever engine they are of. In CSV they are texts: bytes as \x and hexadecimal
// digits, lists and documents as JSON. In JSON lines numbers and truth values are those of JSON, decimals are texts
// with their digits, bytes are base64, and documents are documents.

const clockLayout = "15:04:05.000000"

// clockText returns a time of day, of which the last one is 24:00:00.
func clockText(v schema.Value) string {
	if v.Clock() == 24*time.Hour {
		return "24:00:00.000000"
	}
	return time.Time{}.Add(v.Clock()).Format(clockLayout)
}

// textOf returns a value that is not NULL as a field of CSV.
func textOf(k schema.Kind, v schema.Value) (string, error) {
	if v.IsList() {
		b, err := core.AppendValue(nil, k.Elem(), v)
		return string(b), err
	}
	switch v.Kind() {
	case schema.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case schema.Int16, schema.Int32, schema.Int64:
		return strconv.FormatInt(v.Int(), 10), nil
	case schema.Uint64:
		return strconv.FormatUint(v.Uint(), 10), nil
	case schema.Float32, schema.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64), nil
	case schema.Bytes:
		return `\x` + hex.EncodeToString(v.Bytes()), nil
	case schema.Clock:
		return clockText(v), nil
	case schema.Time, schema.Date:
		if text, ok := schema.InfiniteMicros(v.Int()); ok {
			return text, nil
		}
		if v.Kind() == schema.Date {
			return v.Time().Format(time.DateOnly), nil
		}
		return v.Time().Format(time.RFC3339Nano), nil
	}
	return v.Text(), nil
}

var (
	errForm     = errors.New("the value is not of the column's type")
	errRange    = errors.New("the number is out of the range of the column's type")
	errAny      = errors.New("CSV cannot tell the type of a value in a column for values of any type: use JSON lines")
	errDocument = errors.New("the value is not a JSON document")
)

// parseText reads a field of CSV that is not NULL. The error names no value.
func parseText(k schema.Kind, s string) (schema.Value, error) {
	if k.IsList() {
		return core.ParseValue(k, json.RawMessage(s))
	}
	switch k {
	case schema.Any:
		return schema.Value{}, errAny
	case schema.Text:
		return schema.TextValue(k, s), nil
	case schema.Bool:
		switch strings.ToLower(s) {
		case "true", "t", "1", "yes", "y", "on":
			return schema.BoolValue(true), nil
		case "false", "f", "0", "no", "n", "off":
			return schema.BoolValue(false), nil
		}
		return schema.Value{}, errForm
	case schema.Bytes:
		digits, ok := strings.CutPrefix(s, `\x`)
		b, err := hex.DecodeString(digits)
		if !ok || err != nil {
			return schema.Value{}, errors.New(`bytes are written as \x and hexadecimal digits`)
		}
		return schema.BytesValue(b), nil
	case schema.JSON:
		if !json.Valid([]byte(s)) {
			return schema.Value{}, errDocument
		}
		return schema.TextValue(k, s), nil
	case schema.Clock:
		d, err := driver.ParseClock(s)
		if err != nil {
			return schema.Value{}, errForm
		}
		return schema.ClockValue(d), nil
	case schema.Time, schema.Date:
		if sign := schema.InfiniteText(s); sign != 0 {
			return schema.Infinity(k, sign), nil
		}
	}
	v, err := schema.ParseLiteral(k, s)
	switch {
	case err == nil && (k == schema.Time || k == schema.Date):
		if v, err = schema.CheckedTime(k, v.Time()); err != nil {
			return v, err
		}
	case err == nil && math.IsNaN(v.Float()) && (k == schema.Float64 || k == schema.Float32), err != nil:
		if k.Integer() && s != "" && strings.Trim(s, "0123456789") == "" {
			return v, errRange
		}
		return v, errForm // err shows the value
	}
	return v, nil
}

// appendJSON appends a value for a line of JSON.
func appendJSON(dst []byte, k schema.Kind, v schema.Value) ([]byte, error) {
	switch {
	case v.IsList():
		k = k.Elem()
	case v.Kind() == schema.JSON:
		return append(dst, strings.Join(strings.FieldsFunc(v.Text(), func(r rune) bool { return r == '\n' || r == '\r' }),
			" ")...), nil
	case v.Kind() == schema.Clock:
		return append(append(append(dst, '"'), clockText(v)...), '"'), nil
	case (v.Kind() == schema.Float64 || v.Kind() == schema.Float32) && v.Float() != v.Float():
		return append(dst, `"NaN"`...), nil
	}
	return core.AppendValue(dst, k, v)
}

// parseJSON reads a value of a line of JSON that is not null.
func parseJSON(k schema.Kind, raw json.RawMessage) (schema.Value, error) {
	switch k {
	case schema.JSON:
		return schema.TextValue(k, string(raw)), nil
	case schema.Clock:
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return parseText(k, s)
		}
	case schema.Decimal:
		if len(raw) > 0 && raw[0] != '"' { // as other programs write it
			return parseText(k, string(raw))
		}
	case schema.Time:
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return parseText(k, s)
		}
	}
	v, err := core.ParseValue(k, raw)
	if err != nil {
		return v, errForm
	}
	return v, nil
}
