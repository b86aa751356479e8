package driver

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Bulk is many rows to insert into one table, all or none of them.
type Bulk struct {
	Statement // SQL inserts one row; there are no Args

	Way  dialect.Bulk
	Cols int // with a value in each row
	Rows int

	Copied bool  // set by Bulk: the rows went by COPY
	Bytes  int64 // so many bytes of them; 0 when that is not known

	// Row appends the values of a row. It is called for one row after the other, once for each attempt to insert them.
	Row func(dst []schema.Value, row int) ([]schema.Value, error)

	// Key is called for each row with the key that the database gave it, when that is left to the database. It is nil
	// otherwise.
	Key func(row int, key int64)
}
