package prom

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Concat is the concatenation of the texts. If one of them is NULL, it is NULL.
func Concat[P any, V Texts](texts ...Term[P, V]) Expr[P, V] {
	if len(texts) == 0 {
		return Val(*new(P), V(""))
	}
	return typed[P, V](ast.Call(dialect.FuncConcat, ast.KindColumns[schema.Text], termExprs(texts)...))
}

// Lower is the text with the letters A to Z in lower case.
func Lower[P any, V Texts](t Term[P, V]) Expr[P, V] { return textCall[P, V](dialect.FuncLower, t) }

// Upper is the text with the letters a to z in upper case.
func Upper[P any, V Texts](t Term[P, V]) Expr[P, V] { return textCall[P, V](dialect.FuncUpper, t) }

// Trim is the text without spaces at the beginning and the end.
func Trim[P any, V Texts](t Term[P, V]) Expr[P, V] { return textCall[P, V](dialect.FuncTrim, t) }

func textCall[P any, V Texts](fn dialect.Func, t Term[P, V], more ...*ast.Expr) Expr[P, V] {
	x := exprOf(t)
	return typed[P, V](ast.Call(fn, ast.PlainText(x.Like), append([]*ast.Expr{x}, more...)...))
}

// Replace replaces each occurrence of old in the text by replacement.
func Replace[P any, V Texts](t Term[P, V], old, replacement string) Expr[P, V] {
	return textCall(dialect.FuncReplace, t, ast.TextArg(old), ast.TextArg(replacement))
}

// Substr is the part of the text of at most n characters, from the given position. The first character has the position
// 1.
func Substr[P any, V Texts](t Term[P, V], from, n int) Expr[P, V] {
	start, count := ast.Int32Arg(from), ast.Int32Arg(n)
	if from < 1 || n < 0 {
		start.Err = errors.New("Substr needs a position of at least 1 and a length that is not negative")
	}
	return textCall(dialect.FuncSubstr, t, start, count)
}

// Length is the number of characters of a text, or the number of bytes of a []byte.
func Length[P any, V ~string | ~[]byte](t Term[P, V]) Expr[P, int64] {
	x := exprOf(t)
	return typed[P, int64](ast.Call(dialect.FuncLength, ast.KindColumns[schema.Int64], x))
}

// LPad pads the text to n characters: it repeats fill on the left, or cuts a longer text at its end. With an empty fill
// it only cuts. n is from 0 to 1,048,576.
func LPad[P any, V Texts](t Term[P, V], n int, fill string) Expr[P, V] {
	return typed[P, V](ast.Pad(dialect.FuncLPad, exprOf(t), n, fill))
}

// RPad pads the text to n characters: it repeats fill on the right, or cuts a longer text at its end. The rules are
// those of [LPad].
func RPad[P any, V Texts](t Term[P, V], n int, fill string) Expr[P, V] {
	return typed[P, V](ast.Pad(dialect.FuncRPad, exprOf(t), n, fill))
}

// Position is the position of the first occurrence of part in the text, in characters from 1, or 0 if there is none.
func Position[P any, V, W Texts](t Term[P, V], part Term[P, W]) Expr[P, int64] {
	return typed[P, int64](ast.Call(dialect.FuncPosition, ast.KindColumns[schema.Int64], exprOf(t), exprOf(part)))
}

// Contains is true when the text contains the text of another term. No character is special. The comparison is
// case-sensitive; to ignore the case of the letters A to Z, use [Lower] of both terms. It is not true when one of the
// terms is NULL. The same holds for [HasPrefix] and [HasSuffix]. Fields have methods of these names, which take a
// string.
func Contains[P any, V, W Texts](t Term[P, V], part Term[P, W]) Cond[P] {
	return textCond(dialect.FuncContains, t, part)
}

// HasPrefix is true when the text begins with the text of another term; see [Contains].
func HasPrefix[P any, V, W Texts](t Term[P, V], prefix Term[P, W]) Cond[P] {
	return textCond(dialect.FuncHasPrefix, t, prefix)
}

// HasSuffix is true when the text ends with the text of another term; see [Contains].
func HasSuffix[P any, V, W Texts](t Term[P, V], suffix Term[P, W]) Cond[P] {
	return textCond(dialect.FuncHasSuffix, t, suffix)
}

func textCond[P any, V, W Texts](fn dialect.Func, t Term[P, V], part Term[P, W]) Cond[P] {
	call := ast.Call(fn, ast.KindColumns[schema.Bool], exprOf(t), exprOf(part))
	return Cond[P]{n: ast.TestExpr(ast.OpTruth, call)}
}

// RegexpLike is true when a part of the text matches the regular expression; use ^ and $ to match the whole text. The
// syntax is that of Go's package regexp (https://pkg.go.dev/regexp/syntax), with the same meaning on both engines:
// SQLite calls that package, and for PostgreSQL prom translates the expression. For example, (?i) ignores case, \d is 0
// to 9, and \b is a word boundary in ASCII.
//
// An expression that does not parse, has a repetition count greater than 255, or matches no text at all, is
// [ErrValidation]. The condition cannot use an index. If all matches have the same prefix, add a condition for the
// prefix, which can.
func RegexpLike[P any, V Texts](t Term[P, V], pattern string) Cond[P] {
	return Cond[P]{n: ast.RegexpCond(exprOf(t), pattern)}
}

// ParseInt converts a text to an integer. The text must consist of ASCII digits, with an optional sign. Every other
// text, also one with spaces, and an integer that does not fit 64 bits, is NULL. It is not an error, because a database
// may compute the expression for rows that other conditions exclude.
func ParseInt[P any, V Texts](t Term[P, V]) Expr[P, int64] {
	return typed[P, int64](ast.Call(dialect.FuncParseInt, ast.KindColumns[schema.Int64], exprOf(t)))
}
