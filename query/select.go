package query

import (
	"strconv"

	"github.com/Masterminds/squirrel"

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

// selectBuilder returns the builder of a query in the renderer's scope. Its arguments are in the order that Spec.values has.
func (r *renderer) selectBuilder(q *Spec, what what, cols []*schema.Column) squirrel.SelectBuilder {
	m := q.extra()
	b := squirrel.Select().PlaceholderFormat(squirrel.Question)
	from := r.d.Quote(r.sc.table.Name)
	if len(m.source) > 0 {
		text, args := r.part(func() { r.source(m.source) })
		from = r.alias()
		b = b.Prefix("WITH "+from+" AS ("+text+")", args...)
	}
	if r.sc.outer == nil {
		r.sc.bare = len(m.source) == 0 && !q.joins(0)
		if !r.sc.bare && len(m.source) > 0 {
			from += " AS " + r.sc.name
		}
	} else {
		from += " AS " + r.sc.name
	}
	if len(m.source) > 0 {
		r.sc.forms = nil
	}
	r.sc.joins = &joins{aliases: map[string]string{}}
	if m.rows != nil {
		b = b.FromSelect(r.rowsOfPage(q, from), r.sc.name)
	} else {
		b = b.From(from)
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
	case m.cols == nil && r.sc.outer != nil && r.sc.forms != nil: // whoever reads these rows takes them for canonical
		for _, c := range r.sc.table.Columns {
			b = b.Column(r.canonical(c) + " AS " + r.d.Quote(c.Name))
		}
	case m.cols == nil:
		for _, c := range r.sc.table.Columns {
			b = b.Column(r.column(c))
		}
	default:
		for i, e := range m.cols {
			text, args := r.part(func() { r.expr(e) })
			if m.names != nil {
				text += " AS " + r.d.Quote(m.names[i])
			}
			b = b.Column(text, args...)
		}
	}
	if m.distinct {
		b = b.Distinct()
	}
	if where := q.conds(r.sc.table); len(where) > 0 && m.rows == nil {
		b = b.Where(r.clause(where))
	}
	if m.grouped() {
		b = r.group(b, m)
	}
	bare := r.sc.bare
	r.sc.bare = bare && m.cols == nil // a bare name would be a column of the result, if one is called that
	for i := range q.orders {
		if m.single() {
			break
		}
		o := &q.orders[i]
		text, args := r.part(func() { r.b.WriteString(r.order(o, q.position(o))) })
		b = b.OrderByClause(text, args...)
	}
	r.sc.bare = bare
	for _, join := range r.sc.joins.list {
		b = b.JoinClause(join)
	}
	return r.lock(r.paged(b, &q.page), q)
}

// group adds the groups of a query: by its columns that are no aggregates, told by their numbers so that their arguments are written
// once, and by what else was asked for.
func (r *renderer) group(b squirrel.SelectBuilder, m *specMore) squirrel.SelectBuilder {
	for i, e := range m.cols {
		if e.groups() {
			b = b.GroupBy(strconv.Itoa(i + 1))
		}
	}
	for _, e := range m.groups {
		if m.column(e) > 0 && e.groups() {
			continue // it has been written
		}
		text, args := r.part(func() { r.expr(e) })
		if len(args) > 0 {
			r.fail(errGroupArgs)
		}
		b = b.GroupBy(text)
	}
	if len(m.having) > 0 {
		b = b.Having(r.clause(m.having))
	}
	return b
}
