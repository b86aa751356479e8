package query

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
)

// TextExpr is an [Expr] that is a text, with the conditions of a [TextField].
type TextExpr[T any, V Texts] struct{ Expr[T, V] }

// AsText is a term with the conditions of texts.
func AsText[T any, V Texts](t Term[T, V]) TextExpr[T, V] {
	return TextExpr[T, V]{typed[T, V](t.term().e)}
}

func (x TextExpr[T, V]) cond(m dialect.Match, s string, fold, not bool) Cond[T] {
	return Cond[T]{n: ast.MatchesExpr(x.e, m, s, fold, not)}
}

// Like is true when the text matches the pattern of [TextField.Like].
func (x TextExpr[T, V]) Like(pattern string) Cond[T] {
	return x.cond(dialect.MatchLike, pattern, false, false)
}

// NotLike is true when the text does not match the pattern.
func (x TextExpr[T, V]) NotLike(pattern string) Cond[T] {
	return x.cond(dialect.MatchLike, pattern, false, true)
}

// Contains is true when s stands in the text.
func (x TextExpr[T, V]) Contains(s string) Cond[T] {
	return x.cond(dialect.MatchContains, s, false, false)
}

// ContainsFold is [TextExpr.Contains] ignoring the case of A to Z.
func (x TextExpr[T, V]) ContainsFold(s string) Cond[T] {
	return x.cond(dialect.MatchContains, s, true, false)
}

// HasPrefix is true when the text begins with s.
func (x TextExpr[T, V]) HasPrefix(s string) Cond[T] {
	return x.cond(dialect.MatchPrefix, s, false, false)
}

// HasSuffix is true when the text ends with s.
func (x TextExpr[T, V]) HasSuffix(s string) Cond[T] {
	return x.cond(dialect.MatchSuffix, s, false, false)
}

// EqFold is true when the text equals s ignoring the case of A to Z.
func (x TextExpr[T, V]) EqFold(s string) Cond[T] {
	return x.cond(dialect.MatchLike, ast.EscapeLike(s), true, false)
}
