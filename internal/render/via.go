package render

import (
	"strings"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// via writes a term of the row that a reference leads to.
func (r *renderer) via(e *ast.Expr) {
	target := e.Ref.Target(r.sc.table)
	r.need(target)
	if r.sc.joins == nil {
		// SELECT term FROM target WHERE key = reference
		inner := r.inner(target)
		text := inner.text(func() { inner.expr(e.Args[0]) })
		r.b.WriteString("(SELECT " + text + " FROM " + r.d.Quote(target.Name) + " AS " + inner.sc.name +
			" WHERE " + r.leadsTo(e.Ref, target, inner.sc.name) + ")")
		r.args = append(r.args, inner.args...)
		return
	}
	outer := r.sc
	path := outer.name + "." + target.Name + "." + strings.Join(schema.ColumnNames(e.Ref.Columns), ".")
	alias, known := outer.joins.aliases[path]
	if !known {
		alias = r.alias()
		outer.joins.aliases[path] = alias
		outer.joins.list = append(outer.joins.list, "LEFT JOIN "+r.d.Quote(target.Name)+" AS "+alias+" ON "+r.leadsTo(e.Ref, target, alias))
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

// leadsTo returns the condition that a row of the target, by its name, is the one that a reference of the scope leads
// to, and is not deleted.
func (r *renderer) leadsTo(ref *ast.Reference, target *schema.Table, name string) string {
	forms := r.formsOf(target)
	list := make([]string, len(ref.Columns))
	for i, c := range ref.Columns {
		key := target.Key[i]
		list[i] = r.d.Canonical(forms.Of(key), name+"."+r.d.Quote(key.Name)) + " = " + r.d.Canonical(r.sc.forms.Of(c), r.sc.name+"."+r.d.Quote(c.Name))
	}
	return strings.Join(list, " AND ") + r.andLive(target, name)
}
