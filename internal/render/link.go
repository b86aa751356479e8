package render

import (
	"strconv"
	"strings"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// SelectLinked reads the rows of a query that a join table connects with owners, once for each connection: all columns,
// what it computes, and behind these the owner's key. A page is that of each owner, as in [Statements.SelectEach]. The
// order of the join table goes before the query's own.
func (s *Statements) SelectLinked(dst []schema.Value, q ast.Spec, l ast.Link) (*Text, []schema.Value, error) {
	q = q.Tied(s.Table.Key)
	for _, spec := range []ast.Spec{q, l.Spec} {
		if err := spec.Err(); err != nil {
			return nil, dst, err
		}
	}
	where := ast.CondValues(ast.CondValues(nil, s.Dialect, q.Conds), s.Dialect, l.Spec.Conds)
	order := ast.OrderValues(nil, s.Dialect, q.Orders)
	if n := len(l.Spec.Orders); n > 0 {
		where = ast.OrderValues(ast.CondValues(nil, s.Dialect, q.Conds), s.Dialect, l.Spec.Orders)
		where = ast.CondValues(where, s.Dialect, l.Spec.Conds)
	}
	args := q.ComputedValues(dst, s.Dialect)
	if q.Flags == 0 {
		args = append(append(args, where...), order...)
	} else {
		args = s.rankArgs(append(append(args, order...), where...), q)
	}
	key := ast.Shape(make([]byte, 0, 128)).Byte(kindSelectLinked, byte(q.Flags), byte(q.Rows),
		byte(l.Spec.Rows)).Text(l.Table.Name).Columns(l.Owner).Columns(l.Target)
	key = key.Conds(q.Conds).Orders(q.Orders).Conds(l.Spec.Conds).Orders(l.Spec.Orders).Computed(q.Extra().Computed)
	text, err := s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		r.need(l.Table)
		return r.finish(placed{s.Dialect, s.linkedSQL(r, q, l), r.args}, len(args)-len(dst))
	})
	return text, args, err
}

// linkedSQL joins the rows to their connections. Each side is a query of its own, so that no name of one means a column
// of the other.
func (s *Statements) linkedSQL(r *renderer, q ast.Spec, l ast.Link) string {
	owners, targets, place := s.freeNames("owner", len(l.Owner)), s.freeNames("target",
		len(l.Target)), s.Dialect.Quote(s.freeName("place"))
	owner := strings.Join(owners, ", ")
	columns := strings.Join(s.columns, ", ")
	from, args := r.part(func() { s.linkedFrom(r, q, l, owners, targets, place) })
	r.sc.name = "r"
	by, orderArgs := r.part(func() {
		if len(l.Spec.Orders) > 0 {
			r.b.WriteString(place)
			if len(q.Orders) > 0 {
				r.b.WriteString(", ")
			}
		}
		r.b.WriteString(r.orders(q.Orders))
	})
	if q.Flags == 0 {
		also, first := r.part(func() { r.computed(q, "r") })
		r.args = append(append(first, args...), orderArgs...)
		sql := "SELECT " + columns + also + ", " + owner + " " + from
		if by != "" {
			sql += " ORDER BY " + by
		}
		return sql
	}
	also, first := r.part(func() { r.computed(q, "ranked") })
	r.args = append(append(append(first, orderArgs...), args...), anys(s.rankArgs(nil, q))...)
	rank := s.Dialect.Quote(s.freeName("rank"))
	return "SELECT " + columns + also + ", " + owner + " FROM (SELECT " + columns + ", " + owner +
		", row_number() OVER (PARTITION BY " + owner + " ORDER BY " + by + ") AS " + rank + " " + from +
		") AS ranked WHERE " + s.onPage(q, rank) + " ORDER BY " + rank
}

// freeNames returns names, quoted, that no column of the table has.
func (s *Statements) freeNames(name string, n int) []string {
	names := make([]string, n)
	for i := range names {
		free := name
		if i > 0 {
			free += "_" + strconv.Itoa(i+1)
		}
		names[i] = s.Dialect.Quote(s.freeName(free))
	}
	return names
}

// linkedFrom writes the two sides.
func (s *Statements) linkedFrom(r *renderer, q ast.Spec, l ast.Link, owners, targets []string, place string) {
	r.b.WriteString("FROM (SELECT " + strings.Join(s.columns, ", ") + " FROM " + s.from)
	r.where(q.CondsOn(s.Table))
	rows := r.sc
	r.sc = scope{table: l.Table, forms: r.formsOf(l.Table), name: s.Dialect.Quote(l.Table.Local()), bare: true}
	r.b.WriteString(") AS r JOIN (SELECT ")
	for i, c := range l.Owner {
		r.b.WriteString(s.Dialect.Quote(c.Name) + " AS " + owners[i] + ", ")
	}
	for i, c := range l.Target {
		if i > 0 {
			r.b.WriteString(", ")
		}
		r.b.WriteString(r.canonical(c) + " AS " + targets[i])
	}
	if len(l.Spec.Orders) > 0 {
		r.b.WriteString(", row_number() OVER (ORDER BY " + r.orders(l.Spec.Orders) + ") AS " + place)
	}
	r.b.WriteString(" FROM " + s.Dialect.Table(l.Table.Name))
	r.where(l.Spec.CondsOn(l.Table))
	r.sc = rows
	r.b.WriteString(") AS l ON ")
	for i, target := range targets {
		if i > 0 {
			r.b.WriteString(" AND ")
		}
		key := l.To[i]
		r.b.WriteString("l." + target + " = " + s.Dialect.Canonical(s.of(key), "r."+s.columns[key.Ordinal]))
	}
}
