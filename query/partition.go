package query

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/schema"
)

// SelectEach reads all columns of the rows of a query, whose page is taken for each value of a column apart: its first rows, say, of each
// owner. The rows of a value come in the query's order, and those that it leaves equal in that of the primary key.
func (s *Statements) SelectEach(dst []schema.Value, q Spec, by *schema.Column) (*Text, []schema.Value, error) {
	q = q.tied(s.Table.Key)
	if err := q.Err(); err != nil {
		return nil, dst, err
	}
	args := s.rankArgs(values(dst, s.Dialect, q.where), q)
	key := shape(make([]byte, 0, 128)).byte(kindSelectEach, byte(q.limits)).int(by.Ordinal).nodes(q.where).orders(q.orders)
	text, err := s.cache.get(key, func() (string, error) {
		return finish(s.rankBuilder(q, by).PlaceholderFormat(format(s.Dialect)), len(args)-len(dst))
	})
	return text, args, err
}

// rankBuilder numbers the rows of each value and takes those whose numbers are on the page.
func (s *Statements) rankBuilder(q Spec, by *schema.Column) squirrel.SelectBuilder {
	r := renderer{d: s.Dialect}
	window := "row_number() OVER (PARTITION BY " + s.columns[by.Ordinal]
	for i, o := range q.orders {
		if i == 0 {
			window += " ORDER BY "
		} else {
			window += ", "
		}
		window += r.order(o)
	}
	rank := s.Dialect.Quote(s.freeName("rank"))
	rows := q.Unpaged().Unordered()
	ranked := s.selectBuilder(rows, append(slices.Clone(s.columns), window+") AS "+rank))
	b := squirrel.Select(s.columns...).FromSelect(ranked, "ranked").OrderBy(rank)
	arg := s.Dialect.Arg(schema.Int64)
	if q.limits&hasOffset != 0 {
		b = b.Where(squirrel.Expr(rank+" > "+arg, schema.Value{}))
	}
	if q.limits&hasLimit != 0 {
		b = b.Where(squirrel.Expr(rank+" <= "+arg, schema.Value{}))
	}
	return b
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
