package prom

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// Query is a question about the rows of a repo: conditions, an order and a page. It never changes: its methods return new
// queries, so one may be kept, shared by goroutines and built upon in different ways. It costs nothing until it is run. Queries
// are made by the methods of a [Repo]; the zero Query is of no use.
type Query[T any] struct {
	repo *Repo[T]
	spec query.Spec
	with []Relation[T] // to load with the rows
}

// as returns the query with another spec.
func (q *Query[T]) as(spec query.Spec) *Query[T] {
	return &Query[T]{repo: q.repo, spec: spec, with: q.with}
}

// Nested makes q a [Subquery].
func (q *Query[T]) Nested() query.Nested[T] {
	return query.Nest[T](q.repo.owner(), q.repo.table, q.spec)
}

// Where adds conditions: all of them must hold, and those that the query has already.
func (q *Query[T]) Where(conds ...Cond[T]) *Query[T] {
	return q.as(query.Where(q.spec, conds))
}

// OrderBy adds terms to the order, behind those that the query has already. NULLs count as greater than every value on every
// engine: ascending they come last.
func (q *Query[T]) OrderBy(orders ...Order[T]) *Query[T] {
	return q.as(query.OrderBy(q.spec, orders))
}

// Limit takes at most n rows; of 0 there are none. A negative limit is an error when the query runs.
func (q *Query[T]) Limit(n int) *Query[T] {
	return q.as(q.spec.Limit(n))
}

// Offset leaves the first n rows out. A negative offset is an error when the query runs.
func (q *Query[T]) Offset(n int) *Query[T] {
	return q.as(q.spec.Offset(n))
}

// Page takes the rows of page n, the first being 1, with size rows each. It sets limit and offset.
func (q *Query[T]) Page(n, size int) *Query[T] {
	return q.as(q.spec.Page(n, size))
}

// AllRows lets Update and Delete go without a condition, which they refuse otherwise.
func (q *Query[T]) AllRows() *Query[T] {
	return q.as(q.spec.AllRows())
}

// Only reads some fields of the rows, and the key, the version and the mark of deletion; the others are zero. A value that was read
// so knows it: Save writes the fields that were read and changed, and refuses to write one that was not. Reload reads the rest. It
// is for All, One, Get and Each.
func (q *Query[T]) Only(fields ...Columner) *Query[T] {
	cols := slices.Clone(q.repo.table.Loaded)
	if c := q.repo.table.Deleted; c != nil {
		cols = append(cols, c)
	}
	for _, f := range fields {
		c := f.Column()
		if q.repo.table.Column(c.Name) != c {
			return q.as(q.spec.Fail(fmt.Errorf("the field %s belongs to another model", c.Name)))
		}
		if !slices.Contains(cols, c) {
			cols = append(cols, c)
		}
	}
	return q.as(q.spec.Only(cols))
}

// All returns the rows.
func (q *Query[T]) All(ctx context.Context) ([]T, error) {
	b, err := q.repo.bind()
	if err != nil {
		return nil, err
	}
	list, err := q.rows(ctx, b, q.spec)
	if err == nil {
		err = loaded(ctx, q.repo.hooks, list)
	}
	if err != nil {
		return nil, err
	}
	return list, nil
}

// rows reads the rows of a spec into one slice. It is made as large as the result of the same statement was last, or as the limit
// allows.
func (q *Query[T]) rows(ctx context.Context, b *binding, spec query.Spec) ([]T, error) {
	w := q.repo.take()
	defer q.repo.give(w)
	text, args, err := b.stmts.Select(w.args, spec)
	if err != nil {
		return nil, errorOf("query", q.repo.table, err)
	}
	w.args = args
	w.setText("query", text)
	if w.part, err = q.part(spec.Columns()); err != nil {
		return nil, errorOf("query", q.repo.table, err)
	}
	expect, limited := spec.Limited()
	if seen := text.Rows(); seen > 0 && (!limited || seen < expect) {
		expect = seen
	} else if !limited {
		expect = firstList
	}
	list, err := q.repo.readList(ctx, b, w, expect)
	if err != nil {
		return nil, err
	}
	text.SawRows(len(list))
	if len(q.with) > 0 {
		if err := loadAll(ctx, b, q.with, pointers(list)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// part returns how rows with some columns are read, nil for all.
func (q *Query[T]) part(only []*schema.Column) (*scan.Result, error) {
	if only == nil {
		return nil, nil
	}
	if len(q.with) > 0 {
		return nil, errors.New("rows of which some fields are read have no relations loaded; leave out Only or With")
	}
	return q.repo.plan.Part(only)
}

// whole returns an error when the query reads some fields only, where rows must be whole.
func (q *Query[T]) whole() error {
	if q.spec.Columns() != nil {
		return errors.New("Only is for All, One, Get and Each")
	}
	return nil
}

// One returns the first row, or ErrNotFound when there is none.
func (q *Query[T]) One(ctx context.Context) (*T, error) {
	if n, ok := q.spec.Limited(); !ok || n > 1 {
		q = q.Limit(1)
	}
	list, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, q.repo.notFound("query")
	}
	return &list[0], nil
}

// Get returns the row with that key, if it is one of the query's rows, or ErrNotFound; see [Repo.Get].
func (q *Query[T]) Get(ctx context.Context, key ...any) (*T, error) {
	values, err := q.repo.convertKey(nil, key)
	if err != nil {
		return nil, errorOf("get", q.repo.table, err)
	}
	return q.as(q.spec.KeyIs(q.repo.table.Key, values)).One(ctx)
}

// Count returns the number of rows, of its page if the query has a limit or an offset.
func (q *Query[T]) Count(ctx context.Context) (int, error) {
	b, err := q.repo.bind()
	if err != nil {
		return 0, err
	}
	w := q.repo.take()
	defer q.repo.give(w)
	text, args, err := b.stmts.Count(w.args, q.spec)
	if err != nil {
		return 0, errorOf("count", q.repo.table, err)
	}
	w.args = args
	w.setText("count", text)
	var n int64
	err = b.query(ctx, &w.call, conn.RowFunc(func(rows conn.Rows) (err error) {
		for rows.Next() {
			if n, err = rows.Int(0); err != nil {
				return err
			}
		}
		return nil
	}))
	return int(n), err
}

// Has reports whether there is a row.
func (q *Query[T]) Has(ctx context.Context) (bool, error) {
	b, err := q.repo.bind()
	if err != nil {
		return false, err
	}
	w := q.repo.take()
	defer q.repo.give(w)
	text, args, err := b.stmts.Has(w.args, q.spec)
	if err != nil {
		return false, errorOf("query", q.repo.table, err)
	}
	w.args = args
	w.setText("query", text)
	has := false
	err = b.query(ctx, &w.call, conn.RowFunc(func(rows conn.Rows) error {
		has = false
		for rows.Next() {
			has = true
		}
		return nil
	}))
	return has, err
}

// SQL returns the statement of All and its arguments without running it. It needs to know the connection, for its dialect, and
// does not connect.
func (q *Query[T]) SQL() (sql string, args []any, err error) {
	b, err := q.repo.bind()
	if err != nil {
		return "", nil, err
	}
	w := q.repo.take()
	defer q.repo.give(w)
	text, values, err := b.stmts.Select(w.args, q.spec)
	if err != nil {
		return "", nil, errorOf("query", q.repo.table, err)
	}
	w.args = values
	args = make([]any, len(values))
	for i, v := range values {
		args[i] = v.Any()
	}
	return text.SQL, args, nil
}
