package core

import (
	"context"
	"errors"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Get does what Repo.Get of package prom says.
func (r *Repo) Get(ctx context.Context, key []any) (unsafe.Pointer, error) {
	w := r.take()
	defer r.give(w)
	var err error
	if w.args, err = r.convertKey(w.args, key); err != nil {
		return nil, ErrorOf("get", r.table, err)
	}
	b, err := r.bind()
	if err != nil {
		return nil, err
	}
	var v unsafe.Pointer
	if r.coalesces(ctx, b) {
		v, err = r.getShared(ctx, b, w)
	} else {
		v, err = r.getAlone(ctx, w)
	}
	if err == nil {
		err = r.loadedOne(ctx, v)
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

// GetBy does what GetBy of package prom says.
func (r *Repo) GetBy(ctx context.Context, field Columner, v any) (unsafe.Pointer, error) {
	if c := field.Column(); len(r.table.Key) == 1 && r.table.Key[0] == c {
		return r.Get(ctx, []any{v})
	}
	id, err := r.identityOf([]Columner{field})
	var value schema.Value
	if err == nil {
		value, err = r.plan.Codec(id.cols[0]).Convert(v)
	}
	if err == nil && value.IsNull() {
		err = errors.New("the value is NULL: a NULL cannot be looked up by equality")
	}
	if err != nil {
		return nil, ErrorOf("get", r.table, err)
	}
	q := r.Query()
	return q.as(q.spec.KeyIs(id.cols, []schema.Value{value})).First(ctx)
}

// get reads the row whose columns have the values of w's arguments into v.
func (r *Repo) get(ctx context.Context, w *work, op string, cols []*schema.Column, v unsafe.Pointer) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	if err := b.look(ctx); err != nil {
		return ErrorOf(op, r.table, err)
	}
	text, err := b.stmts.SelectBy(cols)
	if err != nil {
		return ErrorOf(op, r.table, err)
	}
	w.set(op, text)
	w.reads = true
	return r.readOne(ctx, b, w, v)
}

// Load does what Repo.Load of package prom says.
func (r *Repo) Load(ctx context.Context, v unsafe.Pointer) error {
	if err := r.given("load", v); err != nil {
		return err
	}
	id, err := r.identity(v)
	if err != nil {
		return ErrorOf("load", r.table, err)
	}
	return r.loadBy(ctx, v, id.cols)
}

// Reload does what Repo.Reload of package prom says.
func (r *Repo) Reload(ctx context.Context, v unsafe.Pointer) error {
	if err := r.given("reload", v); err != nil {
		return err
	}
	if err := r.needKey("reload"); err != nil {
		return err
	}
	w := r.take()
	defer r.give(w)
	var err error
	if w.args, err = r.rowKey(w.args, v); err != nil {
		return ErrorOf("reload", r.table, err)
	}
	return r.reread(r.onPrimary(ctx), w, "reload", r.table.Key, v)
}

// reread reads a row into v, or leaves v alone.
func (r *Repo) reread(ctx context.Context, w *work, op string, cols []*schema.Column, v unsafe.Pointer) error {
	w.store(r, v)
	if err := r.get(ctx, w, op, cols, w.stored); err != nil {
		return err
	}
	if r.hooks&afterLoad == 0 {
		r.memory.Copy(v, w.stored)
		return nil
	}
	return r.plan.Keep(scan.One(v)).Guard(func() error {
		r.memory.Copy(v, w.stored)
		return r.loadedOne(ctx, v)
	})
}

// Query returns the query of all rows, as a beginning for others.
func (r *Repo) Query() *Query { return &Query{repo: r} }

// What a repo does as the query of all its rows does it. The methods are of the core, so that those of a model's repo
// are calls that the compiler replaces by what they call.

func (r *Repo) OrderBy(orders []Order) *Query                     { return r.Query().OrderBy(orders) }
func (r *Repo) Limit(n int) *Query                                { return r.Query().Limit(n) }
func (r *Repo) WithoutWhere() *Query                              { return r.Query().WithoutWhere() }
func (r *Repo) All(ctx context.Context) (scan.List, error)        { return r.Query().All(ctx) }
func (r *Repo) Each(ctx context.Context) Rows                     { return r.Query().Each(ctx) }
func (r *Repo) Stream(ctx context.Context) Rows                   { return r.Query().Stream(ctx) }
func (r *Repo) First(ctx context.Context) (unsafe.Pointer, error) { return r.Query().First(ctx) }
func (r *Repo) Count(ctx context.Context) (int, error)            { return r.Query().Count(ctx) }
func (r *Repo) Exists(ctx context.Context) (bool, error)          { return r.Query().Exists(ctx) }
func (r *Repo) Watch(ctx context.Context, o WatchOptions) Rows    { return r.Query().Watch(ctx, o) }

// Where returns the query of the rows for which all conditions hold.
func (r *Repo) Where(conds []Cond) *Query {
	if len(conds) != 1 {
		return &Query{repo: r, spec: ast.Spec{}.Where(conds)}
	}
	q := &struct { // together, since most queries begin so
		Query
		room [1]ast.Cond
	}{}
	q.Query = Query{repo: r, spec: ast.Spec{}.WhereIn(q.room[:0], conds)}
	return &q.Query
}
