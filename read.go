package prom

import (
	"context"
	"iter"

	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// Get returns the row with that key, or ErrNotFound. A composite key is given in the order of its fields. A key of a type that does
// not convert to the field's without loss is an error.
func (r *Repo[T]) Get(ctx context.Context, key ...any) (*T, error) {
	w := r.take()
	defer r.give(w)
	var err error
	if w.args, err = r.convertKey(w.args, key); err != nil {
		return nil, errorOf("get", r.table, err)
	}
	b, err := r.bind()
	if err != nil {
		return nil, err
	}
	var v *T
	if r.coalesces(ctx, b) {
		v, err = r.getShared(ctx, b, w)
	} else {
		v, err = r.getAlone(ctx, w)
	}
	if err == nil {
		err = loadedOne(ctx, r.hooks, v)
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

// get reads the row whose columns have the values of w's arguments into v.
func (r *Repo[T]) get(ctx context.Context, w *work[T], op string, cols []*schema.Column, v *T) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	if err := b.look(ctx); err != nil {
		return errorOf(op, r.table, err)
	}
	text, err := b.stmts.SelectBy(cols)
	if err != nil {
		return errorOf(op, r.table, err)
	}
	w.set(op, text)
	return r.readOne(ctx, b, w, v)
}

// Load fills v, of which the key or the fields of a unique index are set, with the row that has them. When several are set the
// key goes before the indexes, and these in their order. When there is no such row it is ErrNotFound, and v is as it was.
func (r *Repo[T]) Load(ctx context.Context, v *T) error {
	id, err := r.identity(v)
	if err != nil {
		return errorOf("load", r.table, err)
	}
	return r.loadBy(ctx, v, id.cols)
}

// Reload reads the row that v was loaded from again and drops the changes made since. A row that is gone is ErrNotFound, and v is
// as it was.
func (r *Repo[T]) Reload(ctx context.Context, v *T) error {
	if err := r.needKey("reload"); err != nil {
		return err
	}
	w := r.take()
	defer r.give(w)
	var err error
	if w.args, err = r.rowKey(w.args, v); err != nil {
		return errorOf("reload", r.table, err)
	}
	return r.reread(ctx, w, "reload", r.table.Key, v)
}

// reread reads a row into v, or leaves v alone.
func (r *Repo[T]) reread(ctx context.Context, w *work[T], op string, cols []*schema.Column, v *T) error {
	w.stored = *v
	if err := r.get(ctx, w, op, cols, &w.stored); err != nil {
		return err
	}
	if r.hooks&afterLoad == 0 {
		*v = w.stored
		return nil
	}
	return scan.KeepOne(r.plan, v).Guard(func() error {
		*v = w.stored
		return afterLoad.call(ctx, v)
	})
}

// Query returns the query of all rows, as a beginning for others.
func (r *Repo[T]) Query() *Query[T] { return &Query[T]{repo: r} }

// Where returns the query of the rows for which all conditions hold.
func (r *Repo[T]) Where(conds ...Cond[T]) *Query[T] {
	return &Query[T]{repo: r, spec: query.Where(query.Spec{}, conds)}
}

// OrderBy returns the query of all rows in an order.
func (r *Repo[T]) OrderBy(orders ...Order[T]) *Query[T] { return r.Query().OrderBy(orders...) }

// Limit returns the query of at most n rows.
func (r *Repo[T]) Limit(n int) *Query[T] { return r.Query().Limit(n) }

// AllRows returns the query of all rows, which may be updated and deleted.
func (r *Repo[T]) AllRows() *Query[T] { return r.Query().AllRows() }

// All returns all rows of the table. Mind their number; Each takes tables of any size.
func (r *Repo[T]) All(ctx context.Context) ([]T, error) { return r.Query().All(ctx) }

// Each ranges over all rows; see [Query.Each].
func (r *Repo[T]) Each(ctx context.Context) iter.Seq2[*T, error] { return r.Query().Each(ctx) }

// One returns the first row that is found, or ErrNotFound.
func (r *Repo[T]) One(ctx context.Context) (*T, error) { return r.Query().One(ctx) }

// Count returns the number of rows.
func (r *Repo[T]) Count(ctx context.Context) (int, error) { return r.Query().Count(ctx) }

// Has reports whether there is a row.
func (r *Repo[T]) Has(ctx context.Context) (bool, error) { return r.Query().Has(ctx) }

// Raw is a condition in SQL; see [Raw].
func (r *Repo[T]) Raw(sql string, args ...any) Cond[T] { return query.Raw[*T](sql, args...) }
