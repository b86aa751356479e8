package core

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// Save does what Repo.Save of package prom says.
func (r *Repo) Save(ctx context.Context, v unsafe.Pointer) error {
	if err := r.given("save", v); err != nil {
		return err
	}
	switch {
	case r.plan.IsLoaded(v):
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
		return ErrorOf("save", r.table, err)
	}
	for i, c := range r.table.Key {
		switch {
		case (c.Auto || c.ReadOnly) && key[i].IsZero():
			return r.Create(ctx, v)
		case c.ReadOnly: // an insert would make another key
			return r.Update(ctx, v)
		}
	}
	b, err := r.bind()
	if err != nil {
		return err
	}
	if rewritten, err := b.rewritten(ctx); err != nil {
		return ErrorOf("save", r.table, err)
	} else if rewritten {
		return r.saveRewritten(ctx, b, v)
	}
	if err = r.upsert(ctx, "save", v, identity{cols: r.table.Key}); b.refused(ctx, err) {
		return r.saveRewritten(ctx, b, v)
	}
	return err
}

// Update does what Repo.Update of package prom says.
func (r *Repo) Update(ctx context.Context, v unsafe.Pointer) error {
	if err := r.given("update", v); err != nil {
		return err
	}
	if hooks := r.hooks & updateHooks; hooks != 0 {
		return r.hookedOne(ctx, v, hooks, func(ctx context.Context) (bool, error) {
			changed := r.memory.New()
			r.memory.Copy(changed, v)
			cols, err := r.changes(nil, changed)
			return err != nil || len(cols) > 0, r.update(ctx, v)
		})
	}
	return r.update(ctx, v)
}

func (r *Repo) update(ctx context.Context, v unsafe.Pointer) error {
	if err := r.needKey("update"); err != nil {
		return err
	}
	b, err := r.bind()
	if err != nil {
		return err
	}
	w := r.take()
	defer r.give(w)
	w.store(r, v)
	cols, err := r.changes(w.cols, w.stored)
	if err != nil {
		return ErrorOf("update", r.table, err)
	}
	if len(cols) == 0 {
		return nil
	}
	if w.args, err = r.changed(ctx, "update", w.args, w.stored, cols); err != nil {
		return err
	}
	by, args, err := r.rowIs(w.args, v)
	if err != nil {
		return ErrorOf("update", r.table, err)
	}
	w.args = args
	if err := b.look(ctx); err != nil {
		return ErrorOf("update", r.table, err)
	}
	text, err := b.stmts.UpdateKey(cols, by, r.loadedDeleted(v))
	if err != nil {
		return err
	}
	w.setWrite("update", text)
	w.returns(r.plan, r.keptBut(cols))
	if err := r.readOne(ctx, b, w, w.stored); err != nil {
		return r.missed(ctx, err, r.stands(v), by, args[len(cols):])
	}
	r.memory.Copy(v, w.stored)
	r.wroteOne(ctx, b, "update", v)
	return nil
}

// changes appends the columns of v to write, and sets its updated column. The version is incremented when another
// column has changed: the time of a save alone makes nobody's copy of the row a stale one.
func (r *Repo) changes(cols []*schema.Column, v unsafe.Pointer) ([]*schema.Column, error) {
	tracked := r.plan.Tracks()
	if tracked {
		if !r.plan.IsLoaded(v) {
			return nil, errNeverSaved
		}
		cols = append(cols, r.plan.Modified(v)...)
		if r.table.Filled { // what is set in the fields that the database fills counts for nothing
			cols = slices.DeleteFunc(cols, func(c *schema.Column) bool { return c.ReadOnly })
		}
		if unread := r.plan.Unread(v, cols); len(unread) > 0 {
			return nil, errUnread(unread)
		}
	} else {
		for _, c := range r.table.Columns {
			if !c.Key && !c.Created && !c.ReadOnly {
				cols = append(cols, c)
			}
		}
	}
	if version := r.table.Version; version != nil {
		// what is set there by hand counts for nothing
		cols = slices.DeleteFunc(cols, func(c *schema.Column) bool { return c == version })
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
			if err := r.plan.Set(v, c, schema.TimeValue(schema.Time, now())); err != nil {
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
func (r *Repo) Modified(v unsafe.Pointer) []string {
	return schema.ColumnNames(r.plan.Modified(v))
}

// errUnread says that fields would be written which were not read, so that what they replace is not known.
func errUnread(cols []*schema.Column) error {
	return fmt.Errorf("the value was read by Only, without %s; Reload it first",
		strings.Join(schema.ColumnNames(cols), ", "))
}
