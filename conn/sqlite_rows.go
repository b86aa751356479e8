package conn

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/prom-go/prom/dialect/sqlite"
)

// liteRows reads rows of database/sql. The boxed values do not leave it.
type liteRows struct {
	rows   *sql.Rows
	names  []string
	values []any
	dest   []any
	st     *Statement
	finish func(err error) // may be nil
	closed bool
	err    error
}

func newLiteRows(rows *sql.Rows, st *Statement) (*liteRows, error) {
	names, err := rows.Columns()
	if err != nil {
		_ = rows.Close()
		return nil, sqliteError(err)
	}
	r := &liteRows{rows: rows, names: names, values: make([]any, len(names)), dest: make([]any, len(names)), st: st}
	for i := range r.dest {
		r.dest[i] = &r.values[i]
	}
	return r, nil
}

func (r *liteRows) Next() bool {
	if !r.rows.Next() {
		return false
	}
	if r.err = sqliteError(r.rows.Scan(r.dest...)); r.err != nil {
		return false
	}
	return true
}

func (r *liteRows) Close() error {
	if r.closed {
		return r.err
	}
	r.closed = true
	if err := r.rows.Err(); r.err == nil {
		r.err = sqliteError(err)
	}
	if err := r.rows.Close(); r.err == nil {
		r.err = sqliteError(err)
	}
	if r.finish != nil {
		r.finish(r.err)
	}
	if r.err != nil {
		r.err = describe(r.err, r.st)
	}
	return r.err
}

func (r *liteRows) Len() int          { return len(r.names) }
func (r *liteRows) Name(i int) string { return r.names[i] }

func (r *liteRows) IsNull(i int) bool { return r.values[i] == nil }

// wrongType is the error of a value that is not of the type asked for.
func (r *liteRows) wrongType(i int, want string) error {
	var got string
	switch r.values[i].(type) {
	case nil:
		got = "NULL"
	case int64, bool:
		got = "an INTEGER"
	case float64:
		got = "a REAL"
	case string, time.Time:
		got = "a TEXT"
	default:
		got = "a BLOB"
	}
	return fmt.Errorf("the database holds %s, which is not read as %s", got, want)
}

func (r *liteRows) Bool(i int) (bool, error) {
	switch v := r.values[i].(type) {
	case int64:
		if v == 0 || v == 1 {
			return v == 1, nil
		}
	case bool:
		return v, nil
	}
	return false, r.wrongType(i, "a boolean")
}

func (r *liteRows) Int(i int) (int64, error) {
	switch v := r.values[i].(type) {
	case int64:
		return v, nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case float64:
		if n := int64(v); float64(n) == v && math.Abs(v) < 1<<53 {
			return n, nil
		}
	}
	return 0, r.wrongType(i, "an integer")
}

func (r *liteRows) Uint(i int) (uint64, error) {
	n, err := r.Int(i)
	if err == nil && n < 0 {
		err = errors.New("a negative number does not fit an unsigned field")
	}
	return uint64(n), err
}

func (r *liteRows) Float(i int) (float64, error) {
	switch v := r.values[i].(type) {
	case float64:
		return v, nil
	case int64:
		return float64(v), nil
	}
	return 0, r.wrongType(i, "a float")
}

// Text reads a TEXT. Numbers are read too, because a column of another program may hold a decimal as one.
func (r *liteRows) Text(i int) (string, error) {
	switch v := r.values[i].(type) {
	case string:
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case time.Time:
		return v.UTC().Format(sqlite.TimeLayout), nil
	}
	return "", r.wrongType(i, "a text")
}

func (r *liteRows) Bytes(i int) ([]byte, error) {
	switch v := r.values[i].(type) {
	case []byte:
		return v, nil
	case string:
		return []byte(v), nil
	}
	return nil, r.wrongType(i, "bytes")
}

// Time reads the texts that this library and others store, and Unix times in seconds.
func (r *liteRows) Time(i int) (time.Time, error) {
	switch v := r.values[i].(type) {
	case time.Time: // the driver parses texts of columns that are declared DATE or TIMESTAMP
		return v.UTC(), nil
	case string:
		if t, ok := parseTime(v); ok {
			return t, nil
		}
	case int64:
		return time.Unix(v, 0).UTC(), nil
	case float64:
		if math.Abs(v) < 1<<40 {
			return time.UnixMicro(int64(math.Round(v * 1e6))).UTC(), nil
		}
	}
	return time.Time{}, r.wrongType(i, "a time")
}

func (r *liteRows) Clock(i int) (time.Duration, error) {
	if v, ok := r.values[i].(string); ok {
		return parseClock(v)
	}
	return 0, r.wrongType(i, "a time of day")
}

// timeLayouts are the texts of times that are understood: what this library writes, what SQLite's own functions write, and what
// Python's prom wrote. A fraction of any length may follow the seconds. Without a zone they are UTC.
var timeLayouts = []string{
	"2006-01-02T15:04:05Z07:00",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"20060102T150405Z07:00",
	"20060102T150405",
	"2006-01-02T15:04",
	"2006-01-02 15:04",
	"2006-01-02",
	"20060102",
}

func parseTime(s string) (time.Time, bool) {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	// A number in a column of texts is a Unix time.
	if f, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(f) < 1<<40 {
		return time.UnixMicro(int64(math.Round(f * 1e6))).UTC(), true
	}
	return time.Time{}, false
}
