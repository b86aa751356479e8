package render

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// native returns an expression that is a column of a type of its own, as it is stored, and the column: what is ordered,
// grouped and compared by it goes by its type, as an index does. It is false, with nothing written, for another one,
// and for a type whose values have no order.
func (r *renderer) native(e *ast.Expr) (*schema.Column, string, bool) {
	if !reaches(e) {
		return nil, "", false
	}
	return r.stored(e, natively)
}

// stored returns an expression that is a column as it is stored, and the column, where want says so of it. Else it is
// false, with nothing written.
func (r *renderer) stored(e *ast.Expr, want func(*schema.Column) bool) (*schema.Column, string, bool) {
	args, aliases, listed := len(r.args), r.st.aliases, 0
	if r.sc.joins != nil {
		listed = len(r.sc.joins.list)
	}
	r.st.stored, r.st.reached = want, nil
	text := r.text(func() { r.expr(e) })
	c := r.st.reached
	r.st.stored, r.st.reached = nil, nil
	if c != nil {
		return c, text, true
	}
	r.args = r.args[:args]
	if r.sc.joins == nil || len(r.sc.joins.list) == listed {
		r.st.aliases = aliases
	}
	return nil, "", false
}

// within returns what an expression is of the row itself or of one that is reached from it.
func within(e *ast.Expr) *ast.Expr {
	for e.Op == ast.ExprVia || e.Op == ast.ExprOuter {
		e = e.Args[0]
	}
	return e
}

// reaches reports whether an expression is a column, of the row itself or of one that is reached from it.
func reaches(e *ast.Expr) bool {
	e = within(e)
	return e.Op == ast.ExprColumn && textual(e) && !e.Col.Folded
}

// textual reports whether a column is read as a text, or as a list of texts, and not as a part of a time.
func textual(e *ast.Expr) bool { return e.Part == dialect.NoPart && e.Col.Kind.Elem() == schema.Text }

// ownType reports whether a column has a type of its own.
func ownType(c *schema.Column) bool { return c.Native != nil }

// natively reports whether a column has a type of its own whose values have an order.
func natively(c *schema.Column) bool { return c.Native != nil && c.Native.Ordered && !c.Folded }

// equal returns the condition that two columns are equal, each as it is stored where their types are the same.
func (r *renderer) equal(a *schema.Column, left string, b *schema.Column, right string) string {
	if natively(a) && natively(b) && a.Native.Type == b.Native.Type {
		return r.d.Operand(a, left) + " = " + r.d.Operand(b, right)
	}
	return r.d.Canonical(a, left) + " = " + r.d.Canonical(b, right)
}

// nativeSides writes a comparison of two columns by their type, if they have the same one of their own.
func (r *renderer) nativeSides(n *ast.Cond) bool {
	left := n.Expr
	if left == nil {
		left = ast.ColumnExpr(n.Col, n.Part)
	}
	if n.Right == nil || !reaches(left) || !reaches(n.Right) {
		return false
	}
	a, one, ok := r.native(left)
	if !ok {
		return false
	}
	b, other, ok := r.native(n.Right)
	if !ok || a.Native.Type != b.Native.Type {
		return false
	}
	r.b.WriteString(r.d.Operand(a, one) + opText[n.Op] + r.d.Operand(b, other))
	return true
}

// nativeLists writes a comparison of a list with another one by the type that its column has, as values of the type are
// compared: what is no value of it is an error, and an index on the list serves it.
func (r *renderer) nativeLists(e *ast.Expr) bool {
	switch e.Fn {
	case dialect.FuncListEq, dialect.FuncListNe, dialect.FuncListContains, dialect.FuncListContainedBy, dialect.FuncListOverlaps, dialect.FuncListIndex:
	default:
		return false
	}
	if len(e.Args) != 2 || !reaches(e.Args[0]) {
		return false
	}
	c, list, ok := r.native(e.Args[0])
	if !ok {
		return false
	}
	other := r.d.Stored(c, r.text(func() { r.expr(e.Args[1]) }))
	r.b.WriteString(r.d.Call(e.Fn, e.Args[0].Like, []string{list, other}))
	return true
}
