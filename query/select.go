package query

import (
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/dialect"
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
	r.sc.joins = &joins{aliases: map[string]string{}}
	b = b.From(from)
	// Rows that are distinct but for case are groups, where case is ignored by an expression.
	grouped := false
	if what == selectRows && m.distinct && !m.grouped() {
		list := m.cols
		if list == nil {
			list = columnExprs(r.sc.table)
		}
		if grouped = slices.ContainsFunc(list, r.foldsGroup); grouped {
			if slices.ContainsFunc(list, func(e *expr) bool { return e.some((*expr).manyRows) }) {
				r.fail(errFoldWindow)
			}
			whole := *m
			whole.cols = list
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
	case m.cols == nil:
		for _, c := range r.sc.table.Columns {
			b = b.Column(r.column(c))
		}
	default:
		for i, e := range m.cols {
			text, args := r.part(func() { r.expr(e) })
			if (grouped || m.grouped()) && r.foldsGroup(e) {
				text = "min(" + text + ")" // one for all that differ in case
			}
			if m.names != nil {
				text += " AS " + r.d.Quote(m.names[i])
			}
			b = b.Column(text, args...)
		}
	}
	switch {
	case grouped:
		b = r.group(b, m)
	case m.distinct:
		b = b.Distinct()
	}
	if where := q.conds(r.sc.table); len(where) > 0 {
		b = b.Where(r.clause(where))
	}
	if m.grouped() {
		b = r.group(b, m)
	}
	bare := r.sc.bare
	r.sc.bare = bare && m.cols == nil // a bare name would be a column of the result, if one is called that
	for i := range q.orders {
		o := &q.orders[i]
		text, args := r.part(func() { r.b.WriteString(r.order(o, q.position(o))) })
		b = b.OrderByClause(text, args...)
	}
	r.sc.bare = bare
	for _, join := range r.sc.joins.list {
		b = b.JoinClause(join)
	}
	if q.limits != 0 {
		limit, offset := q.limits&hasLimit != 0, q.limits&hasOffset != 0
		b = b.Suffix(r.d.Page(limit, offset), anys(q.pageArgs(nil))...)
	}
	return r.lock(b, q)
}

// group adds the groups of a query: by its columns that are no aggregates, told by their numbers so that their arguments are written
// once, and by what else was asked for.
func (r *renderer) group(b squirrel.SelectBuilder, m *specMore) squirrel.SelectBuilder {
	for i, e := range m.cols {
		switch {
		case r.foldsGroup(e):
			b = r.groupFolded(b, e)
		case !e.aggregates() && !e.constant():
			b = b.GroupBy(strconv.Itoa(i + 1))
		}
	}
	for _, e := range m.groups {
		if m.column(e) > 0 && !e.aggregates() && !e.constant() {
			continue // it has been written
		}
		if r.foldsGroup(e) {
			b = r.groupFolded(b, e)
			continue
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

// foldsGroup reports whether groups by an expression are groups by its lower case.
func (r *renderer) foldsGroup(e *expr) bool {
	return e.part == dialect.NoPart && r.folds(e.like) && !e.aggregates() && !e.constant()
}

func (r *renderer) groupFolded(b squirrel.SelectBuilder, e *expr) squirrel.SelectBuilder {
	text, args := r.part(func() { r.expr(e) })
	if len(args) > 0 {
		r.fail(errFoldArgs)
	}
	return b.GroupBy(r.d.Operand(e.like, text))
}

// columnExprs returns the columns of a table as expressions.
func columnExprs(t *schema.Table) []*expr {
	list := make([]*expr, len(t.Columns))
	for i, c := range t.Columns {
		list[i] = columnExpr(c, dialect.NoPart)
	}
	return list
}

// source writes queries whose rows are put together. One with an order or a limit of its own, which its engine would take for the
// whole's, is put into a query.
func (r *renderer) source(members []member) {
	for _, s := range members {
		r.b.WriteString(setText[s.op])
		sub := *s.sub
		if sub.spec.more == nil {
			sub.spec = sub.spec.with(func(*specMore) {}) // all columns, not the constant 1
		}
		if len(members) == 1 || sub.spec.limits == 0 && len(sub.spec.orders) == 0 && !sub.spec.HasSource() {
			r.query(&sub)
			continue
		}
		names := sub.spec.extra().names
		if names == nil && sub.spec.extra().cols == nil {
			names = schema.ColumnNames(sub.table.Columns)
		}
		if names == nil {
			names = make([]string, len(sub.spec.extra().cols))
			for i := range names {
				names[i] = "c" + strconv.Itoa(i+1)
			}
			sub.spec = sub.spec.Named(names)
		}
		quoted := make([]string, len(names))
		for i, n := range names {
			quoted[i] = r.d.Quote(n)
		}
		r.b.WriteString("SELECT " + strings.Join(quoted, ", ") + " FROM (")
		r.query(&sub)
		r.b.WriteString(") AS " + r.alias())
	}
}
