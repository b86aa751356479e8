package prom

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Integer is the constraint of the operands of [Mod].
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// call makes the call of a function whose result is like its first argument.
func call[P, V any](fn dialect.Func, args ...*ast.Expr) Expr[P, V] {
	return typed[P, V](ast.Call(fn, args[0].Like, args...))
}

// arithmetic makes the call of an operator on two numbers.
func arithmetic[P any, V Number](fn dialect.Func, a, b Term[P, V]) Expr[P, V] {
	return typed[P, V](ast.Arithmetic(fn, exprOf(a), exprOf(b)))
}

// Plus is a + b. Numbers are computed with 64 bits. A result that does not fit is an error, wherever the term is used.
// A result that is not a number, such as infinity minus infinity, is NULL. The same holds for the other arithmetic
// operations.
func Plus[P any, V Number](a, b Term[P, V]) Expr[P, V] { return arithmetic(dialect.FuncAdd, a, b) }

// Minus is a - b.
func Minus[P any, V Number](a, b Term[P, V]) Expr[P, V] { return arithmetic(dialect.FuncSub, a, b) }

// Times is a * b.
func Times[P any, V Number](a, b Term[P, V]) Expr[P, V] { return arithmetic(dialect.FuncMul, a, b) }

// Div is a / b. Integers are truncated towards zero. A division by zero is NULL.
func Div[P any, V Number](a, b Term[P, V]) Expr[P, V] { return arithmetic(dialect.FuncDiv, a, b) }

// Mod is the remainder of a / b; it has the sign of a. A division by zero is NULL.
func Mod[P any, V Integer](a, b Term[P, V]) Expr[P, V] {
	x, y := exprOf(a), exprOf(b)
	return typed[P, V](ast.Call(dialect.FuncMod, ast.Wider(x.Like), x, y))
}

// Neg is -a.
func Neg[P any, V Number](a Term[P, V]) Expr[P, V] {
	x := exprOf(a)
	return typed[P, V](ast.Call(dialect.FuncNeg, ast.Wider(x.Like), x))
}

// Abs is the absolute value of a.
func Abs[P any, V Number](a Term[P, V]) Expr[P, V] {
	x := exprOf(a)
	return typed[P, V](ast.Call(dialect.FuncAbs, ast.Wider(x.Like), x))
}

// Float converts a number to float64. Use it to keep the fraction of a division of integers.
func Float[P any, V Number](a Term[P, V]) Expr[P, float64] {
	e := exprOf(a)
	one := &ast.Expr{Op: ast.ExprValue, Like: ast.KindColumns[schema.Float64], Val: schema.FloatValue(schema.Float64, 1)}
	return typed[P, float64](ast.Call(dialect.FuncMul, ast.KindColumns[schema.Float64], one, e))
}

// Int converts a number to int64, truncated towards zero. A number that does not fit is [ErrType].
func Int[P any, V Number](a Term[P, V]) Expr[P, int64] {
	return typed[P, int64](ast.NumberCall(dialect.FuncInt, schema.Int64, exprOf(a)))
}

// Round rounds a number to the given number of decimal places; a negative number of places rounds to tens, hundreds and
// so on. Halves are rounded away from zero. The digits of a float are those of its shortest text that identifies it:
// 2.675 rounded to two places is 2.68. For decimals use [RoundDecimal].
func Round[P any, V Number](a Term[P, V], digits int) Expr[P, V] {
	return typed[P, V](ast.Round(exprOf(a), digits))
}

// Ceil is the least integer that is greater than or equal to a.
func Ceil[P any, V Number](a Term[P, V]) Expr[P, V] { return ofNumber(dialect.FuncCeil, a) }

// Floor is the greatest integer that is less than or equal to a.
func Floor[P any, V Number](a Term[P, V]) Expr[P, V] { return ofNumber(dialect.FuncFloor, a) }

func ofNumber[P any, V Number](fn dialect.Func, a Term[P, V]) Expr[P, V] {
	x := exprOf(a)
	return typed[P, V](ast.Call(fn, ast.Wider(x.Like), x))
}

// Sign is -1 for a negative number, 1 for a positive number, and 0 for zero.
func Sign[P any, V Number](a Term[P, V]) Expr[P, int] {
	return typed[P, int](ast.NumberCall(dialect.FuncSign, schema.Int64, exprOf(a)))
}

// Power is a to the power of b, computed with float64. The last digits may differ between engines. A result that is not
// a number, such as a negative number to the power of a fraction or zero to a negative power, and a result that float64
// cannot hold, is [ErrType].
func Power[P any, A, B Number](a Term[P, A], b Term[P, B]) Expr[P, float64] {
	return typed[P, float64](ast.NumberCall(dialect.FuncPower, schema.Float64, exprOf(a), exprOf(b)))
}

// Sqrt is the square root of a, computed with float64. The square root of a negative number is [ErrType].
func Sqrt[P any, V Number](a Term[P, V]) Expr[P, float64] {
	return typed[P, float64](ast.NumberCall(dialect.FuncSqrt, schema.Float64, exprOf(a)))
}

// Greatest is the greatest of the terms that are not NULL. If all are NULL, it is NULL. Texts are compared by their
// bytes. Bytes, lists and JSON are not supported.
func Greatest[P, V any](first Term[P, V], others ...Term[P, V]) Expr[P, V] {
	return typed[P, V](ast.Extreme[V](dialect.FuncGreatest, append([]*ast.Expr{exprOf(first)}, termExprs(others)...)))
}

// Least is the least of the terms that are not NULL. If all are NULL, it is NULL. The types are those of [Greatest].
func Least[P, V any](first Term[P, V], others ...Term[P, V]) Expr[P, V] {
	return typed[P, V](ast.Extreme[V](dialect.FuncLeast, append([]*ast.Expr{exprOf(first)}, termExprs(others)...)))
}

func termExprs[P, V any](terms []Term[P, V]) []*ast.Expr {
	list := make([]*ast.Expr, len(terms))
	for i, t := range terms {
		list[i] = exprOf(t)
	}
	return list
}

// Coalesce is the first of the terms that is not NULL. If all are NULL, it is NULL.
func Coalesce[P, V any](first Term[P, V], others ...Term[P, V]) Expr[P, V] {
	args := []*ast.Expr{exprOf(first)}
	for _, t := range others {
		args = append(args, ast.Beside[V](exprOf(t), args[0].Like))
	}
	if len(args) == 1 {
		return typed[P, V](args[0])
	}
	return call[P, V](dialect.FuncCoalesce, ast.Moments(args...)...)
}

// OrValue is the term, or v if the term is NULL.
func OrValue[P, V any](t Term[P, V], v V) Expr[P, V] {
	x := typed[P, V](exprOf(t))
	val, err := ast.Operand(x.e, x.c, v)
	constant := &ast.Expr{Op: ast.ExprValue, Like: x.e.Like, Val: val, Err: err}
	return call[P, V](dialect.FuncCoalesce, x.e, constant)
}

// NullIf is NULL if the two terms are equal, and else the first term: prom.NullIf(name, prom.Val(person, "")) is NULL
// for an empty text. It is the reverse of [OrValue].
func NullIf[P, V any](t, other Term[P, V]) Expr[P, V] {
	return typed[P, V](ast.NullIf[V](exprOf(t), exprOf(other)))
}

// Null is NULL as a value of type V, for use in an expression:
//
//	prom.Case(prom.Null[string](post), prom.Then(postViews.Gt(0), postTitle))
func Null[V, P any](of P) Expr[P, V] { return typed[P, V](ast.NullOf[V]()) }

// When is one branch of a [Case]. [Then] returns it.
type When[P, V any] struct {
	cond Cond[P]
	then Term[P, V]
}

// Then returns a branch of a [Case]: its value, when the condition is true.
func Then[P, V any](cond Cond[P], value Term[P, V]) When[P, V] { return When[P, V]{cond, value} }

// Case is the value of the first branch whose condition is true. If there is none, it is the value of otherwise.
func Case[P, V any](otherwise Term[P, V], branches ...When[P, V]) Expr[P, V] {
	conds, values := make([]ast.Cond, len(branches)), make([]*ast.Expr, len(branches)+1)
	for i, w := range branches {
		conds[i], values[i] = chain(ast.OpAnd, []Cond[P]{w.cond}), ast.Given(nil)
		if w.then != nil {
			values[i] = exprOf(w.then)
		}
	}
	values[len(branches)] = exprOf(otherwise)
	return typed[P, V](ast.Case[V](conds, values))
}

// Random sorts the rows of the model with the given prototype in random order.
func Random[P any](of P) Order[P] {
	e := ast.Call(dialect.FuncRandom, ast.KindColumns[schema.Float64])
	return Order[P]{o: &ast.Order{Expr: e, Col: e.Like, Nulls: ast.NullsNone}}
}
