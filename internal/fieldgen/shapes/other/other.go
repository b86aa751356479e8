// Package other has what models of another package are made of.
package other

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Trace is embedded by models.
type Trace struct {
	trace
	Origin string
}

type trace struct {
	Hop  int
	Mode mode
}

type mode string

// Level reads and writes itself.
type Level struct{ N int64 }

// Value returns what is stored.
func (l Level) Value() (driver.Value, error) { return l.N, nil }

// Scan reads what is stored.
func (l *Level) Scan(v any) (err error) {
	n, ok := v.(int64)
	if l.N = n; !ok {
		err = fmt.Errorf("other: %T is no level", v)
	}
	return err
}

// Span is stored as JSON.
type Span struct{ From, To time.Time }
