package ast

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Values appends the arguments of a query in the order in which they are written.
func (q *Spec) Values(dst []schema.Value, d dialect.Dialect) []schema.Value {
	m := q.More
	if m == nil {
		return q.Args(OrderValues(CondValues(dst, d, q.Conds), d, q.Orders))
	}
	if t := m.Tree; t != nil {
		return t.values(dst, d, q)
	}
	for _, s := range m.Source {
		dst = s.Sub.Spec.Values(dst, d)
	}
	for _, e := range m.Cols {
		dst = exprValues(dst, d, e)
	}
	dst = q.ComputedValues(dst, d)
	dst = CondValues(dst, d, q.Conds)
	if m.Rows != nil {
		dst = m.Rows.Args(OrderValues(dst, d, m.Rows.Orders))
	}
	dst = CondValues(dst, d, m.Having) // what is grouped by has no arguments of its own
	for i := range q.Orders {
		if o := &q.Orders[i]; o.Expr != nil && q.Position(o) == 0 && !m.Single() {
			dst = exprValues(dst, d, o.Expr)
		}
	}
	return q.Args(dst)
}

// ComputedValues appends the arguments of what a query computes.
func (q *Spec) ComputedValues(dst []schema.Value, d dialect.Dialect) []schema.Value {
	for _, c := range q.Extra().Computed {
		dst = exprValues(dst, d, c.Expr)
	}
	return dst
}

// Args appends the arguments of the limits.
func (p *Paging) Args(dst []schema.Value) []schema.Value {
	if p.Flags&HasLimit != 0 {
		dst = append(dst, schema.IntValue(schema.Int64, p.Take))
	}
	if p.Flags&HasOffset != 0 {
		dst = append(dst, schema.IntValue(schema.Int64, p.Skip))
	}
	return dst
}

// CondValues gathers the arguments of conditions in the order in which they are written. Without a dialect they are as
// the caller gave them.
func CondValues(dst []schema.Value, d dialect.Dialect, conds []Cond) []schema.Value {
	for i := range conds {
		n := &conds[i]
		if n.Op == OpRowIn {
			dst = n.rowValues(dst, d)
			continue
		}
		if n.Expr != nil {
			dst = exprValues(dst, d, n.Expr)
		}
		switch {
		case n.Right != nil:
			dst = exprValues(dst, d, n.Right)
			continue
		case n.Op == OpMatch && d == nil:
			dst = append(dst, n.Val)
			continue
		case n.Op == OpMatch:
			dst = n.Patterns(dst, d)
			continue
		}
		switch n.Op {
		case OpTrue, OpNull, OpNotNull, OpExists, OpTruth:
		case OpAnd, OpOr, OpNot, OpKeysIn, OpRow:
			dst = CondValues(dst, d, n.Kids)
		default:
			dst = append(dst, n.Val)
		}
	}
	return dst
}

// rowValues appends the arguments of an OpRowIn: those of the row before all others.
func (n *Cond) rowValues(dst []schema.Value, d dialect.Dialect) []schema.Value {
	for i := range n.Kids {
		dst = exprValues(dst, d, n.Kids[i].Expr)
	}
	if n.Right != nil {
		return exprValues(dst, d, n.Right)
	}
	for i := range n.Kids {
		dst = append(dst, n.Kids[i].Val)
	}
	return dst
}

// OrderValues is [CondValues] of orders.
func OrderValues(dst []schema.Value, d dialect.Dialect, orders []Order) []schema.Value {
	for i := range orders {
		if orders[i].Expr != nil {
			dst = exprValues(dst, d, orders[i].Expr)
		}
	}
	return dst
}

// Values appends the arguments of an assignment.
func (a *Assign) Values(dst []schema.Value, d dialect.Dialect) []schema.Value {
	if a.Kind == AssignExpr {
		return exprValues(dst, d, a.Expr)
	}
	return append(dst, a.Val)
}

// exprValues appends the arguments of an expression in the order in which they are written.
func exprValues(dst []schema.Value, d dialect.Dialect, e *Expr) []schema.Value {
	switch e.Op {
	case ExprValue:
		return append(dst, e.Val)
	case ExprPath:
		if d != nil && d.Features().JSONLast {
			return append(dst, e.Given.(schema.Value))
		}
		return append(dst, e.Val)
	case ExprRaw:
		return e.Raw.values(dst, d)
	case ExprText:
		return textValues(dst, d, e.Text)
	case ExprQuery:
		return e.Sub.Spec.Values(dst, d)
	case ExprCase:
		for i := range e.Conds {
			dst = CondValues(dst, d, e.Conds[i:i+1])
			dst = exprValues(dst, d, e.Args[i])
		}
		return exprValues(dst, d, e.Args[len(e.Conds)])
	}
	for _, a := range e.Args {
		dst = exprValues(dst, d, a)
	}
	if e.Ordered(d) {
		dst = OrderValues(dst, d, e.Orders)
	}
	dst = CondValues(dst, d, e.Conds)
	if e.Win != nil {
		for _, p := range e.Win.Partition {
			dst = exprValues(dst, d, p)
		}
		dst = e.Win.offsets(OrderValues(dst, d, e.Win.Orders))
	}
	return dst
}

// values appends the arguments of raw SQL.
func (raw *Raw) values(dst []schema.Value, d dialect.Dialect) []schema.Value {
	for i := range raw.Args {
		if a := &raw.Args[i]; a.Term != nil {
			dst = exprValues(dst, d, a.Term)
		} else {
			dst = append(dst, a.Val)
		}
	}
	return dst
}
