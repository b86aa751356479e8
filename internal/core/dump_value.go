package core

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/prom-go/prom/schema"
)

// The forms of values in a dump are exact on both engines: integers are numbers of any size, a decimal is a text with
// its digits, bytes are base64, an instant is RFC 3339 in UTC, a time of day its microseconds, JSON the text that it
// is, since null is NULL. A float and bytes in a column of any values are objects that say so.

// appendDumped appends the form of a value of a column of kind k.
func appendDumped(dst []byte, k schema.Kind, v schema.Value) ([]byte, error) {
	if name := anyForms[v.Kind()]; k == schema.Any && name != "" {
		dst, err := appendDumped(append(append(append(dst, `{"`...), name...), `":`...), v.Kind(), v)
		return append(dst, '}'), err
	}
	if v.IsList() {
		dst = append(dst, '[')
		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			var err error
			if dst, err = appendDumped(dst, k, v.At(i)); err != nil {
				return dst, err
			}
		}
		return append(dst, ']'), nil
	}
	switch v.Kind() {
	case schema.Null:
		return append(dst, "null"...), nil
	case schema.Bool:
		return strconv.AppendBool(dst, v.Bool()), nil
	case schema.Int16, schema.Int32, schema.Int64, schema.Clock:
		return strconv.AppendInt(dst, v.Int(), 10), nil
	case schema.Uint64:
		return strconv.AppendUint(dst, v.Uint(), 10), nil
	case schema.Float32, schema.Float64:
		if f := v.Float(); !math.IsInf(f, 0) {
			return strconv.AppendFloat(dst, f, 'g', -1, 64), nil
		}
		return append(dst, map[bool]string{true: `"Infinity"`, false: `"-Infinity"`}[v.Float() > 0]...), nil
	case schema.Bytes:
		return append(base64.StdEncoding.AppendEncode(append(dst, '"'), v.Bytes()), '"'), nil
	case schema.Time, schema.Date:
		if text, ok := schema.InfiniteMicros(v.Int()); ok {
			return append(append(append(dst, '"'), text...), '"'), nil
		}
	}
	switch v.Kind() {
	case schema.Time:
		return v.Time().AppendFormat(dst, `"`+time.RFC3339Nano+`"`), nil
	case schema.Date:
		return v.Time().AppendFormat(dst, `"`+time.DateOnly+`"`), nil
	}
	b, err := json.Marshal(v.Text())
	return append(dst, b...), err
}

// anyForms are the keys of the objects that are values of a column of any values.
var anyForms = map[schema.Kind]string{schema.Float64: "float", schema.Bytes: "bytes"}

// parseAny reads the form of a value of a column of any values.
func parseAny(raw json.RawMessage) (schema.Value, error) {
	switch raw[0] {
	case '"':
		return parseDumped(schema.Text, raw)
	case '{':
		var of map[string]json.RawMessage
		if json.Unmarshal(raw, &of) == nil && len(of) == 1 {
			for k, name := range anyForms {
				if raw, ok := of[name]; ok {
					return parseDumped(k, raw)
				}
			}
		}
		return schema.Value{}, errDumped
	}
	return parseDumped(schema.Int64, raw)
}

var errDumped = errors.New("the value is not of the column's kind")

// parseDumped reads the form of a value of kind k.
func parseDumped(k schema.Kind, raw json.RawMessage) (schema.Value, error) {
	text := string(raw)
	if text == "null" {
		return schema.Value{}, nil
	}
	if k == schema.Any && len(raw) > 0 {
		return parseAny(raw)
	}
	if k.IsList() {
		var raws []json.RawMessage
		if json.Unmarshal(raw, &raws) != nil {
			return schema.Value{}, errDumped
		}
		return schema.NewList(k.Elem(), len(raws), func(i int) (schema.Value, error) {
			if strings.HasPrefix(string(raws[i]), "[") {
				return parseDumped(k, raws[i])
			}
			return parseDumped(k.Elem(), raws[i])
		})
	}
	quoted := len(text) > 0 && text[0] == '"'
	if quoted && json.Unmarshal(raw, &text) != nil {
		return schema.Value{}, errDumped
	}
	var v schema.Value
	var err error
	switch k {
	case schema.Bool:
		if quoted || text != "true" && text != "false" {
			return v, errDumped
		}
		return schema.BoolValue(text == "true"), nil
	case schema.Int16, schema.Int32, schema.Int64, schema.Uint64:
		if quoted {
			return v, errDumped
		}
		if v, err = schema.ParseLiteral(k, text); err != nil {
			return v, errDumped
		}
		return v, nil
	case schema.Clock:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || quoted || n < 0 || n > int64(24*time.Hour/time.Microsecond) {
			return v, errDumped
		}
		return schema.ClockValue(time.Duration(n) * time.Microsecond), nil
	case schema.Float32, schema.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(f) || quoted != math.IsInf(f, 0) {
			return v, errDumped
		}
		return schema.FloatValue(k, f), nil
	}
	if !quoted {
		return v, errDumped
	}
	switch k {
	case schema.Bytes:
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return v, errDumped
		}
		return schema.BytesValue(b), nil
	case schema.Time, schema.Date:
		if sign := schema.InfiniteText(text); sign != 0 {
			return schema.Infinity(k, sign), nil
		}
		t, err := time.Parse(map[schema.Kind]string{schema.Time: time.RFC3339Nano, schema.Date: time.DateOnly}[k], text)
		if err != nil {
			return v, errDumped
		}
		if v, err = schema.CheckedTime(k, t); err != nil {
			return v, errDumped
		}
		return v, nil
	case schema.UUID:
		if text == "" {
			return schema.TextValue(k, text), nil
		}
	}
	if v, err = schema.ParseLiteral(k, text); err != nil {
		return v, errDumped
	}
	return v, nil
}

// AppendValue appends the form that a value of a column of kind k has in a dump.
func AppendValue(dst []byte, k schema.Kind, v schema.Value) ([]byte, error) {
	return appendDumped(dst, k, v)
}

// ParseValue reads a form that AppendValue has written. An error names no value.
func ParseValue(k schema.Kind, raw json.RawMessage) (schema.Value, error) { return parseDumped(k, raw) }
