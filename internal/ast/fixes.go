package ast

import "github.com/prom-go/prom/schema"

// Fixes reports whether the conditions say that a column has one value.
func (s Spec) Fixes(c *schema.Column) bool { return fixes(s.Conds, c) }

func fixes(conds []Cond, c *schema.Column) bool {
	for i := range conds {
		n := &conds[i]
		if n.Op == OpAnd && fixes(n.Kids, c) ||
			n.Op == OpEq && n.Col == c && n.Expr == nil && n.Right == nil && n.Part == 0 && n.Err == nil && !n.Val.IsNull() {
			return true
		}
	}
	return false
}
