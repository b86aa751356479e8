package ast

import (
	"errors"
	"slices"

	"github.com/prom-go/prom/schema"
)

var (
	errManyRows = errors.New("a condition in Where is on single rows: one on an aggregate belongs into Having, and one on a window function " +
		"into a query of its own (select the function with Select, and give From the condition)")
	errHavingWindow = errors.New("HAVING cannot contain a window function: select the function with Select, and put the condition on the query that From makes of it")
	errGroupedBy    = errors.New("GROUP BY cannot contain an aggregate or a window function; select it first, and group the query that From makes of the selection")
	errNested       = errors.New("aggregates cannot be nested, nor contain window functions, and window functions cannot be nested: " +
		"select the inner ones with Select, and take the outer one of the rows of From")
	errOrderMany = errors.New("ORDER BY contains an aggregate, but the query has no groups: select the aggregate as well, or add GroupBy")
	errGroupOf   = errors.New("groups have what they are grouped by and aggregates: a column that is selected together with these, or that " +
		"Having, an order or a window uses, must be one of the two; select it by itself, or give it to GroupBy")
)

// Grouped reports whether the rows of the query are groups.
func (m *More) Grouped() bool {
	return len(m.Groups) > 0 || len(m.Having) > 0 || slices.ContainsFunc(m.Cols, (*Expr).aggregates)
}

// Groups reports whether a query that has the expression among its columns is grouped by it.
func (e *Expr) Groups() bool { return !e.Some((*Expr).ManyRows) && !e.constant() }

// Single reports whether all rows are one group, which has no order.
func (m *More) Single() bool {
	return len(m.Cols) > 0 && len(m.Groups) == 0 && m.Grouped() && !slices.ContainsFunc(m.Cols, (*Expr).Groups)
}

// groupErr returns why the query cannot be grouped as it says.
func (m *More) groupErr() error {
	if slices.ContainsFunc(m.Groups, func(e *Expr) bool { return e.Some((*Expr).ManyRows) }) {
		return errGroupedBy
	}
	if someOf(m.Having, (*Expr).Windowed) {
		return errHavingWindow
	}
	if !m.Grouped() {
		return nil
	}
	for _, e := range m.Cols {
		if !e.Groups() && !m.has(e) {
			return errGroupOf
		}
	}
	if !m.hasAll(m.Having) {
		return errGroupOf
	}
	return nil
}

// orderErr returns why the rows of the query cannot be ordered as it says.
func (s *Spec) orderErr() error {
	if len(s.Orders) == 0 {
		return nil
	}
	m := s.Extra()
	grouped := m.Grouped()
	if grouped && m.Single() {
		return nil
	}
	for i := range s.Orders {
		o := &s.Orders[i]
		switch {
		case grouped:
			if !m.has(o.Term()) {
				return errGroupOf
			}
		case o.Expr != nil && o.Expr.aggregates():
			return errOrderMany
		}
	}
	return nil
}

// has reports whether an expression is one of groups: made of aggregates and what is grouped by, as far as that can be
// told.
func (m *More) has(e *Expr) bool {
	if e.constant() || e.aggregate() || m.groupedBy(e) {
		return true
	}
	switch e.Op {
	case ExprColumn, ExprVia, ExprUnnest:
		return false
	case ExprRaw, ExprQuery, ExprOuter:
		return true
	}
	if w := e.Win; w != nil {
		if slices.ContainsFunc(w.Partition, func(e *Expr) bool { return !m.has(e) }) {
			return false
		}
		for i := range w.Orders {
			if !m.has(w.Orders[i].Term()) {
				return false
			}
		}
	}
	return !slices.ContainsFunc(e.Args, func(e *Expr) bool { return !m.has(e) }) && m.hasAll(e.Conds)
}

func (m *More) hasAll(conds []Cond) bool {
	for i := range conds {
		n := &conds[i]
		switch {
		case n.Expr != nil && !m.has(n.Expr), n.Col != nil && n.Expr == nil &&
			!m.has(ColumnExpr(n.Col, n.Part)), n.Right != nil && !m.has(n.Right), !m.hasAll(n.Kids):
			return false
		}
	}
	return true
}

// groupedBy reports whether an expression has one value in each group: the groups are formed by it, or by a whole
// primary key, which tells all of its row. The results of other queries have no key.
func (m *More) groupedBy(e *Expr) bool {
	groups := slices.Clone(m.Groups)
	for _, c := range m.Cols {
		if c.Groups() {
			groups = append(groups, c)
		}
	}
	return determined(groups, e, len(m.Source) == 0)
}

// determined reports whether terms of a row tell the value of another term of it.
func determined(terms []*Expr, e *Expr, keyed bool) bool {
	var key []*schema.Column
	var behind []*Expr // what the terms are of the row that the reference of e leads to
	for _, t := range terms {
		switch {
		case sameExpr(t, e):
			return true
		case t.Op == ExprColumn && t.Part == 0 && t.Col.Key && !slices.Contains(key, t.Col):
			key = append(key, t.Col)
		case t.Op == ExprVia && e.Op == ExprVia && slices.Equal(t.Ref.Columns, e.Ref.Columns) &&
			slices.Equal(t.Ref.To, e.Ref.To):
			behind = append(behind, t.Args[0])
		}
	}
	if keyed && len(key) > 0 && len(key) == key[0].KeyLen {
		return true
	}
	return len(behind) > 0 && determined(behind, e.Args[0], true)
}

// aggregates reports whether an expression is computed from a group of rows.
func (e *Expr) aggregates() bool { return e.Some((*Expr).aggregate) }

// aggregate reports whether an expression is an aggregate itself.
func (e *Expr) aggregate() bool { return e.Op == ExprAggregate && e.Win == nil }

// Windowed reports whether an expression is a function of a window itself.
func (e *Expr) Windowed() bool { return e.Op == ExprAggregate && e.Win != nil }

// ManyRows reports whether an expression is an aggregate or a function of a window itself.
func (e *Expr) ManyRows() bool { return e.Op == ExprAggregate }

// nestedErr returns an error when an expression is an aggregate or a function of a window over such as it cannot be
// over, or has the elements of a list in the row of the query around.
func (e *Expr) nestedErr() error {
	if e.Op == ExprOuter && e.Args[0].Some((*Expr).Unnests) {
		return errUnnest
	}
	if e.Op != ExprAggregate {
		return nil
	}
	inner := (*Expr).ManyRows
	if e.Win != nil {
		inner = (*Expr).Windowed
	}
	if e.someWithin(inner) {
		return errNested
	}
	return nil
}
