package render

import (
	"slices"
	"strings"
	"sync/atomic"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/syncmap"
	"github.com/prom-go/prom/schema"
)

// Statements makes the statements on one table in one dialect. It is safe for concurrent use.
type Statements struct {
	Dialect dialect.Dialect
	Table   *schema.Table

	name    string   // of the table, quoted, without its schema: how its rows are called
	from    string   // the table itself, as it is named where rows are read and written
	columns []string // quoted, in order
	cache   cache
	bulks   syncmap.Map // *bulk by columns

	// of a table's columns, and whether they are known; nil when all are this library's own
	forms func(*schema.Table) (schema.Forms, bool)
}

// NewStatements returns the statements on a table.
func NewStatements(d dialect.Dialect, t *schema.Table) *Statements {
	s := &Statements{Dialect: d, Table: t, name: d.Quote(t.Local()), from: d.Table(t.Name), bulks: syncmap.New()}
	for _, c := range t.Columns {
		s.columns = append(s.columns, d.Quote(c.Name))
	}
	return s
}

// NewFormedStatements returns the statements on a table in a database whose columns may have other forms than this
// library's own. These are asked for; they need not be known, see [Text.Unknown]. What was known has become old when
// epoch is another number.
func NewFormedStatements(d dialect.Dialect, t *schema.Table, forms func(*schema.Table) (schema.Forms, bool),
	epoch *atomic.Uint64) *Statements {
	s := NewStatements(d, t)
	s.forms, s.cache.epoch = forms, epoch
	s.cache.seen = func(tables []*schema.Table) bool {
		return !slices.ContainsFunc(tables, func(t *schema.Table) bool { _, known := forms(t); return !known })
	}
	return s
}

// of returns a column of the table as it is stored.
func (s *Statements) of(c *schema.Column) *schema.Column {
	if s.forms == nil {
		return c
	}
	forms, _ := s.forms(s.Table)
	return forms.Of(c)
}

// The first byte of a shape: the kind of statement.
const (
	kindSelect byte = iota
	kindSelectEach
	kindSelectSought
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
	kindUpsertMany
	kindUpdate
	kindDelete
	kindClaim
	kindCopy
)

// Select reads what the query selects: its own columns, or all of the table. Its arguments, as those of the other
// queries, are appended to dst.
func (s *Statements) Select(dst []schema.Value, q ast.Spec) (*Text, []schema.Value, error) {
	return s.query(dst, kindSelect, q, selectRows, nil)
}

// SelectColumns reads some columns of the rows of a query.
func (s *Statements) SelectColumns(dst []schema.Value, q ast.Spec, cols []*schema.Column) (*Text, []schema.Value,
	error) {
	return s.query(dst, kindKeys, q.Uncomputed(), selectColumns, cols)
}

// SelectBy reads all columns of the rows in which the given columns have certain values, which are its arguments.
func (s *Statements) SelectBy(cols []*schema.Column) (string, error) {
	key := ast.Shape(make([]byte, 0, 64)).Byte(kindSelectBy).Columns(cols)
	return s.cache.sql(key, func() (string, error) {
		q := ast.Spec{}.KeyIs(cols, make([]schema.Value, len(cols)))
		return finish(s.renderer().selectBuilder(&q, selectRows, nil).PlaceholderFormat(format(s.Dialect)), len(cols))
	})
}

// Has reads whether there is a row: one row with the constant 1, or none.
func (s *Statements) Has(dst []schema.Value, q ast.Spec) (*Text, []schema.Value, error) {
	if q.Locks() {
		return nil, dst, errLockUnread
	}
	if n, ok := q.Limited(); !ok || n > 1 {
		q = q.Limit(1)
	}
	return s.query(dst, kindHas, q.Unordered().Uncomputed(), selectOne, nil)
}

func (s *Statements) query(dst []schema.Value, kind byte, q ast.Spec, what what, cols []*schema.Column) (*Text,
	[]schema.Value, error) {
	if err := q.Err(); err != nil {
		return nil, dst, err
	}
	args := q.Values(dst, s.Dialect)
	key := takeKey()
	defer key.give()
	key.shape = key.shape.Byte(kind).Columns(cols).Spec(&q)
	if text := s.cache.known(key.shape); text != nil {
		return text, args, nil
	}
	text, err := s.newQuery(slices.Clone(key.shape), q, what, cols, len(args)-len(dst))
	return text, args, err
}

// newQuery renders a query of a new shape.
func (s *Statements) newQuery(key []byte, q ast.Spec, what what, cols []*schema.Column, args int) (*Text, error) {
	return s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		b := r.selectBuilder(&q, what, cols)
		return r.finish(b.PlaceholderFormat(format(s.Dialect)), args)
	})
}

// Count counts the rows of a query, of its page if it has one.
func (s *Statements) Count(dst []schema.Value, q ast.Spec) (*Text, []schema.Value, error) {
	if err := q.Err(); err != nil {
		return nil, dst, err
	}
	if q.Locks() {
		return nil, dst, errLockUnread
	}
	q = q.Unordered().Uncomputed()
	m := q.Extra()
	whole := q.Flags != 0 || m.Distinct || m.Grouped() || m.Unnests()
	if !whole && m.Cols != nil {
		q = q.With(func(m *ast.More) { m.Cols = nil })
	}
	args := q.Values(dst, s.Dialect)
	key := ast.Shape(make([]byte, 0, 128)).Byte(kindCount).Spec(&q)
	text, err := s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		if !whole {
			return r.finish(r.selectBuilder(&q, selectCount, nil).PlaceholderFormat(format(s.Dialect)), len(args)-len(dst))
		}
		// Distinct rows, groups and a page are counted from outside: count(*) with an offset would skip its own single
		// row.
		what := selectRows
		if m.Cols == nil {
			what = selectOne
		}
		b := squirrel.Select("count(*)").FromSelect(r.selectBuilder(&q, what, nil), "page")
		return r.finish(b.PlaceholderFormat(format(s.Dialect)), len(args)-len(dst))
	})
	return text, args, err
}

func anys(vs []schema.Value) []any {
	list := make([]any, len(vs))
	for i, v := range vs {
		list[i] = v
	}
	return list
}

func (s *Statements) quoted(cols []*schema.Column) []string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = s.columns[c.Ordinal]
	}
	return names
}

func (s *Statements) returning() string { return "RETURNING " + strings.Join(s.columns, ", ") }

// Returning says what a statement returns of the rows that it writes to.
type Returning byte

// What is returned.
const (
	ReturnNothing Returning = iota
	ReturnRows              // all columns
	ReturnKeys              // the columns of the primary key, in their order
)

// returns returns the clause that returns this, "" for nothing.
func (s *Statements) returns(what Returning) string {
	switch what {
	case ReturnRows:
		return s.returning()
	case ReturnKeys:
		return "RETURNING " + strings.Join(s.quoted(s.Table.Key), ", ")
	}
	return ""
}
