package prom

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Concat is the texts one behind the other. It is NULL when one of them is.
func Concat[P any, V Texts](texts ...Term[P, V]) Expr[P, V] {
	if len(texts) == 0 {
		return Val(*new(P), V(""))
	}
	return typed[P, V](ast.Call(dialect.FuncConcat, ast.KindColumns[schema.Text], termExprs(texts)...))
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

// LPad is the text with as many characters as n says: filled on the left by fill, again and again, or cut behind them.
// With an empty fill it is cut at most. n is from 0 to 1,048,576.
func LPad[P any, V Texts](t Term[P, V], n int, fill string) Expr[P, V] {
	return typed[P, V](ast.Pad(dialect.FuncLPad, exprOf(t), n, fill))
}

// RPad is the text with as many characters as n says: filled on the right by fill, again and again, or cut behind them.
// The rest is as with [LPad].
func RPad[P any, V Texts](t Term[P, V], n int, fill string) Expr[P, V] {
	return typed[P, V](ast.Pad(dialect.FuncRPad, exprOf(t), n, fill))
}

// Position is the number of the character, from 1, at which part stands first in the text, and 0 when it does not.
func Position[P any, V, W Texts](t Term[P, V], part Term[P, W]) Expr[P, int64] {
	return typed[P, int64](ast.Call(dialect.FuncPosition, ast.KindColumns[schema.Int64], exprOf(t), exprOf(part)))
}

// Contains is true when the text of another term stands in a text. No character of it is special, and case counts: for
// A to Z alone it does not between [Lower] of both. It is not true when one is NULL. So it is with [HasPrefix] and
// [HasSuffix]; fields have methods of these names for a text of the program's.
func Contains[P any, V, W Texts](t Term[P, V], part Term[P, W]) Cond[P] {
	return textCond(dialect.FuncContains, t, part)
}

// HasPrefix is true when a text begins with the text of another term.
func HasPrefix[P any, V, W Texts](t Term[P, V], prefix Term[P, W]) Cond[P] {
	return textCond(dialect.FuncHasPrefix, t, prefix)
}

// HasSuffix is true when a text ends with the text of another term.
func HasSuffix[P any, V, W Texts](t Term[P, V], suffix Term[P, W]) Cond[P] {
	return textCond(dialect.FuncHasSuffix, t, suffix)
}

func textCond[P any, V, W Texts](fn dialect.Func, t Term[P, V], part Term[P, W]) Cond[P] {
	call := ast.Call(fn, ast.KindColumns[schema.Bool], exprOf(t), exprOf(part))
	return Cond[P]{n: ast.TestExpr(ast.OpTruth, call)}
}

// RegexpLike is true when a part of the text matches a regular expression, or all of it between ^ and $. It is one of
// Go's package regexp, https://pkg.go.dev/regexp/syntax, with the same meaning on both engines: SQLite asks that
// package, and for PostgreSQL the expression is written anew in its own dialect. So (?i) ignores case, \d is 0 to 9,
// and \b is the border of a word of ASCII.
//
// An expression that does not parse, repeats something more than 255 times or matches no text at all is
// [ErrValidation]. No index serves it; a prefix that all results have is a condition of its own that one may serve.
func RegexpLike[P any, V Texts](t Term[P, V], pattern string) Cond[P] {
	return Cond[P]{n: ast.RegexpCond(exprOf(t), pattern)}
}

// ParseInt is the integer that a text is: digits of ASCII, perhaps behind a sign. It is NULL for every other text, with
// spaces too, and for an integer that does not fit 64 bits, since a database may compute it of rows that other
// conditions leave out.
func ParseInt[P any, V Texts](t Term[P, V]) Expr[P, int64] {
	return typed[P, int64](ast.Call(dialect.FuncParseInt, ast.KindColumns[schema.Int64], exprOf(t)))
}
