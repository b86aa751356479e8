package render

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// asText returns a column of ranges as one of texts, which it is in a subquery: ranges in one form are equal if their
// texts are.
func asText(c *schema.Column) *schema.Column {
	if c.Range == schema.Null {
		return c
	}
	plain := *c
	plain.Range = schema.Null
	return &plain
}

// rangeCall writes the call of a function of ranges, with columns as they are stored.
func (r *renderer) rangeCall(e *ast.Expr) {
	args := make([]dialect.RangeArg, len(e.Args))
	for i, a := range e.Args {
		if c, text, ok := r.native(a); ok {
			args[i] = dialect.RangeArg{Column: c, Text: r.d.Operand(c, text), Stored: true}
			continue
		}
		args[i].Column = a.Like
		if a.Op == ast.ExprValue && a.Like.Range != schema.Null {
			args[i].Text = "?"
			r.arg(a.Val)
			continue
		}
		args[i].Text = r.text(func() { r.expr(a) })
	}
	r.b.WriteString(r.d.CallRange(e.Fn, args))
}
