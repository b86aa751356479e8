package ast

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Patterns appends the arguments of match.
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
