package prom

import (
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

// SumDistinct is [Sum] with equal values taken once.
func SumDistinct[P any, V Number](t Term[P, V]) Expr[P, V] {
	x := exprOf(t)
	return aggregate[P, V](dialect.FuncSum, ast.Wider(x.Like), true, x)
}

// Avg is the average of the term's values, NULL left out, and NULL when there are none. Decimals have [AvgDecimal].
func Avg[P any, V Number](t Term[P, V]) Expr[P, float64] {
	return aggregate[P, float64](dialect.FuncAvg, ast.KindColumns[schema.Float64], false, exprOf(t))
}

// AvgDistinct is [Avg] with equal values taken once.
func AvgDistinct[P any, V Number](t Term[P, V]) Expr[P, float64] {
	return aggregate[P, float64](dialect.FuncAvg, ast.KindColumns[schema.Float64], true, exprOf(t))
}

// VarPop is the variance of the term's values as a population, NULL left out: the average of the squares of their
// distances from their average. It is NULL when there are none. It and the three below are computed with float64, so
// that close values far from zero keep their digits; a spread beyond all floats is an error, and NULL is what values
// have among which there is an infinity.
func VarPop[P any, V Number](t Term[P, V]) Expr[P, float64] { return spread(dialect.FuncVarPop, t) }

// VarSamp is [VarPop] as that of a sample: the squares are divided by one less than the number of values. It is NULL
// when there are not two of them.
func VarSamp[P any, V Number](t Term[P, V]) Expr[P, float64] { return spread(dialect.FuncVarSamp, t) }

// StddevPop is the standard deviation of the term's values as a population, the root of [VarPop].
func StddevPop[P any, V Number](t Term[P, V]) Expr[P, float64] {
	return spread(dialect.FuncStddevPop, t)
}

// StddevSamp is the standard deviation of the term's values as a sample, the root of [VarSamp].
func StddevSamp[P any, V Number](t Term[P, V]) Expr[P, float64] {
	return spread(dialect.FuncStddevSamp, t)
}

func spread[P any, V Number](fn dialect.Func, t Term[P, V]) Expr[P, float64] {
	return aggregate[P, float64](fn, ast.KindColumns[schema.Float64], false, exprOf(t))
}

// BoolAnd is true when the term is in all rows, NULL left out, and NULL when there are none. A condition is a term.
func BoolAnd[P any](t Term[P, bool]) Expr[P, bool] { return extreme(dialect.FuncMin, t) }

// BoolOr is true when the term is in one of the rows, NULL left out, and NULL when there are none.
func BoolOr[P any](t Term[P, bool]) Expr[P, bool] { return extreme(dialect.FuncMax, t) }

// ArrayAgg is the list of the term's values, NULL left out, and empty when there are none. V is what the elements of a
// list column may be. The values stand in the order, and by themselves where that says nothing, so that the list is
// always the same. Over a window they stand in the order of the window.
func ArrayAgg[P, V any](t Term[P, V], orders ...Order[P]) Expr[P, []V] {
	return typed[P, []V](ast.ArrayAgg[V](exprOf(t), false, appendOrders(nil, orders)))
}

// ArrayAggDistinct is [ArrayAgg] with each value once, in their own order.
func ArrayAggDistinct[P, V any](t Term[P, V]) Expr[P, []V] {
	return typed[P, []V](ast.ArrayAgg[V](exprOf(t), true, nil))
}

// StringAgg is the text of the term's values with a separator between them, NULL left out, and NULL when there are
// none. Their order is that of [ArrayAgg].
func StringAgg[P any, V Texts](t Term[P, V], separator string, orders ...Order[P]) Expr[P, V] {
	return typed[P, V](ast.StringAgg(ast.ArrayAgg[V](exprOf(t), false, appendOrders(nil, orders)), separator))
}

// StringAggDistinct is [StringAgg] with each value once, in their own order.
func StringAggDistinct[P any, V Texts](t Term[P, V], separator string) Expr[P, V] {
	return typed[P, V](ast.StringAgg(ast.ArrayAgg[V](exprOf(t), true, nil), separator))
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
