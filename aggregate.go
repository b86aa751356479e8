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

// Count is the number of rows of the model with the given prototype, count(*) in SQL.
func Count[P any](of P) Expr[P, int64] { return typed[P, int64](ast.CountRows()) }

// CountOf is the number of rows in which the term is not NULL, count(term) in SQL.
func CountOf[P, V any](t Term[P, V]) Expr[P, int64] {
	return aggregate[P, int64](dialect.FuncCount, ast.KindColumns[schema.Int64], false, exprOf(t))
}

// CountDistinct is the number of distinct values of the term that are not NULL.
func CountDistinct[P, V any](t Term[P, V]) Expr[P, int64] {
	return aggregate[P, int64](dialect.FuncCount, ast.KindColumns[schema.Int64], true, exprOf(t))
}

// Sum is the sum of the values of the term that are not NULL. If there are none, it is NULL. Integers are added as
// 64-bit integers: a sum that overflows them, or V, is an error.
func Sum[P any, V Number](t Term[P, V]) Expr[P, V] {
	x := exprOf(t)
	return aggregate[P, V](dialect.FuncSum, ast.Wider(x.Like), false, x)
}

// SumDistinct is the [Sum] of the distinct values of the term.
func SumDistinct[P any, V Number](t Term[P, V]) Expr[P, V] {
	x := exprOf(t)
	return aggregate[P, V](dialect.FuncSum, ast.Wider(x.Like), true, x)
}

// Avg is the average of the values of the term that are not NULL. If there are none, it is NULL. For decimals use
// [AvgDecimal].
func Avg[P any, V Number](t Term[P, V]) Expr[P, float64] {
	return aggregate[P, float64](dialect.FuncAvg, ast.KindColumns[schema.Float64], false, exprOf(t))
}

// AvgDistinct is the [Avg] of the distinct values of the term.
func AvgDistinct[P any, V Number](t Term[P, V]) Expr[P, float64] {
	return aggregate[P, float64](dialect.FuncAvg, ast.KindColumns[schema.Float64], true, exprOf(t))
}

// VarPop is the population variance of the values of the term that are not NULL: the average of the squares of their
// distances from their average. If there are none, it is NULL. VarPop, [VarSamp], [StddevPop] and [StddevSamp] compute
// with float64 in a way that keeps the digits of close values far from zero. An overflow of float64 is an error. If one
// of the values is infinite, the result is NULL.
func VarPop[P any, V Number](t Term[P, V]) Expr[P, float64] { return spread(dialect.FuncVarPop, t) }

// VarSamp is the sample variance: as [VarPop], but the sum of the squares is divided by the number of values minus one.
// With fewer than two values it is NULL.
func VarSamp[P any, V Number](t Term[P, V]) Expr[P, float64] { return spread(dialect.FuncVarSamp, t) }

// StddevPop is the population standard deviation of the term, the square root of [VarPop].
func StddevPop[P any, V Number](t Term[P, V]) Expr[P, float64] {
	return spread(dialect.FuncStddevPop, t)
}

// StddevSamp is the sample standard deviation of the term, the square root of [VarSamp].
func StddevSamp[P any, V Number](t Term[P, V]) Expr[P, float64] {
	return spread(dialect.FuncStddevSamp, t)
}

func spread[P any, V Number](fn dialect.Func, t Term[P, V]) Expr[P, float64] {
	return aggregate[P, float64](fn, ast.KindColumns[schema.Float64], false, exprOf(t))
}

// BoolAnd is true when the term is true in all rows in which it is not NULL. If there are none, it is NULL. The term
// may be a condition.
func BoolAnd[P any](t Term[P, bool]) Expr[P, bool] { return extreme(dialect.FuncMin, t) }

// BoolOr is true when the term is true in at least one row. If the term is NULL in all rows, or there are no rows, it
// is NULL.
func BoolOr[P any](t Term[P, bool]) Expr[P, bool] { return extreme(dialect.FuncMax, t) }

// ArrayAgg is the list of the values of the term that are not NULL. If there are none, it is an empty list. V must be a
// type that a list column may have as elements. The values are in the given order; values that are equal in that order
// are sorted by themselves, so that the result is deterministic. Over a window they are in the order of the window.
func ArrayAgg[P, V any](t Term[P, V], orders ...Order[P]) Expr[P, []V] {
	return typed[P, []V](ast.ArrayAgg[V](exprOf(t), false, appendOrders(nil, orders)))
}

// ArrayAggDistinct is the [ArrayAgg] of the distinct values of the term, in ascending order.
func ArrayAggDistinct[P, V any](t Term[P, V]) Expr[P, []V] {
	return typed[P, []V](ast.ArrayAgg[V](exprOf(t), true, nil))
}

// StringAgg is the concatenation of the values of the term that are not NULL, with a separator between them. If there
// are none, it is NULL. The order is that of [ArrayAgg].
func StringAgg[P any, V Texts](t Term[P, V], separator string, orders ...Order[P]) Expr[P, V] {
	return typed[P, V](ast.StringAgg(ast.ArrayAgg[V](exprOf(t), false, appendOrders(nil, orders)), separator))
}

// StringAggDistinct is the [StringAgg] of the distinct values of the term, in ascending order.
func StringAggDistinct[P any, V Texts](t Term[P, V], separator string) Expr[P, V] {
	return typed[P, V](ast.StringAgg(ast.ArrayAgg[V](exprOf(t), true, nil), separator))
}

// Min is the least value of the term that is not NULL. If there is none, it is NULL.
func Min[P, V any](t Term[P, V]) Expr[P, V] { return extreme(dialect.FuncMin, t) }

// Max is the greatest value of the term that is not NULL. If there is none, it is NULL.
func Max[P, V any](t Term[P, V]) Expr[P, V] { return extreme(dialect.FuncMax, t) }

func extreme[P, V any](fn dialect.Func, t Term[P, V]) Expr[P, V] {
	x := exprOf(t)
	return aggregate[P, V](fn, x.Like, false, x)
}

// Filter returns the aggregate over only those rows for which the conditions are true (FILTER in SQL).
func (x Expr[P, V]) Filter(conds ...Cond[P]) Expr[P, V] {
	return Expr[P, V]{c: x.c, e: x.e.Filter(chain(ast.OpAnd, conds))}
}
