package sqlite

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/sqlite3"
	"github.com/prom-go/prom/schema"
)

// liteRows reads the rows of a statement where SQLite has them. It is part of its connection, on which one result is
// open at a time, so that a result costs no memory; see driver.Lasting for who may close one twice.
type liteRows struct {
	conn *liteConn
	stmt *sqlite3.Stmt // nil when it is closed
	st   *driver.Statement

	first  bool  // Step has been to the first row already
	more   bool  // it found one
	n      int64 // rows so far
	writes bool  // the statement is a write that returns rows
	err    error

	refused bool // by who reads it, so that the statement is undone
	guarded bool // by a savepoint of its transaction

	engine *engine // whose connection is given back at the end
	tx     *liteTx // or the transaction that keeps it
	group  *group
}

// Stmt returns the statement, whose current row is that of Next.
func (r *liteRows) Stmt() *sqlite3.Stmt { return r.stmt }

func (r *liteRows) Next() bool {
	if r.first {
		if r.first = false; r.more {
			r.n++
		}
		return r.more
	}
	if !r.more {
		return false
	}
	row, err := r.stmt.Step()
	if err != nil {
		r.err = r.conn.failed(err, r.st)
	}
	if r.more = row; row {
		r.n++
	}
	return row
}

func (r *liteRows) Close() error {
	if r.stmt == nil {
		return r.err
	}
	if r.refused && r.writes && r.more && r.tx == nil && r.group == nil {
		r.stmt.Undo()
		r.more = false
	}
	// A write goes to its end, where SQLite commits it. One that is reset before leaves some bytes of SQLite's memory
	// lost.
	for r.writes && (r.more || r.first) {
		r.Next()
	}
	err := r.conn.end(r.stmt, r.st)
	r.stmt, r.more, r.first = nil, false, false
	if r.err == nil {
		r.err = err
	}
	err = r.err
	st := r.st
	if st.Counted {
		st.Changed = r.n
	}
	switch {
	case r.tx != nil:
		tx := r.tx
		if err = tx.note(err); r.guarded {
			err = tx.endGuard(r.refused, err)
		}
		tx.idle.end()
	case r.conn.writes:
		err = r.engine.leave(r.conn, r.group, err, r.refused)
	default:
		r.engine.readers.give(r.conn)
	}
	// The connection may be somebody else's by now, and r with it.
	if err != nil {
		err = driver.Describe(err, st)
	}
	return err
}

// Refuse implements [Refuser].
func (r *liteRows) Refuse() { r.refused = true }

func (r *liteRows) Len() int          { return r.stmt.Columns() }
func (r *liteRows) Name(i int) string { return r.stmt.Name(i) }

func (r *liteRows) IsNull(i int) bool { return r.stmt.Type(i) == sqlite3.Null }

// wrongType is the error of a value that is not of the type asked for.
func (r *liteRows) wrongType(i int, want string) error {
	return fmt.Errorf("the database holds %s, which cannot be read as %s", classNames[r.stmt.Type(i)], want)
}

// classNames are SQLite's classes of values, by [sqlite3.Type].
var classNames = [...]string{"NULL", "an INTEGER", "a REAL", "a TEXT", "a BLOB"}

// Bool reads 0 and 1, and the words for them that other programs write.
func (r *liteRows) Bool(i int) (bool, error) {
	switch r.stmt.Type(i) {
	case sqlite3.Integer:
		if n := r.stmt.Int64(i); n == 0 || n == 1 {
			return n == 1, nil
		}
	case sqlite3.Text:
		if b, ok := parseBool(string(r.stmt.Raw(i))); ok {
			return b, nil
		}
	}
	return false, r.wrongType(i, "a boolean")
}

// Int reads an INTEGER, a REAL that is whole, and the digits of a TEXT, as prom for Python stores numbers that may
// exceed 64 bits.
func (r *liteRows) Int(i int) (int64, error) {
	switch r.stmt.Type(i) {
	case sqlite3.Integer:
		return r.stmt.Int64(i), nil
	case sqlite3.Float:
		v := r.stmt.Float64(i)
		if n := int64(v); float64(n) == v && math.Abs(v) < 1<<53 {
			return n, nil
		}
	case sqlite3.Text:
		if n, err := strconv.ParseInt(string(r.stmt.Raw(i)), 10, 64); err == nil {
			return n, nil
		}
	}
	return 0, r.wrongType(i, "an integer")
}

// Uint reads what Int reads, and the digits of a TEXT beyond it.
func (r *liteRows) Uint(i int) (uint64, error) {
	if r.stmt.Type(i) == sqlite3.Text {
		if n, err := strconv.ParseUint(string(r.stmt.Raw(i)), 10, 64); err == nil {
			return n, nil
		}
	}
	n, err := r.Int(i)
	if err == nil && n < 0 {
		err = errors.New("a negative number does not fit an unsigned field")
	}
	return uint64(n), err
}

func (r *liteRows) Float(i int) (float64, error) {
	switch r.stmt.Type(i) {
	case sqlite3.Float, sqlite3.Integer:
		return r.stmt.Float64(i), nil
	case sqlite3.Text:
		if f, ok := parseFloat(string(r.stmt.Raw(i))); ok {
			return f, nil
		}
	}
	return 0, r.wrongType(i, "a float")
}

// Text reads a TEXT. Numbers are read too, because a column of another program may hold a decimal as one.
func (r *liteRows) Text(i int) (string, error) {
	switch r.stmt.Type(i) {
	case sqlite3.Text:
		return string(r.stmt.Raw(i)), nil
	case sqlite3.Integer:
		return strconv.FormatInt(r.stmt.Int64(i), 10), nil
	case sqlite3.Float:
		return strconv.FormatFloat(r.stmt.Float64(i), 'f', -1, 64), nil
	}
	return "", r.wrongType(i, "a text")
}

// Bytes reads a BLOB or a TEXT. It is a copy: what is SQLite's own memory must not reach the application's code.
func (r *liteRows) Bytes(i int) ([]byte, error) {
	switch r.stmt.Type(i) {
	case sqlite3.Blob, sqlite3.Text:
		return append([]byte{}, r.stmt.Raw(i)...), nil
	}
	return nil, r.wrongType(i, "bytes")
}

// Time reads the texts that this library and others store, and Unix times in seconds.
func (r *liteRows) Time(i int) (time.Time, error) {
	switch r.stmt.Type(i) {
	case sqlite3.Text:
		raw := r.stmt.Raw(i)
		if t, ok := sqlite.ParseTime(raw); ok {
			return t, nil
		}
		if t, ok := parseTime(string(raw)); ok {
			return t, nil
		}
		if sign := schema.InfiniteText(string(raw)); sign != 0 {
			return time.Time{}, schema.InfiniteError(sign)
		}
	case sqlite3.Integer:
		if t, ok := unixTime(r.stmt.Int64(i)); ok {
			return t, nil
		}
	case sqlite3.Float:
		if t, ok := unixFloat(r.stmt.Float64(i)); ok {
			return t, nil
		}
	}
	return time.Time{}, r.wrongType(i, "a time")
}

func (r *liteRows) Clock(i int) (time.Duration, error) {
	if r.stmt.Type(i) == sqlite3.Text {
		return driver.ParseClock(string(r.stmt.Raw(i)))
	}
	return 0, r.wrongType(i, "a time of day")
}

// List reads the JSON that a column of a list holds.
func (r *liteRows) List(i int, k schema.Kind) (schema.Value, error) {
	if r.stmt.Type(i) != sqlite3.Text {
		return schema.Value{}, r.wrongType(i, "a list")
	}
	return schema.ParseList(k, r.stmt.Raw(i))
}
