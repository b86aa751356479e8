package core

import (
	"context"
	"fmt"
	"slices"
	"unsafe"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Query is a question about the rows of a repo: conditions, an order and a page. It never changes: its methods return
// new queries, so one may be kept, shared by goroutines and built upon in different ways. It costs nothing until it is
// run. Queries are made by the methods of a [Repo]; the zero Query is of no use.
type Query struct {
	repo *Repo
	spec ast.Spec
	with []Relation // to load with the rows
}

// Repo returns the repo of the query's rows.
func (q *Query) Repo() *Repo { return q.repo }

// Spec returns what the query asks.
func (q *Query) Spec() ast.Spec { return q.spec }

// as returns the query with another spec.
func (q *Query) as(spec ast.Spec) *Query {
	return &Query{repo: q.repo, spec: spec, with: q.with}
}

// Nest returns q as a part of another statement.
func (q *Query) Nest() *ast.Subquery {
	return &ast.Subquery{Owner: q.repo.owner(), Table: q.repo.table, Spec: q.spec.Uncomputed()}
}

// Where adds conditions: all of them must hold, and those that the query has already.
func (q *Query) Where(conds []Cond) *Query {
	return q.as(q.spec.Where(conds))
}

// OrderBy does what Query.OrderBy of package prom says.
func (q *Query) OrderBy(orders []Order) *Query {
	return q.as(q.spec.OrderBy(orders))
}

// Limit takes at most n rows; of 0 there are none. A negative limit is an error when the query runs.
func (q *Query) Limit(n int) *Query {
	return q.as(q.spec.Limit(n))
}

// Offset leaves the first n rows out. A negative offset is an error when the query runs.
func (q *Query) Offset(n int) *Query {
	return q.as(q.spec.Offset(n))
}

// Paged takes the rows of page n, the first being 1, with size rows each. It sets limit and offset.
func (q *Query) Paged(n, size int) *Query {
	return q.as(q.spec.Page(n, size))
}

// WithoutWhere lets Update and Delete go without a condition, which they refuse otherwise.
func (q *Query) WithoutWhere() *Query {
	return q.as(q.spec.WithoutWhere())
}

// Only does what Query.Only of package prom says.
func (q *Query) Only(fields []Columner) *Query {
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
	return q.as(withNeeds(q.spec.Only(cols), q.with))
}

// Without does what Without of package prom says.
func (q *Query) Without(fields []Columner) *Query {
	t, cols := q.repo.table, q.spec.Columns()
	if cols == nil {
		cols = t.Columns
	}
	for _, f := range fields {
		c := f.Column()
		switch {
		case t.Column(c.Name) != c:
			return q.as(q.spec.Fail(fmt.Errorf("the field %s belongs to another model", c.Name)))
		case slices.Contains(t.Loaded, c) || c == t.Deleted:
			return q.as(q.spec.Fail(fmt.Errorf("rows cannot be read without the field %s, by which a value knows its row",
				c.Name)))
		}
		cols = slices.DeleteFunc(slices.Clone(cols), func(o *schema.Column) bool { return o == c })
	}
	return q.as(withNeeds(q.spec.Only(cols), q.with))
}

// All returns the rows.
func (q *Query) All(ctx context.Context) (scan.List, error) {
	b, err := q.repo.bind()
	if err != nil {
		return scan.List{}, err
	}
	list, err := q.rows(ctx, b, q.spec)
	if err == nil {
		err = q.repo.loaded(ctx, list)
	}
	if err != nil {
		return scan.List{}, err
	}
	return list, nil
}

// rows reads the rows of a spec into one slice. It is made as large as the result of the same statement was last, or as
// the limit allows.
func (q *Query) rows(ctx context.Context, b *binding, spec ast.Spec) (scan.List, error) {
	w := q.repo.take()
	defer q.repo.give(w)
	text, args, err := b.stmts.Select(w.args, spec)
	if err != nil {
		return scan.List{}, ErrorOf("query", q.repo.table, err)
	}
	w.args = args
	w.setRead("query", text)
	if w.part, err = partOf(q.repo.plan, spec); err != nil {
		return scan.List{}, ErrorOf("query", q.repo.table, err)
	}
	expect, limited := spec.Limited()
	if seen := text.Rows(); seen > 0 && (!limited || seen < expect) {
		expect = seen
	} else if !limited {
		expect = firstList
	}
	list, err := q.repo.readList(ctx, b, w, expect)
	if err != nil {
		return scan.List{}, err
	}
	text.SawRows(list.Len)
	if len(q.with) > 0 {
		if err := loadAll(ctx, b, q.with, q.repo.memory.Addresses(list)); err != nil {
			return scan.List{}, err
		}
	}
	return list, nil
}

// First returns the first row, or driver.KindNotFound when there is none.
func (q *Query) First(ctx context.Context) (unsafe.Pointer, error) {
	if n, ok := q.spec.Limited(); !ok || n > 1 {
		q = q.Limit(1)
	}
	list, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	if list.Len == 0 {
		return nil, q.repo.notFound("query")
	}
	return q.repo.memory.At(list, 0), nil
}

// One does what Query.One of package prom says.
func (q *Query) One(ctx context.Context) (unsafe.Pointer, error) {
	if n, ok := q.spec.Limited(); !ok || n > 2 {
		q = q.Limit(2)
	}
	list, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	switch list.Len {
	case 0:
		return nil, q.repo.notFound("query")
	case 1:
		return q.repo.memory.At(list, 0), nil
	}
	return nil, q.repo.tooMany("query")
}

// Get returns the row with that key, if it is one of the query's rows, or driver.KindNotFound; see [Repo.Get].
func (q *Query) Get(ctx context.Context, key []any) (unsafe.Pointer, error) {
	values, err := q.repo.convertKey(nil, key)
	if err != nil {
		return nil, ErrorOf("get", q.repo.table, err)
	}
	return q.as(q.spec.KeyIs(q.repo.table.Key, values)).First(ctx)
}

// Count returns the number of rows, of its page if the query has a limit or an offset.
func (q *Query) Count(ctx context.Context) (int, error) {
	b, err := q.repo.bind()
	if err != nil {
		return 0, err
	}
	w := q.repo.take()
	defer q.repo.give(w)
	text, args, err := b.stmts.Count(w.args, q.spec)
	if err != nil {
		return 0, ErrorOf("count", q.repo.table, err)
	}
	w.args = args
	w.setRead("count", text)
	var n int64
	err = b.query(ctx, &w.call, driver.RowFunc(func(rows driver.Rows) (err error) {
		for rows.Next() {
			if n, err = rows.Int(0); err != nil {
				return err
			}
		}
		return nil
	}))
	return int(n), err
}

// Exists reports whether there is a row.
func (q *Query) Exists(ctx context.Context) (bool, error) {
	b, err := q.repo.bind()
	if err != nil {
		return false, err
	}
	w := q.repo.take()
	defer q.repo.give(w)
	text, args, err := b.stmts.Has(w.args, q.spec)
	if err != nil {
		return false, ErrorOf("query", q.repo.table, err)
	}
	w.args = args
	w.setRead("query", text)
	has := false
	err = b.query(ctx, &w.call, driver.RowFunc(func(rows driver.Rows) error {
		has = false
		for rows.Next() {
			has = true
		}
		return nil
	}))
	return has, err
}

// SQL does what Query.SQL of package prom says.
func (q *Query) SQL() (sql string, args []any, err error) {
	b, err := q.repo.bind()
	if err != nil {
		return "", nil, err
	}
	w := q.repo.take()
	defer q.repo.give(w)
	text, values, err := b.stmts.Select(w.args, q.spec)
	if err != nil {
		return "", nil, ErrorOf("query", q.repo.table, err)
	}
	w.args = values
	args = make([]any, len(values))
	for i, v := range values {
		args[i] = v.Any()
	}
	return text.SQL, args, nil
}

// LockOf does what LockOf of package prom says.
func (q *Query) LockOf(terms []*ast.Expr) *Query { return q.as(q.spec.LockOf(terms)) }

// Lock returns the query whose rows are locked until the end of the transaction.
func (q *Query) Lock(lock dialect.Lock, wait dialect.LockWait) *Query {
	return q.as(q.spec.Lock(lock, wait))
}
