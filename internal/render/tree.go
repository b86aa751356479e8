package render

import (
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// walk is a tree of the rows of a table as it is written.
type walk struct {
	*renderer
	table     string // quoted
	keys, ups []*schema.Column
}

// tree writes the query that walks a tree.
func (r *renderer) tree(q *ast.Spec) {
	t := q.More.Tree
	w := &walk{renderer: r, table: r.d.Table(r.sc.table.Name), keys: t.Parent.Referred(r.sc.table),
		ups: t.Parent.Columns}
	switch t.Walk {
	case ast.WalkDown, ast.WalkUp:
		w.related(q, t)
	case ast.WalkDepth:
		walked := w.above(q)
		r.b.WriteString(" SELECT " + w.ifFound(q, walked, "count(*) - 1") + " FROM " + walked)
	case ast.WalkPath:
		w.path(q)
	}
}

// cols returns columns of rows by their name, canonical.
func (w *walk) cols(name string, cols []*schema.Column, forms schema.Forms) string {
	texts := make([]string, len(cols))
	for i, c := range cols {
		texts[i] = w.d.Canonical(forms.Of(c), name+"."+w.d.Quote(c.Name))
	}
	return strings.Join(texts, ", ")
}

// own is cols of a row of the table.
func (w *walk) own(name string, cols []*schema.Column) string { return w.cols(name, cols, w.sc.forms) }

// names returns the names of that many columns of a walk.
func (w *walk) names(name string) []string {
	list := make([]string, len(w.keys))
	for i := range list {
		list[i] = name + strconv.Itoa(i+1)
	}
	return list
}

// equal returns the condition that columns of a row are those of the walk.
func (w *walk) equal(name string, cols []*schema.Column, walked string, names []string) string {
	texts := make([]string, len(cols))
	for i, c := range cols {
		texts[i] = w.own(name, []*schema.Column{c}) + " = " + walked + "." + names[i]
	}
	return strings.Join(texts, " AND ")
}

// related writes the query of the keys below, or above, the rows of q.
func (w *walk) related(q *ast.Spec, t *ast.Tree) {
	b, seed, walked, next := w.b, w.sc.name, w.alias(), w.alias()
	k := w.names("k")
	up := t.Walk == ast.WalkUp
	level, below, on := "", "", ""
	if t.Levels != nil {
		level, below, on = ", n", ", "+walked+".n - 1", " WHERE "+walked+".n > 1"
	}
	b.WriteString("WITH RECURSIVE " + walked + " (" + strings.Join(k, ", ") + level + ") AS (SELECT ")
	if up {
		b.WriteString(w.own(seed, w.ups))
	} else {
		b.WriteString(w.own(next, w.keys))
	}
	if t.Levels != nil {
		b.WriteString(", ")
		w.expr(t.Levels)
	}
	b.WriteString(" FROM " + w.table + " AS " + seed)
	alive := w.andLive(w.sc.table, next)
	if !up {
		b.WriteString(" JOIN " + w.table + " AS " + next + " ON ")
		for i, c := range w.ups {
			if i > 0 {
				b.WriteString(" AND ")
			}
			b.WriteString(w.own(next, []*schema.Column{c}) + " = " + w.own(seed, w.keys[i:i+1]))
		}
		b.WriteString(alive)
	}
	w.where(q.CondsOn(w.sc.table))
	step, from := w.own(next, w.keys), w.equal(next, w.ups, walked, k)
	if up {
		step, from = w.own(next, w.ups), w.equal(next, w.keys, walked, k)
	}
	b.WriteString(" UNION SELECT " + step + below + " FROM " + w.table + " AS " + next + " JOIN " + walked + " ON " +
		from + alive + on)
	b.WriteString(") SELECT " + strings.Join(k, ", ") + " FROM " + walked)
	if up {
		b.WriteString(" WHERE " + strings.Join(k, " IS NOT NULL AND ") + " IS NOT NULL")
	}
}

// above writes the rows above that of the query around, up to the nearest for which the conditions hold, and returns
// how they are called. The row itself is there too, as one of its own, so that a circle ends when it comes to a row for
// the second time.
func (w *walk) above(q *ast.Spec) string {
	b, row, walked := w.b, w.sc.name, w.alias()
	k, p := w.names("k"), w.names("p")
	around := w.sc.outer
	b.WriteString("WITH RECURSIVE " + walked + " (" + strings.Join(k, ", ") + ", " + strings.Join(p, ", ") +
		", own, found) AS (SELECT " +
		w.cols(around.name, w.keys, around.forms) + ", " + w.cols(around.name, w.ups, around.forms) + ", 1, 0 UNION SELECT " +
		w.own(row, w.keys) + ", " + w.own(row, w.ups) + ", 0, ")
	if len(q.Conds) > 0 {
		b.WriteString("CASE WHEN ")
		b.WriteString(w.d.Branch(w.text(func() { w.chain(q.Conds) })))
		b.WriteString(" THEN 1 ELSE 0 END")
	} else {
		b.WriteByte('0')
	}
	b.WriteString(" FROM " + w.table + " AS " + row + " JOIN " + walked + " ON " + w.equal(row, w.keys, walked, p) +
		w.andLive(w.sc.table, row) +
		" WHERE " + walked + ".found = 0)")
	return walked
}

// ifFound returns a value, or NULL when there are conditions and no row above for which they hold.
func (w *walk) ifFound(q *ast.Spec, walked, value string) string {
	if len(q.Conds) == 0 {
		return value
	}
	return "CASE WHEN max(" + walked + ".found) = 1 THEN " + value + " END"
}

// path writes the list of a term of the row of the query around and those above it: as many as have been walked before.
func (w *walk) path(q *ast.Spec) {
	walked := w.above(q)
	b, row, list := w.b, w.alias(), w.alias()
	p, term := w.names("p"), q.More.Cols[0]
	like := &schema.Column{Kind: term.Like.Kind.List()}
	around := w.sc.outer
	b.WriteString(", " + list + " (" + strings.Join(p, ", ") + ", n, list) AS (SELECT " +
		w.cols(around.name, w.keys, around.forms) +
		", (SELECT " + w.ifFound(q, walked, "count(*)") + " FROM " + walked + "), " +
		w.d.Call(dialect.FuncListOf, like, nil) +
		" UNION ALL SELECT " + w.own(row, w.ups) + ", " + list + ".n - 1, ")
	w.sc.name = row
	elem := w.d.Call(dialect.FuncListOf, like, []string{w.text(func() { w.expr(term) })})
	b.WriteString(w.d.Call(dialect.FuncListAppend, like, []string{elem, list + ".list"}))
	b.WriteString(" FROM " + w.table + " AS " + row + " JOIN " + list + " ON " + w.equal(row, w.keys, list, p) +
		" WHERE " + list + ".n > 0) SELECT " + list + ".list FROM " + list + " WHERE " + list + ".n = 0")
}
