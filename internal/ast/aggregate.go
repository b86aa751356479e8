package ast

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// ArrayAgg makes the list of an expression's values, which are of type V, NULL left out, in an order. Values that are
// equal in it go by themselves, so that the list is the same whenever the rows are; distinct ones, each of them once,
// have no other order.
//
//go:noinline
func ArrayAgg[V any](x *Expr, distinct bool, orders []Order) *Expr {
	e := &Expr{
		Op: ExprAggregate, Fn: dialect.FuncArrayAgg, Like: listLike(x.Like), Distinct: distinct,
		Args:   []*Expr{Call(dialect.FuncListElem, x.Like, x)},
		Orders: append(orders, *OrderByExpr(x, false)),
		Conds:  []Cond{{Op: OpNotNull, Expr: x}},
	}
	of := reflect.TypeFor[V]()
	own, err := schema.ColumnOf(reflect.TypeFor[[]V]())
	switch {
	case err != nil:
		e.Err = err
	case !own.Kind.IsList() || x.Like.Scanner || x.Like.TextCodec || schema.Unwrap(of) != of:
		e.Err = fmt.Errorf("ArrayAgg needs booleans, numbers, texts, times, UUIDs or a type with a codec, "+
			"without OrNull, and not values of type %s", of)
	case distinct && x.IsColumn() && x.Like.NoCase:
		e.Err = errNoCaseDistinct
	}
	return e
}

var errNoCaseDistinct = errors.New("DISTINCT of texts that ignore case has several spellings of one value: " +
	"aggregate Lower of them")

// Ordered reports whether the order of an aggregate is written, and so its arguments are.
func (e *Expr) Ordered(d dialect.Dialect) bool {
	return len(e.Orders) > 0 && !(e.Distinct && d != nil && d.Features().DistinctSort)
}

// StringAgg makes the text of a list's elements with a separator between them, NULL for an empty list.
func StringAgg(list *Expr, separator string) *Expr {
	return Call(dialect.FuncListJoin, KindColumns[schema.Text], list, TextArg(separator))
}

// onAggregate returns an expression with the aggregate that it is, or is made of, changed.
func (e *Expr) onAggregate(change func(e *Expr)) *Expr {
	changed := *e
	if e.Op == ExprCall && e.Fn == dialect.FuncListJoin {
		changed.Args = append([]*Expr{e.Args[0].onAggregate(change)}, e.Args[1:]...)
		return &changed
	}
	change(&changed)
	return &changed
}

// Filter returns an aggregate of those rows alone for which a condition holds.
func (e *Expr) Filter(cond Cond) *Expr {
	if e == nil {
		return noExpr
	}
	return e.onAggregate(func(e *Expr) {
		if e.Op != ExprAggregate || !e.Fn.Aggregate() {
			e.Err = errors.New("FILTER (WHERE …) needs an aggregate")
		}
		if len(cond.Kids) > 0 {
			e.Conds = append(e.Conds[:len(e.Conds):len(e.Conds)], cond)
		}
	})
}

// Over returns an aggregate over a window. A list has the order of the window then.
func (e *Expr) Over(w *Window) *Expr {
	if e == nil {
		return noExpr
	}
	return e.onAggregate(func(e *Expr) {
		switch {
		case e.Op != ExprAggregate || !e.Fn.Aggregate() || e.Distinct:
			e.Err = errors.New("Over needs an aggregate without DISTINCT")
		case len(e.Orders) > 1:
			e.Err = errors.New("an aggregate over a window takes no ORDER BY of its own: order the window")
		}
		e.Win, e.Orders = w, nil
	})
}
