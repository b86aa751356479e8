package render

import (
	"strconv"
	"strings"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

var setText = [...]string{ast.Union: " UNION ", ast.UnionAll: " UNION ALL ", ast.Intersect: " INTERSECT ",
	ast.Except: " EXCEPT "}

// maxSet is how many queries are put together at once. SQLite takes no more than 500
// (https://www.sqlite.org/limits.html, SQLITE_MAX_COMPOUND_SELECT).
const maxSet = 250

// source writes queries whose rows are put together, of many the first ones in a query of their own.
func (r *renderer) source(members []ast.Member) {
	alone := len(members) == 1
	if n := len(members) - maxSet; n > 0 {
		r.b.WriteString("SELECT * FROM (")
		r.source(members[:n])
		r.b.WriteString(") AS " + r.alias())
		members = members[n:]
	}
	for _, s := range members {
		r.member(s, alone)
	}
}

// member writes one of them. One with an order or a limit of its own, which its engine would take for the whole's, is
// put into a query.
func (r *renderer) member(s ast.Member, alone bool) {
	r.b.WriteString(setText[s.Op])
	sub := *s.Sub
	if sub.Spec.More == nil {
		sub.Spec = sub.Spec.With(func(*ast.More) {}) // all columns, not the constant 1
	}
	if alone || sub.Spec.Flags == 0 && len(sub.Spec.Orders) == 0 && !sub.Spec.HasSource() {
		r.query(&sub)
		return
	}
	names := sub.Spec.Extra().Names
	if names == nil && sub.Spec.Extra().Cols == nil {
		names = schema.ColumnNames(sub.Table.Columns)
	}
	if names == nil {
		names = make([]string, len(sub.Spec.Extra().Cols))
		for i := range names {
			names[i] = "c" + strconv.Itoa(i+1)
		}
		sub.Spec = sub.Spec.WithNames(names)
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = r.d.Quote(n)
	}
	r.b.WriteString("SELECT " + strings.Join(quoted, ", ") + " FROM (")
	r.query(&sub)
	r.b.WriteString(") AS " + r.alias())
}
