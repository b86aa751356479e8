package query

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Integer is what [Mod] takes.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// call makes the call of a function whose result is like its first argument.
func call[T, V any](fn dialect.Func, args ...*expr) Expr[T, V] {
	return typed[T, V](&expr{op: exprCall, fn: fn, like: args[0].like, args: args})
}

// arithmetic makes the call of an operator on two numbers, of which the one that is a column or an expression tells the kind.
func arithmetic[T any, V Number](fn dialect.Func, a, b Term[T, V]) Expr[T, V] {
	x, y := a.term().e, b.term().e
	like := x.like
	if x.op == exprValue {
		like = y.like
	}
	return typed[T, V](&expr{op: exprCall, fn: fn, like: wider(like), args: []*expr{x, y}})
}

// wider returns what numbers like those of a column become when they are computed with: both engines compute with 64 bits.
func wider(c *schema.Column) *schema.Column {
	switch c.Kind {
	case schema.Int16, schema.Int32, schema.Int64:
		return kindColumns[schema.Int64]
	case schema.Float32, schema.Float64:
		return kindColumns[schema.Float64]
	}
	return c
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
	return typed[T, V](&expr{op: exprCall, fn: dialect.FuncMod, like: wider(x.like), args: []*expr{x, y}})
}

// Neg is -a.
func Neg[T any, V Number](a Term[T, V]) Expr[T, V] {
	x := a.term().e
	return typed[T, V](&expr{op: exprCall, fn: dialect.FuncNeg, like: wider(x.like), args: []*expr{x}})
}

// Abs is a without its sign.
func Abs[T any, V Number](a Term[T, V]) Expr[T, V] {
	x := a.term().e
	return typed[T, V](&expr{op: exprCall, fn: dialect.FuncAbs, like: wider(x.like), args: []*expr{x}})
}

// Float is a number as a float64, so that a division of integers keeps its fraction.
func Float[T any, V Number](a Term[T, V]) Expr[T, float64] {
	e := a.term().e
	one := &expr{op: exprValue, like: kindColumns[schema.Float64], val: schema.FloatValue(schema.Float64, 1)}
	return typed[T, float64](&expr{op: exprCall, fn: dialect.FuncMul, like: kindColumns[schema.Float64], args: []*expr{one, e}})
}

// Concat is the texts one behind the other. It is NULL when one of them is.
func Concat[T any, V Texts](texts ...Term[T, V]) Expr[T, V] {
	if len(texts) == 0 {
		return Val[T](V(""))
	}
	args := make([]*expr, len(texts))
	for i, t := range texts {
		args[i] = t.term().e
	}
	return typed[T, V](&expr{op: exprCall, fn: dialect.FuncConcat, like: kindColumns[schema.Text], args: args})
}

// Lower is the text with small letters for A to Z.
func Lower[T any, V Texts](t Term[T, V]) Expr[T, V] { return textCall[T, V](dialect.FuncLower, t) }

// Upper is the text with capital letters for a to z.
func Upper[T any, V Texts](t Term[T, V]) Expr[T, V] { return textCall[T, V](dialect.FuncUpper, t) }

// Trim is the text without spaces at its ends.
func Trim[T any, V Texts](t Term[T, V]) Expr[T, V] { return textCall[T, V](dialect.FuncTrim, t) }

func textCall[T any, V Texts](fn dialect.Func, t Term[T, V], more ...*expr) Expr[T, V] {
	x := t.term().e
	return typed[T, V](&expr{op: exprCall, fn: fn, like: plainText(x.like), args: append([]*expr{x}, more...)})
}

// plainText returns the kind of a text that a function made of one.
func plainText(c *schema.Column) *schema.Column {
	if c.NoCase {
		return c
	}
	return kindColumns[schema.Text]
}

// Replace is the text with a replacement for each occurrence of another text in it.
func Replace[T any, V Texts](t Term[T, V], old, replacement string) Expr[T, V] {
	return textCall(dialect.FuncReplace, t, textArg(old), textArg(replacement))
}

func textArg(s string) *expr {
	return &expr{op: exprValue, like: kindColumns[schema.Text], val: schema.TextValue(schema.Text, s), err: checkText(s)}
}

// Substr is at most n characters of the text from a position, which begins at 1.
func Substr[T any, V Texts](t Term[T, V], from, n int) Expr[T, V] {
	start, count := int32Arg(from), int32Arg(n)
	if from < 1 || n < 0 {
		start.err = errors.New("a part of a text begins at position 1 or later, and has no negative length")
	}
	return textCall(dialect.FuncSubstr, t, start, count)
}

func int32Arg(n int) *expr {
	e := &expr{op: exprValue, like: kindColumns[schema.Int32], val: schema.IntValue(schema.Int32, int64(n))}
	if n != int(int32(n)) {
		e.err = errors.New("the number is outside of 32 bits")
	}
	return e
}

// Length is the number of characters of a text, or of bytes of a []byte.
func Length[T any, V ~string | ~[]byte](t Term[T, V]) Expr[T, int64] {
	x := t.term().e
	return typed[T, int64](&expr{op: exprCall, fn: dialect.FuncLength, like: kindColumns[schema.Int64], args: []*expr{x}})
}

// Coalesce is the first of the terms that is not NULL.
func Coalesce[T, V any](first Term[T, V], others ...Term[T, V]) Expr[T, V] {
	args := []*expr{first.term().e}
	for _, t := range others {
		args = append(args, beside[V](t.term().e, args[0].like))
	}
	if len(args) == 1 {
		return typed[T, V](args[0])
	}
	args = moments(args...)
	return call[T, V](dialect.FuncCoalesce, args...)
}

// OrValue is the term, or v when it is NULL.
func OrValue[T, V any](t Term[T, V], v V) Expr[T, V] {
	x := typed[T, V](t.term().e)
	val, err := operand(x.e, x.c, v)
	constant := &expr{op: exprValue, like: x.e.like, val: val, err: err}
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
	last := otherwise.term()
	if len(branches) == 0 {
		return typed[T, V](last.e)
	}
	e := &expr{op: exprCase, like: last.e.like}
	for _, w := range branches {
		e.conds = append(e.conds, chain(opAnd, []Cond[T]{w.cond}))
		e.args = append(e.args, w.then.term().e)
	}
	e.args = append(e.args, last.e)
	for _, a := range e.args {
		if a.op != exprValue {
			e.like = a.like
			break
		}
	}
	for i, a := range e.args {
		e.args[i] = beside[V](a, e.like)
	}
	e.args = moments(e.args...)
	for _, a := range e.args {
		if a.op == exprMoment {
			e.like = a.like
		}
	}
	return typed[T, V](e)
}

// Random orders rows at random.
func Random[T any]() Order[T] {
	e := &expr{op: exprCall, fn: dialect.FuncRandom, like: kindColumns[schema.Float64]}
	return Order[T]{o: &orderTerm{x: e, col: e.like, nulls: nullsNone}}
}
