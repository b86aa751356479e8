package ast

import (
	"errors"
	"reflect"
	"slices"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// More is what few queries have: what they select, groups, the queries that they are about, trees.
type More struct {
	Cols     []*Expr          // what is selected; nil for the model's columns
	only     []*schema.Column // Cols, when they are columns of the model
	Computed []Computed       // what is selected behind these
	Names    []string         // of Cols, when the query is the source of another
	given    Paging           // of the rows, when they are projected
	Rows     *Paging          // given, when it is that of the rows which results with a page of their own are made of
	apart    bool             // the order of the results does not begin with that of the rows
	Distinct bool
	Groups   []*Expr
	Having   []Cond
	Source   []Member // whose rows the query is about, in place of its table
	Tree     *Tree
	Locked   []*Expr // whose rows are locked; nil for those of the table
}

// Computed is a value that a query computes for a field of each row, which is no column.
type Computed struct {
	Expr *Expr
	Col  *schema.Column // the field, as a column of the expression's kind; one for each of both
}

// Compute returns s with values for fields of the rows.
func (s Spec) Compute(list []Computed) Spec {
	for _, c := range list {
		if c.Expr.aggregates() {
			s.fail(errComputedGroup)
		}
	}
	return s.With(func(m *More) { m.Computed = append(m.Computed[:len(m.Computed):len(m.Computed)], list...) })
}

// Uncomputed returns s without the values that it computes, where the rows themselves are not read.
func (s Spec) Uncomputed() Spec {
	if len(s.Extra().Computed) == 0 {
		return s
	}
	s = s.With(func(m *More) { m.Computed = nil })
	if reflect.ValueOf(*s.More).IsZero() {
		s.More = nil
	}
	return s
}

var errComputedGroup = errors.New("a computed field has a value for each row: use an aggregate of a relation, a subquery or a window function instead of a plain aggregate")

var noMore More // of a query that has none

// Extra returns what few queries have; it must not be changed.
func (q *Spec) Extra() *More {
	if q.More == nil {
		return &noMore
	}
	return q.More
}

// With returns q with a changed copy of what few queries have.
func (q Spec) With(change func(m *More)) Spec {
	m := *q.Extra()
	change(&m)
	q.More = &m
	return q
}

// Project returns s with other columns.
func (s Spec) Project(cols []*Expr) Spec {
	return s.With(func(m *More) { m.Cols, m.Computed, m.given = cols, nil, s.Paging }).ofPage()
}

// ofPage returns s, when its results are groups, distinct, or elements of lists, and its rows had a page before they
// were projected, with this page as one of the rows. Of other results it is the same whether rows are taken or results,
// unless these are to have a page of their own.
func (s Spec) ofPage() Spec {
	m := s.Extra()
	if m.apart || m.given.Flags == 0 || !m.Distinct && !m.Grouped() && !m.Unnests() {
		return s
	}
	s = s.ownPage()
	s.Orders = s.Orders[len(m.given.Orders):]
	return s.With(func(m *More) { m.apart = true })
}

// ownPage returns s, whose results are to have a page of their own, with the page that its rows had before they were
// projected as one of the rows.
func (s Spec) ownPage() Spec {
	m := s.Extra()
	if m.Rows != nil || m.given.Flags == 0 {
		return s
	}
	rows := m.given
	return s.Unpaged().With(func(m *More) { m.Rows = &rows })
}

// OwnPage reports whether the results have a limit or an offset of their own, and not that of the rows which they are
// made of.
func (s Spec) OwnPage() bool {
	m := s.Extra()
	return s.Flags != 0 && (m.Rows != nil || m.given.Flags == 0)
}

// Only returns s with some columns of the model in place of all.
func (s Spec) Only(cols []*schema.Column) Spec {
	return s.With(func(m *More) {
		m.Cols = make([]*Expr, len(cols))
		for i, c := range cols {
			m.Cols[i] = ColumnExpr(c, dialect.NoPart)
		}
		m.only = cols
	})
}

// Columns returns the columns that [Spec.Only] asked for, or nil.
func (s Spec) Columns() []*schema.Column { return s.Extra().only }

// Kinds returns columns that tell the kinds of what is selected.
func (s Spec) Kinds() []*schema.Column {
	cols := s.Extra().Cols
	kinds := make([]*schema.Column, len(cols))
	for i, e := range cols {
		kinds[i] = e.Like
	}
	return kinds
}

// Distinct returns s with equal rows taken once.
func (s Spec) Distinct() Spec { return s.With(func(m *More) { m.Distinct = true }).ofPage() }

// GroupBy returns s with groups by more than the columns that are no aggregates.
func (s Spec) GroupBy(terms []*Expr) Spec {
	return s.With(func(m *More) { m.Groups = append(m.Groups[:len(m.Groups):len(m.Groups)], terms...) }).ofPage()
}

// Having returns s with the groups for which the conditions hold.
func (s Spec) Having(conds []*Cond) Spec {
	return s.With(func(m *More) {
		list := m.Having[:len(m.Having):len(m.Having)]
		for _, n := range conds {
			if n != nil {
				list = append(list, *n)
			}
		}
		m.Having = list
	}).ofPage()
}

// Named returns s with names for its columns, which are those of columns of t, so that it can be the source of another
// query.
func (s Spec) Named(names []string, t *schema.Table) Spec {
	return s.WithNames(names).With(func(m *More) {
		m.Cols = slices.Clone(m.Cols)
		for i, e := range m.Cols {
			m.Cols[i] = Moment(e, t.Column(names[i]).Kind)
		}
	})
}

// WithNames returns s with names for its columns.
func (s Spec) WithNames(names []string) Spec { return s.With(func(m *More) { m.Names = names }) }

// HasSource reports whether the query is about the rows of other queries.
func (s Spec) HasSource() bool { return len(s.Extra().Source) > 0 }

// Position returns the number of the column that an order is by, from 1, where the order must be written so: in a query
// of distinct or grouped rows. It is 0 elsewhere.
func (q *Spec) Position(o *Order) int {
	m := q.Extra()
	if !m.Distinct && !m.Grouped() {
		return 0
	}
	return m.Column(o.Term())
}

// Column returns the number of the column that is an expression, from 1, or 0 when none is.
func (m *More) Column(x *Expr) int {
	for i, e := range m.Cols {
		if sameExpr(e, x) {
			return i + 1
		}
	}
	return 0
}

// firstErr returns the first error in m.
func (m *More) firstErr() error {
	if m.Rows != nil {
		if err := ordersErr(m.Rows.Orders); err != nil {
			return err
		}
	}
	for _, list := range [][]*Expr{m.Cols, m.Groups} {
		for _, e := range list {
			if err := e.FirstErr(); err != nil {
				return err
			}
		}
	}
	for _, c := range m.Computed {
		if err := c.Expr.FirstErr(); err != nil {
			return err
		}
	}
	for _, s := range m.Source {
		if err := s.Sub.Spec.Err(); err != nil {
			return err
		}
	}
	if err := firstErr(m.Having); err != nil {
		return err
	}
	return m.groupErr()
}
