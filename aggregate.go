package prom

import (
	"errors"

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
