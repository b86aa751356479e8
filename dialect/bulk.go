package dialect

import (
	"strings"

	"github.com/prom-go/prom/schema"
)

// Bulk are the statements that insert many rows of the same columns. Where a key is left to the database, it is one column of
// integers. A way that an engine does not have is "".
type Bulk struct {
	// Row inserts one row. Its arguments are the columns' values; the key is the last inserted row's, which the driver knows.
	Row string

	// Lists inserts as many rows as its arguments, a list for each column, have elements, in their order, and returns the key of
	// each in that order, or nothing when the key is not left to the database.
	Lists string

	// Copy reads rows in the engine's own form: the columns', behind the key when that is left to the database. Shape is a query
	// with the same columns, by which their types are learnt. Keys reserves as many keys as its argument says, one a row.
	Copy, Shape, Keys string
}

// Text returns the statement that tells best what is done.
func (b Bulk) Text() string {
	if b.Lists != "" {
		return b.Lists
	}
	return b.Row
}

// InsertRow returns the statement that inserts one row and returns nothing.
func InsertRow(d Dialect, t *schema.Table, cols []*schema.Column) string {
	if len(cols) == 0 {
		return "INSERT INTO " + d.Quote(t.Name) + " DEFAULT VALUES"
	}
	args := make([]string, len(cols))
	for i, c := range cols {
		args[i] = d.Arg(c.Kind)
	}
	return "INSERT INTO " + d.Quote(t.Name) + " (" + QuoteList(schema.ColumnNames(cols)) + ") VALUES (" + strings.Join(args, ", ") + ")"
}
