package scan

import (
	"time"

	"github.com/prom-go/prom/schema"
)

// Row reads the columns of the current row of a result, by position from 0. The connection's rows implement it for each
// engine. A method whose column holds something that is not of the type asked for returns an error that names the two
// types and never the value.
type Row interface {
	IsNull(i int) bool
	Bool(i int) (bool, error)
	Int(i int) (int64, error)
	Uint(i int) (uint64, error)
	Float(i int) (float64, error)
	// Text reads texts, decimals and UUIDs, these in canonical form.
	Text(i int) (string, error)
	// Bytes reads bytes and JSON. The slice is valid until the next row.
	Bytes(i int) ([]byte, error)
	// Time reads instants and days, in UTC.
	Time(i int) (time.Time, error)
	// Clock reads a time of day as the time since midnight.
	Clock(i int) (time.Duration, error)
	// List reads a list whose elements are of kind k, none of them NULL.
	List(i int, k schema.Kind) (schema.Value, error)
}
