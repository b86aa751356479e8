package sqlite

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Bulk returns the statement that inserts one of many rows: a prepared one is as quick as any, and needs no plan of its own for
// each number of rows.
func (d Dialect) Bulk(t *schema.Table, cols []*schema.Column, _ *schema.Column) dialect.Bulk {
	return dialect.Bulk{Row: dialect.InsertRow(d, t, cols)}
}
