package ast

import (
	"encoding/binary"
	"reflect"

	"github.com/prom-go/prom/schema"
)

// Shape is the key of a statement's text: everything that the text depends on, and no value.
type Shape []byte

// Byte adds bytes.
func (k Shape) Byte(b ...byte) Shape { return append(k, b...) }

// Bit returns a boolean as a byte.
func Bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// Int adds a number.
func (k Shape) Int(n int) Shape { return binary.AppendUvarint(k, uint64(n)) }

// Text adds a text.
func (k Shape) Text(s string) Shape { return append(k.Int(len(s)), s...) }

// pointer adds the address of what lives as long as the text.
func (k Shape) pointer(p any) Shape { return k.Int(int(reflect.ValueOf(p).Pointer())) }

// Columns adds columns.
func (k Shape) Columns(cols []*schema.Column) Shape {
	k = k.Int(len(cols))
	for _, c := range cols {
		k = k.Int(c.Ordinal)
	}
	return k
}

// Spec adds a query.
func (k Shape) Spec(q *Spec) Shape {
	k = k.Byte(byte(q.Flags)|byte(q.Rows)<<4, Bit(q.More != nil)|byte(q.LockMode)<<1|byte(q.LockWait)<<4)
	if m := q.More; m != nil {
		k = k.Byte(Bit(m.Distinct), Bit(m.Cols == nil)).exprs(m.Cols).exprs(m.Groups).Conds(m.Having).Int(len(m.Names))
		k = k.tree(m.Tree).exprs(m.Locked).Computed(m.Computed)
		for _, name := range m.Names {
			k = k.Text(name)
		}
		// Whether two expressions are the same depends on their arguments, and the text on whether they are.
		for _, e := range m.Groups {
			k = k.Int(m.Column(e))
		}
		for i := range q.Orders {
			k = k.Int(q.Position(&q.Orders[i]))
		}
		k = k.Byte(Bit(m.Rows != nil))
		if m.Rows != nil {
			k = k.Byte(byte(m.Rows.Flags)).Orders(m.Rows.Orders)
		}
		k = k.Int(len(m.Source))
		for _, s := range m.Source {
			k = k.Byte(byte(s.Op)).Subquery(s.Sub)
		}
	}
	return k.Conds(q.Conds).Orders(q.Orders)
}

// Computed adds what a query computes.
func (k Shape) Computed(list []Computed) Shape {
	k = k.Int(len(list))
	for _, c := range list {
		k = k.expr(c.Expr)
	}
	return k
}

// Subquery adds a subquery.
func (k Shape) Subquery(s *Subquery) Shape {
	k = k.pointer(s.Table).pointer(s.Owner)
	return k.Spec(&s.Spec)
}

// Conds adds conditions.
func (k Shape) Conds(conds []Cond) Shape {
	k = k.Int(len(conds))
	for i := range conds {
		n := &conds[i]
		k = append(k, byte(n.Op)|Bit(n.Expr != nil)<<6|Bit(n.Right != nil)<<7)
		switch n.Op {
		case OpTrue:
		case OpAnd, OpOr, OpNot, OpKeysIn, OpRow:
			k = k.Conds(n.Kids)
		case OpRowIn:
			k = append(k, Bit(n.Not)).Conds(n.Kids)
		case OpMatch:
			k = append(k, byte(n.Match), Bit(n.Fold)|Bit(n.Not)<<1)
			k = k.side(n)
		case OpExists:
			k = append(k, Bit(n.Not))
			k = k.side(n)
		default:
			k = append(k, byte(n.Part))
			k = k.side(n)
		}
		if n.Right != nil {
			k = k.expr(n.Right)
		}
	}
	return k
}

// side adds the left side of a condition.
func (k Shape) side(n *Cond) Shape {
	if n.Expr != nil {
		return k.expr(n.Expr)
	}
	return k.Int(n.Col.Ordinal)
}

// Orders adds the terms of an order.
func (k Shape) Orders(orders []Order) Shape {
	k = k.Int(len(orders))
	for i := range orders {
		o := &orders[i]
		k = append(k, byte(o.Part), Bit(o.Desc)|byte(o.Nulls)<<1|Bit(o.Expr != nil)<<3)
		if o.Expr != nil {
			k = k.expr(o.Expr)
		} else {
			k = k.Int(o.Col.Ordinal)
		}
	}
	return k
}

// Assign adds an assignment.
func (k Shape) Assign(a *Assign) Shape {
	k = k.Byte(byte(a.Kind)).Int(a.Col.Ordinal)
	if a.Kind == AssignExpr {
		k = k.expr(a.Expr)
	}
	return k
}

// exprs adds expressions.
func (k Shape) exprs(list []*Expr) Shape {
	k = k.Int(len(list))
	for _, e := range list {
		k = k.expr(e)
	}
	return k
}

// expr adds an expression.
func (k Shape) expr(e *Expr) Shape {
	k = append(k, byte(e.Op), byte(e.Part), byte(e.Fn), Bit(e.Distinct)|Bit(e.Win != nil)<<1, byte(e.Like.Kind),
		Bit(e.Like.NoCase)|Bit(e.Like.Folded)<<1|Bit(e.Like.Multi)<<2, byte(e.Like.Range))
	if e.Op == ExprAggregate && e.Like.Kind == schema.Decimal {
		k = k.Int(e.Like.Scale) // to which an average is rounded
	}
	switch e.Op {
	case ExprColumn, ExprExcluded:
		k = k.Int(e.Col.Ordinal)
	case ExprInt:
		k = k.Int(e.N + 1)
	case ExprRaw:
		k = k.raw(e.Raw)
	case ExprText:
		k = k.text(e.Text)
	case ExprQuery:
		k = k.Subquery(e.Sub)
	case ExprVia:
		k = k.reference(e.Ref)
	}
	k = k.exprs(e.Args).Orders(e.Orders).Conds(e.Conds)
	if e.Win != nil {
		k = k.exprs(e.Win.Partition).Orders(e.Win.Orders).frame(e.Win.Frame)
	}
	return k
}

// reference adds a reference.
func (k Shape) reference(ref *Reference) Shape {
	return k.Columns(ref.Columns).pointer(ref.Table).Columns(ref.To)
}

// tree adds a tree; it may be nil.
func (k Shape) tree(t *Tree) Shape {
	if t == nil {
		return k.Byte(0)
	}
	return k.Byte(byte(t.Walk)+1, Bit(t.Levels != nil)).reference(t.Parent)
}

// raw adds raw SQL, but for its terms.
func (k Shape) raw(raw *Raw) Shape {
	k = k.Text(raw.text).Int(len(raw.Args))
	for i := range raw.Args {
		k = k.Byte(Bit(raw.Args[i].Term != nil))
	}
	return k
}

// sameExpr reports whether two expressions have the same text and the same arguments.
func sameExpr(a, b *Expr) bool {
	if a == b {
		return true
	}
	if a.Op != b.Op || string(Shape(nil).expr(a)) != string(Shape(nil).expr(b)) {
		return false
	}
	x, y := exprValues(nil, nil, a), exprValues(nil, nil, b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !x[i].Equal(y[i]) {
			return false
		}
	}
	return true
}
