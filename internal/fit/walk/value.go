package walk

import (
	"bytes"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

const null = "NULL"

// shown returns the value of a field as a text that [stored] gives for the same value of the database.
func shown(v reflect.Value, c *schema.Column) string {
	x := plain(v)
	if x == nil {
		return null
	}
	return shownKind(reflect.ValueOf(x), c.Kind)
}

func shownKind(v reflect.Value, kind schema.Kind) string {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return null
		}
		v = v.Elem()
	}
	if kind.IsList() {
		if v.Kind() == reflect.Slice && v.IsNil() {
			return null
		}
		parts := make([]string, v.Len())
		for i := range parts {
			of := kind.Elem()
			if e := v.Type().Elem(); e.Kind() == reflect.Slice && of != schema.Bytes && of != schema.JSON {
				of = kind // an array of arrays
			}
			parts[i] = shownKind(v.Index(i), of)
		}
		return listText(parts)
	}
	switch x := v.Interface().(type) {
	case time.Time:
		if kind == schema.Date {
			return x.UTC().Format(time.DateOnly)
		}
		return x.UTC().Format(time.RFC3339Nano)
	case time.Duration:
		return strconv.FormatInt(int64(x), 10)
	case json.RawMessage:
		return jsonText(x)
	case []byte:
		return hex.EncodeToString(x)
	case prom.TimeOrInfinity:
		if x.Infinity != 0 {
			return x.String()
		}
		return shownKind(reflect.ValueOf(x.Time), kind)
	case prom.AnyValue:
		switch x := x.Any().(type) {
		case int64:
			return "integer " + strconv.FormatInt(x, 10)
		case float64:
			return "real " + floatText(x, 64)
		case string:
			return "text " + x
		case []byte:
			return "blob " + strings.ToUpper(hex.EncodeToString(x))
		}
		return null
	case encoding.TextMarshaler:
		text, err := x.MarshalText()
		if err != nil {
			return "error: " + err.Error()
		}
		return string(text)
	}
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Float32, reflect.Float64:
		return floatText(v.Float(), v.Type().Bits())
	case reflect.Struct, reflect.Map, reflect.Slice:
		b, err := json.Marshal(v.Interface())
		if err != nil {
			return "error: " + err.Error()
		}
		return jsonText(b)
	}
	return fmt.Sprint(v.Interface())
}

func listText(parts []string) string {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(p))
	}
	return "[" + b.String() + "]"
}

func floatText(f float64, bits int) string {
	if math.IsNaN(f) {
		return "NaN"
	}
	return strconv.FormatFloat(f, 'g', -1, bits)
}

// jsonText writes a document in the one way in which equal ones are the same.
func jsonText(b []byte) string {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var doc any
	if err := dec.Decode(&doc); err != nil {
		return string(b)
	}
	out, _ := json.Marshal(doc)
	return string(out)
}

// cell is a value as a database wrote it.
type cell struct {
	null  bool
	class string // of SQLite: integer, real, text or blob; "" for what PostgreSQL's output function wrote
	text  string // of a blob: its digits
}

// stored returns a value of the database as a text that [shown] gives for the same value of a field.
func stored(x cell, c *schema.Column) string {
	if x.null {
		return null
	}
	if c.Range != schema.Null { // as the type of the field writes it
		v := reflect.New(schema.Unwrap(c.Type)).Interface()
		if in, ok := v.(encoding.TextUnmarshaler); ok && in.UnmarshalText([]byte(x.text)) == nil {
			if text, err := v.(encoding.TextMarshaler).MarshalText(); err == nil {
				return string(text)
			}
		}
	}
	typ := schema.Unwrap(c.Type)
	if ref, ok := reflect.Zero(typ).Interface().(referring); ok {
		key, _ := ref.ReferenceValues()
		typ = reflect.TypeOf(key)
	}
	return storedKind(x, c.Kind, typ)
}

func storedKind(x cell, kind schema.Kind, typ reflect.Type) string {
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if kind.IsList() {
		return storedList(x, kind.Elem(), typ.Elem())
	}
	switch kind {
	case schema.Any:
		if f, err := strconv.ParseFloat(x.text, 64); err == nil && x.class == "real" {
			return x.class + " " + floatText(f, 64)
		}
		return x.class + " " + x.text
	case schema.Bool:
		switch strings.ToLower(x.text) {
		case "t", "true", "1":
			return "true"
		case "f", "false", "0":
			return "false"
		}
	case schema.Float32, schema.Float64:
		f, err := strconv.ParseFloat(x.text, typ.Bits())
		if err == nil || math.IsInf(f, 0) {
			return floatText(f, typ.Bits())
		}
	case schema.Bytes:
		switch x.class {
		case "":
			return strings.TrimPrefix(x.text, `\x`)
		case "text":
			return hex.EncodeToString([]byte(x.text))
		}
		return strings.ToLower(x.text)
	case schema.Time, schema.Date:
		return storedTime(x, kind)
	case schema.Clock:
		return storedClock(x)
	case schema.UUID:
		if x.class == "blob" && len(x.text) == 32 {
			s := strings.ToLower(x.text)
			return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
		}
		return strings.ToLower(x.text)
	case schema.JSON:
		if x.class == "blob" {
			b, _ := hex.DecodeString(x.text)
			return jsonText(b)
		}
		return jsonText([]byte(x.text))
	}
	return x.text
}

// layouts are the ways in which times are written, by both engines and by programs that write to SQLite.
var layouts = []string{
	"2006-01-02 15:04:05.999999999-07", "2006-01-02 15:04:05.999999999-07:00", "2006-01-02 15:04:05.999999999-07:00:00",
	"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly,
}

func storedTime(x cell, kind schema.Kind) string {
	show := func(t time.Time) string {
		if kind == schema.Date && t.Equal(t.Truncate(24*time.Hour)) {
			return t.UTC().Format(time.DateOnly)
		}
		return t.UTC().Format(time.RFC3339Nano)
	}
	if x.class == "integer" || x.class == "real" {
		f, err := strconv.ParseFloat(x.text, 64)
		if err != nil {
			return x.text
		}
		return show(time.UnixMicro(int64(math.Round(f * 1e6))))
	}
	text, before := strings.CutSuffix(x.text, " BC")
	for _, layout := range layouts {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		if before {
			t = time.Date(1-t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
		}
		return show(t)
	}
	return x.text
}

func storedClock(x cell) string {
	if x.class == "integer" {
		return x.text
	}
	if x.text == "24:00:00" {
		return strconv.FormatInt(int64(24*time.Hour), 10)
	}
	t, err := time.Parse("15:04:05.999999999", x.text)
	if err != nil {
		return x.text
	}
	return strconv.FormatInt(int64(t.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC))), 10)
}

func storedList(x cell, kind schema.Kind, elem reflect.Type) string {
	var list []cell
	if x.class == "" {
		var rest string
		if list, rest = arrayOf(x.text); rest != "" {
			return x.text
		}
	} else {
		var raw []json.RawMessage
		if err := json.Unmarshal([]byte(x.text), &raw); err != nil {
			return x.text
		}
		for _, r := range raw {
			var s string
			switch {
			case string(r) == "null":
				list = append(list, cell{null: true})
			case json.Unmarshal(r, &s) == nil:
				list = append(list, cell{class: "text", text: s})
			default:
				list = append(list, cell{class: "text", text: string(r)})
			}
		}
	}
	parts := make([]string, len(list))
	for i, e := range list {
		switch {
		case e.null:
			parts[i] = null
		case strings.HasPrefix(e.text, "{") && elem.Kind() == reflect.Slice && kind != schema.Bytes && kind != schema.JSON:
			parts[i] = storedList(e, kind, elem.Elem())
		default:
			parts[i] = storedKind(e, kind, elem)
		}
	}
	return listText(parts)
}

// arrayOf splits an array as PostgreSQL writes it. The elements of one of several dimensions are arrays. What it cannot
// split is left.
func arrayOf(text string) (list []cell, rest string) {
	s, ok := strings.CutPrefix(text, "{")
	if !ok {
		return nil, text
	}
	for s != "" && s[0] != '}' {
		var b strings.Builder
		if s[0] == '{' {
			_, rest := arrayOf(s)
			list = append(list, cell{text: strings.TrimSuffix(s, rest)})
			s = strings.TrimPrefix(rest, ",")
			continue
		}
		quoted := s[0] == '"'
		if quoted {
			s = s[1:]
		}
		i := 0
		for ; i < len(s); i++ {
			if s[i] == '\\' {
				i++
			} else if quoted && s[i] == '"' || !quoted && (s[i] == ',' || s[i] == '}') {
				break
			}
			if i < len(s) {
				b.WriteByte(s[i])
			}
		}
		if i >= len(s) {
			return nil, text
		}
		if s = s[i:]; quoted {
			s = s[1:]
		}
		list = append(list, cell{null: !quoted && b.String() == null, text: b.String()})
		s = strings.TrimPrefix(s, ",")
	}
	return list, strings.TrimPrefix(s, "}")
}
