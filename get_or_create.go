package prom

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// maxLooks bounds how often GetOrCreate looks for a row that is in the way of its own and is gone when it is looked for.
const maxLooks = 8

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
	for range maxLooks {
		if err := r.loadBy(ctx, v, id.cols); !errors.Is(err, ErrNotFound) {
			return false, err
		}
		c := &Conflict[T]{repo: r, on: &id, nothing: true, hooks: r.hooks & createHooks}
		outcome, err := c.Create(ctx, v)
		if err != nil || outcome == Inserted {
			return err == nil, err
		}
	}
	return false, r.inTheWay(ctx, v, id.cols)
}

// inTheWay returns the error of an insert that does nothing, though no row is found that has the same values in the
// columns.
func (r *Repo[T]) inTheWay(ctx context.Context, v *T, cols []*schema.Column) error {
	row := make([]schema.Value, len(cols))
	for i, c := range cols {
		row[i], _ = scan.Value(r.plan, v, c) // which allSet has looked at
	}
	taken := &Error{Kind: ErrUnique, Op: "create", Table: r.table.Name, Columns: schema.ColumnNames(cols),
		Detail: "a soft-deleted row has the same values, so that only its key is taken"}
	deleted := &Query[T]{repo: r, spec: query.Spec{}.WithDeleted().KeyIs(cols, row)}
	there, err := deleted.Has(ctx)
	if err == nil && !there {
		taken.Kind, taken.Detail = ErrNotStored, "a trigger or a rule of the database suppressed the insert, or a row that may not be seen is in its way"
	}
	return cmp.Or[error](err, taken)
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
