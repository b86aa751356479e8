package render

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
)

// via writes a term of the row that a reference leads to.
func (r *renderer) via(e *ast.Expr) {
	ref := e.Path[0]
	target := r.sc.table.TargetOf(ref)
	r.need(target)
	if r.sc.joins == nil {
		// SELECT term FROM target WHERE key = reference
		inner := r.inner(target)
		text := inner.text(func() { inner.expr(e.Args[0]) })
		r.b.WriteString("(SELECT " + text + " FROM " + r.d.Quote(target.Name) + " AS " + inner.sc.name +
			" WHERE " + inner.canonical(target.Key[0]) + " = " + r.d.Canonical(r.sc.forms.Of(ref), r.sc.name+"."+r.d.Quote(ref.Name)) +
			r.andLive(target, inner.sc.name) + ")")
		r.args = append(r.args, inner.args...)
		return
	}
	outer := r.sc
	path := outer.name + "." + ref.Name
	alias, known := outer.joins.aliases[path]
	if !known {
		alias = r.alias()
		outer.joins.aliases[path] = alias
		key := r.d.Canonical(r.formsOf(target).Of(target.Key[0]), alias+"."+r.d.Quote(target.Key[0].Name))
		outer.joins.list = append(outer.joins.list, "LEFT JOIN "+r.d.Quote(target.Name)+" AS "+alias+" ON "+key+" = "+r.canonical(ref)+r.andLive(target, alias))
	}
	r.sc = scope{table: target, forms: r.formsOf(target), name: alias, outer: outer.outer, joins: outer.joins}
	if inner := e.Args[0]; inner.Strict() {
		r.expr(inner)
	} else { // which would have a value where there is no row
		r.b.WriteString("CASE WHEN " + alias + "." + r.d.Quote(target.Key[0].Name) + " IS NOT NULL THEN ")
		r.expr(inner)
		r.b.WriteString(" END")
	}
	r.sc = outer
}

// unnest writes an element of a list, of which the query has a row each. The list is a column, without arguments.
func (r *renderer) unnest(e *ast.Expr) {
	if r.sc.joins == nil {
		r.fail(errUnnested)
		return
	}
	list := r.text(func() { r.expr(e.Args[0]) })
	alias, known := r.sc.joins.aliases[list]
	if !known {
		alias = r.alias()
		r.sc.joins.aliases[list] = alias
		r.sc.joins.list = append(r.sc.joins.list, "CROSS JOIN "+r.d.Call(dialect.FuncListRows, e.Args[0].Like, []string{list, alias}))
	}
	r.b.WriteString(r.d.Call(dialect.FuncListRow, e.Args[0].Like, []string{alias}))
}

var errUnnested = errors.New("an UPDATE or DELETE cannot contain Unnest: use a condition on the list, such as Has")
