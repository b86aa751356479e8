package render

import (
	"slices"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// what a query selects.
type what uint8

const (
	selectRows    what = iota // the columns of the query, or else those of the model
	selectColumns             // some columns of the model
	selectOne                 // the constant 1 for each row
	selectCount               // the number of rows
)

// selectBuilder returns the builder of a query in the renderer's scope. Its arguments are in the order that Spec.values
// has.
func (r *renderer) selectBuilder(q *ast.Spec, what what, cols []*schema.Column) squirrel.SelectBuilder {
	m := q.Extra()
	b := squirrel.Select().PlaceholderFormat(squirrel.Question)
	from := r.d.Quote(r.sc.table.Name)
	if len(m.Source) > 0 {
		text, args := r.part(func() { r.source(m.Source) })
		from = r.alias()
		b = b.Prefix("WITH "+from+" AS ("+text+")", args...)
	}
	if r.sc.outer == nil {
		r.sc.bare = len(m.Source) == 0 && !q.Joins(0)
		if !r.sc.bare && len(m.Source) > 0 {
			from += " AS " + r.sc.name
		}
	} else {
		from += " AS " + r.sc.name
	}
	if len(m.Source) > 0 {
		r.sc.forms, r.sc.derived = nil, true
	}
	r.sc.joins = &joins{aliases: map[string]string{}}
	locked := r.locked(q) // before anything else is joined
	if m.Rows != nil {
		b = b.FromSelect(r.rowsOfPage(q, from), r.sc.name)
	} else {
		b = b.From(from)
	}
	// Rows that are distinct but for case are groups, where case is ignored by an expression.
	grouped := false
	if what == selectRows && m.Distinct && !m.Grouped() {
		list := m.Cols
		if list == nil {
			list = columnExprs(r.sc.table)
		}
		if grouped = slices.ContainsFunc(list, r.foldsGroup); grouped {
			if slices.ContainsFunc(list, func(e *ast.Expr) bool { return e.Some((*ast.Expr).ManyRows) }) {
				r.fail(errFoldWindow)
			}
			whole := *m
			whole.Cols = list
			m = &whole
		}
	}
	switch {
	case what == selectOne:
		b = b.Columns("1")
	case what == selectCount:
		b = b.Columns("count(*)")
	case what == selectColumns:
		for _, c := range cols {
			b = b.Column(r.column(c))
		}
	case m.Cols == nil && r.sc.outer != nil && r.sc.forms != nil: // whoever reads these rows takes them for canonical
		for _, c := range r.sc.table.Columns {
			b = b.Column(r.canonical(c) + " AS " + r.d.Quote(c.Name))
		}
	case m.Cols == nil:
		for _, c := range r.sc.table.Columns {
			b = b.Column(r.column(c))
		}
	default:
		for i, e := range m.Cols {
			text, args := r.part(func() { r.expr(e) })
			if (grouped || m.Grouped()) && r.foldsGroup(e) {
				text = "min(" + text + ")" // one for all that differ in case
			}
			if m.Names != nil {
				text += " AS " + r.d.Quote(m.Names[i])
			}
			b = b.Column(text, args...)
		}
	}
	for i := 0; i < len(m.Computed) && what == selectRows; i++ {
		text, args := r.part(func() { r.expr(m.Computed[i].Expr) })
		b = b.Column(text, args...)
	}
	switch {
	case grouped:
		b = r.group(b, m)
	case m.Distinct:
		b = b.Distinct()
	}
	if where := q.CondsOn(r.sc.table); len(where) > 0 && m.Rows == nil {
		b = b.Where(r.clause(where))
	}
	if m.Grouped() {
		b = r.group(b, m)
	}
	bare := r.sc.bare
	r.sc.bare = bare && m.Cols == nil // a bare name would be a column of the result, if one is called that
	for i := range q.Orders {
		if m.Single() {
			break
		}
		o := &q.Orders[i]
		text, args := r.part(func() { r.b.WriteString(r.order(o, r.position(q, o))) })
		b = b.OrderByClause(text, args...)
	}
	r.sc.bare = bare
	for _, join := range r.sc.joins.list {
		b = b.JoinClause(join)
	}
	return r.lock(r.paged(b, &q.Paging), q, locked)
}

// columnExprs returns the columns of a table as expressions.
func columnExprs(t *schema.Table) []*ast.Expr {
	list := make([]*ast.Expr, len(t.Columns))
	for i, c := range t.Columns {
		list[i] = ast.ColumnExpr(c, dialect.NoPart)
	}
	return list
}
