package render

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// SelectEach reads all columns of the rows of a query, and what it computes, in which columns hold one of n keys, whose
// parts at tells. The query's page is taken for each key apart: its first rows, say, of each owner. The rows of a key
// come in the query's order, and those that it leaves equal in that of the primary key.
func (s *Statements) SelectEach(dst []schema.Value, q ast.Spec, by []*schema.Column, n int,
	at func(i, part int) schema.Value) (*Text, []schema.Value, error) {
	q = q.TotalOrder(s.Table.Key)
	if s.seeks(&q, by) {
		return s.selectSought(dst, q, by[0], n, at)
	}
	q = q.KeysIn(by, n, at)
	if err := q.Err(); err != nil {
		return nil, dst, err
	}
	args := q.ComputedValues(dst, s.Dialect)
	args = s.rankArgs(ast.CondValues(ast.OrderValues(args, s.Dialect, q.Orders), s.Dialect, q.Conds), q)
	key := ast.Shape(make([]byte, 0, 128)).Byte(kindSelectEach, byte(q.Flags),
		byte(q.Rows)).Columns(by).Conds(q.Conds).Orders(q.Orders)
	key = key.Computed(q.Extra().Computed)
	text, err := s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		return r.finish(placed{s.Dialect, s.rankSQL(r, q, by), r.args}, len(args)-len(dst))
	})
	return text, args, err
}

// rankSQL numbers the rows of each value and takes those whose numbers are on the page.
func (s *Statements) rankSQL(r *renderer, q ast.Spec, by []*schema.Column) string {
	columns, rank := strings.Join(s.columns, ", "), s.Dialect.Quote(s.freeName("rank"))
	also := r.text(func() { r.computed(q, "ranked") })
	orders := r.orders(q.Orders)
	r.b.WriteString("SELECT " + columns + also + " FROM (SELECT " + columns + ", row_number() OVER (PARTITION BY " +
		strings.Join(s.quoted(by), ", ") +
		" ORDER BY " + orders + ") AS " + rank + " FROM " + s.from)
	r.where(q.CondsOn(s.Table))
	r.b.WriteString(") AS ranked WHERE " + s.onPage(q, rank) + " ORDER BY " + rank)
	r.args = append(r.args, anys(s.rankArgs(nil, q))...)
	return r.b.String()
}

// computed writes what a query computes, behind other columns, of rows that have all columns of the table.
func (r *renderer) computed(q ast.Spec, rows string) {
	outer := r.sc
	r.sc.name, r.sc.bare = rows, false
	for _, c := range q.Extra().Computed {
		r.b.WriteString(", ")
		r.expr(c.Expr)
	}
	r.sc = outer
}

// onPage returns the condition that a number, from 1, is on the page of a query.
func (s *Statements) onPage(q ast.Spec, rank string) string {
	arg := s.Dialect.Arg(schema.Int64)
	var conds []string
	if q.Flags&ast.HasOffset != 0 {
		conds = append(conds, rank+" > "+arg)
	}
	if q.Flags&ast.HasLimit != 0 {
		conds = append(conds, rank+" <= "+arg)
	}
	return strings.Join(conds, " AND ")
}

func (s *Statements) rankArgs(dst []schema.Value, q ast.Spec) []schema.Value {
	if q.Flags&ast.HasOffset != 0 {
		dst = append(dst, schema.IntValue(schema.Int64, q.Skip))
	}
	if q.Flags&ast.HasLimit != 0 {
		last := q.Skip + q.Take
		if last < q.Skip {
			last = math.MaxInt64
		}
		dst = append(dst, schema.IntValue(schema.Int64, last))
	}
	return dst
}

// freeName returns a name that no column of the table has.
func (s *Statements) freeName(name string) string {
	free := name
	for i := 2; slices.ContainsFunc(s.Table.Columns,
		func(c *schema.Column) bool { return strings.EqualFold(c.Name, free) }); i++ {
		free = name + strconv.Itoa(i)
	}
	return free
}

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
