package query

import (
	"errors"
	"slices"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Window says which rows a function of a window sees for each row: those with the same values of the terms that it is
// partitioned by, in its order. The zero Window is all rows in no order.
type Window[T any] struct {
	_ [0]func(*T)
	w ast.Window
}

// AnyTerm is a [Term] of any type.
type AnyTerm[T any] interface {
	anyTerm() (*ast.Expr, *T)
}

func (x Expr[T, V]) anyTerm() (*ast.Expr, *T) { return x.e, nil }

func (x value[T, V]) anyTerm() (*ast.Expr, *T) { return x.e, nil }

func (f *PartField[T]) anyTerm() (*ast.Expr, *T) { return ast.ColumnExpr(f.c.Column(), f.part), nil }

func (f *AnyField[T]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.f.Codec()), nil }

func exprsOf[T any](terms []AnyTerm[T]) []*ast.Expr {
	list := make([]*ast.Expr, len(terms))
	for i, t := range terms {
		list[i], _ = t.anyTerm()
	}
	return list
}

// PartitionBy returns a window over the rows with the same values of the terms.
func PartitionBy[T any](terms ...AnyTerm[T]) Window[T] {
	return Window[T]{w: ast.Window{Partition: exprsOf(terms)}}
}

// OrderWindow returns a window over all rows in an order.
func OrderWindow[T any](orders ...Order[T]) Window[T] { return Window[T]{}.OrderBy(orders...) }

// OrderBy returns the window with an order. Sums and other aggregates over it see the rows up to the present one and
// those equal to it in this order.
func (w Window[T]) OrderBy(orders ...Order[T]) Window[T] {
	w.w.Orders = appendOrders(slices.Clip(w.w.Orders), orders)
	return w
}

// appendOrders appends terms of an order, those that are none left out.
func appendOrders[T any](list []ast.Order, orders []Order[T]) []ast.Order {
	for _, o := range orders {
		if o.o != nil {
			list = append(list, *o.o)
		}
	}
	return list
}

// Whole returns the window with all rows of the partition in sight of each row, in spite of an order.
func (w Window[T]) Whole() Window[T] { w.w.Frame = ast.FrameAll; return w }

// SoFar returns the window with the rows up to the present one in sight, and not those equal to it.
func (w Window[T]) SoFar() Window[T] { w.w.Frame = ast.FrameSoFar; return w }

func windowed[T, V any](fn dialect.Func, like *schema.Column, w Window[T], args ...*ast.Expr) Expr[T, V] {
	return typed[T, V](&ast.Expr{Op: ast.ExprAggregate, Fn: fn, Like: like, Args: args, Win: &w.w})
}

// Over is an aggregate over a window: a value for each row, computed from the rows that the window shows it.
func Over[T, V any](x Expr[T, V], w Window[T]) Expr[T, V] {
	return Expr[T, V]{c: x.c, e: x.e.Over(&w.w)}
}

// RowNumber is the number of the row in the window's order, from 1.
func RowNumber[T any](w Window[T]) Expr[T, int64] {
	return windowed[T, int64](dialect.FuncRowNumber, ast.KindColumns[schema.Int64], w)
}

// Rank is the number of the first row that is equal to this one in the window's order.
func Rank[T any](w Window[T]) Expr[T, int64] {
	return windowed[T, int64](dialect.FuncRank, ast.KindColumns[schema.Int64], w)
}

// DenseRank is [Rank] without gaps.
func DenseRank[T any](w Window[T]) Expr[T, int64] {
	return windowed[T, int64](dialect.FuncDenseRank, ast.KindColumns[schema.Int64], w)
}

// Ntile is the number of the row's part, from 1, when the rows of the window are cut into n parts in its order, of
// which the first have one row more where they cannot all be of the same size.
func Ntile[T any](n int, w Window[T]) Expr[T, int64] {
	parts := ast.Int32Arg(n)
	if n < 1 {
		parts.Err = errors.New("rows are cut into one part or more")
	}
	return windowed[T, int64](dialect.FuncNtile, ast.KindColumns[schema.Int64], w, parts)
}

// Lag is the term in the row that stands n rows before in the window's order, or NULL.
func Lag[T, V any](t Term[T, V], n int, w Window[T]) Expr[T, V] {
	x := t.term().e
	return windowed[T, V](dialect.FuncLag, x.Like, w, x, ast.Int32Arg(n))
}

// Lead is the term in the row that stands n rows behind in the window's order, or NULL.
func Lead[T, V any](t Term[T, V], n int, w Window[T]) Expr[T, V] {
	x := t.term().e
	return windowed[T, V](dialect.FuncLead, x.Like, w, x, ast.Int32Arg(n))
}

// FirstValue is the term in the first row that the window shows.
func FirstValue[T, V any](t Term[T, V], w Window[T]) Expr[T, V] {
	x := t.term().e
	return windowed[T, V](dialect.FuncFirstValue, x.Like, w, x)
}

// LastValue is the term in the last row that the window shows; see [Window.Whole].
func LastValue[T, V any](t Term[T, V], w Window[T]) Expr[T, V] {
	x := t.term().e
	return windowed[T, V](dialect.FuncLastValue, x.Like, w, x)
}

// Any returns a term as one of any type.
func Any[T, V any](t Term[T, V]) AnyTerm[T] { return t.term() }
