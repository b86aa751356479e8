package core

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// GetOrCreate looks again when a row was in the way of its own and is gone when it is looked for: maxLooks times where
// the database may suppress inserts, and mostLooks times where others must have inserted and deleted the row meanwhile.
const (
	maxLooks  = 8
	mostLooks = 100
)

// GetOrCreate does what Repo.GetOrCreate of package prom says.
func (r *Repo) GetOrCreate(ctx context.Context, v unsafe.Pointer, on []Columner) (created bool, err error) {
	if err := r.given("create", v); err != nil {
		return false, err
	}
	var id identity
	if len(on) > 0 {
		id, err = r.identityOf(on)
	} else {
		id, err = r.identity(v)
	}
	if err == nil {
		err = r.allSet(v, id.cols)
	}
	if err != nil {
		return false, ErrorOf("create", r.table, err)
	}
	ctx = r.onPrimary(ctx)
	for looks := 1; ; looks++ {
		if err := r.loadBy(ctx, v, id.cols); !errors.Is(err, driver.KindNotFound) {
			return false, err
		}
		c := &Conflict{repo: r, on: id, nothing: true, hooks: r.hooks & createHooks}
		outcome, err := c.Create(ctx, v)
		if err != nil || outcome == Inserted {
			return err == nil, err
		}
		if err := r.inTheWay(ctx, v, id.cols, looks); err != nil {
			return false, err
		}
	}
}

// inTheWay returns the error of an insert that did nothing, though no row was found that has the same values in the
// columns, or nil when it is worth to look again.
func (r *Repo) inTheWay(ctx context.Context, v unsafe.Pointer, cols []*schema.Column, looks int) error {
	row := make([]schema.Value, len(cols))
	for i, c := range cols {
		row[i], _ = r.plan.Value(v, c) // which allSet has looked at
	}
	taken := &driver.Error{Kind: driver.KindUnique, Op: "create", Table: r.table.Name, Columns: schema.ColumnNames(cols),
		Detail: "a soft-deleted row has the same values; restore it with Undelete, or delete it with HardDelete"}
	if r.table.Deleted != nil {
		deleted := &Query{repo: r, spec: ast.Spec{}.OnlyDeleted().KeyIs(cols, row)}
		if there, err := deleted.Exists(ctx); err != nil || there {
			return cmp.Or[error](err, taken)
		}
	}
	if looks < maxLooks {
		return nil
	}
	b, err := r.bind()
	if err != nil {
		return err
	}
	if may, err := b.db.MaySuppress(ctx, r.table.Name); err != nil || !may && looks < mostLooks {
		return err
	}
	taken.Kind, taken.Detail = driver.KindNotStored,
		"a trigger or a rule of the database suppressed the insert, or a row that may not be seen is in its way"
	return taken
}

// allSet returns an error when one of the columns is NULL, by which no row is found.
func (r *Repo) allSet(v unsafe.Pointer, cols []*schema.Column) error {
	for _, c := range cols {
		if value, err := r.plan.Value(v, c); err != nil || value.IsNull() {
			return cmp.Or(err, fmt.Errorf("%s is NULL: a NULL key cannot be looked up", c.Field))
		}
	}
	return nil
}

// loadBy fills v with the row that has the same values in the columns.
func (r *Repo) loadBy(ctx context.Context, v unsafe.Pointer, cols []*schema.Column) error {
	w := r.take()
	defer r.give(w)
	for _, c := range cols {
		value, err := r.plan.Value(v, c)
		if err != nil {
			return ErrorOf("load", r.table, err)
		}
		w.args = append(w.args, value)
	}
	return r.reread(ctx, w, "load", cols, v)
}
