package render

import (
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// order writes one term of an order.
func (r *renderer) order(o *ast.Order, position int) string {
	col, expr := o.Col, strconv.Itoa(position)
	switch {
	case o.Part != dialect.NoPart || !r.folds(col):
	case o.Expr != nil && !o.Expr.IsColumn():
		col = unfolded(col)
	default:
		position = 0 // an expression around a number is none around the column
	}
	var stored *schema.Column
	if position == 0 && o.Expr != nil && o.Part == dialect.NoPart {
		stored, expr, _ = r.native(o.Expr)
	}
	switch {
	case stored != nil:
		expr = r.d.Operand(stored, expr)
	case position != 0:
		expr = r.d.Operand(col, expr)
	case o.Expr == nil && o.Part == dialect.NoPart:
		expr = r.d.Operand(r.sc.forms.Of(col), r.column(col))
	default:
		expr = r.text(func() { r.expr(o.Term()) })
		if o.Part == dialect.NoPart {
			expr = r.d.Operand(col, expr)
		}
	}
	if o.Desc {
		expr += " DESC"
	}
	switch {
	case o.Nulls == ast.NullsNone:
	case o.Nulls == ast.NullsFirst:
		return expr + " NULLS FIRST"
	case o.Nulls == ast.NullsLast:
		return expr + " NULLS LAST"
	case (col.Null || o.Expr != nil && o.Expr.Op != ast.ExprColumn) && r.d.Features().NullsFirst:
		// NULLs are the greatest, as in PostgreSQL; for the other engine it is written where there can be one.
		if o.Desc {
			return expr + " NULLS FIRST"
		}
		return expr + " NULLS LAST"
	}
	return expr
}

// position returns the number of the selected column that a term of an order is, 0 when it must be written: a column of
// a type of its own is selected as a text, and grouped as it is stored.
func (r *renderer) position(q *ast.Spec, o *ast.Order) int {
	n := q.Position(o)
	if n != 0 && o.Part == dialect.NoPart && q.Extra().Grouped() {
		if _, _, ok := r.native(o.Term()); ok {
			return 0
		}
	}
	return n
}

// orders returns the terms of an order, joined.
func (r *renderer) orders(list []ast.Order) string {
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = r.order(&list[i], 0)
	}
	return strings.Join(texts, ", ")
}
