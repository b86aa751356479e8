package driver

import (
	"time"

	"github.com/prom-go/prom/schema"
)

// Rows are the rows of a result, read one after the other. They must be closed. A Rows is not safe for concurrent use.
//
// The methods that read a column take its position from 0 and return an error that names types and never the value.
type Rows interface {
	// Next goes to the next row. It returns false at the end and after an error, which Err tells.
	Next() bool
	// Close ends the reading and returns the first error of the result. It may be called twice.
	Close() error
	// Len returns the number of columns.
	Len() int
	// Name returns the name of a column.
	Name(i int) string

	IsNull(i int) bool
	Bool(i int) (bool, error)
	Int(i int) (int64, error)
	Uint(i int) (uint64, error)
	Float(i int) (float64, error)
	Text(i int) (string, error)
	Bytes(i int) ([]byte, error) // valid until the next row
	Time(i int) (time.Time, error)
	Clock(i int) (time.Duration, error)
	List(i int, k schema.Kind) (schema.Value, error) // of elements of kind k

	// Any reads a column in the Go type that its value has by itself: nil, bool, int64, float64, string, []byte,
	// time.Time or time.Duration, and what pgx makes of the rarer types of PostgreSQL.
	Any(i int) (any, error)
}

// RowReader reads the rows of a statement.
type RowReader interface {
	// ReadRows reads the rows. It must neither keep nor close them, and must not use the same transaction.
	ReadRows(rows Rows) error
}

// RowFunc is a function that is a [RowReader].
type RowFunc func(rows Rows) error

// ReadRows implements [RowReader].
func (f RowFunc) ReadRows(rows Rows) error { return f(rows) }

// lastingRows are rows that may be closed any number of times, at any time: a second Close does not reach a later
// result of the same connection.
type lastingRows struct {
	Rows
	err  error
	done bool
}

// Lasting returns rows, which belong to their connection, for a caller of whom nothing is known: once they are closed,
// they are the next user's.
func Lasting(rows Rows) Rows { return &lastingRows{Rows: rows} }

func (r *lastingRows) Next() bool { return !r.done && r.Rows.Next() }

func (r *lastingRows) Close() error {
	if !r.done {
		r.done = true
		r.err = r.Rows.Close()
	}
	return r.err
}

// Inner returns the rows themselves, for who reads them in the engine's own form.
func (r *lastingRows) Inner() any { return r.Rows }
