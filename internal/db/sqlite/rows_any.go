package sqlite

import (
	"strings"

	"github.com/prom-go/prom/internal/sqlite3"
)

// Any reads a column by its storage class. A column of a table that was declared as a truth value or a time, as this
// library does, is read as one when it holds one, so that it is what it is on PostgreSQL.
func (r *liteRows) Any(i int) (any, error) {
	switch class := r.stmt.Type(i); strings.ToUpper(r.stmt.Declared(i)) {
	case "BOOL", "BOOLEAN":
		if b, err := r.Bool(i); err == nil {
			return b, nil
		}
	case "TIMESTAMP", "DATETIME", "DATE":
		if class == sqlite3.Text {
			if t, err := r.Time(i); err == nil {
				return t, nil
			}
		}
	case "TIME":
		if d, err := r.Clock(i); err == nil {
			return d, nil
		}
	}
	switch r.stmt.Type(i) {
	case sqlite3.Integer:
		return r.stmt.Int64(i), nil
	case sqlite3.Float:
		return r.stmt.Float64(i), nil
	case sqlite3.Text:
		return r.Text(i)
	case sqlite3.Blob:
		return r.Bytes(i)
	}
	return nil, nil
}
