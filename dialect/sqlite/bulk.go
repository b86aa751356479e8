package sqlite

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Bulk returns no statements: a prepared one for one row is as quick as any here, and needs no plan of its own for each number of rows.
func (Dialect) Bulk(*schema.Table, []*schema.Column, *schema.Column) dialect.Bulk {
	return dialect.Bulk{}
}
