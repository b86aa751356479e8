package query

import (
	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/schema"
)

// page is an order, and a part of the rows in it.
type page struct {
	orders []orderTerm
	limit  int64
	offset int64
	limits flags
}

type flags uint8

const (
	hasLimit flags = 1 << iota
	hasOffset
)

// args appends the arguments of the limits.
func (p *page) args(dst []schema.Value) []schema.Value {
	if p.limits&hasLimit != 0 {
		dst = append(dst, schema.IntValue(schema.Int64, p.limit))
	}
	if p.limits&hasOffset != 0 {
		dst = append(dst, schema.IntValue(schema.Int64, p.offset))
	}
	return dst
}

// paged writes the limits of a page.
func (r *renderer) paged(b squirrel.SelectBuilder, p *page) squirrel.SelectBuilder {
	if p.limits == 0 {
		return b
	}
	return b.Suffix(r.d.Page(p.limits&hasLimit != 0, p.limits&hasOffset != 0), anys(p.args(nil))...)
}

// project returns s with other columns.
func (s Spec) project(cols []*expr) Spec {
	return s.with(func(m *specMore) { m.cols, m.given = cols, s.page }).ofPage()
}

// ofPage returns s, when its results are groups or distinct and its rows had a page before they were projected, with
// this page as one of the rows. Of other results it is the same whether rows are taken or results.
func (s Spec) ofPage() Spec {
	m := s.extra()
	if m.rows != nil || m.given.limits == 0 || !m.distinct && !m.grouped() {
		return s
	}
	rows := m.given
	s.orders = s.orders[len(rows.orders):]
	if s.limits == rows.limits && s.limit == rows.limit && s.offset == rows.offset {
		s = s.Unpaged()
	}
	return s.with(func(m *specMore) { m.rows = &rows })
}

// rowsOfPage returns the query of the rows on the page of which the results are made.
func (r *renderer) rowsOfPage(q *Spec, from string) squirrel.SelectBuilder {
	outer := r.sc.joins
	r.sc.joins = &joins{aliases: map[string]string{}}
	b := squirrel.Select().PlaceholderFormat(squirrel.Question).From(from)
	for _, c := range r.sc.table.Columns {
		b = b.Column(r.column(c))
	}
	if where := q.conds(r.sc.table); len(where) > 0 {
		b = b.Where(r.clause(where))
	}
	rows := q.more.rows
	for i := range rows.orders {
		text, args := r.part(func() { r.b.WriteString(r.order(&rows.orders[i], 0)) })
		b = b.OrderByClause(text, args...)
	}
	for _, join := range r.sc.joins.list {
		b = b.JoinClause(join)
	}
	r.sc.joins = outer
	return r.paged(b, rows)
}
