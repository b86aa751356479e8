package prom

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// Relation is what can be loaded with rows of T: the row that a reference refers to, a [RefField], or the rows that refer to
// this one, a [ManyField]. Relations are values without a connection, made once and shared; their methods return new ones.
type Relation[T any] interface {
	// start makes the statement that loads the relation into rows, whose table and connection are those of b. It returns nil when
	// there is nothing to load.
	start(ctx context.Context, b *binding, rows []*T) (*loading, error)
}

// loading is one relation on its way to rows: a statement, what reads its result, and what comes then.
type loading struct {
	b    *binding // of the table that the rows are read from
	text *query.Text
	args []schema.Value
	read func(rows conn.Rows) error // it begins anew when it is called again

	// join gives the rows that were read to those that they belong to, and returns how their own relations are loaded.
	join func(ctx context.Context) ([]*loading, error)

	hooks func(ctx context.Context) error // calls those of the rows that were read, once all relations are there
}

// startAll begins to load relations into rows.
func startAll[T any](ctx context.Context, b *binding, relations []Relation[T], rows []*T) ([]*loading, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	var list []*loading
	for _, r := range relations {
		if r == nil {
			return nil, errorOf("load", b.table, errors.New("a relation is nil"))
		}
		l, err := r.start(ctx, b, rows)
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
func loadAll[T any](ctx context.Context, b *binding, relations []Relation[T], rows []*T) error {
	var all []*loading
	level, err := startAll(ctx, b, relations, rows)
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

// runLevel runs the statements of one level: together, in one round trip, where the engine has round trips. Where a batch would
// have to wait for those who write, they run one after the other.
func runLevel(ctx context.Context, level []*loading) error {
	if len(level) > 1 && level[0].b.db.Dialect().Features().ManyWriters {
		return runTogether(ctx, level)
	}
	for _, l := range level {
		c := &call{Statement: l.statement(), text: l.text, complete: true}
		if err := l.b.query(ctx, c, conn.RowFunc(l.read)); err != nil {
			return err
		}
	}
	return nil
}

func (l *loading) statement() conn.Statement {
	return conn.Statement{Op: "load", Table: l.b.table.Name, SQL: l.text.SQL, Args: l.args}
}

func runTogether(ctx context.Context, level []*loading) error {
	known := !slices.ContainsFunc(level, func(l *loading) bool { return !l.b.complete(ctx, l.text) })
	ops := make([]*batchOp, len(level))
	for i, l := range level {
		ops[i] = &batchOp{
			Statement: l.statement(),
			text:      l.text,
			bind:      func() (*binding, error) { return l.b, nil },
			build:     func(context.Context, *batchOp) error { return l.text.CheckDB(l.b.db) },
			read:      l.read,
			place:     func(err error) error { return errorOf("load", l.b.table, err) },
		}
		ops[i].Bare = known
	}
	err := runBatch(ctx, ops)
	if failed := (*BatchError)(nil); errors.As(err, &failed) {
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

// related returns the repo of R, and its binding, for relations of the rows of a binding, whose connection they never leave.
func related[R any](from *binding) (*Repo[R], *binding, error) {
	t, err := relatedTable[R](from.table)
	if err != nil {
		return nil, nil, err
	}
	db := from.db
	repo := db.Extra(relatedRepo{t}, func() any { return NewRepo[R](Using(db), Table(t.Name)) }).(*Repo[R])
	b, err := repo.bind()
	return repo, b, err
}

// relationOf returns the relation that an accessor points to. It panics when the models do not fit.
func relationOf[R, T, F any](accessor func(*T) *F) *schema.Relation {
	r, err := scan.RelationAt(accessor)
	if err != nil {
		panic(err)
	}
	checkRelated[T, R]()
	return r
}

// loadByKey loads the rows of R with the given keys, one for each, for rows of a binding. What it finds is given in the order of the
// keys, nil where there is no row.
func loadByKey[R any](from *binding, keys *rowKeys, with []Relation[R], give func(found []*R)) (*loading, error) {
	repo, b, err := related[R](from)
	if err != nil {
		return nil, err
	}
	text, args, err := b.stmts.Select(nil, query.Spec{}.KeysIn(repo.table.Key, keys.len(), keys.value))
	if err != nil {
		return nil, errorOf("load", repo.table, err)
	}
	var list []R
	return &loading{
		b: b, text: text, args: args,
		read: func(rows conn.Rows) (err error) {
			loader := scan.NewLoader[R](repo.plan)
			list, err = loader.LoadAll(rows, keys.len())
			return err
		},
		join: func(ctx context.Context) ([]*loading, error) {
			found := make([]*R, keys.len())
			if err := learnRows(ctx, keys, b, repo.plan, list, repo.table.Key); err != nil {
				return nil, err
			}
			for i := range list {
				at, err := findRow(keys, repo.plan, &list[i], repo.table.Key)
				if err != nil {
					return nil, errorOf("load", repo.table, err)
				}
				found[at] = &list[i]
			}
			give(found)
			return startAll(ctx, b, with, pointers(list))
		},
		hooks: func(ctx context.Context) error { return loaded(ctx, repo.hooks, list) },
	}, nil
}

// relatedTable returns the table of R as seen from a table: the same one when its model is R, whatever name it has.
func relatedTable[R any](from *schema.Table) (*schema.Table, error) {
	model := reflect.TypeFor[R]()
	if from.Model == model {
		return from, nil
	}
	return schema.Of(model)
}

// With adds relations that are loaded with the rows: each level of them in one more statement, however many rows there are.
func (q *Query[T]) With(relations ...Relation[T]) *Query[T] {
	return &Query[T]{repo: q.repo, spec: q.spec, with: append(q.with[:len(q.with):len(q.with)], relations...)}
}

// With returns the query of all rows, whose relations are loaded with them; see [Query.With].
func (r *Repo[T]) With(relations ...Relation[T]) *Query[T] { return r.Query().With(relations...) }

// LoadInto loads the relations of the query into rows that are there already, which must be rows of the repo's table. What else the
// query says is of no use here and refused.
//
//	err := posts.With(PostAuthor, PostComments).LoadInto(ctx, &post)
func (q *Query[T]) LoadInto(ctx context.Context, rows ...*T) error {
	b, err := q.repo.bind()
	if err != nil {
		return err
	}
	switch {
	case !q.spec.IsZero():
		err = errors.New("LoadInto takes a query with relations alone, because the rows are there already")
	case len(q.with) == 0:
		err = errors.New("LoadInto needs a relation to load; say With first")
	}
	for i, row := range rows {
		if row == nil {
			err = fmt.Errorf("the row %d to load relations into is nil", i)
		}
	}
	if err != nil {
		return errorOf("load", b.table, err)
	}
	return loadAll(ctx, b, q.with, rows)
}

// LoadIntoAll is [Query.LoadInto] for a list of rows.
func (q *Query[T]) LoadIntoAll(ctx context.Context, rows []T) error {
	return q.LoadInto(ctx, pointers(rows)...)
}

// pointers returns the addresses of the elements of a list.
func pointers[T any](list []T) []*T {
	ptrs := make([]*T, len(list))
	for i := range list {
		ptrs[i] = &list[i]
	}
	return ptrs
}
