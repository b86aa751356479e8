package core

import (
	"context"
	"time"
	"unsafe"

	"github.com/google/uuid"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// New does what Repo.New of package prom says.
func (r *Repo) New() unsafe.Pointer {
	v := r.memory.New()
	for _, c := range r.table.Columns {
		if c.Default != nil {
			// A default fits its own column, so there is nothing that fails.
			_ = r.plan.Set(v, c, defaultValue(c))
		}
	}
	return v
}

// Create does what Repo.Create of package prom says.
func (r *Repo) Create(ctx context.Context, v unsafe.Pointer) error {
	if err := r.given("insert", v); err != nil {
		return err
	}
	if hooks := r.hooks & createHooks; hooks != 0 {
		return r.hookedOne(ctx, v, hooks, func(ctx context.Context) (bool, error) { return true, r.create(ctx, v) })
	}
	return r.create(ctx, v)
}

func (r *Repo) create(ctx context.Context, v unsafe.Pointer) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	w := r.take()
	defer r.give(w)
	w.store(r, v)
	cols, err := r.fill(w.cols, w.stored, now())
	if err != nil {
		return ErrorOf("insert", r.table, err)
	}
	if w.args, err = r.values(ctx, "insert", w.args, w.stored, cols); err != nil {
		return err
	}
	if err := b.look(ctx); err != nil {
		return ErrorOf("insert", r.table, err)
	}
	if rewritten, err := b.rewritten(ctx); err != nil {
		return ErrorOf("insert", r.table, err)
	} else if rewritten {
		return r.insertRewritten(ctx, b, w, cols, v)
	}
	only, err := r.insertsOnly(ctx, b, cols)
	if err != nil {
		return err
	}
	if only {
		return r.insertOnly(ctx, b, w, cols, v)
	}
	text, err := b.stmts.Insert(cols, 1)
	if err != nil {
		return err
	}
	w.setWrite("insert", text)
	w.Stores = driver.StoresInsert
	w.returns(r.plan, r.keptBut(cols))
	if err := r.readOne(ctx, b, w, w.stored); err != nil {
		if b.refused(ctx, err) {
			return r.create(ctx, v)
		}
		return err
	}
	r.memory.Copy(v, w.stored)
	r.wroteOne(ctx, b, "insert", v)
	return nil
}

// fitsAnyKey reports whether a field takes every key that auto-increment comes to. What a smaller one does not take
// must be undone.
func fitsAnyKey(key *schema.Column) bool { return key.Type.Size() >= 8 }

// insertOnly inserts the row of w's arguments, without reading it back, and changes v to it.
func (r *Repo) insertOnly(ctx context.Context, b *binding, w *work, cols []*schema.Column, v unsafe.Pointer) error {
	text, err := b.stmts.InsertOnly(cols)
	if err != nil {
		return err
	}
	w.setWrite("insert", text)
	w.Stores = driver.StoresInsert
	if _, err := b.exec(ctx, &w.call); err != nil {
		return err
	}
	if err := r.inserted(w, w.stored, cols, w.args, w.LastKey); err != nil {
		return err
	}
	r.memory.Copy(v, w.stored)
	r.wroteOne(ctx, b, "insert", v)
	return nil
}

// inserted makes v what its row is, after columns of it were inserted as the given values.
func (r *Repo) inserted(w *work, v unsafe.Pointer, cols []*schema.Column, values []schema.Value, key int64) error {
	err := r.plan.Stored(v, cols, values)
	if c := r.madeKey(cols); c != nil && err == nil {
		err = r.plan.Set(v, c, schema.IntValue(schema.Int64, key))
	}
	if err != nil {
		return ErrorOf("insert", r.table, err)
	}
	w.loader.Plan = r.plan
	w.loader.Note(v)
	return nil
}

// newUUID returns a UUID of version 7 (RFC 9562).
func newUUID() string { return uuid.Must(uuid.NewV7()).String() }

// now is the time of a write, as exact as it is stored.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// fill sets what is unset and made in Go: defaults, times and UUIDs. It appends the columns to insert: all but a key
// that the database generates, and those that it fills.
func (r *Repo) fill(cols []*schema.Column, v unsafe.Pointer, at time.Time) ([]*schema.Column, error) {
	if unread := r.plan.Unread(v, r.table.Columns); len(unread) > 0 {
		return nil, errUnread(unread)
	}
	for _, c := range r.table.Columns {
		if c.ReadOnly {
			continue
		}
		if c.Auto || c.Created || c.Updated || c.Default != nil {
			value, err := r.plan.Value(v, c)
			switch {
			case err != nil: // what cannot be encoded is set; Values reports it, with all else that is wrong
				err = nil
			case c.Auto && c.Kind != schema.UUID && value.IsZero():
				continue
			case c.Auto && value.IsZero():
				err = r.plan.Set(v, c, schema.TextValue(schema.UUID, newUUID()))
			case (c.Created || c.Updated) && value.IsZero():
				err = r.plan.Set(v, c, schema.TimeValue(schema.Time, at))
			case c.Default != nil && (unset(c, value) || c.Version && value.IsZero()):
				err = r.plan.Set(v, c, defaultValue(c))
			}
			if err != nil {
				return nil, err
			}
		}
		cols = append(cols, c)
	}
	return cols, nil
}

// unset reports whether a field was certainly not set: NULL, the zero time or the zero UUID. A zero of any other type
// may be meant.
func unset(c *schema.Column, v schema.Value) bool {
	switch c.Kind {
	case schema.Time, schema.Date, schema.UUID:
		return v.IsZero()
	}
	return v.IsNull()
}

func defaultValue(c *schema.Column) schema.Value {
	switch c.Default.Func {
	case "now":
		return schema.TimeValue(c.Kind, now())
	case "uuid":
		return schema.TextValue(schema.UUID, newUUID())
	}
	return c.Default.Literal
}
