package prom

import (
	"errors"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Integer is what [Mod] takes.
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

// Plus is a + b. Numbers are computed with 64 bits, and a result that does not fit is an error, wherever the term is
// used; what is no number, such as infinity minus infinity, is NULL. So it is with the other operations.
func Plus[P any, V Number](a, b Term[P, V]) Expr[P, V] { return arithmetic(dialect.FuncAdd, a, b) }

// Minus is a - b.
func Minus[P any, V Number](a, b Term[P, V]) Expr[P, V] { return arithmetic(dialect.FuncSub, a, b) }

// Times is a * b.
func Times[P any, V Number](a, b Term[P, V]) Expr[P, V] { return arithmetic(dialect.FuncMul, a, b) }

// Div is a / b; of integers, cut towards zero. A division by zero is NULL.
func Div[P any, V Number](a, b Term[P, V]) Expr[P, V] { return arithmetic(dialect.FuncDiv, a, b) }

// Mod is the rest of a / b, with the sign of a. A division by zero is NULL.
func Mod[P any, V Integer](a, b Term[P, V]) Expr[P, V] {
	x, y := exprOf(a), exprOf(b)
	return typed[P, V](ast.Call(dialect.FuncMod, ast.Wider(x.Like), x, y))
}

// Neg is -a.
func Neg[P any, V Number](a Term[P, V]) Expr[P, V] {
	x := exprOf(a)
	return typed[P, V](ast.Call(dialect.FuncNeg, ast.Wider(x.Like), x))
}

// Abs is a without its sign.
func Abs[P any, V Number](a Term[P, V]) Expr[P, V] {
	x := exprOf(a)
	return typed[P, V](ast.Call(dialect.FuncAbs, ast.Wider(x.Like), x))
}

// Float is a number as a float64, so that a division of integers keeps its fraction.
func Float[P any, V Number](a Term[P, V]) Expr[P, float64] {
	e := exprOf(a)
	one := &ast.Expr{Op: ast.ExprValue, Like: ast.KindColumns[schema.Float64], Val: schema.FloatValue(schema.Float64, 1)}
	return typed[P, float64](ast.Call(dialect.FuncMul, ast.KindColumns[schema.Float64], one, e))
}

// Concat is the texts one behind the other. It is NULL when one of them is.
func Concat[P any, V Texts](texts ...Term[P, V]) Expr[P, V] {
	if len(texts) == 0 {
		return Val(*new(P), V(""))
	}
	args := make([]*ast.Expr, len(texts))
	for i, t := range texts {
		args[i] = exprOf(t)
	}
	return typed[P, V](ast.Call(dialect.FuncConcat, ast.KindColumns[schema.Text], args...))
}

// Lower is the text with small letters for A to Z.
func Lower[P any, V Texts](t Term[P, V]) Expr[P, V] { return textCall[P, V](dialect.FuncLower, t) }

// Upper is the text with capital letters for a to z.
func Upper[P any, V Texts](t Term[P, V]) Expr[P, V] { return textCall[P, V](dialect.FuncUpper, t) }

// Trim is the text without spaces at its ends.
func Trim[P any, V Texts](t Term[P, V]) Expr[P, V] { return textCall[P, V](dialect.FuncTrim, t) }

func textCall[P any, V Texts](fn dialect.Func, t Term[P, V], more ...*ast.Expr) Expr[P, V] {
	x := exprOf(t)
	return typed[P, V](ast.Call(fn, ast.PlainText(x.Like), append([]*ast.Expr{x}, more...)...))
}

// Replace is the text with a replacement for each occurrence of another text in it.
func Replace[P any, V Texts](t Term[P, V], old, replacement string) Expr[P, V] {
	return textCall(dialect.FuncReplace, t, ast.TextArg(old), ast.TextArg(replacement))
}

// Substr is at most n characters of the text from a position, which begins at 1.
func Substr[P any, V Texts](t Term[P, V], from, n int) Expr[P, V] {
	start, count := ast.Int32Arg(from), ast.Int32Arg(n)
	if from < 1 || n < 0 {
		start.Err = errors.New("Substr needs a position of at least 1 and a length that is not negative")
	}
	return textCall(dialect.FuncSubstr, t, start, count)
}

// Length is the number of characters of a text, or of bytes of a []byte.
func Length[P any, V ~string | ~[]byte](t Term[P, V]) Expr[P, int64] {
	x := exprOf(t)
	return typed[P, int64](ast.Call(dialect.FuncLength, ast.KindColumns[schema.Int64], x))
}

// Coalesce is the first of the terms that is not NULL.
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

// OrValue is the term, or v when it is NULL.
func OrValue[P, V any](t Term[P, V], v V) Expr[P, V] {
	x := typed[P, V](exprOf(t))
	val, err := ast.Operand(x.e, x.c, v)
	constant := &ast.Expr{Op: ast.ExprValue, Like: x.e.Like, Val: val, Err: err}
	return call[P, V](dialect.FuncCoalesce, x.e, constant)
}

// When is one branch of a [Case]; [Then] makes it.
type When[P, V any] struct {
	cond Cond[P]
	then Term[P, V]
}

// Then is the branch of a [Case] that is taken when the condition is true.
func Then[P, V any](cond Cond[P], value Term[P, V]) When[P, V] { return When[P, V]{cond, value} }

// Case is the value of the first branch whose condition is true, or otherwise when there is none.
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

// Random orders the rows of the model whose prototype is given at random.
func Random[P any](of P) Order[P] {
	e := ast.Call(dialect.FuncRandom, ast.KindColumns[schema.Float64])
	return Order[P]{o: &ast.Order{Expr: e, Col: e.Like, Nulls: ast.NullsNone}}
}

// Year is the year of an instant or a day. It and the other parts are those in UTC.
func Year[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Year, t) }

// Quarter is the quarter of the year, 1 to 4.
func Quarter[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Quarter, t) }

// Month is the month, 1 to 12.
func Month[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Month, t) }

// Week is the week of ISO 8601, 1 to 53.
func Week[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Week, t) }

// Day is the day of the month, 1 to 31.
func Day[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Day, t) }

// DayOfWeek is the day of the week of ISO 8601: Monday is 1, Sunday 7.
func DayOfWeek[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.DayOfWeek, t) }

// DayOfYear is the day of the year, 1 to 366.
func DayOfYear[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.DayOfYear, t) }

// Hour is the hour, 0 to 23.
func Hour[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Hour, t) }

// Minute is the minute, 0 to 59.
func Minute[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Minute, t) }

// Second is the second, 0 to 59, without its fraction.
func Second[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Second, t) }

func datePart[P any](part dialect.DatePart, t Term[P, time.Time]) Expr[P, int] {
	return typed[P, int](ast.PartOf(exprOf(t), part))
}
