package ast

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Order is a term of an order without its model's type.
type Order struct {
	Col   *schema.Column
	Part  dialect.DatePart
	Expr  *Expr // in place of Col
	Desc  bool
	Nulls Nulls
	Err   error
}

// Nulls says where NULLs stand in an order.
type Nulls uint8

// The places of NULLs.
const (
	nullsGreatest Nulls = iota // last when ascending, first when descending
	NullsFirst
	NullsLast
	NullsNone // there are none
)

// OrderBy makes the order by a column, or by a part of a date.
//
//go:noinline
func OrderBy(o *Order, c *scan.Codec, part dialect.DatePart, desc bool) *Order {
	o.Col, o.Part, o.Desc = c.Column(), part, desc
	return o
}

// OrderByExpr makes the order by an expression.
//
//go:noinline
func OrderByExpr(e *Expr, desc bool) *Order {
	e = Given(e)
	o := &Order{Expr: e, Col: e.Like, Desc: desc}
	if e.Like.Kind.IsList() {
		o.Err = errListOrder
	}
	return o
}

var errListOrder = errors.New("lists have no order that is the same on every engine; order by a term of one value")

// OrderByList makes the order by the place of a term's value in a list. The codec is that of its values.
//
//go:noinline
func OrderByList[V any](e *Expr, c *scan.Codec, vs []V) *Order {
	at := &Expr{Op: ExprCase, Like: KindColumns[schema.Int64]}
	var err error
	for i, v := range vs {
		n := CompareExpr(OpEq, e, c, v)
		if n.Err != nil {
			err = n.Err
		}
		at.Conds = append(at.Conds, *n)
		at.Args = append(at.Args, &Expr{Op: ExprInt, Like: at.Like, N: i})
	}
	unlisted := &Expr{Op: ExprInt, Like: at.Like, N: len(vs)}
	// NULL stays NULL, so that it stands where the order says.
	at.Conds = append(at.Conds, Cond{Op: OpNotNull, Expr: Given(e)})
	at.Args = append(at.Args, unlisted, &Expr{Op: ExprNull, Like: at.Like})
	return &Order{Expr: at, Col: at.Like, Err: err}
}

// With returns the order with its NULLs elsewhere; nil stays nil.
func (o *Order) With(nulls Nulls) *Order {
	if o == nil {
		return nil
	}
	changed := *o
	changed.Nulls = nulls
	return &changed
}

// Term returns what is ordered by, as an expression.
func (o *Order) Term() *Expr {
	if o.Expr != nil {
		return o.Expr
	}
	return ColumnExpr(o.Col, o.Part)
}

// NullsFirst reports whether NULLs come before all values.
func (o *Order) NullsFirst() bool {
	switch o.Nulls {
	case NullsFirst:
		return true
	case NullsLast:
		return false
	}
	return o.Desc
}

// ordersErr returns the first error in orders.
func ordersErr(orders []Order) error {
	for i := range orders {
		if orders[i].Err != nil {
			return orders[i].Err
		}
		if err := orders[i].Expr.FirstErr(); err != nil {
			return err
		}
	}
	return nil
}
