package query

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Integer is what [Mod] takes.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// call makes the call of a function whose result is like its first argument.
func call[T, V any](fn dialect.Func, args ...*ast.Expr) Expr[T, V] {
	return typed[T, V](ast.Call(fn, args[0].Like, args...))
}

// arithmetic makes the call of an operator on two numbers.
func arithmetic[T any, V Number](fn dialect.Func, a, b Term[T, V]) Expr[T, V] {
	return typed[T, V](ast.Arithmetic(fn, a.term().e, b.term().e))
}

// Plus is a + b. Numbers are computed with 64 bits, and a result that does not fit is an error, wherever the term is
// used; what is no number, such as infinity minus infinity, is NULL. So it is with the other operations.
func Plus[T any, V Number](a, b Term[T, V]) Expr[T, V] { return arithmetic(dialect.FuncAdd, a, b) }

// Minus is a - b.
func Minus[T any, V Number](a, b Term[T, V]) Expr[T, V] { return arithmetic(dialect.FuncSub, a, b) }

// Times is a * b.
func Times[T any, V Number](a, b Term[T, V]) Expr[T, V] { return arithmetic(dialect.FuncMul, a, b) }

// Div is a / b; of integers, cut towards zero. A division by zero is NULL.
func Div[T any, V Number](a, b Term[T, V]) Expr[T, V] { return arithmetic(dialect.FuncDiv, a, b) }

// Mod is the rest of a / b, with the sign of a. A division by zero is NULL.
func Mod[T any, V Integer](a, b Term[T, V]) Expr[T, V] {
	x, y := a.term().e, b.term().e
	return typed[T, V](ast.Call(dialect.FuncMod, ast.Wider(x.Like), x, y))
}

// Neg is -a.
func Neg[T any, V Number](a Term[T, V]) Expr[T, V] {
	x := a.term().e
	return typed[T, V](ast.Call(dialect.FuncNeg, ast.Wider(x.Like), x))
}

// Abs is a without its sign.
func Abs[T any, V Number](a Term[T, V]) Expr[T, V] {
	x := a.term().e
	return typed[T, V](ast.Call(dialect.FuncAbs, ast.Wider(x.Like), x))
}

// Float is a number as a float64, so that a division of integers keeps its fraction.
func Float[T any, V Number](a Term[T, V]) Expr[T, float64] {
	e := a.term().e
	one := &ast.Expr{Op: ast.ExprValue, Like: ast.KindColumns[schema.Float64], Val: schema.FloatValue(schema.Float64, 1)}
	return typed[T, float64](ast.Call(dialect.FuncMul, ast.KindColumns[schema.Float64], one, e))
}

// Concat is the texts one behind the other. It is NULL when one of them is.
func Concat[T any, V Texts](texts ...Term[T, V]) Expr[T, V] {
	if len(texts) == 0 {
		return Val[T](V(""))
	}
	args := make([]*ast.Expr, len(texts))
	for i, t := range texts {
		args[i] = t.term().e
	}
	return typed[T, V](ast.Call(dialect.FuncConcat, ast.KindColumns[schema.Text], args...))
}

// Lower is the text with small letters for A to Z.
func Lower[T any, V Texts](t Term[T, V]) Expr[T, V] { return textCall[T, V](dialect.FuncLower, t) }

// Upper is the text with capital letters for a to z.
func Upper[T any, V Texts](t Term[T, V]) Expr[T, V] { return textCall[T, V](dialect.FuncUpper, t) }

// Trim is the text without spaces at its ends.
func Trim[T any, V Texts](t Term[T, V]) Expr[T, V] { return textCall[T, V](dialect.FuncTrim, t) }

func textCall[T any, V Texts](fn dialect.Func, t Term[T, V], more ...*ast.Expr) Expr[T, V] {
	x := t.term().e
	return typed[T, V](ast.Call(fn, ast.PlainText(x.Like), append([]*ast.Expr{x}, more...)...))
}

// Replace is the text with a replacement for each occurrence of another text in it.
func Replace[T any, V Texts](t Term[T, V], old, replacement string) Expr[T, V] {
	return textCall(dialect.FuncReplace, t, ast.TextArg(old), ast.TextArg(replacement))
}

// Substr is at most n characters of the text from a position, which begins at 1.
func Substr[T any, V Texts](t Term[T, V], from, n int) Expr[T, V] {
	start, count := ast.Int32Arg(from), ast.Int32Arg(n)
	if from < 1 || n < 0 {
		start.Err = errors.New("a part of a text begins at position 1 or later, and has no negative length")
	}
	return textCall(dialect.FuncSubstr, t, start, count)
}

// Length is the number of characters of a text, or of bytes of a []byte.
func Length[T any, V ~string | ~[]byte](t Term[T, V]) Expr[T, int64] {
	x := t.term().e
	return typed[T, int64](ast.Call(dialect.FuncLength, ast.KindColumns[schema.Int64], x))
}

// Coalesce is the first of the terms that is not NULL.
func Coalesce[T, V any](first Term[T, V], others ...Term[T, V]) Expr[T, V] {
	args := []*ast.Expr{first.term().e}
	for _, t := range others {
		args = append(args, ast.Beside[V](t.term().e, args[0].Like))
	}
	if len(args) == 1 {
		return typed[T, V](args[0])
	}
	return call[T, V](dialect.FuncCoalesce, ast.Moments(args...)...)
}

// OrValue is the term, or v when it is NULL.
func OrValue[T, V any](t Term[T, V], v V) Expr[T, V] {
	x := typed[T, V](t.term().e)
	val, err := ast.Operand(x.e, x.c, v)
	constant := &ast.Expr{Op: ast.ExprValue, Like: x.e.Like, Val: val, Err: err}
	return call[T, V](dialect.FuncCoalesce, x.e, constant)
}

// When is one branch of a [Case].
type When[T, V any] struct {
	cond Cond[T]
	then Term[T, V]
}

// Then is the branch of a [Case] that is taken when the condition is true.
func Then[T, V any](cond Cond[T], value Term[T, V]) When[T, V] { return When[T, V]{cond, value} }

// Case is the value of the first branch whose condition is true, or otherwise when there is none.
func Case[T, V any](otherwise Term[T, V], branches ...When[T, V]) Expr[T, V] {
	conds, values := make([]ast.Cond, len(branches)), make([]*ast.Expr, len(branches)+1)
	for i, w := range branches {
		conds[i], values[i] = chain(ast.OpAnd, []Cond[T]{w.cond}), w.then.term().e
	}
	values[len(branches)] = otherwise.term().e
	return typed[T, V](ast.Case[V](conds, values))
}

// Random orders rows at random.
func Random[T any]() Order[T] {
	e := ast.Call(dialect.FuncRandom, ast.KindColumns[schema.Float64])
	return Order[T]{o: &ast.Order{Expr: e, Col: e.Like, Nulls: ast.NullsNone}}
}
