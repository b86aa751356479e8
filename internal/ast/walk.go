package ast

import "slices"

// Some reports whether f holds for an expression or one of its parts that are of the same query.
func (e *Expr) Some(f func(*Expr) bool) bool {
	return f(e) || e.Op != ExprOuter && e.someWithin(f)
}

// someWithin reports whether f holds for a part of an expression.
func (e *Expr) someWithin(f func(*Expr) bool) bool {
	for _, a := range e.Args {
		if a.Some(f) {
			return true
		}
	}
	if w := e.Win; w != nil {
		if someOrdered(w.Orders, f) || slices.ContainsFunc(w.Partition, func(p *Expr) bool { return p.Some(f) }) {
			return true
		}
	}
	return someOrdered(e.Orders, f) || someOf(e.Conds, f)
}

// someOrdered reports whether f holds for an expression in orders.
func someOrdered(orders []Order, f func(*Expr) bool) bool {
	for i := range orders {
		if x := orders[i].Expr; x != nil && x.Some(f) {
			return true
		}
	}
	return false
}

// Some reports whether f holds for an expression in a condition.
func (n *Cond) Some(f func(*Expr) bool) bool {
	return n.Expr != nil && n.Expr.Some(f) || n.Right != nil && n.Right.Some(f) || someOf(n.Kids, f)
}

// someOf reports whether f holds for an expression in conditions.
func someOf(conds []Cond, f func(*Expr) bool) bool {
	for i := range conds {
		if conds[i].Some(f) {
			return true
		}
	}
	return false
}

// Joins reports whether an expression goes through a reference, or into a list, of the query that is depth levels
// further out.
func (e *Expr) Joins(depth int) bool {
	if e == nil {
		return false
	}
	switch e.Op {
	case ExprVia, ExprUnnest:
		if depth == 0 {
			return true
		}
	case ExprOuter:
		depth--
	case ExprQuery:
		return e.Sub.Spec.Joins(depth + 1)
	}
	for _, a := range e.Args {
		if a.Joins(depth) {
			return true
		}
	}
	return condsJoin(e.Conds, depth) || ordersJoin(e.Orders, depth) || e.Win != nil && e.Win.joins(depth)
}

// condsJoin is [Expr.Joins] of conditions.
func condsJoin(conds []Cond, depth int) bool {
	for i := range conds {
		n := &conds[i]
		if n.Expr.Joins(depth) || n.Right.Joins(depth) || condsJoin(n.Kids, depth) {
			return true
		}
	}
	return false
}

func (w *Window) joins(depth int) bool {
	for _, e := range w.Partition {
		if e.Joins(depth) {
			return true
		}
	}
	return ordersJoin(w.Orders, depth)
}

func ordersJoin(orders []Order, depth int) bool {
	for i := range orders {
		if orders[i].Expr.Joins(depth) {
			return true
		}
	}
	return false
}

// Joins reports whether the query itself, or with a depth one around it, goes through a reference.
func (q *Spec) Joins(depth int) bool {
	m := q.Extra()
	if condsJoin(q.Conds, depth) || ordersJoin(q.Orders, depth) || m.Rows != nil && ordersJoin(m.Rows.Orders, depth) {
		return true
	}
	for _, list := range [][]*Expr{m.Cols, m.Groups, m.Locked} {
		for _, e := range list {
			if e.Joins(depth) {
				return true
			}
		}
	}
	if condsJoin(m.Having, depth) || slices.ContainsFunc(m.Computed,
		func(c Computed) bool { return c.Expr.Joins(depth) }) {
		return true
	}
	for _, s := range m.Source {
		if s.Sub.Spec.Joins(depth + 1) {
			return true
		}
	}
	return false
}
