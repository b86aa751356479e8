package render

import (
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// expr writes an expression.
func (r *renderer) expr(e *ast.Expr) {
	switch e.Op {
	case ast.ExprColumn:
		if e.Part != dialect.NoPart {
			r.b.WriteString(r.d.DatePart(e.Part, r.sc.forms.Of(e.Col), r.column(e.Col)))
		} else {
			r.b.WriteString(r.canonical(e.Col))
		}
	case ast.ExprValue, ast.ExprPath:
		r.b.WriteString(r.d.Typed(e.Like.Kind))
		r.arg(e.Val)
	case ast.ExprNull:
		r.b.WriteString(strings.Replace(r.d.Typed(e.Like.Kind), "?", "NULL", 1))
	case ast.ExprInt:
		r.b.WriteString(strconv.Itoa(e.N))
	case ast.ExprCall:
		r.call(e)
	case ast.ExprAggregate:
		r.aggregate(e)
	case ast.ExprCase:
		r.b.WriteString("CASE")
		for i := range e.Conds {
			r.b.WriteString(" WHEN ")
			r.branch(&e.Conds[i])
			r.b.WriteString(" THEN ")
			r.expr(e.Args[i])
		}
		r.b.WriteString(" ELSE ")
		r.expr(e.Args[len(e.Conds)])
		r.b.WriteString(" END")
	case ast.ExprCond:
		r.b.WriteByte('(')
		r.cond(&e.Conds[0])
		r.b.WriteByte(')')
	case ast.ExprRaw:
		r.raw(e.Raw)
	case ast.ExprQuery:
		r.subquery(e.Sub)
	case ast.ExprText:
		r.fullText(e)
	case ast.ExprUnnest:
		r.unnest(e)
	case ast.ExprVia:
		r.via(e)
	case ast.ExprOuter:
		inner := r.sc
		r.sc = *inner.outer
		r.sc.bare = false // a bare name would mean a column of the query inside
		r.expr(e.Args[0])
		r.sc = inner
	case ast.ExprFit:
		r.b.WriteString(r.d.Stored(r.st.into.Of(e.Col), r.d.Fit(e.Col, r.text(func() { r.expr(e.Args[0]) }))))
	case ast.ExprStored:
		r.b.WriteString(r.d.Stored(r.st.into.Of(e.Col), r.text(func() { r.expr(e.Args[0]) })))
	case ast.ExprMoment:
		text := r.text(func() { r.expr(e.Args[0]) })
		if e.Like.Kind == schema.Date {
			r.b.WriteString(r.d.Day(text))
		} else {
			r.b.WriteString(r.d.Instant(text))
		}
	case ast.ExprZone:
		r.expr(e.Args[0])
	case ast.ExprPart:
		text := r.text(func() { r.expr(e.Args[0]) })
		r.b.WriteString(r.d.DatePart(e.Part, e.Args[0].Like, text))
	case ast.ExprExcluded:
		if !r.st.conflict {
			r.fail(errExcluded)
		}
		r.b.WriteString(r.canonicalOf(e.Col, r.excluded(e.Col)))
	}
}

// texts returns expressions, whose arguments stay.
func (r *renderer) texts(list []*ast.Expr) []string {
	texts := make([]string, len(list))
	for i, e := range list {
		texts[i] = r.text(func() { r.expr(e) })
	}
	return texts
}

func (r *renderer) call(e *ast.Expr) {
	if e.Fn.OfRange() {
		r.rangeCall(e)
		return
	}
	if r.nativeLists(e) {
		return
	}
	args := r.texts(e.Args)
	first := e.Like
	if len(e.Args) > 0 {
		first = e.Args[0].Like
	}
	r.b.WriteString(r.d.Call(e.Fn, first, args))
}

func (r *renderer) aggregate(e *ast.Expr) {
	if e.Fn == dialect.FuncMin || e.Fn == dialect.FuncMax {
		if c, text, ok := r.native(e.Args[0]); ok && (c.Native.Least || e.Win == nil) {
			r.aggregated(e, c, []string{r.d.Operand(c, text)})
			return
		}
	}
	like := e.Like
	if len(e.Args) > 0 {
		like = e.Args[0].Like
	}
	r.aggregated(e, like, r.texts(e.Args))
}

// aggregated writes an aggregate of its arguments, of which the first is like a column.
func (r *renderer) aggregated(e *ast.Expr, like *schema.Column, args []string) {
	var text, as string
	if e.Fn.Aggregate() {
		arg := ""
		if len(args) > 0 {
			arg = args[0]
		}
		switch {
		case !r.folds(like):
		case !e.Args[0].IsColumn():
			like = unfolded(like)
		case e.Distinct:
			arg = r.d.Operand(like, arg)
		case e.Win != nil && (e.Fn == dialect.FuncMin || e.Fn == dialect.FuncMax):
			r.fail(errFoldWindow)
		}
		if e.Ordered(r.d) {
			arg += " ORDER BY " + r.orders(e.Orders)
		}
		var err error
		if text, as, err = r.d.Aggregate(e.Fn, like, e.Distinct, arg); err != nil {
			r.fail(err)
		}
	} else {
		text = dialect.PlainCall(e.Fn, args...)
	}
	if len(e.Conds) > 0 {
		text += " FILTER (WHERE " + r.text(func() { r.chain(e.Conds) }) + ")"
	}
	if e.Win != nil {
		text += " OVER (" + r.window(e.Win) + ")"
	}
	if as != "" {
		text = strings.Replace(as, "%s", text, 1)
	}
	if e.Fn == dialect.FuncAvg && e.Like.Kind == schema.Decimal {
		text = r.d.Call(dialect.FuncDecimalRound, e.Like, []string{text, strconv.Itoa(e.Like.Scale)})
	}
	r.b.WriteString(text)
}

// branch writes the condition of a branch of CASE.
func (r *renderer) branch(n *ast.Cond) {
	text := r.text(func() { r.cond(n) })
	if !n.Some((*ast.Expr).ManyRows) { // which would be those of a subquery
		text = r.d.Branch(text)
	}
	r.b.WriteString(text)
}

// excluded returns a column of the row that could not be inserted, as it would have been stored.
func (r *renderer) excluded(c *schema.Column) string { return "excluded." + r.d.Quote(c.Name) }
