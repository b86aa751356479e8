package render

import (
	"github.com/prom-go/prom/schema"
)

// andLive returns what limits a join to rows of the table that are not marked as deleted. Rows are called by a quoted name.
func (r *renderer) andLive(t *schema.Table, name string) string {
	if t.Deleted == nil {
		return ""
	}
	return " AND " + name + "." + r.d.Quote(t.Deleted.Name) + " IS NULL"
}
