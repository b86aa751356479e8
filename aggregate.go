package prom

import (
	"errors"
	"slices"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// aggregate makes the call of an aggregate.
func aggregate[P, V any](fn dialect.Func, like *schema.Column, distinct bool, args ...*ast.Expr) Expr[P, V] {
	return typed[P, V](&ast.Expr{Op: ast.ExprAggregate, Fn: fn, Like: like, Distinct: distinct, Args: args})
}

// Count is the number of rows of the model whose prototype is given.
func Count[P any](of P) Expr[P, int64] { return typed[P, int64](ast.CountRows()) }

// CountOf is the number of rows in which the term is not NULL.
func CountOf[P, V any](t Term[P, V]) Expr[P, int64] {
	return aggregate[P, int64](dialect.FuncCount, ast.KindColumns[schema.Int64], false, exprOf(t))
}

// CountDistinct is the number of different values of the term, NULL left out.
func CountDistinct[P, V any](t Term[P, V]) Expr[P, int64] {
	return aggregate[P, int64](dialect.FuncCount, ast.KindColumns[schema.Int64], true, exprOf(t))
}

// Sum is the sum of the term's values, NULL left out, and NULL when there are none. Integers are summed with 64 bits: a
// sum beyond them, or beyond V, is an error.
func Sum[P any, V Number](t Term[P, V]) Expr[P, V] {
	x := exprOf(t)
	return aggregate[P, V](dialect.FuncSum, ast.Wider(x.Like), false, x)
}

// SumDecimal is [Sum] of decimal numbers, exact on every engine.
func SumDecimal[P, V any](t Term[P, V]) Expr[P, V] {
	x := exprOf(t)
	sum := aggregate[P, V](dialect.FuncSum, x.Like, false, x)
	if x.Like.Kind != schema.Decimal {
		return typed[P, V](&ast.Expr{Op: ast.ExprNull, Like: x.Like, Err: errNoDecimal})
	}
	return sum
}

var errNoDecimal = errors.New("SumDecimal needs a field with the tag option decimal; use Sum for other numbers")

// Avg is the average of the term's values, NULL left out, and NULL when there are none.
func Avg[P any, V Number](t Term[P, V]) Expr[P, float64] {
	return aggregate[P, float64](dialect.FuncAvg, ast.KindColumns[schema.Float64], false, exprOf(t))
}

// Min is the least of the term's values, NULL left out, and NULL when there are none.
func Min[P, V any](t Term[P, V]) Expr[P, V] { return extreme(dialect.FuncMin, t) }

// Max is the greatest of the term's values, NULL left out, and NULL when there are none.
func Max[P, V any](t Term[P, V]) Expr[P, V] { return extreme(dialect.FuncMax, t) }

func extreme[P, V any](fn dialect.Func, t Term[P, V]) Expr[P, V] {
	x := exprOf(t)
	return aggregate[P, V](fn, x.Like, false, x)
}

// Filter is the aggregate of those rows alone for which the conditions hold.
func (x Expr[P, V]) Filter(conds ...Cond[P]) Expr[P, V] {
	return Expr[P, V]{c: x.c, e: x.e.Filter(chain(ast.OpAnd, conds))}
}

// Window says which rows a function such as [RowNumber] sees for each row: of all rows for which the query's conditions
// hold, also of those that are not on its page. [PartitionBy] and [OrderWindow] make windows.
type Window[P any] struct {
	_ [0]func(P)
	w ast.Window
}

// AnyTerm is a [Term] of any type.
type AnyTerm[P any] interface {
	anyTerm(P) *ast.Expr
}

func (x Expr[P, V]) anyTerm(P) *ast.Expr { return ast.Given(x.e) }

func (f *AnyField[P]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.f.Codec()) }

func exprsOf[P any](terms []AnyTerm[P]) []*ast.Expr {
	list := make([]*ast.Expr, len(terms))
	for i, t := range terms {
		list[i] = t.anyTerm(*new(P))
	}
	return list
}

// PartitionBy returns a window over the rows with the same values of the terms.
func PartitionBy[P any](terms ...AnyTerm[P]) Window[P] {
	return Window[P]{w: ast.Window{Partition: exprsOf(terms)}}
}

// OrderWindow returns a window over all rows in an order.
func OrderWindow[P any](orders ...Order[P]) Window[P] { return Window[P]{}.OrderBy(orders...) }

// OrderBy returns the window with an order. Sums and other aggregates over it see the rows up to the present one and
// those equal to it in this order.
func (w Window[P]) OrderBy(orders ...Order[P]) Window[P] {
	w.w.Orders = appendOrders(slices.Clip(w.w.Orders), orders)
	return w
}

// appendOrders appends terms of an order, those that are none left out.
func appendOrders[P any](list []ast.Order, orders []Order[P]) []ast.Order {
	for _, o := range orders {
		if o.o != nil {
			list = append(list, *o.o)
		}
	}
	return list
}

// Whole returns the window with all rows of the partition in sight of each row, in spite of an order.
func (w Window[P]) Whole() Window[P] { w.w.Frame = ast.FrameAll; return w }

// SoFar returns the window with the rows up to the present one in sight, and not those equal to it.
func (w Window[P]) SoFar() Window[P] { w.w.Frame = ast.FrameSoFar; return w }

func windowed[P, V any](fn dialect.Func, like *schema.Column, w Window[P], args ...*ast.Expr) Expr[P, V] {
	return typed[P, V](&ast.Expr{Op: ast.ExprAggregate, Fn: fn, Like: like, Args: args, Win: &w.w})
}

// Over is an aggregate over a window: a value for each row, computed from the rows that the window shows it.
func Over[P, V any](x Expr[P, V], w Window[P]) Expr[P, V] {
	return Expr[P, V]{c: x.c, e: x.e.Over(&w.w)}
}

// RowNumber is the number of the row in the window's order, from 1.
func RowNumber[P any](w Window[P]) Expr[P, int64] {
	return windowed[P, int64](dialect.FuncRowNumber, ast.KindColumns[schema.Int64], w)
}

// Rank is the number of the first row that is equal to this one in the window's order.
func Rank[P any](w Window[P]) Expr[P, int64] {
	return windowed[P, int64](dialect.FuncRank, ast.KindColumns[schema.Int64], w)
}

// DenseRank is [Rank] without gaps.
func DenseRank[P any](w Window[P]) Expr[P, int64] {
	return windowed[P, int64](dialect.FuncDenseRank, ast.KindColumns[schema.Int64], w)
}

// Ntile is the number of the row's part, from 1, when the rows of the window are cut into n parts in its order, of
// which the first have one row more where they cannot all be of the same size.
func Ntile[P any](n int, w Window[P]) Expr[P, int64] {
	parts := ast.Int32Arg(n)
	if n < 1 {
		parts.Err = errors.New("Ntile needs at least one bucket")
	}
	return windowed[P, int64](dialect.FuncNtile, ast.KindColumns[schema.Int64], w, parts)
}

// Lag is the term in the row that stands n rows before in the window's order, or NULL.
func Lag[P, V any](t Term[P, V], n int, w Window[P]) Expr[P, V] {
	x := exprOf(t)
	return windowed[P, V](dialect.FuncLag, x.Like, w, x, ast.Int32Arg(n))
}

// Lead is the term in the row that stands n rows behind in the window's order, or NULL.
func Lead[P, V any](t Term[P, V], n int, w Window[P]) Expr[P, V] {
	x := exprOf(t)
	return windowed[P, V](dialect.FuncLead, x.Like, w, x, ast.Int32Arg(n))
}

// FirstValue is the term in the first row that the window shows.
func FirstValue[P, V any](t Term[P, V], w Window[P]) Expr[P, V] {
	x := exprOf(t)
	return windowed[P, V](dialect.FuncFirstValue, x.Like, w, x)
}

// LastValue is the term in the last row that the window shows; see [Window.Whole].
func LastValue[P, V any](t Term[P, V], w Window[P]) Expr[P, V] {
	x := exprOf(t)
	return windowed[P, V](dialect.FuncLastValue, x.Like, w, x)
}
