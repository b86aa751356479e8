package ast

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Matches makes the condition that a column, a text, matches another.
//
//go:noinline
func Matches(n *Cond, c *scan.Codec, m dialect.Match, s string, fold, not bool) *Cond {
	n.Op, n.Col, n.Match, n.Fold, n.Not = OpMatch, c.Column(), m, fold, not
	n.Val, n.Err = schema.TextValue(schema.Text, s), checkText(s)
	return n
}

// MatchesExpr makes the condition that an expression, a text, matches another.
//
//go:noinline
func MatchesExpr(e *Expr, m dialect.Match, s string, fold bool) *Cond {
	e = Given(e)
	n := &Cond{Op: OpMatch, Expr: e, Match: m, Fold: fold, Val: schema.TextValue(schema.Text, s), Err: checkText(s)}
	if e.Op == ExprColumn && e.Err == nil {
		n.Expr, n.Col = nil, e.Col
	}
	return n
}

// EscapeLike makes the special characters of a pattern ordinary ones.
func EscapeLike(s string) string {
	escaped := make([]byte, 0, len(s)+8)
	for i := range len(s) {
		if s[i] == '%' || s[i] == '_' || s[i] == '\\' {
			escaped = append(escaped, '\\')
		}
		escaped = append(escaped, s[i])
	}
	return string(escaped)
}

// Patterns appends the arguments of an OpMatch.
func (n *Cond) Patterns(dst []schema.Value, d dialect.Dialect) []schema.Value {
	text := n.Val.Text()
	if n.Scans(d) {
		dst = append(dst, schema.TextValue(schema.Text, d.Pattern(dialect.MatchPrefix, n.Fold, dialect.LikePrefix(text))))
	}
	return append(dst, schema.TextValue(schema.Text, d.Pattern(n.Match, n.Fold, text)))
}

// Scans reports whether what a pattern begins with is a condition of its own: one on a column, which an index may
// serve.
func (n *Cond) Scans(d dialect.Dialect) bool {
	return n.Match == dialect.MatchLike && n.Expr == nil && n.Part == dialect.NoPart && d.Features().LikeScans
}
