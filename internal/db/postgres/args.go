package postgres

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prom-go/prom/schema"
)

// pgxArgs turns typed values into what pgx encodes. Kinds whose placeholder has a cast travel as text, which every exec
// mode of pgx sends alike.
func pgxArgs(vs []schema.Value) []any {
	if len(vs) == 0 {
		return nil
	}
	args := make([]any, len(vs))
	for i, v := range vs {
		args[i] = pgxArg(v)
	}
	return args
}

func pgxArg(v schema.Value) any {
	if v.IsList() {
		return postgresList(v)
	}
	switch v.Kind() {
	case schema.Uint64:
		return strconv.FormatUint(v.Uint(), 10)
	case schema.Date:
		return dayText(v.Int())
	case schema.Time:
		if text, ok := schema.InfiniteMicros(v.Int()); ok {
			return text
		}
	case schema.Clock:
		return clockText(v.Clock())
	case schema.Bytes:
		return v.Bytes()
	}
	return v.Any()
}

// postgresList returns a slice that pgx sends as an array, or the text of an array for kinds that it does not know in
// every mode; the statement casts it.
func postgresList(v schema.Value) any {
	switch list := v.List().(type) {
	case []uint64:
		return arrayText(len(list), func(i int) string { return strconv.FormatUint(list[i], 10) })
	case []int64:
		switch v.Kind() {
		case schema.Time:
			if slices.ContainsFunc(list, isInfinite) {
				return listText(v)
			}
			times := make([]time.Time, len(list))
			for i, us := range list {
				times[i] = time.UnixMicro(us).UTC()
			}
			return times
		case schema.Date:
			return arrayText(len(list), func(i int) string { return dayText(list[i]) })
		case schema.Clock:
			return arrayText(len(list), func(i int) string {
				return clockText(time.Duration(list[i]) * time.Microsecond)
			})
		}
		return list
	case []schema.Value:
		return listText(v)
	case []string:
		if v.Kind() != schema.Text {
			return arrayText(len(list), func(i int) string { return list[i] })
		}
		return list
	}
	return v.List()
}

// arrayText writes an array in PostgreSQL's text form (its manual, section "Array Input and Output Syntax").
func arrayText(n int, at func(i int) string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(arrayElement(at(i)))
	}
	b.WriteByte('}')
	return b.String()
}

var arrayEscapes = strings.NewReplacer(`"`, `\"`, `\`, `\\`)

// arrayElement quotes an element of an array.
func arrayElement(s string) string { return `"` + arrayEscapes.Replace(s) + `"` }

func isInfinite(us int64) bool {
	_, ok := schema.InfiniteMicros(us)
	return ok
}

// dayText writes a date.
func dayText(us int64) string {
	if text, ok := schema.InfiniteMicros(us); ok {
		return text
	}
	return time.UnixMicro(us).UTC().Format(time.DateOnly)
}

// listText returns the text of an array, whose elements may be NULL or arrays.
func listText(v schema.Value) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := range v.Len() {
		if i > 0 {
			b.WriteByte(',')
		}
		switch e := v.At(i); {
		case e.IsList():
			b.WriteString(listText(e))
		case e.IsNull():
			b.WriteString("NULL")
		default:
			b.WriteString(arrayElement(valueText(e)))
		}
	}
	b.WriteByte('}')
	return b.String()
}

// valueText returns the text of a value as PostgreSQL reads it.
func valueText(v schema.Value) string {
	if v.IsList() {
		return listText(v)
	}
	switch x := pgxArg(v).(type) {
	case string:
		return x
	case []byte:
		return `\x` + hex.EncodeToString(x)
	case time.Time:
		return x.Format("2006-01-02 15:04:05.999999Z07:00")
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64)
	default:
		return fmt.Sprint(x)
	}
}

// clockLayout is the form of a time of day.
const clockLayout = "15:04:05.000000"

// clockText writes a time of day as hh:mm:ss.ffffff, which both engines store.
func clockText(d time.Duration) string {
	return time.Unix(0, int64(d)).UTC().Format(clockLayout)
}
