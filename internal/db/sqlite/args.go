package sqlite

import (
	"math"
	"slices"
	"strconv"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/sqlite3"
	"github.com/prom-go/prom/schema"
)

// bindArgs binds typed values as what SQLite stores: integers, floats, texts, bytes and NULL. The buffer is for texts
// that are made here; it is returned, to be used again.
func bindArgs(s *sqlite3.Stmt, args []schema.Value, buf []byte) ([]byte, error) {
	if len(args) != s.Params() {
		return buf, &driver.Error{Kind: driver.KindSyntax,
			Detail: "the statement has " + strconv.Itoa(s.Params()) + " parameters and got " +
				strconv.Itoa(len(args)) + " arguments"}
	}
	for i := range args {
		v := &args[i]
		var err error
		if v.IsList() {
			if list, ok := v.List().([]uint64); ok && len(list) > 0 && slices.Max(list) > math.MaxInt64 {
				return buf, tooLarge()
			}
			buf = sqlite.AppendList(buf[:0], *v)
			err = s.BindTextBytes(i, buf)
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

func tooLarge() *driver.Error {
	return &driver.Error{Kind: driver.KindType,
		Detail: "SQLite holds integers up to 9223372036854775807 (1<<63-1), and the value is greater"}
}
