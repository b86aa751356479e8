package query

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// SelectEach reads all columns of the rows of a query, whose page is taken for each value of columns apart: its first rows, say, of each
// owner. The rows of a value come in the query's order, and those that it leaves equal in that of the primary key.
func (s *Statements) SelectEach(dst []schema.Value, q Spec, by []*schema.Column) (*Text, []schema.Value, error) {
	q = q.tied(s.Table.Key)
	if err := q.Err(); err != nil {
		return nil, dst, err
	}
	args := s.rankArgs(values(orderValues(dst, s.Dialect, q.orders), s.Dialect, q.where), q)
	key := shape(make([]byte, 0, 128)).byte(kindSelectEach, byte(q.limits), byte(q.rows)).columns(by).nodes(q.where).orders(q.orders)
	text, err := s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		return r.finish(placed{s.Dialect, s.rankSQL(r, q, by), r.args}, len(args)-len(dst))
	})
	return text, args, err
}

// rankSQL numbers the rows of each value and takes those whose numbers are on the page.
func (s *Statements) rankSQL(r *renderer, q Spec, by []*schema.Column) string {
	columns, rank := strings.Join(s.columns, ", "), s.Dialect.Quote(s.freeName("rank"))
	orders := r.orders(q.orders)
	r.b.WriteString("SELECT " + columns + " FROM (SELECT " + columns + ", row_number() OVER (PARTITION BY " + strings.Join(s.quoted(by), ", ") +
		" ORDER BY " + orders + ") AS " + rank + " FROM " + s.name)
	r.where(q.conds(s.Table))
	r.b.WriteString(") AS ranked WHERE " + s.onPage(q, rank) + " ORDER BY " + rank)
	r.args = append(r.args, anys(s.rankArgs(nil, q))...)
	return r.b.String()
}

// onPage returns the condition that a number, from 1, is on the page of a query.
func (s *Statements) onPage(q Spec, rank string) string {
	arg := s.Dialect.Arg(schema.Int64)
	var conds []string
	if q.limits&hasOffset != 0 {
		conds = append(conds, rank+" > "+arg)
	}
	if q.limits&hasLimit != 0 {
		conds = append(conds, rank+" <= "+arg)
	}
	return strings.Join(conds, " AND ")
}

func (s *Statements) rankArgs(dst []schema.Value, q Spec) []schema.Value {
	if q.limits&hasOffset != 0 {
		dst = append(dst, schema.IntValue(schema.Int64, q.offset))
	}
	if q.limits&hasLimit != 0 {
		last := q.offset + q.limit
		if last < q.offset {
			last = math.MaxInt64
		}
		dst = append(dst, schema.IntValue(schema.Int64, last))
	}
	return dst
}

// freeName returns a name that no column of the table has.
func (s *Statements) freeName(name string) string {
	free := name
	for i := 2; slices.ContainsFunc(s.Table.Columns, func(c *schema.Column) bool { return strings.EqualFold(c.Name, free) }); i++ {
		free = name + strconv.Itoa(i)
	}
	return free
}

// Tied returns s, when it has a page, with an order that leaves no rows equal: behind its own come the columns of the key.
func (s Spec) Tied(key []*schema.Column) Spec {
	if s.limits == 0 {
		return s
	}
	return s.tied(key)
}

func (s Spec) tied(key []*schema.Column) Spec {
	orders := slices.Clip(s.orders)
	for _, c := range key {
		if !slices.ContainsFunc(orders, func(o orderTerm) bool { return o.col == c && o.part == 0 }) {
			orders = append(orders, orderTerm{col: c})
		}
	}
	s.orders = orders
	return s
}

// Limits reports whether s has a limit or an offset.
func (s Spec) Limits() bool { return s.limits != 0 }

// placed is a text with question marks, which squirrel replaces by what the engine wants.
type placed struct {
	d    dialect.Dialect
	sql  string
	args []any
}

// ToSql implements squirrel.Sqlizer.
func (p placed) ToSql() (string, []any, error) {
	sql, err := format(p.d).ReplacePlaceholders(p.sql)
	return sql, p.args, err
}
