package sqlite

import (
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// rowsEach is how many rows one statement inserts. More than these gain nothing, and what is left over goes row by row.
const rowsEach = 32

// Bulk returns a statement for some rows; a prepared one for a single row is the way for the rest.
func (d Dialect) Bulk(t *schema.Table, cols []*schema.Column, key *schema.Column) dialect.Bulk {
	if len(cols) == 0 || len(cols)*rowsEach > maxArgs {
		return dialect.Bulk{}
	}
	values := make([]string, len(cols))
	for i, c := range cols {
		values[i] = d.ArgOf(c)
	}
	row := "(" + strings.Join(values, ", ") + ")"
	b := dialect.Bulk{
		Rows: "INSERT INTO " + d.Table(t.Name) + " (" + dialect.QuoteList(schema.ColumnNames(cols)) + ") VALUES " +
			row + strings.Repeat(", "+row, rowsEach-1),
		Each: rowsEach,
	}
	if key != nil {
		b.Greatest = "SELECT max(" + d.Quote(key.Name) + ") FROM " + d.Table(t.Name)
	}
	return b
}
