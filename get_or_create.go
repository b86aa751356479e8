package prom

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// GetOrCreate looks again when a row was in the way of its own and is gone when it is looked for: maxLooks times where
// the database may suppress inserts, and mostLooks times where others must have inserted and deleted the row meanwhile.
const (
	maxLooks  = 8
	mostLooks = 100
)

// GetOrCreate fills v with the row that has the same values in the fields given, or inserts v when there is none, and tells whether
// it has. The fields are as those of [Repo.Upsert]: the primary key or a unique index, without fields the first that is set.
//
// Any number of callers may do so at the same moment, in and outside transactions: one inserts the row, and all get it. In a
// transaction of PostgreSQL that is serializable or repeatable read, a row that another one has inserted meanwhile is
// ErrSerialization: run the transaction again. When GetOrCreate fails, v is as it was.
//
// The model's hooks are those of Create when there seems to be no row, in a transaction that is undone if it was there after all, or
// else AfterLoad.
func (r *Repo[T]) GetOrCreate(ctx context.Context, v *T, on ...Columner) (created bool, err error) {
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
		return false, errorOf("create", r.table, err)
	}
	for looks := 1; ; looks++ {
		if err := r.loadBy(ctx, v, id.cols); !errors.Is(err, ErrNotFound) {
			return false, err
		}
		c := &Conflict[T]{repo: r, on: &id, nothing: true, hooks: r.hooks & createHooks}
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
func (r *Repo[T]) inTheWay(ctx context.Context, v *T, cols []*schema.Column, looks int) error {
	row := make([]schema.Value, len(cols))
	for i, c := range cols {
		row[i], _ = scan.Value(r.plan, v, c) // which allSet has looked at
	}
	taken := &Error{Kind: ErrUnique, Op: "create", Table: r.table.Name, Columns: schema.ColumnNames(cols),
		Detail: "a soft-deleted row has the same values, so that only its key is taken"}
	if r.table.Deleted != nil {
		deleted := &Query[T]{repo: r, spec: query.Spec{}.OnlyDeleted().KeyIs(cols, row)}
		if there, err := deleted.Has(ctx); err != nil || there {
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
	if may, err := conn.MaySuppress(ctx, b.db, r.table.Name); err != nil || !may && looks < mostLooks {
		return err
	}
	taken.Kind, taken.Detail = ErrNotStored,
		"a trigger or a rule of the database suppressed the insert, or a row that may not be seen is in its way"
	return taken
}

// allSet returns an error when one of the columns is NULL, by which no row is found.
func (r *Repo[T]) allSet(v *T, cols []*schema.Column) error {
	for _, c := range cols {
		if value, err := scan.Value(r.plan, v, c); err != nil || value.IsNull() {
			return cmp.Or(err, fmt.Errorf("%s is NULL: a NULL key cannot be looked up", c.Field))
		}
	}
	return nil
}

// loadBy fills v with the row that has the same values in the columns.
func (r *Repo[T]) loadBy(ctx context.Context, v *T, cols []*schema.Column) error {
	w := r.take()
	defer r.give(w)
	for _, c := range cols {
		value, err := scan.Value(r.plan, v, c)
		if err != nil {
			return errorOf("load", r.table, err)
		}
		w.args = append(w.args, value)
	}
	return r.reread(ctx, w, "load", cols, v)
}
