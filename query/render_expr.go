package query

import (
	"errors"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// expr writes an expression.
func (r *renderer) expr(e *expr) {
	switch e.op {
	case exprColumn:
		if e.part != dialect.NoPart {
			r.b.WriteString(r.d.DatePart(e.part, r.sc.forms.Of(e.col), r.column(e.col)))
		} else {
			r.b.WriteString(r.canonical(e.col))
		}
	case exprValue:
		r.b.WriteString(r.d.Typed(e.like.Kind))
		r.arg(e.val)
	case exprNull:
		r.b.WriteString("NULL")
	case exprInt:
		r.b.WriteString(strconv.Itoa(e.n))
	case exprCall:
		r.call(e)
	case exprAggregate:
		r.aggregate(e)
	case exprCase:
		r.b.WriteString("CASE")
		for i := range e.conds {
			r.b.WriteString(" WHEN ")
			r.branch(&e.conds[i])
			r.b.WriteString(" THEN ")
			r.expr(e.args[i])
		}
		r.b.WriteString(" ELSE ")
		r.expr(e.args[len(e.conds)])
		r.b.WriteString(" END")
	case exprCond:
		r.b.WriteByte('(')
		r.node(&e.conds[0])
		r.b.WriteByte(')')
	case exprRaw:
		r.raw(e.raw)
	case exprQuery:
		r.subquery(e.sub)
	case exprVia:
		r.via(e)
	case exprOuter:
		inner := r.sc
		r.sc = *inner.outer
		r.sc.bare = false // a bare name would mean a column of the query inside
		r.expr(e.args[0])
		r.sc = inner
	case exprFit:
		r.b.WriteString(r.d.Stored(r.st.into.Of(e.col), r.d.Fit(e.col, r.text(func() { r.expr(e.args[0]) }))))
	case exprStored:
		r.b.WriteString(r.d.Stored(r.st.into.Of(e.col), r.text(func() { r.expr(e.args[0]) })))
	case exprMoment:
		text := r.text(func() { r.expr(e.args[0]) })
		if e.like.Kind == schema.Date {
			r.b.WriteString(r.d.Day(text))
		} else {
			r.b.WriteString(r.d.Instant(text))
		}
	case exprExcluded:
		if !r.st.conflict {
			r.fail(errExcluded)
		}
		r.b.WriteString(r.d.Canonical(r.sc.forms.Of(e.col), r.excluded(e.col)))
	}
}

// excluded returns a column of the row that could not be inserted, as it would have been stored.
func (r *renderer) excluded(c *schema.Column) string { return "excluded." + r.d.Quote(c.Name) }

// branch writes the condition of a branch of CASE.
func (r *renderer) branch(n *node) {
	text := r.text(func() { r.node(n) })
	if !n.some((*expr).manyRows) { // which would be those of a subquery
		text = r.d.Branch(text)
	}
	r.b.WriteString(text)
}

// texts returns expressions, whose arguments stay.
func (r *renderer) texts(list []*expr) []string {
	texts := make([]string, len(list))
	for i, e := range list {
		texts[i] = r.text(func() { r.expr(e) })
	}
	return texts
}

func (r *renderer) call(e *expr) {
	args := r.texts(e.args)
	first := e.like
	if len(e.args) > 0 {
		first = e.args[0].like
	}
	r.b.WriteString(r.d.Call(e.fn, first, args))
}

func (r *renderer) aggregate(e *expr) {
	args := r.texts(e.args)
	var text, as string
	if e.fn.Aggregate() {
		arg, like := "", e.like
		if len(args) > 0 {
			arg, like = args[0], e.args[0].like
		}
		switch {
		case !r.folds(like):
		case !e.args[0].isColumn():
			like = unfolded(like)
		case e.distinct:
			arg = r.d.Operand(like, arg)
		case e.win != nil && (e.fn == dialect.FuncMin || e.fn == dialect.FuncMax):
			r.fail(errFoldWindow)
		}
		var err error
		if text, as, err = r.d.Aggregate(e.fn, like, e.distinct, arg); err != nil {
			r.fail(err)
		}
	} else {
		text = dialect.PlainCall(e.fn, args...)
	}
	if len(e.conds) > 0 {
		text += " FILTER (WHERE " + r.text(func() { r.chain(e.conds) }) + ")"
	}
	if e.win != nil {
		text += " OVER (" + r.window(e.win) + ")"
	}
	if as != "" {
		text = strings.Replace(as, "%s", text, 1)
	}
	r.b.WriteString(text)
}

var errFoldWindow = errors.New("on PostgreSQL, a window has no least, greatest or distinct texts that ignore case")

func (r *renderer) window(w *window) string {
	var b strings.Builder
	if len(w.partition) > 0 {
		terms := r.texts(w.partition)
		for i, e := range w.partition {
			if e.isColumn() && e.part == dialect.NoPart {
				terms[i] = r.folded(e.like, terms[i])
			}
		}
		b.WriteString("PARTITION BY " + strings.Join(terms, ", "))
	}
	for i := range w.orders {
		switch {
		case i > 0:
			b.WriteString(", ")
		case b.Len() > 0:
			b.WriteString(" ORDER BY ")
		default:
			b.WriteString("ORDER BY ")
		}
		b.WriteString(r.order(&w.orders[i], 0))
	}
	b.WriteString(frameText[w.frame])
	return b.String()
}

// via writes a term of the row that a reference leads to.
func (r *renderer) via(e *expr) {
	ref := e.path[0]
	target := r.sc.table.TargetOf(ref)
	r.need(target)
	if r.sc.joins == nil {
		// SELECT term FROM target WHERE key = reference
		inner := r.inner(target)
		text := inner.text(func() { inner.expr(e.args[0]) })
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
	if inner := e.args[0]; inner.strict() {
		r.expr(inner)
	} else { // which would have a value where there is no row
		r.b.WriteString("CASE WHEN " + alias + "." + r.d.Quote(target.Key[0].Name) + " IS NOT NULL THEN ")
		r.expr(inner)
		r.b.WriteString(" END")
	}
	r.sc = outer
}

// inner returns a renderer for a query on a table inside this one.
func (r *renderer) inner(t *schema.Table) *renderer {
	outer := r.sc
	return &renderer{d: r.d, b: &strings.Builder{}, st: r.st, sc: scope{table: t, forms: r.formsOf(t), name: r.alias(), outer: &outer}}
}

// subquery writes a query in parentheses.
func (r *renderer) subquery(s *subselect) {
	r.b.WriteByte('(')
	r.query(s)
	r.b.WriteByte(')')
}

// query writes a query inside the statement.
func (r *renderer) query(s *subselect) {
	table := s.table
	if s.related && r.sc.table != nil && r.sc.table.Model == table.Model {
		table = r.sc.table
	}
	r.need(table)
	if s.owner != nil {
		r.st.text.owners = append(r.st.text.owners, s.owner)
	}
	inner := r.inner(table)
	if s.spec.extra().tree != nil {
		inner.tree(&s.spec)
		r.b.WriteString(inner.b.String())
		r.args = append(r.args, inner.args...)
		return
	}
	what := selectRows
	if s.spec.more == nil {
		what = selectOne
	}
	text, args, err := inner.selectBuilder(&s.spec, what, nil).ToSql()
	if err != nil {
		r.fail(err)
	}
	r.b.WriteString(text)
	r.args = append(r.args, args...)
}

// tree writes the query of the keys below, or above, the rows of q.
func (r *renderer) tree(q *Spec) {
	m := q.more
	table, name := r.d.Quote(r.sc.table.Name), r.alias()
	key, ref := r.d.Quote(r.sc.table.Key[0].Name), r.d.Quote(m.tree.Name)
	next := r.alias()
	seed := r.sc.name
	r.b.WriteString("WITH RECURSIVE " + name + " (k) AS (SELECT ")
	if m.up {
		r.b.WriteString(seed + "." + ref)
	} else {
		r.b.WriteString(next + "." + key)
	}
	r.b.WriteString(" FROM " + table + " AS " + seed)
	if !m.up {
		r.b.WriteString(" JOIN " + table + " AS " + next + " ON " + next + "." + ref + " = " + seed + "." + key)
	}
	where, alive := q.conds(r.sc.table), r.andLive(r.sc.table, next)
	if !m.up {
		r.b.WriteString(alive) // of the join
	}
	if len(where) > 0 {
		r.b.WriteString(" WHERE ")
		r.chain(where)
	}
	if m.up {
		r.b.WriteString(" UNION SELECT " + next + "." + ref + " FROM " + table + " AS " + next + " JOIN " + name + " ON " + next + "." + key + " = " + name + ".k" + alive)
		r.b.WriteString(") SELECT k FROM " + name + " WHERE k IS NOT NULL")
		return
	}
	r.b.WriteString(" UNION SELECT " + next + "." + key + " FROM " + table + " AS " + next + " JOIN " + name + " ON " + next + "." + ref + " = " + name + ".k" + alive)
	r.b.WriteString(") SELECT k FROM " + name)
}
