package prom

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Save stores v: it updates the row that v was loaded from or saved to before, and inserts a new one otherwise.
//
// A model without change tracking, which prom.Model brings, cannot tell the two apart: its version decides, which is 0 in a new
// value, or without one its key. With a key that is not set, and that the database or the library makes, Save inserts; with any
// other it inserts or updates the row with that key.
func (r *Repo[T]) Save(ctx context.Context, v *T) error {
	switch {
	case scan.IsLoaded(r.plan, v):
		return r.Update(ctx, v)
	case r.plan.Tracks():
		return r.Create(ctx, v)
	}
	if err := r.needKey("save"); err != nil {
		return err
	}
	if r.table.Version != nil {
		if version, err := r.version(v); err != nil || version.IsZero() {
			return r.Create(ctx, v)
		}
		return r.Update(ctx, v)
	}
	key, err := r.keyOf(make([]schema.Value, 0, 4), v)
	if err != nil {
		return errorOf("save", r.table, err)
	}
	for i, c := range r.table.Key {
		if c.Auto && key[i].IsZero() {
			return r.Create(ctx, v)
		}
	}
	return r.upsert(ctx, v, identity{cols: r.table.Key})
}

// Update writes the columns of v that changed since it was loaded to the row that it was loaded from, even when its key
// is among them, and reads back what is stored then. A row that is gone is ErrNotFound, and, for a model with a version, one that
// was changed since is ErrStale. A value that was never saved is an error. A model without change tracking is written whole, to the
// row with its key. When Update fails, v is as it was.
//
// The model's updated column is set to the time of the update, unless it was set by hand.
//
// The model's hooks are called in the order BeforeSave, BeforeUpdate, Validate, AfterUpdate, AfterSave. When there is nothing to write after
// the first two, as may be in a model without an updated column, the others are not called.
func (r *Repo[T]) Update(ctx context.Context, v *T) error {
	if hooks := r.hooks & updateHooks; hooks != 0 {
		return r.hooked(ctx, v, hooks, func(ctx context.Context) (bool, error) {
			changed := *v
			cols, err := r.changes(nil, &changed)
			return err != nil || len(cols) > 0, r.update(ctx, v)
		})
	}
	return r.update(ctx, v)
}

func (r *Repo[T]) update(ctx context.Context, v *T) error {
	if err := r.needKey("update"); err != nil {
		return err
	}
	b, err := r.bind()
	if err != nil {
		return err
	}
	w := r.take()
	defer r.give(w)
	w.stored = *v
	cols, err := r.changes(w.cols, &w.stored)
	if err != nil {
		return errorOf("update", r.table, err)
	}
	if len(cols) == 0 {
		return nil
	}
	if w.args, err = r.changed(ctx, "update", w.args, &w.stored, cols); err != nil {
		return err
	}
	by, args, err := r.rowIs(w.args, v)
	if err != nil {
		return errorOf("update", r.table, err)
	}
	w.args = args
	if err := b.look(ctx); err != nil {
		return errorOf("update", r.table, err)
	}
	text, err := b.stmts.UpdateKey(cols, by, r.loadedDeleted(v))
	if err != nil {
		return err
	}
	w.setWrite("update", text)
	w.returns(r.plan, r.keptBut(cols))
	if err := r.readOne(ctx, b, w, &w.stored); err != nil {
		return r.missed(ctx, err, r.stands(v), by, args[len(cols):])
	}
	*v = w.stored
	return nil
}

// changes appends the columns of v to write, and sets its updated column. The version is counted up when another column
// has changed: the time of a save alone makes nobody's copy of the row a stale one.
func (r *Repo[T]) changes(cols []*schema.Column, v *T) ([]*schema.Column, error) {
	tracked := r.plan.Tracks()
	if tracked {
		if !scan.IsLoaded(r.plan, v) {
			return nil, errNeverSaved
		}
		cols = append(cols, scan.Modified(r.plan, v)...)
		if unread := scan.Unread(r.plan, v, cols); len(unread) > 0 {
			return nil, errUnread(unread)
		}
	} else {
		for _, c := range r.table.Columns {
			if !c.Key && !c.Created {
				cols = append(cols, c)
			}
		}
	}
	if version := r.table.Version; version != nil {
		cols = slices.DeleteFunc(cols, func(c *schema.Column) bool { return c == version }) // what is set there by hand counts for nothing
		changed := len(cols) > 0 || !tracked
		if err := r.countUp(v, changed); err != nil {
			return nil, err
		}
		if changed {
			cols = append(cols, version)
		}
	}
	for _, c := range r.table.Columns {
		if c.Updated && !(tracked && slices.Contains(cols, c)) {
			if err := scan.Set(r.plan, v, c, schema.TimeValue(schema.Time, now())); err != nil {
				return nil, err
			}
			if tracked {
				cols = append(cols, c)
			}
		}
	}
	return cols, nil
}

// Modified lists the names of the columns that changed since v was loaded, in place too; all of them when it was not.
func (r *Repo[T]) Modified(v *T) []string {
	return schema.ColumnNames(scan.Modified(r.plan, v))
}

// errUnread says that fields would be written which were not read, so that what they replace is not known.
func errUnread(cols []*schema.Column) error {
	return fmt.Errorf("the value was read with some of its fields (Only), and not with %s; Reload it first", strings.Join(schema.ColumnNames(cols), ", "))
}
