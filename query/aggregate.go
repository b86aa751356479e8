package query

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// aggregate makes the call of an aggregate.
func aggregate[T, V any](fn dialect.Func, like *schema.Column, distinct bool, args ...*ast.Expr) Expr[T, V] {
	return typed[T, V](&ast.Expr{Op: ast.ExprAggregate, Fn: fn, Like: like, Distinct: distinct, Args: args})
}

// CountRows is the number of rows.
func CountRows[T any]() Expr[T, int64] {
	return aggregate[T, int64](dialect.FuncCount, ast.KindColumns[schema.Int64], false)
}

// CountOf is the number of rows in which the term is not NULL.
func CountOf[T, V any](t Term[T, V]) Expr[T, int64] {
	return aggregate[T, int64](dialect.FuncCount, ast.KindColumns[schema.Int64], false, t.term().e)
}

// CountDistinct is the number of different values of the term, NULL left out.
func CountDistinct[T, V any](t Term[T, V]) Expr[T, int64] {
	return aggregate[T, int64](dialect.FuncCount, ast.KindColumns[schema.Int64], true, t.term().e)
}

// Sum is the sum of the term's values, NULL left out, and NULL when there are none. Integers are summed with 64 bits: a
// sum beyond them, or beyond V, is an error.
func Sum[T any, V Number](t Term[T, V]) Expr[T, V] {
	x := t.term().e
	return aggregate[T, V](dialect.FuncSum, ast.Wider(x.Like), false, x)
}

// SumDecimal is [Sum] of decimal numbers, exact on every engine.
func SumDecimal[T, V any](t Term[T, V]) Expr[T, V] {
	x := t.term().e
	sum := aggregate[T, V](dialect.FuncSum, x.Like, false, x)
	if x.Like.Kind != schema.Decimal {
		return typed[T, V](&ast.Expr{Op: ast.ExprNull, Like: x.Like, Err: errNoDecimal})
	}
	return sum
}

var errNoDecimal = errors.New("SumDecimal is for fields with the tag option decimal; Sum is for other numbers")

// Avg is the average of the term's values, NULL left out, and NULL when there are none.
func Avg[T any, V Number](t Term[T, V]) Expr[T, float64] {
	return aggregate[T, float64](dialect.FuncAvg, ast.KindColumns[schema.Float64], false, t.term().e)
}

// Min is the least of the term's values, NULL left out, and NULL when there are none.
func Min[T, V any](t Term[T, V]) Expr[T, V] { return extreme(dialect.FuncMin, t) }

// Max is the greatest of the term's values, NULL left out, and NULL when there are none.
func Max[T, V any](t Term[T, V]) Expr[T, V] { return extreme(dialect.FuncMax, t) }

func extreme[T, V any](fn dialect.Func, t Term[T, V]) Expr[T, V] {
	x := t.term().e
	return aggregate[T, V](fn, x.Like, false, x)
}

// Filter is the aggregate of those rows alone for which the conditions hold.
func (x Expr[T, V]) Filter(conds ...Cond[T]) Expr[T, V] {
	return Expr[T, V]{c: x.c, e: x.e.Filter(chain(ast.OpAnd, conds))}
}
