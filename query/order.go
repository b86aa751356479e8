package query

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Order is one term of an order of rows of T, by a column or an expression. The zero value orders by nothing.
type Order[T any] struct {
	_ [0]func(*T)
	o *orderTerm // nil for the zero Order
}

type orderTerm struct {
	col   *schema.Column
	part  dialect.DatePart
	x     *expr // in place of col
	desc  bool
	nulls nullsAt
	err   error
}

// nullsAt says where NULLs stand in an order.
type nullsAt uint8

const (
	nullsGreatest nullsAt = iota // last when ascending, first when descending
	nullsFirst
	nullsLast
	nullsNone // there are none
)

// NullsFirst returns o with the NULLs before all values.
func (o Order[T]) NullsFirst() Order[T] { return Order[T]{o: o.o.with(nullsFirst)} }

// NullsLast returns o with the NULLs behind all values.
func (o Order[T]) NullsLast() Order[T] { return Order[T]{o: o.o.with(nullsLast)} }

func (o *orderTerm) with(nulls nullsAt) *orderTerm {
	if o == nil {
		return nil
	}
	changed := *o
	changed.nulls = nulls
	return &changed
}

// term returns what is ordered by, as an expression.
func (o *orderTerm) term() *expr {
	if o.x != nil {
		return o.x
	}
	return columnExpr(o.col, o.part)
}

// Assign is the assignment of a new value to a column of T. The zero value assigns nothing.
type Assign[T any] struct {
	_ [0]func(*T)
	a *assignment // nil for the zero Assign
}

type assignKind uint8

const (
	assignSet assignKind = iota
	assignAdd
	assignSub
	assignExpr
)

type assignment struct {
	col  *schema.Column
	kind assignKind
	val  schema.Value
	x    *expr // of assignExpr
	err  error
}

//go:noinline
func orderByList[V any](c *scan.Codec, vs []V) *orderTerm {
	col := c.Column()
	at := &expr{op: exprCase, like: kindColumns[schema.Int64]}
	var err error
	for i, v := range vs {
		n := compare(opEq, c, v)
		if n.err != nil {
			err = n.err
		}
		at.conds = append(at.conds, *n)
		at.args = append(at.args, &expr{op: exprInt, like: at.like, n: i})
	}
	unlisted := &expr{op: exprInt, like: at.like, n: len(vs)}
	// NULL stays NULL, so that it stands where the order says.
	at.conds = append(at.conds, node{op: opNotNull, col: col})
	at.args = append(at.args, unlisted, &expr{op: exprNull, like: at.like})
	return &orderTerm{x: at, col: at.like, err: err}
}

// Excluded is the column's value in the row that could not be inserted because of a conflict; for the assignments of an upsert.
func Excluded[T, V any](f interface {
	Term[T, V]
	Column() *schema.Column
}) Expr[T, V] {
	col := f.Column()
	return typed[T, V](&expr{op: exprExcluded, like: col, col: col})
}
