package core

import (
	"context"
	"slices"
	"unsafe"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// rewritten reports whether a rule of the table rewrites what is inserted into it, for which the server returns no rows
// (https://www.postgresql.org/docs/current/rules-update.html). It is asked once, when the table is known to be there, and in a
// transaction alone, which the error of a failed INSERT would end; see [binding.refused].
func (b *binding) rewritten(ctx context.Context) (bool, error) {
	if b.db.Dialect().Rewrites() == "" {
		return false, nil
	}
	switch b.told.Load() {
	case toldNothing:
		return true, nil
	case toldRows:
		return false, nil
	}
	if !b.db.InTx(ctx) {
		return false, nil
	}
	plain := b.db.Mark(storesInserts{b.table.Name}) // for the other repos of the table
	if plain.IsSet(ctx) {
		b.told.Store(toldRows)
		return false, nil
	}
	rewritten, err := b.db.Rewrites(ctx, b.table.Name)
	switch {
	case err != nil:
		return false, err
	case rewritten:
		b.told.Store(toldNothing)
	case b.marked.IsSet(ctx):
		b.told.Store(toldRows)
		plain.Set(ctx)
	}
	return rewritten, nil
}

// refused reports whether an INSERT outside a transaction has failed, with nothing stored, because a rule rewrites it.
func (b *binding) refused(ctx context.Context, err error) bool {
	if err == nil || driver.KindOf(err) != driver.KindUnsupported || b.db.Dialect().Rewrites() == "" || b.db.InTx(ctx) ||
		b.told.Load() == toldNothing {
		return false
	}
	rewritten, failed := b.db.Rewrites(ctx, b.table.Name)
	if failed == nil && rewritten {
		b.told.Store(toldNothing)
	}
	return failed == nil && rewritten
}

// storesInserts is the key of the mark of a table of which no rule rewrites what is inserted.
type storesInserts struct{ table string }

// insertRewritten inserts a row that a rule may store elsewhere, such as in a table that inherits from this one. The
// key is made before, and the row read by it afterwards; where it is not there, nothing has been stored.
func (r *Repo) insertRewritten(ctx context.Context, b *binding, w *work, cols []*schema.Column, v unsafe.Pointer) error {
	return b.inTx(ctx, func(ctx context.Context) error {
		if c := r.madeKey(cols); c != nil {
			if err := r.nextKeys(ctx, b, c, []unsafe.Pointer{w.stored}); err != nil {
				return ErrorOf("insert", r.table, err)
			}
			cols = slices.Insert(slices.Clone(cols), 0, c)
		}
		var err error
		if w.args, err = r.values(ctx, "insert", w.args[:0], w.stored, cols); err != nil {
			return err
		}
		text, err := b.stmts.InsertOnly(cols)
		if err != nil {
			return err
		}
		w.setWrite("insert", text)
		if _, err := b.exec(ctx, &w.call); err != nil {
			return err
		}
		if len(r.table.Key) == 0 {
			r.memory.Copy(v, w.stored)
			r.wroteOne(ctx, b, "insert", v)
			return nil
		}
		if w.args, err = r.rowKey(w.args[:0], w.stored); err != nil {
			return ErrorOf("insert", r.table, err)
		}
		err = r.get(ctx, w, "insert", r.table.Key, w.stored)
		if driver.KindOf(err) == driver.KindNotFound {
			return driver.NotStored("insert", r.table.Name)
		}
		if err == nil {
			r.memory.Copy(v, w.stored)
			r.wroteOne(ctx, b, "insert", v)
		}
		return err
	})
}

// nextKeys gives values the keys that the database would make.
func (r *Repo) nextKeys(ctx context.Context, b *binding, c *schema.Column, values []unsafe.Pointer) error {
	if len(values) == 0 {
		return nil
	}
	keys, err := b.db.NextKeys(ctx, r.table.Name, c.Name, len(values))
	for i := 0; i < len(keys) && err == nil; i++ {
		err = r.plan.Set(values[i], c, schema.IntValue(schema.Int64, keys[i]))
	}
	return err
}

// createRewritten inserts values of which a rule decides where each is stored.
func (r *Repo) createRewritten(ctx context.Context, b *binding, vs scan.List) error {
	stored := r.memory.Clone(vs)
	err := b.inTx(ctx, func(ctx context.Context) error {
		if c := r.madeKey(nil); c != nil {
			var lacking []unsafe.Pointer
			for i := range stored.Len {
				v := r.memory.At(stored, i)
				if key, err := r.plan.Value(v, c); err == nil && key.IsZero() {
					lacking = append(lacking, v)
				}
			}
			if err := r.nextKeys(ctx, b, c, lacking); err != nil {
				return ErrorOf("insert", r.table, err)
			}
		}
		for i := range stored.Len {
			if err := r.create(ctx, r.memory.At(stored, i)); err != nil {
				return &At{i, err}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.memory.CopyAll(vs, stored)
	return nil
}

// saveRewritten updates the row of a value, or inserts it, where a rule takes the place of ON CONFLICT.
func (r *Repo) saveRewritten(ctx context.Context, b *binding, v unsafe.Pointer) error {
	return b.inTx(ctx, func(ctx context.Context) error {
		err := r.Update(ctx, v)
		if driver.KindOf(err) == driver.KindNotFound {
			err = r.Create(ctx, v)
		}
		return err
	})
}
