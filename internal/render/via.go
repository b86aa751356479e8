package render

import (
	"errors"
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
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
		r.b.WriteString("(SELECT " + text + " FROM " + r.d.Table(target.Name) + " AS " + inner.sc.name +
			" WHERE " + r.leadsTo(e.Ref, target, inner.sc.name) + r.andLive(target, inner.sc.name) + ")")
		r.args = append(r.args, inner.args...)
		return
	}
	outer := r.sc
	r.join(e.Ref, target, false)
	conds := ""
	inner, alias := e.Args[0], r.sc.name
	if !inner.Strict() { // which would have a value where there is no row
		conds = " AND " + alias + "." + r.d.Quote(e.Ref.Referred(target)[0].Name) + " IS NOT NULL"
	}
	if slices.Contains(r.sc.joins.locked, alias) { // which is there when it is deleted, too
		conds += r.andLive(target, alias)
	}
	if conds == "" {
		r.expr(inner)
	} else {
		r.b.WriteString("CASE WHEN " + strings.TrimPrefix(conds, " AND ") + " THEN ")
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
		r.sc.joins.list = append(r.sc.joins.list, "CROSS JOIN "+r.d.Call(dialect.FuncListRows, e.Args[0].Like,
			[]string{list, alias}))
	}
	r.b.WriteString(r.d.Call(dialect.FuncListRow, e.Args[0].Like, []string{alias}))
}

var errUnnested = errors.New("an UPDATE or DELETE cannot contain Unnest: use a condition on the list, such as Has")

// join makes the scope that of the row which a reference leads to. One that is locked is no optional part of the
// result, which PostgreSQL could not lock, so that soft-deleted rows are among them.
func (r *renderer) join(ref *ast.Reference, target *schema.Table, locked bool) {
	outer := r.sc
	path := outer.name + "." + target.Name + "." + strings.Join(schema.ColumnNames(ref.Columns), ".") +
		"." + strings.Join(schema.ColumnNames(ref.To), ".")
	alias, known := outer.joins.aliases[path]
	if !known {
		alias = r.alias()
		outer.joins.aliases[path] = alias
		kind, alive := "LEFT JOIN ", r.andLive(target, alias)
		switch {
		case locked:
			kind, alive = "JOIN ", ""
			outer.joins.locked = append(outer.joins.locked, alias)
		case alive == "" && r.leads(ref) && !slices.Contains(outer.joins.optional, outer.name):
			kind = "JOIN " // with which the planner may begin
		default:
			outer.joins.optional = append(outer.joins.optional, alias)
		}
		outer.joins.list = append(outer.joins.list, kind+r.d.Table(target.Name)+" AS "+alias+" ON "+r.leadsTo(ref, target,
			alias)+alive)
	}
	r.sc = scope{table: target, forms: r.formsOf(target), name: alias, outer: outer.outer, joins: outer.joins}
}

// leads reports whether the row that a reference leads to is certain to be there, by a foreign key that the database
// enforces.
func (r *renderer) leads(ref *ast.Reference) bool {
	return len(ref.Columns) == 1 && r.sc.forms.Of(ref.Columns[0]).Enforced
}

// locked returns the names of the rows that a query locks, and joins those that references lead to.
func (r *renderer) locked(q *ast.Spec) string {
	list := q.Extra().Locked
	if list == nil {
		return r.sc.name
	}
	var names []string
	outer := r.sc
	for _, e := range list {
		for ; e.Op == ast.ExprVia; e = e.Args[0] {
			target := e.Ref.Target(r.sc.table)
			r.need(target)
			r.join(e.Ref, target, true)
		}
		if !slices.Contains(names, r.sc.name) {
			names = append(names, r.sc.name)
		}
		r.sc = outer
	}
	return strings.Join(names, ", ")
}

// leadsTo returns the condition that a row of the target, by its name, is the one that a reference of the scope leads
// to.
func (r *renderer) leadsTo(ref *ast.Reference, target *schema.Table, name string) string {
	forms := r.formsOf(target)
	list := make([]string, len(ref.Columns))
	to := ref.Referred(target)
	for i, c := range ref.Columns {
		key := to[i]
		list[i] = r.equal(forms.Of(key), name+"."+r.d.Quote(key.Name), r.sc.forms.Of(c), r.sc.name+"."+r.d.Quote(c.Name))
	}
	return strings.Join(list, " AND ")
}
