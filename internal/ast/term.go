package ast

import (
	"errors"
	"fmt"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// mostDigits is how many digits before or behind the point a number is rounded to.
const mostDigits = 1000

// IntConst is a number of the library's own, written into the text.
func IntConst(n int) *Expr { return &Expr{Op: ExprInt, Like: KindColumns[schema.Int32], N: n} }

// digitsArg is a number of digits behind the point.
func digitsArg(n int) *Expr {
	e := IntConst(n)
	if max(n, -n) > mostDigits {
		e.Err = fmt.Errorf("the digits to round to must be from -%d to %d", mostDigits, mostDigits)
	}
	return e
}

// Round makes a number rounded to so many digits behind the point.
func Round(e *Expr, digits int) *Expr {
	return Call(dialect.FuncRound, Wider(e.Like), e, digitsArg(digits))
}

// NumberCall makes the call of a function of numbers whose result is of a kind.
func NumberCall(fn dialect.Func, k schema.Kind, args ...*Expr) *Expr {
	return Call(fn, KindColumns[k], args...)
}

// Extreme makes the greatest or the least of expressions whose values are of type V.
func Extreme[V any](fn dialect.Func, list []*Expr) *Expr {
	like := list[0].Like
	for _, e := range list {
		if !e.constant() {
			like = e.Like
			break
		}
	}
	for i, e := range list {
		list[i] = Beside[V](e, like)
	}
	list = Moments(list...)
	if len(list) == 1 {
		return list[0]
	}
	for _, e := range list {
		if e.Like.Kind == schema.Time {
			like = e.Like
		}
	}
	call := Call(fn, like, list...)
	switch {
	case like.Kind == schema.Decimal: // without the limits of one column
		scale := 0
		for _, e := range list {
			scale = max(scale, e.Like.Scale)
		}
		call.Like = decimalLike(like, scale)
	case like.Range != schema.Null:
		call.Err = errors.New("GREATEST and LEAST are not supported for ranges")
	case like.Kind == schema.Text:
		call.Like = KindColumns[schema.Text]
	case like.Kind.IsList(), like.Kind == schema.Bytes, like.Kind == schema.JSON:
		call.Err = errors.New("bytes, lists and JSON are not taken by Greatest and Least")
	}
	return call
}

// NullIf makes an expression that is NULL where another is equal.
func NullIf[V any](e, other *Expr) *Expr {
	equal := CompareTerms[V](OpEq, e, other)
	return Case[V]([]Cond{*equal}, []*Expr{{Op: ExprNull, Like: e.Like}, e})
}

// NullOf is NULL as a value of type V.
func NullOf[V any]() *Expr {
	like, err := LikeOf[V]()
	return &Expr{Op: ExprNull, Like: like, Err: err}
}

// mostPadded is how many characters a text is filled up to.
const mostPadded = 1 << 20

// Pad makes a text of so many characters.
func Pad(fn dialect.Func, e *Expr, n int, fill string) *Expr {
	size := Int32Arg(n)
	if n < 0 || n > mostPadded {
		size.Err = fmt.Errorf("LPad and RPad need a length from 0 to %d", mostPadded)
	}
	return Call(fn, PlainText(e.Like), e, size, TextArg(fill))
}

// RegexpCond makes the condition that a text matches a regular expression.
func RegexpCond(e *Expr, pattern string) *Cond {
	n := MatchesExpr(e, dialect.MatchRegexp, pattern, false)
	if _, err := dialect.AdvancedRegexp(pattern); err != nil && n.Err == nil {
		n.Err = err
	}
	return n
}
