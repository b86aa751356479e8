package conn

import (
	"encoding/hex"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/sqlite3"
	"github.com/prom-go/prom/schema"
)

// bindArgs binds typed values as what SQLite stores: integers, floats, texts, bytes and NULL. The buffer is for texts that are
// made here; it is returned, to be used again.
func bindArgs(s *sqlite3.Stmt, args []schema.Value, buf []byte) ([]byte, error) {
	if len(args) != s.Params() {
		return buf, &Error{Kind: KindSyntax, Detail: "the statement has " + strconv.Itoa(s.Params()) + " parameters and got " +
			strconv.Itoa(len(args)) + " arguments"}
	}
	for i := range args {
		v := &args[i]
		var err error
		if v.IsList() {
			if buf, err = appendList(buf[:0], v); err == nil {
				err = s.BindTextBytes(i, buf)
			}
		} else {
			switch v.Kind() {
			case schema.Null:
				err = s.BindNull(i)
			case schema.Bool:
				n := int64(0)
				if v.Bool() {
					n = 1
				}
				err = s.BindInt64(i, n)
			case schema.Int16, schema.Int32, schema.Int64:
				err = s.BindInt64(i, v.Int())
			case schema.Uint64:
				if v.Uint() > math.MaxInt64 {
					return buf, tooLarge()
				}
				err = s.BindInt64(i, int64(v.Uint()))
			case schema.Float32, schema.Float64:
				err = s.BindFloat64(i, v.Float())
			case schema.Bytes:
				err = s.BindBytes(i, v.Bytes())
			case schema.Time:
				buf = sqlite.AppendTime(buf[:0], v.Time())
				err = s.BindTextBytes(i, buf)
			case schema.Date:
				buf = sqlite.AppendDate(buf[:0], v.Time())
				err = s.BindTextBytes(i, buf)
			case schema.Clock:
				buf = sqlite.AppendClock(buf[:0], v.Clock())
				err = s.BindTextBytes(i, buf)
			default:
				err = s.BindText(i, v.Text())
			}
		}
		if err != nil {
			return buf, err
		}
	}
	return buf, nil
}

func tooLarge() *Error {
	return &Error{Kind: KindType, Detail: "SQLite holds integers up to 9223372036854775807 (1<<63-1), and the value is greater"}
}

// appendList writes a list as JSON for json_each. Bytes become hexadecimal digits; infinities become numbers that are read as
// such.
func appendList(b []byte, v *schema.Value) ([]byte, error) {
	b = append(b, '[')
	switch list := v.List().(type) {
	case []bool:
		for i, x := range list {
			n := byte('0')
			if x {
				n = '1'
			}
			b = append(comma(b, i), n)
		}
	case []int64:
		kind := v.Kind()
		for i, x := range list {
			b = comma(b, i)
			switch kind {
			case schema.Time:
				b = append(sqlite.AppendTime(append(b, '"'), time.UnixMicro(x)), '"')
			case schema.Date:
				b = append(sqlite.AppendDate(append(b, '"'), time.UnixMicro(x).UTC()), '"')
			case schema.Clock:
				b = append(sqlite.AppendClock(append(b, '"'), time.Duration(x)*time.Microsecond), '"')
			default:
				b = strconv.AppendInt(b, x, 10)
			}
		}
	case []uint64:
		for i, x := range list {
			if x > math.MaxInt64 {
				return b, tooLarge()
			}
			b = strconv.AppendUint(comma(b, i), x, 10)
		}
	case []float64:
		for i, x := range list {
			b = comma(b, i)
			switch {
			case math.IsInf(x, 1):
				b = append(b, "9e999"...)
			case math.IsInf(x, -1):
				b = append(b, "-9e999"...)
			default:
				b = strconv.AppendFloat(b, x, 'e', -1, 64)
			}
		}
	case []string:
		for i, x := range list {
			b = appendJSON(comma(b, i), x)
		}
	case [][]byte:
		for i, x := range list {
			b = append(hex.AppendEncode(append(comma(b, i), '"'), x), '"')
		}
	}
	return append(b, ']'), nil
}

func comma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

// appendJSON writes a string of JSON. What is not UTF-8 becomes U+FFFD.
func appendJSON(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(append(b, s[from:i]...), '\\', c)
		case c < ' ':
			b = append(append(b, s[from:i]...), '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		case c < utf8.RuneSelf:
			i++
			continue
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
			b = append(append(b, s[from:i]...), "\ufffd"...)
		}
		i++
		from = i
	}
	return append(append(b, s[from:]...), '"')
}
