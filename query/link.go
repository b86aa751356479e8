package query

import (
	"strings"

	"github.com/prom-go/prom/schema"
)

// Link is how the rows of a linking table connect those of two others.
type Link struct {
	Table  *schema.Table
	Owner  *schema.Column // refers to the rows that have the relation
	Target *schema.Column // refers to the rows that it leads to
	Spec   Spec           // which rows of the linking table count, and their order
}

// SelectLinked reads the rows of a query that a linking table connects with owners, once for each connection: all columns, and behind
// them the owner's key. A page is that of each owner, as in [Statements.SelectEach]. The order of the linking table goes before the
// query's own.
func (s *Statements) SelectLinked(dst []schema.Value, q Spec, l Link) (*Text, []schema.Value, error) {
	q = q.Tied(s.Table.Key)
	for _, spec := range []Spec{q, l.Spec} {
		if err := spec.Err(); err != nil {
			return nil, dst, err
		}
	}
	where := values(values(nil, s.Dialect, q.where), s.Dialect, l.Spec.where)
	order := orderValues(nil, s.Dialect, q.orders)
	if n := len(l.Spec.orders); n > 0 {
		where = orderValues(values(nil, s.Dialect, q.where), s.Dialect, l.Spec.orders)
		where = values(where, s.Dialect, l.Spec.where)
	}
	args := append(append(dst, where...), order...)
	if q.limits != 0 {
		args = s.rankArgs(append(append(dst, order...), where...), q)
	}
	key := shape(make([]byte, 0, 128)).byte(kindSelectLinked, byte(q.limits), byte(q.rows), byte(l.Spec.rows)).text(l.Table.Name).int(l.Owner.Ordinal).int(l.Target.Ordinal)
	key = key.nodes(q.where).orders(q.orders).nodes(l.Spec.where).orders(l.Spec.orders)
	text, err := s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		r.need(l.Table)
		return r.finish(placed{s.Dialect, s.linkedSQL(r, q, l), r.args}, len(args)-len(dst))
	})
	return text, args, err
}

// linkedSQL joins the rows to their connections. Each side is a query of its own, so that no name of one means a column of the other.
func (s *Statements) linkedSQL(r *renderer, q Spec, l Link) string {
	owner, target, place := s.Dialect.Quote(s.freeName("owner")), s.Dialect.Quote(s.freeName("target")), s.Dialect.Quote(s.freeName("place"))
	columns := strings.Join(s.columns, ", ")
	from, args := r.part(func() { s.linkedFrom(r, q, l, owner, target, place) })
	r.sc.name = "r"
	by, orderArgs := r.part(func() {
		if len(l.Spec.orders) > 0 {
			r.b.WriteString(place)
			if len(q.orders) > 0 {
				r.b.WriteString(", ")
			}
		}
		r.b.WriteString(r.orders(q.orders))
	})
	if q.limits == 0 {
		r.args = append(args, orderArgs...)
		sql := "SELECT " + columns + ", " + owner + " " + from
		if by != "" {
			sql += " ORDER BY " + by
		}
		return sql
	}
	r.args = append(append(orderArgs, args...), anys(s.rankArgs(nil, q))...)
	rank := s.Dialect.Quote(s.freeName("rank"))
	return "SELECT " + columns + ", " + owner + " FROM (SELECT " + columns + ", " + owner +
		", row_number() OVER (PARTITION BY " + owner + " ORDER BY " + by + ") AS " + rank + " " + from + ") AS ranked WHERE " + s.onPage(q, rank) + " ORDER BY " + rank
}

// linkedFrom writes the two sides.
func (s *Statements) linkedFrom(r *renderer, q Spec, l Link, owner, target, place string) {
	r.b.WriteString("FROM (SELECT " + strings.Join(s.columns, ", ") + " FROM " + s.name)
	r.where(q.conds(s.Table))
	rows := r.sc
	r.sc = scope{table: l.Table, forms: r.formsOf(l.Table), name: s.Dialect.Quote(l.Table.Name), bare: true}
	r.b.WriteString(") AS r JOIN (SELECT " + s.Dialect.Quote(l.Owner.Name) + " AS " + owner + ", " + r.canonical(l.Target) + " AS " + target)
	if len(l.Spec.orders) > 0 {
		r.b.WriteString(", row_number() OVER (ORDER BY " + r.orders(l.Spec.orders) + ") AS " + place)
	}
	r.b.WriteString(" FROM " + s.Dialect.Quote(l.Table.Name))
	r.where(l.Spec.conds(l.Table))
	r.sc = rows
	key := s.Table.Key[0]
	r.b.WriteString(") AS l ON l." + target + " = " + s.Dialect.Canonical(s.of(key), "r."+s.columns[key.Ordinal]))
}
