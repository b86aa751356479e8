package render

import (
	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/internal/ast"
)

// paged writes the limits of a page.
func (r *renderer) paged(b squirrel.SelectBuilder, p *ast.Paging) squirrel.SelectBuilder {
	if p.Flags == 0 {
		return b
	}
	return b.Suffix(r.d.Page(p.Flags&ast.HasLimit != 0, p.Flags&ast.HasOffset != 0), anys(p.Args(nil))...)
}

// rowsOfPage returns the query of the rows on the page of which the results are made.
func (r *renderer) rowsOfPage(q *ast.Spec, from string) squirrel.SelectBuilder {
	outer := r.sc.joins
	r.sc.joins = &joins{aliases: map[string]string{}}
	b := squirrel.Select().PlaceholderFormat(squirrel.Question).From(from)
	for _, c := range r.sc.table.Columns {
		b = b.Column(r.column(c))
	}
	if row := r.d.TextRow(r.sc.table, r.sc.name); row != "" && !r.sc.derived {
		b = b.Column(row)
	}
	if where := q.CondsOn(r.sc.table); len(where) > 0 {
		b = b.Where(r.clause(where))
	}
	rows := q.More.Rows
	for i := range rows.Orders {
		text, args := r.part(func() { r.b.WriteString(r.order(&rows.Orders[i], 0)) })
		b = b.OrderByClause(text, args...)
	}
	for _, join := range r.sc.joins.list {
		b = b.JoinClause(join)
	}
	r.sc.joins = outer
	return r.paged(b, rows)
}
