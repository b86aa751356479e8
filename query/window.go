package query

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Window says which rows a function of a window sees for each row: those with the same values of the terms that it is partitioned
// by, in its order. The zero Window is all rows in no order.
type Window[T any] struct {
	_ [0]func(*T)
	w window
}

type window struct {
	partition []*expr
	orders    []orderTerm
	frame     frame
}

// frame is the part of a partition that is seen.
type frame uint8

const (
	frameDefault frame = iota // with an order, the rows up to this one and those that are equal to it
	frameAll
	frameSoFar // the rows up to this one
)

var frameText = [...]string{
	frameAll:   " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
	frameSoFar: " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
}

// AnyTerm is a [Term] of any type.
type AnyTerm[T any] interface {
	anyTerm() (*expr, *T)
}

func (x Expr[T, V]) anyTerm() (*expr, *T)  { return x.e, nil }
func (x value[T, V]) anyTerm() (*expr, *T) { return x.e, nil }

func (f *PartField[T]) anyTerm() (*expr, *T) { return columnExpr(f.c.Column(), f.part), nil }
func (f *AnyField[T]) anyTerm() (*expr, *T)  { return columnOf(f.c), nil }

func exprsOf[T any](terms []AnyTerm[T]) []*expr {
	list := make([]*expr, len(terms))
	for i, t := range terms {
		list[i], _ = t.anyTerm()
	}
	return list
}

// PartitionBy returns a window over the rows with the same values of the terms.
func PartitionBy[T any](terms ...AnyTerm[T]) Window[T] {
	return Window[T]{w: window{partition: exprsOf(terms)}}
}

// OrderWindow returns a window over all rows in an order.
func OrderWindow[T any](orders ...Order[T]) Window[T] { return Window[T]{}.OrderBy(orders...) }

// OrderBy returns the window with an order. Sums and other aggregates over it see the rows up to the present one and those equal to it
// in this order.
func (w Window[T]) OrderBy(orders ...Order[T]) Window[T] {
	list := w.w.orders[:len(w.w.orders):len(w.w.orders)]
	for _, o := range orders {
		if o.o != nil {
			list = append(list, *o.o)
		}
	}
	w.w.orders = list
	return w
}

// Whole returns the window with all rows of the partition in sight of each row, in spite of an order.
func (w Window[T]) Whole() Window[T] { w.w.frame = frameAll; return w }

// SoFar returns the window with the rows up to the present one in sight, and not those equal to it.
func (w Window[T]) SoFar() Window[T] { w.w.frame = frameSoFar; return w }

func (w *window) firstErr() error {
	for _, e := range w.partition {
		if err := e.firstErr(); err != nil {
			return err
		}
	}
	return ordersErr(w.orders)
}

func (w *window) joins(depth int) bool {
	for _, e := range w.partition {
		if e.joins(depth) {
			return true
		}
	}
	return ordersJoin(w.orders, depth)
}

func ordersJoin(orders []orderTerm, depth int) bool {
	for i := range orders {
		if orders[i].x.joins(depth) {
			return true
		}
	}
	return false
}

func windowed[T, V any](fn dialect.Func, like *schema.Column, w Window[T], args ...*expr) Expr[T, V] {
	return typed[T, V](&expr{op: exprAggregate, fn: fn, like: like, args: args, win: &w.w})
}

// Over is an aggregate over a window: a value for each row, computed from the rows that the window shows it.
func Over[T, V any](x Expr[T, V], w Window[T]) Expr[T, V] {
	e := *x.e
	if e.op != exprAggregate || !e.fn.Aggregate() || e.distinct {
		e.err = errors.New("only an aggregate that is not distinct is taken over a window")
	}
	e.win = &w.w
	return Expr[T, V]{c: x.c, e: &e}
}

// RowNumber is the number of the row in the window's order, from 1.
func RowNumber[T any](w Window[T]) Expr[T, int64] {
	return windowed[T, int64](dialect.FuncRowNumber, kindColumns[schema.Int64], w)
}

// Rank is the number of the first row that is equal to this one in the window's order.
func Rank[T any](w Window[T]) Expr[T, int64] {
	return windowed[T, int64](dialect.FuncRank, kindColumns[schema.Int64], w)
}

// DenseRank is [Rank] without gaps.
func DenseRank[T any](w Window[T]) Expr[T, int64] {
	return windowed[T, int64](dialect.FuncDenseRank, kindColumns[schema.Int64], w)
}

// Ntile is the number of the row's part, from 1, when the rows of the window are cut into n parts in its order, of which the first have one
// row more where they cannot all be of the same size.
func Ntile[T any](n int, w Window[T]) Expr[T, int64] {
	parts := int32Arg(n)
	if n < 1 {
		parts.err = errors.New("rows are cut into one part or more")
	}
	return windowed[T, int64](dialect.FuncNtile, kindColumns[schema.Int64], w, parts)
}

// Lag is the term in the row that stands n rows before in the window's order, or NULL.
func Lag[T, V any](t Term[T, V], n int, w Window[T]) Expr[T, V] {
	x := t.term().e
	return windowed[T, V](dialect.FuncLag, x.like, w, x, int32Arg(n))
}

// Lead is the term in the row that stands n rows behind in the window's order, or NULL.
func Lead[T, V any](t Term[T, V], n int, w Window[T]) Expr[T, V] {
	x := t.term().e
	return windowed[T, V](dialect.FuncLead, x.like, w, x, int32Arg(n))
}

// FirstValue is the term in the first row that the window shows.
func FirstValue[T, V any](t Term[T, V], w Window[T]) Expr[T, V] {
	x := t.term().e
	return windowed[T, V](dialect.FuncFirstValue, x.like, w, x)
}

// LastValue is the term in the last row that the window shows; see [Window.Whole].
func LastValue[T, V any](t Term[T, V], w Window[T]) Expr[T, V] {
	x := t.term().e
	return windowed[T, V](dialect.FuncLastValue, x.like, w, x)
}

// Any returns a term as one of any type.
func Any[T, V any](t Term[T, V]) AnyTerm[T] { return t.term() }
