package render

import (
	"strings"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// where writes the conditions, if there are any.
func (r *renderer) where(conds []ast.Cond) {
	if len(conds) > 0 {
		r.b.WriteString(" WHERE ")
		r.chain(conds)
	}
}

// clause returns conditions joined by AND as squirrel takes them.
func (r *renderer) clause(conds []ast.Cond) squirrel.Sqlizer {
	text, args := r.part(func() { r.chain(conds) })
	return squirrel.Expr(text, args...)
}

// chain writes conditions joined by AND.
func (r *renderer) chain(conds []ast.Cond) { r.joined(leaves(nil, ast.OpAnd, conds), " AND ") }

// flat is how many conditions are joined without parentheses. SQLite parses a chain into a tree as deep as the chain is
// long and refuses a depth of 1000 (https://www.sqlite.org/limits.html, SQLITE_MAX_EXPR_DEPTH), so longer chains become
// balanced trees.
const flat = 16

// leaves appends the conditions that are joined by o, without those in between that join by o, too: a chain that was
// made link by link is as deep as it is long.
func leaves(dst []*ast.Cond, o ast.Op, conds []ast.Cond) []*ast.Cond {
	for i := range conds {
		n := &conds[i]
		if len(n.Kids) > 0 && (n.Op == o || len(n.Kids) == 1 && (n.Op == ast.OpAnd || n.Op == ast.OpOr)) {
			dst = leaves(dst, o, n.Kids)
		} else {
			dst = append(dst, n)
		}
	}
	return dst
}

// joined writes conditions, of which there is one at least, with a word between them.
func (r *renderer) joined(conds []*ast.Cond, join string) {
	if len(conds) <= flat {
		for i, n := range conds {
			if i > 0 {
				r.b.WriteString(join)
			}
			r.cond(n)
		}
		return
	}
	half := len(conds) / 2
	r.b.WriteByte('(')
	r.joined(conds[:half], join)
	r.b.WriteString(")" + join + "(")
	r.joined(conds[half:], join)
	r.b.WriteByte(')')
}

func (r *renderer) cond(n *ast.Cond) {
	switch n.Op {
	case ast.OpTrue:
		r.b.WriteString("1 = 1")
	case ast.OpAnd, ast.OpOr:
		r.b.WriteByte('(')
		switch {
		case len(n.Kids) == 0 && n.Op == ast.OpAnd:
			r.b.WriteString("1 = 1")
		case len(n.Kids) == 0:
			r.b.WriteString("1 = 0")
		case n.Op == ast.OpAnd:
			r.chain(n.Kids)
		default:
			r.joined(leaves(nil, ast.OpOr, n.Kids), " OR ")
		}
		r.b.WriteByte(')')
	case ast.OpNot:
		r.b.WriteString("NOT (")
		r.cond(&n.Kids[0])
		r.b.WriteByte(')')
	case ast.OpNull:
		r.b.WriteString(r.present(n) + " IS NULL")
	case ast.OpNotNull:
		r.b.WriteString(r.present(n) + " IS NOT NULL")
	case ast.OpTruth:
		r.b.WriteString(r.side(n))
	case ast.OpExists:
		if n.Not {
			r.b.WriteString("NOT ")
		}
		r.b.WriteString("EXISTS " + r.side(n))
	case ast.OpIn, ast.OpNotIn:
		col, expr := r.left(n)
		if n.Right != nil {
			col = asText(col)
			not := ""
			if n.Op == ast.OpNotIn {
				not = " NOT"
			}
			r.b.WriteString(r.d.Operand(col, expr) + not + " IN ")
			if r.folds(col) {
				alias := r.alias()
				r.b.WriteString("(SELECT " + r.d.Operand(col, alias+".v") + " FROM ")
				r.expr(n.Right)
				r.b.WriteString(" AS " + alias + " (v))")
				return
			}
			r.expr(n.Right)
			return
		}
		r.b.WriteString(r.d.In(col, expr, n.Op == ast.OpNotIn))
		r.arg(n.Val)
	case ast.OpKeysIn:
		cols, exprs := make([]*schema.Column, len(n.Kids)), make([]string, len(n.Kids))
		for i := range n.Kids {
			cols[i], exprs[i] = r.sc.forms.Of(n.Kids[i].Col), r.column(n.Kids[i].Col)
		}
		r.b.WriteString(r.d.InKeys(cols, exprs))
		for i := range n.Kids {
			r.arg(n.Kids[i].Val)
		}
	case ast.OpRow:
		cols, vals := make([]string, len(n.Kids)), make([]string, len(n.Kids))
		for i := range n.Kids {
			k := &n.Kids[i]
			var col *schema.Column
			col, cols[i] = r.operand(k)
			vals[i] = r.folded(col, r.d.Compared(col))
			r.arg(k.Val)
		}
		r.b.WriteString("(" + strings.Join(cols, ", ") + ")" + opText[n.Kids[0].Op] + "(" + strings.Join(vals, ", ") + ")")
	case ast.OpRowIn:
		r.rowIn(n)
	case ast.OpMatch:
		r.match(n)
	default:
		if r.nativeSides(n) {
			return
		}
		col, expr := r.operand(n)
		r.b.WriteString(expr + opText[n.Op])
		if n.Right != nil {
			right := r.text(func() { r.expr(n.Right) })
			if col.Range != schema.Null {
				right = r.d.Operand(col, right)
			}
			r.b.WriteString(r.folded(col, right))
			return
		}
		r.b.WriteString(r.folded(col, r.d.Compared(col)))
		r.arg(n.Val)
	}
}

var opText = [...]string{
	ast.OpEq: " = ", ast.OpNe: " <> ", ast.OpLt: " < ", ast.OpLe: " <= ", ast.OpGt: " > ", ast.OpGe: " >= ",
	ast.OpSame: " IS NOT DISTINCT FROM ", ast.OpNotSame: " IS DISTINCT FROM ",
}

// match writes the condition that a text matches.
func (r *renderer) match(n *ast.Cond) {
	col, expr := n.Like(), r.side(n)
	if !n.Scans(r.d) {
		r.b.WriteString(r.d.Match(col, expr, n.Match, n.Fold, n.Not))
	} else {
		if n.Not {
			r.b.WriteString("NOT ")
		}
		r.b.WriteString("(" + r.d.Match(col, expr, dialect.MatchPrefix, n.Fold, false) + " AND " +
			r.d.Match(col, expr, n.Match, n.Fold, false) + ")")
	}
	for _, v := range n.Patterns(nil, r.d) {
		r.arg(v)
	}
}

// left returns the left side of a condition and the column that has its kind. A column that is compared with values is
// left as it is, since the dialect may know how an index can serve that.
func (r *renderer) left(n *ast.Cond) (*schema.Column, string) {
	if n.Expr == nil && n.Part == dialect.NoPart && n.Right == nil {
		return r.sc.forms.Of(n.Col), r.column(n.Col)
	}
	if n.Expr != nil && n.Right == nil {
		if c, text, ok := r.native(n.Expr); ok {
			return c, text
		}
	}
	col := n.Like()
	if n.Expr != nil && !n.Expr.IsColumn() {
		switch {
		case n.Right != nil && selected(n.Right).IsColumn() && selected(n.Right).Like.Folded:
			col = selected(n.Right).Like
		case col.Folded:
			col = unfolded(col)
		}
	}
	return col, r.side(n)
}

// selected returns what a subquery of one column selects, and of anything else itself.
func selected(e *ast.Expr) *ast.Expr {
	if e.Op == ast.ExprQuery {
		if cols := e.Sub.Spec.Extra().Cols; len(cols) == 1 {
			return cols[0]
		}
	}
	return e
}

// operand returns the left side of a condition as its kind compares, and the column that has this kind.
func (r *renderer) operand(n *ast.Cond) (*schema.Column, string) {
	col, expr := r.left(n)
	return col, r.d.Operand(col, expr)
}

// side returns the left side of a condition, canonical.
func (r *renderer) side(n *ast.Cond) string {
	if n.Expr != nil {
		return r.text(func() { r.expr(n.Expr) })
	}
	if n.Part != dialect.NoPart {
		return r.d.DatePart(n.Part, r.sc.forms.Of(n.Col), r.column(n.Col))
	}
	return r.canonical(n.Col)
}

// present returns the left side of a condition for a condition that asks for NULL alone.
func (r *renderer) present(n *ast.Cond) string {
	if n.Expr == nil && n.Part == dialect.NoPart {
		return r.column(n.Col)
	}
	return r.side(n)
}
