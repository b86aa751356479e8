package core

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Relation is what can be loaded with rows: the row that a reference refers to, or the rows that refer to this one.
// Relations are values without a connection, made once and shared.
type Relation interface {
	// start makes the statement that loads the relation for owners, whose table and connection are those of b. It returns
	// nil when there is nothing to load.
	start(ctx context.Context, b *binding, of owners) (*loading, error)

	// needs returns the columns of the owners by which they are found.
	needs() []*schema.Column
}

// loading is one relation on its way to rows: a statement, what reads its result, and what comes then.
type loading struct {
	b    *binding // of the table that the rows are read from
	text *render.Text
	args []schema.Value
	read func(rows driver.Rows) error // it begins anew when it is called again

	// join gives the rows that were read to those that they belong to, and returns how their own relations are loaded.
	join func(ctx context.Context) ([]*loading, error)

	hooks func(ctx context.Context) error // calls those of the rows that were read, once all relations are there
}

// owners are the values that relations are loaded into: rows of a plan, or results, whose rows' columns are known.
type owners struct {
	values []unsafe.Pointer
	plan   *scan.Plan
	column func(i int, c *schema.Column) schema.Value // without a plan
}

// rowOwners are rows of the model of a binding.
func rowOwners(b *binding, rows []unsafe.Pointer) (owners, error) {
	plan, err := scan.For(b.table.Model)
	return owners{values: rows, plan: plan}, err
}

// key appends what columns of an owner hold.
func (of *owners) key(dst []schema.Value, i int, cols []*schema.Column) ([]schema.Value, error) {
	if of.plan != nil {
		return keyParts(dst, of.plan, of.values[i], cols)
	}
	for _, c := range cols {
		dst = append(dst, of.column(i, c))
	}
	return dst, nil
}

// startAll begins to load relations.
func startAll(ctx context.Context, b *binding, relations []Relation, of owners) ([]*loading, error) {
	if len(of.values) == 0 {
		return nil, nil
	}
	var list []*loading
	for _, r := range relations {
		if r == nil {
			return nil, ErrorOf("load", b.table, errors.New("a relation is nil"))
		}
		l, err := r.start(ctx, b, of)
		if err != nil {
			return nil, err
		}
		if l != nil {
			list = append(list, l)
		}
	}
	return list, nil
}

// loadAll loads relations into rows, and theirs into what was loaded, one level after the other.
func loadAll(ctx context.Context, b *binding, relations []Relation, rows []unsafe.Pointer) error {
	of, err := rowOwners(b, rows)
	if err != nil {
		return err
	}
	return loadFor(ctx, b, relations, of)
}

// loadFor is loadAll for owners of any kind.
func loadFor(ctx context.Context, b *binding, relations []Relation, of owners) error {
	var all []*loading
	level, err := startAll(ctx, b, relations, of)
	for len(level) > 0 && err == nil {
		all = append(all, level...)
		if err = runLevel(ctx, level); err == nil {
			level, err = nextLevel(ctx, level)
		}
	}
	for i := len(all) - 1; i >= 0 && err == nil; i-- { // from the innermost on
		err = all[i].hooks(ctx)
	}
	return err
}

func nextLevel(ctx context.Context, level []*loading) (next []*loading, err error) {
	for _, l := range level {
		more, err := l.join(ctx)
		if err != nil {
			return nil, err
		}
		next = append(next, more...)
	}
	return next, nil
}

// runLevel runs the statements of one level: together, in one round trip, where the engine has round trips. Where a
// batch would have to wait for those who write, they run one after the other.
func runLevel(ctx context.Context, level []*loading) error {
	if len(level) > 1 && level[0].b.db.Dialect().Features().ManyWriters {
		return runTogether(ctx, level)
	}
	for _, l := range level {
		c := &call{Statement: l.statement(), text: l.text, complete: true, reads: true}
		if err := l.b.query(ctx, c, driver.RowFunc(l.read)); err != nil {
			return err
		}
	}
	return nil
}

func (l *loading) statement() driver.Statement {
	return driver.Statement{Op: "load", Table: l.b.table.Name, SQL: l.text.SQL, Args: l.args}
}

func runTogether(ctx context.Context, level []*loading) error {
	known := !slices.ContainsFunc(level, func(l *loading) bool { return !l.b.complete(ctx, l.text) })
	ops := make([]*batchOp, len(level))
	for i, l := range level {
		ops[i] = &batchOp{
			Statement: l.statement(),
			text:      l.text,
			b:         l.b,
			action: &steps{
				onBuild: func(context.Context, *batchOp) error { return l.text.CheckDB(l.b.db) },
				onRead:  func(_ *batchOp, rows driver.Rows) error { return l.read(rows) },
			},
		}
		if known {
			ops[i].Batched = driver.BatchKnown
		}
	}
	err := runBatch(ctx, ops)
	if failed := (*At)(nil); errors.As(err, &failed) {
		return failed.Err
	}
	for _, l := range level {
		if err == nil {
			l.b.marked.Set(ctx)
		}
	}
	return err
}

// relatedRepo is the key of a connection's repo for the rows of relations.
type relatedRepo struct{ table *schema.Table }

// related returns the repo of a model, and its binding, for relations of the rows of a binding, whose connection they
// never leave. Seen from the table of a model that model has the same one, whatever name it has.
func related(from *binding, model reflect.Type) (*Repo, *binding, error) {
	t := from.table
	if t.Model != model {
		var err error
		if t, err = schema.Of(model); err != nil {
			return nil, nil, err
		}
	}
	plan, err := scan.For(model)
	if err != nil {
		return nil, nil, err
	}
	db := from.db
	repo := db.Extra(relatedRepo{t}, func() any {
		r, err := New(plan, Options{DB: db, Table: t.Name})
		if err != nil {
			panic(err) // the handle of the relation was made, so that the model is one
		}
		return r
	}).(*Repo)
	b, err := repo.bind()
	return repo, b, err
}

// CheckRelated returns an error when one of the models cannot have its references and relations.
func CheckRelated(models ...reflect.Type) error {
	for _, model := range models {
		table, err := schema.Of(model)
		if err == nil {
			err = table.Check()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rowLoading is a [loading] of rows of a repo.
type rowLoading struct {
	repo *Repo
	b    *binding
	part *scan.Result // how they are read; nil for all columns and no computed fields
	list scan.List
}

// reader returns what decodes the rows.
func (l *rowLoading) reader() scan.Reader {
	loader := scan.Reader{Plan: l.repo.plan}
	if l.part != nil {
		loader.Use(l.part)
	}
	return loader
}

// read reads the rows of a result, of which that many are expected.
func (l *rowLoading) read(rows driver.Rows, expect int) (err error) {
	loader := l.reader()
	l.list, err = loader.LoadAll(rows, expect)
	return err
}

// start begins to load relations of the rows that were read.
func (l *rowLoading) start(ctx context.Context, with []Relation) ([]*loading, error) {
	of, err := rowOwners(l.b, l.repo.memory.Addresses(l.list))
	if err != nil {
		return nil, err
	}
	return startAll(ctx, l.b, with, of)
}

func (l *rowLoading) hooks(ctx context.Context) error { return l.repo.loaded(ctx, l.list) }

// loadByKey loads the rows of a model with the given keys, in columns of it, one for each, for rows of a binding. What
// it finds is given in the order of the keys, nil where there is no row.
func loadByKey(
	from *binding, model reflect.Type, cols []*schema.Column, keys *rowKeys, spec ast.Spec, with []Relation, give func(found []unsafe.Pointer),
) (*loading, error) {
	repo, b, err := related(from, model)
	if err != nil {
		return nil, err
	}
	text, args, err := b.stmts.Select(nil, spec.KeysIn(cols, keys.len(), keys.value))
	if err != nil {
		return nil, ErrorOf("load", repo.table, err)
	}
	l := &rowLoading{repo: repo, b: b}
	if l.part, err = partOf(repo.plan, spec); err != nil {
		return nil, ErrorOf("load", repo.table, err)
	}
	return &loading{
		b: b, text: text, args: args,
		read: func(rows driver.Rows) error { return l.read(rows, keys.len()) },
		join: func(ctx context.Context) ([]*loading, error) {
			found := make([]unsafe.Pointer, keys.len())
			if err := learnRows(ctx, keys, b, repo.plan, l.list, cols); err != nil {
				return nil, err
			}
			for i := range l.list.Len {
				row := repo.memory.At(l.list, i)
				at, err := findRow(keys, repo.plan, row, cols)
				if err != nil {
					return nil, ErrorOf("load", repo.table, err)
				}
				found[at] = row
			}
			give(found)
			return l.start(ctx, with)
		},
		hooks: l.hooks,
	}, nil
}

// With adds relations that are loaded with the rows: each level of them in one more statement, however many rows there
// are.
func (q *Query) With(relations []Relation) *Query {
	with := append(q.with[:len(q.with):len(q.with)], relations...)
	return &Query{repo: q.repo, spec: withNeeds(q.spec, with), with: with}
}

// LoadInto loads the relations of the query into rows that are there already.
func (q *Query) LoadInto(ctx context.Context, rows []unsafe.Pointer) error {
	b, err := q.repo.bind()
	if err != nil {
		return err
	}
	switch {
	case !q.spec.IsZero():
		err = errors.New("LoadInto takes a query with relations only: conditions, orders and limits have no effect on rows that are loaded already")
	case len(q.with) == 0:
		err = errors.New("LoadInto needs a relation; add With")
	}
	for i, row := range rows {
		if row == nil {
			err = fmt.Errorf("the row %d to load relations into is nil", i)
		} else if err == nil {
			if err = q.repo.given("load", row); err == nil {
				err = q.knows(i, row)
			}
		}
	}
	if err != nil {
		return ErrorOf("load", b.table, err)
	}
	return loadAll(ctx, b, q.with, rows)
}

// knows returns an error when the row of a number was read without what its relations are loaded by.
func (q *Query) knows(i int, row unsafe.Pointer) error {
	for _, r := range q.with {
		if r == nil {
			continue
		}
		if cols := q.repo.plan.Unread(row, r.needs()); len(cols) > 0 {
			return fmt.Errorf("the row %d was read without the field %s, by which a relation is loaded; add it to Only", i, cols[0].Field)
		}
	}
	return nil
}

// LoadIntoAll is LoadInto for a list of rows.
func (q *Query) LoadIntoAll(ctx context.Context, rows scan.List) error {
	return q.LoadInto(ctx, q.repo.memory.Addresses(rows))
}
