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
	args := s.rankArgs(values(values(dst, s.Dialect, q.where), s.Dialect, l.Spec.where), q)
	key := shape(make([]byte, 0, 128)).byte(kindSelectLinked, byte(q.limits)).text(l.Table.Name).int(l.Owner.Ordinal).int(l.Target.Ordinal)
	key = key.nodes(q.where).orders(q.orders).nodes(l.Spec.where).orders(l.Spec.orders)
	text, err := s.cache.get(key, func() (string, error) {
		sql, rendered := s.linkedSQL(q, l)
		return finish(placed{s.Dialect, sql, rendered}, len(args)-len(dst))
	})
	return text, args, err
}

// linkedSQL joins the rows to their connections. Each side is a query of its own, so that no name of one means a column of the other.
func (s *Statements) linkedSQL(q Spec, l Link) (string, []any) {
	owner, target, place := s.Dialect.Quote(s.freeName("owner")), s.Dialect.Quote(s.freeName("target")), s.Dialect.Quote(s.freeName("place"))
	columns := strings.Join(s.columns, ", ")
	r := renderer{d: s.Dialect}
	orders := r.orders(q.orders)

	b := &r.b
	b.WriteString("FROM (SELECT " + columns + " FROM " + s.name)
	r.where(q.where)
	b.WriteString(") AS r JOIN (SELECT " + s.Dialect.Quote(l.Owner.Name) + " AS " + owner + ", " + s.Dialect.Quote(l.Target.Name) + " AS " + target)
	if len(l.Spec.orders) > 0 {
		b.WriteString(", row_number() OVER (ORDER BY " + strings.Join(r.orders(l.Spec.orders), ", ") + ") AS " + place)
		orders = append([]string{place}, orders...)
	}
	b.WriteString(" FROM " + s.Dialect.Quote(l.Table.Name))
	r.where(l.Spec.where)
	b.WriteString(") AS l ON l." + target + " = r." + s.columns[s.Table.Key[0].Ordinal])
	from, by := b.String(), strings.Join(orders, ", ")

	if q.limits == 0 {
		sql := "SELECT " + columns + ", " + owner + " " + from
		if by != "" {
			sql += " ORDER BY " + by
		}
		return sql, r.args
	}
	rank := s.Dialect.Quote(s.freeName("rank"))
	sql := "SELECT " + columns + ", " + owner + " FROM (SELECT " + columns + ", " + owner +
		", row_number() OVER (PARTITION BY " + owner + " ORDER BY " + by + ") AS " + rank + " " + from + ") AS ranked WHERE " + s.onPage(q, rank) + " ORDER BY " + rank
	return sql, append(r.args, anys(s.rankArgs(nil, q))...)
}
