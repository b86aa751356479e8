package query

import (
	"errors"
	"slices"
)

var (
	errManyRows = errors.New("a condition in Where is on single rows: one on an aggregate belongs into Having, and one on a window function " +
		"into a query of its own (select the function with Select, and give From the condition)")
	errHavingWindow = errors.New("a condition in Having cannot have a window function: select the function with Select, and give From the condition")
	errGroupedBy    = errors.New("groups cannot be told apart by an aggregate or a window function; make them of the results of another query, by From")
	errNested       = errors.New("an aggregate cannot be taken of aggregates or window functions, nor a window function of others: " +
		"select the inner ones with Select, and take the outer one of the rows of From")
	errOrderMany = errors.New("rows cannot be ordered by an aggregate, which groups have: select the aggregate as well, or say GroupBy")
	errGroupOf   = errors.New("groups have what they are grouped by and aggregates: a column that is selected together with these, or that " +
		"Having, an order or a window uses, must be one of the two; select it by itself, or give it to GroupBy")
)

// grouped reports whether the rows of the query are groups.
func (m *specMore) grouped() bool {
	return len(m.groups) > 0 || len(m.having) > 0 || slices.ContainsFunc(m.cols, (*expr).aggregates)
}

// groups reports whether a query that has the expression among its columns is grouped by it.
func (e *expr) groups() bool { return !e.some((*expr).manyRows) && !e.constant() }

// single reports whether all rows are one group, which has no order.
func (m *specMore) single() bool {
	return len(m.cols) > 0 && len(m.groups) == 0 && m.grouped() && !slices.ContainsFunc(m.cols, (*expr).groups)
}

// groupErr returns why the query cannot be grouped as it says.
func (m *specMore) groupErr() error {
	if slices.ContainsFunc(m.groups, func(e *expr) bool { return e.some((*expr).manyRows) }) {
		return errGroupedBy
	}
	if someOf(m.having, (*expr).windowed) {
		return errHavingWindow
	}
	if !m.grouped() {
		return nil
	}
	for _, e := range m.cols {
		if !e.groups() && !m.has(e) {
			return errGroupOf
		}
	}
	if !m.hasAll(m.having) {
		return errGroupOf
	}
	return nil
}

// orderErr returns why the rows of the query cannot be ordered as it says.
func (s *Spec) orderErr() error {
	if len(s.orders) == 0 {
		return nil
	}
	m := s.extra()
	grouped := m.grouped()
	if grouped && m.single() {
		return nil
	}
	for i := range s.orders {
		o := &s.orders[i]
		switch {
		case grouped:
			if !m.has(o.term()) {
				return errGroupOf
			}
		case o.x != nil && o.x.aggregates():
			return errOrderMany
		}
	}
	return nil
}

// has reports whether an expression is one of groups: made of aggregates and what is grouped by, as far as that can be
// told.
func (m *specMore) has(e *expr) bool {
	if e.constant() || e.aggregate() || m.groupedBy(e) {
		return true
	}
	switch e.op {
	case exprColumn, exprVia:
		return false
	case exprRaw, exprQuery, exprOuter:
		return true
	}
	if w := e.win; w != nil {
		if slices.ContainsFunc(w.partition, func(e *expr) bool { return !m.has(e) }) {
			return false
		}
		for i := range w.orders {
			if !m.has(w.orders[i].term()) {
				return false
			}
		}
	}
	return !slices.ContainsFunc(e.args, func(e *expr) bool { return !m.has(e) }) && m.hasAll(e.conds)
}

func (m *specMore) hasAll(nodes []node) bool {
	for i := range nodes {
		n := &nodes[i]
		switch {
		case n.x != nil && !m.has(n.x), n.col != nil && n.x == nil && !m.has(columnExpr(n.col, n.part)), n.rhs != nil && !m.has(n.rhs), !m.hasAll(n.kids):
			return false
		}
	}
	return true
}

// groupedBy reports whether groups are told apart by an expression, or by a key, which tells all of its row.
func (m *specMore) groupedBy(e *expr) bool {
	by := func(g *expr) bool { return g.groups() && (g.key() || sameExpr(g, e)) }
	return slices.ContainsFunc(m.cols, by) || slices.ContainsFunc(m.groups, by)
}

// key reports whether an expression is a column of a key.
func (e *expr) key() bool {
	return e.op == exprColumn && e.col.Key || e.op == exprVia && e.args[0].key()
}

// aggregates reports whether an expression is computed from a group of rows.
func (e *expr) aggregates() bool { return e.some((*expr).aggregate) }

// aggregate reports whether an expression is an aggregate itself, windowed whether it is a function of a window, and
// manyRows whether it is one of the two.
func (e *expr) aggregate() bool { return e.op == exprAggregate && e.win == nil }
func (e *expr) windowed() bool  { return e.op == exprAggregate && e.win != nil }
func (e *expr) manyRows() bool  { return e.op == exprAggregate }

// nestedErr returns an error when an expression is an aggregate or a function of a window over such as it cannot be
// over.
func (e *expr) nestedErr() error {
	if e.op != exprAggregate {
		return nil
	}
	inner := (*expr).manyRows
	if e.win != nil {
		inner = (*expr).windowed
	}
	if e.someWithin(inner) {
		return errNested
	}
	return nil
}

// some reports whether f holds for an expression or one of its parts that are of the same query.
func (e *expr) some(f func(*expr) bool) bool {
	return f(e) || e.op != exprOuter && e.someWithin(f)
}

// someWithin reports whether f holds for a part of an expression.
func (e *expr) someWithin(f func(*expr) bool) bool {
	for _, a := range e.args {
		if a.some(f) {
			return true
		}
	}
	if w := e.win; w != nil {
		for _, p := range w.partition {
			if p.some(f) {
				return true
			}
		}
		for i := range w.orders {
			if x := w.orders[i].x; x != nil && x.some(f) {
				return true
			}
		}
	}
	return someOf(e.conds, f)
}

// someOf reports whether f holds for an expression in conditions.
func someOf(nodes []node, f func(*expr) bool) bool {
	for i := range nodes {
		if nodes[i].some(f) {
			return true
		}
	}
	return false
}

func (n *node) some(f func(*expr) bool) bool {
	return n.x != nil && n.x.some(f) || n.rhs != nil && n.rhs.some(f) || someOf(n.kids, f)
}
