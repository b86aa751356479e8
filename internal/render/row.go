package render

import (
	"strconv"
	"strings"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// rowIn writes the condition that expressions together are one of several rows.
func (r *renderer) rowIn(n *ast.Cond) {
	var of []*ast.Expr
	if n.Right != nil {
		of = n.Right.Sub.Spec.Extra().Cols
	}
	cols, exprs := make([]*schema.Column, len(n.Kids)), make([]string, len(n.Kids))
	folds := false
	for i := range n.Kids {
		e := n.Kids[i].Expr
		cols[i], exprs[i] = e.Like, r.text(func() { r.expr(e) })
		switch {
		case e.IsColumn():
		case of != nil && of[i].IsColumn() && of[i].Like.Folded:
			cols[i] = of[i].Like
		case e.Like.Folded:
			cols[i] = unfolded(e.Like)
		}
		folds = folds || r.folds(cols[i])
	}
	if n.Not {
		r.b.WriteString("NOT ")
	}
	if of == nil {
		r.b.WriteString("(" + r.d.InKeys(cols, exprs) + ")")
		for i := range n.Kids {
			r.arg(n.Kids[i].Val)
		}
		return
	}
	names, values := make([]string, len(cols)), make([]string, len(cols))
	alias := ""
	if folds {
		alias = r.alias()
	}
	for i, c := range cols {
		names[i] = "v" + strconv.Itoa(i+1)
		values[i], exprs[i] = r.folded(c, alias+"."+names[i]), r.d.Operand(asText(c), exprs[i])
	}
	r.b.WriteString("((" + strings.Join(exprs, ", ") + ") IN ")
	if folds {
		r.b.WriteString("(SELECT " + strings.Join(values, ", ") + " FROM ")
	}
	r.expr(n.Right)
	if folds {
		r.b.WriteString(" AS " + alias + " (" + strings.Join(names, ", ") + "))")
	}
	r.b.WriteByte(')')
}
