package query

import (
	"strings"
	"sync"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Statements makes the statements on one table in one dialect. It is safe for concurrent use.
type Statements struct {
	Dialect dialect.Dialect
	Table   *schema.Table

	name    string   // of the table, quoted
	columns []string // quoted, in order
	cache   cache
	bulks   sync.Map // dialect.Bulk by columns
}

// NewStatements returns the statements on a table.
func NewStatements(d dialect.Dialect, t *schema.Table) *Statements {
	s := &Statements{Dialect: d, Table: t, name: d.Quote(t.Name)}
	for _, c := range t.Columns {
		s.columns = append(s.columns, d.Quote(c.Name))
	}
	return s
}

// CacheStats are the figures of the cache of statements.
type CacheStats struct {
	Shapes       int    // kept now
	Hits, Misses uint64 // since the start
}

// Stats returns the figures of the cache.
func (s *Statements) Stats() CacheStats {
	st := CacheStats{Hits: s.cache.hits.Load(), Misses: s.cache.misses.Load()}
	if texts := s.cache.texts.Load(); texts != nil {
		st.Shapes = len(*texts)
	}
	return st
}

// The first byte of a shape: the kind of statement.
const (
	kindSelect byte = iota
	kindSelectEach
	kindSelectLinked
	kindKeys
	kindSelectBy
	kindCount
	kindHas
	kindInsert
	kindInsertOnly
	kindUpdateKey
	kindDeleteKey
	kindUpsert
	kindUpdate
	kindDelete
)

// Select reads all columns of the rows of a query. Its arguments, as those of the other queries, are appended to dst.
func (s *Statements) Select(dst []schema.Value, q Spec) (*Text, []schema.Value, error) {
	return s.query(dst, kindSelect, q, nil, s.columns)
}

// SelectColumns reads some columns of the rows of a query.
func (s *Statements) SelectColumns(dst []schema.Value, q Spec, cols []*schema.Column) (*Text, []schema.Value, error) {
	return s.query(dst, kindKeys, q, cols, s.quoted(cols))
}

// SelectBy reads all columns of the rows in which the given columns have certain values, which are its arguments.
func (s *Statements) SelectBy(cols []*schema.Column) (string, error) {
	key := shape(make([]byte, 0, 64)).byte(kindSelectBy).columns(cols)
	return s.cache.sql(key, func() (string, error) {
		q := Spec{}.KeyIs(cols, make([]schema.Value, len(cols)))
		return finish(s.selectBuilder(q, s.columns).PlaceholderFormat(format(s.Dialect)), len(cols))
	})
}

// Has reads whether there is a row: one row with the constant 1, or none.
func (s *Statements) Has(dst []schema.Value, q Spec) (*Text, []schema.Value, error) {
	if n, ok := q.Limited(); !ok || n > 1 {
		q = q.Limit(1)
	}
	return s.query(dst, kindHas, q.Unordered(), nil, []string{"1"})
}

func (s *Statements) query(dst []schema.Value, kind byte, q Spec, cols []*schema.Column, columns []string) (*Text, []schema.Value, error) {
	if err := q.Err(); err != nil {
		return nil, dst, err
	}
	args := s.args(dst, q)
	key := shape(make([]byte, 0, 128)).byte(kind, byte(q.limits)).columns(cols).nodes(q.where).orders(q.orders)
	text, err := s.cache.get(key, func() (string, error) {
		return finish(s.selectBuilder(q, columns).PlaceholderFormat(format(s.Dialect)), len(args)-len(dst))
	})
	return text, args, err
}

// Count counts the rows of a query, of its page if it has one.
func (s *Statements) Count(dst []schema.Value, q Spec) (*Text, []schema.Value, error) {
	if err := q.Err(); err != nil {
		return nil, dst, err
	}
	args := s.args(dst, q)
	key := shape(make([]byte, 0, 128)).byte(kindCount, byte(q.limits)).nodes(q.where)
	text, err := s.cache.get(key, func() (string, error) {
		if q.limits == 0 {
			return finish(s.selectBuilder(q.Unordered(), []string{"count(*)"}).PlaceholderFormat(format(s.Dialect)), len(args)-len(dst))
		}
		// A page is counted from outside: count(*) with an offset would skip its own single row.
		page := s.selectBuilder(q.Unordered(), []string{"1 AS one"})
		return finish(squirrel.Select("count(*)").FromSelect(page, "page").PlaceholderFormat(format(s.Dialect)), len(args)-len(dst))
	})
	return text, args, err
}

func (s *Statements) selectBuilder(q Spec, columns []string) squirrel.SelectBuilder {
	b := squirrel.Select(columns...).From(s.name)
	if len(q.where) > 0 {
		b = b.Where(clause{s.Dialect, q.where})
	}
	r := renderer{d: s.Dialect}
	for _, o := range q.orders {
		b = b.OrderBy(r.order(o))
	}
	if q.limits != 0 {
		limit, offset := q.limits&hasLimit != 0, q.limits&hasOffset != 0
		b = b.Suffix(s.Dialect.Page(limit, offset), anys(q.pageArgs(nil))...)
	}
	return b
}

func (q *Spec) pageArgs(dst []schema.Value) []schema.Value {
	if q.limits&hasLimit != 0 {
		dst = append(dst, schema.IntValue(schema.Int64, q.limit))
	}
	if q.limits&hasOffset != 0 {
		dst = append(dst, schema.IntValue(schema.Int64, q.offset))
	}
	return dst
}

// args appends the arguments of a query: conditions, then the page.
func (s *Statements) args(dst []schema.Value, q Spec) []schema.Value {
	return q.pageArgs(values(dst, s.Dialect, q.where))
}

func anys(vs []schema.Value) []any {
	list := make([]any, len(vs))
	for i, v := range vs {
		list[i] = v
	}
	return list
}

func (k shape) columns(cols []*schema.Column) shape {
	k = k.int(len(cols))
	for _, c := range cols {
		k = k.int(c.Ordinal)
	}
	return k
}

func (s *Statements) quoted(cols []*schema.Column) []string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = s.columns[c.Ordinal]
	}
	return names
}

func (s *Statements) returning() string { return "RETURNING " + strings.Join(s.columns, ", ") }
