package conn

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/schema"
)

// sqliteArgs turns typed values into what SQLite stores: integers, floats, texts, bytes and NULL.
func sqliteArgs(vs []schema.Value) ([]any, error) {
	if len(vs) == 0 {
		return nil, nil
	}
	args := make([]any, len(vs))
	for i, v := range vs {
		a, err := sqliteArg(v)
		if err != nil {
			return nil, err
		}
		args[i] = a
	}
	return args, nil
}

var errTooLarge = &Error{Kind: KindType, Detail: "SQLite holds integers up to 9223372036854775807 (1<<63-1), and the value is greater"}

func sqliteArg(v schema.Value) (any, error) {
	if v.IsList() {
		return sqliteList(v)
	}
	switch v.Kind() {
	case schema.Null:
		return nil, nil
	case schema.Bool:
		if v.Bool() {
			return int64(1), nil
		}
		return int64(0), nil
	case schema.Int16, schema.Int32, schema.Int64:
		return v.Int(), nil
	case schema.Uint64:
		if v.Uint() > math.MaxInt64 {
			e := *errTooLarge
			return nil, &e
		}
		return int64(v.Uint()), nil
	case schema.Float32, schema.Float64:
		return v.Float(), nil
	case schema.Bytes:
		return v.Bytes(), nil
	case schema.Time:
		return v.Time().Format(sqlite.TimeLayout), nil
	case schema.Date:
		return v.Time().Format(sqlite.DateLayout), nil
	case schema.Clock:
		return clockText(v.Clock()), nil
	}
	return v.Text(), nil
}

// sqliteList writes a list as JSON for json_each. Bytes become hexadecimal digits; infinities become numbers that are read as
// such.
func sqliteList(v schema.Value) (any, error) {
	var b strings.Builder
	b.WriteByte('[')
	item := func(i int, text string, quote bool) {
		if i > 0 {
			b.WriteByte(',')
		}
		if quote {
			q, _ := json.Marshal(text) // a string always can
			b.Write(q)
			return
		}
		b.WriteString(text)
	}
	switch list := v.List().(type) {
	case []bool:
		for i, x := range list {
			item(i, map[bool]string{true: "1", false: "0"}[x], false)
		}
	case []int64:
		for i, x := range list {
			switch v.Kind() {
			case schema.Time:
				item(i, time.UnixMicro(x).UTC().Format(sqlite.TimeLayout), true)
			case schema.Date:
				item(i, time.UnixMicro(x).UTC().Format(sqlite.DateLayout), true)
			case schema.Clock:
				item(i, clockText(time.Duration(x)*time.Microsecond), true)
			default:
				item(i, strconv.FormatInt(x, 10), false)
			}
		}
	case []uint64:
		for i, x := range list {
			if x > math.MaxInt64 {
				e := *errTooLarge
				return nil, &e
			}
			item(i, strconv.FormatUint(x, 10), false)
		}
	case []float64:
		for i, x := range list {
			switch {
			case math.IsInf(x, 1):
				item(i, "9e999", false)
			case math.IsInf(x, -1):
				item(i, "-9e999", false)
			default:
				item(i, strconv.FormatFloat(x, 'e', -1, 64), false)
			}
		}
	case []string:
		for i, x := range list {
			item(i, x, true)
		}
	case [][]byte:
		for i, x := range list {
			item(i, hex.EncodeToString(x), true)
		}
	}
	b.WriteByte(']')
	return b.String(), nil
}
