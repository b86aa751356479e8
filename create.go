package prom

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// New returns a new value with the defaults of its fields. A struct literal has only those that Create fills in: of pointers, times
// and UUIDs, which can be told to be unset; it never takes a zero that was meant for an unset value.
func (r *Repo[T]) New() *T {
	v := new(T)
	for _, c := range r.table.Columns {
		if c.Default != nil {
			// A default fits its own column, so there is nothing that fails.
			_ = scan.Set(r.plan, v, c, defaultValue(c))
		}
	}
	return v
}

// Create inserts v and reads back what was stored: the key that the database made, times, and whatever else it did. A key that is set
// already is kept. When Create fails, v is as it was.
func (r *Repo[T]) Create(ctx context.Context, v *T) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	stored := *v
	cols, err := r.fill(&stored, now())
	if err != nil {
		return errorOf("insert", r.table, err)
	}
	c, err := r.insertCall(b, cols, []*T{&stored})
	if err != nil {
		return err
	}
	if err := r.readOne(ctx, b, c, &stored); err != nil {
		return err
	}
	*v = stored
	return nil
}

// CreateMany inserts values, in one transaction when it takes more than one statement: all of them or none. The keys that the
// database made come back in the order of the values, which are left as they were when it fails.
func (r *Repo[T]) CreateMany(ctx context.Context, vs []T) error {
	if len(vs) == 0 {
		return nil
	}
	b, err := r.bind()
	if err != nil {
		return err
	}
	stored := slices.Clone(vs)
	at := now()
	var parts []part
	for i := range stored {
		cols, err := r.fill(&stored[i], at)
		if err != nil {
			return errorOf("insert", r.table, err)
		}
		if n := len(parts); n > 0 && slices.Equal(parts[n-1].cols, cols) {
			parts[n-1].to = i + 1
		} else {
			parts = append(parts, part{cols, i, i + 1})
		}
	}
	parts = splitParts(parts, b.db.Dialect().Features().MaxArgs)
	insert := func(ctx context.Context) error {
		for _, p := range parts {
			if err := r.insertPart(ctx, b, p.cols, stored[p.from:p.to]); err != nil {
				return err
			}
		}
		return nil
	}
	if len(parts) == 1 {
		err = insert(ctx)
	} else {
		known := b.marked.IsSet(ctx)
		err = b.db.Tx(ctx, insert)
		if !b.db.InTx(ctx) && (known && missing(err) || conn.IsStale(err)) {
			// The table changed behind our back, which ended the transaction before anything could be put right in it.
			err = b.db.Tx(ctx, insert)
		}
	}
	if err != nil {
		return err
	}
	copy(vs, stored)
	return nil
}

// part is a run of values that are inserted with the same columns.
type part struct {
	cols     []*schema.Column
	from, to int
}

// maxRows bounds the rows of one INSERT. Above a few hundred nothing is gained, and the text grows.
const maxRows = 256

// splitParts cuts parts into sizes that one statement takes: powers of two, so that the last ones of many different sizes are a
// few shapes and not one for each size.
func splitParts(parts []part, maxArgs int) []part {
	var cut []part
	for _, p := range parts {
		size := maxRows
		for size > 1 && (size*max(1, len(p.cols)) > maxArgs || len(p.cols) == 0) {
			size /= 2
		}
		for p.from < p.to {
			for size > p.to-p.from {
				size /= 2
			}
			cut = append(cut, part{p.cols, p.from, p.from + size})
			p.from += size
		}
	}
	return cut
}

func (r *Repo[T]) insertPart(ctx context.Context, b *binding, cols []*schema.Column, vs []T) error {
	ptrs := make([]*T, len(vs))
	for i := range vs {
		ptrs[i] = &vs[i]
	}
	c, err := r.insertCall(b, cols, ptrs)
	if err != nil {
		return err
	}
	return b.query(ctx, c, func(rows conn.Rows) error {
		loader := scan.Loader[T]{Plan: r.plan}
		i := 0
		for ; rows.Next(); i++ {
			if i == len(vs) {
				return errors.New("the database returned more rows than were inserted")
			}
			if err := loader.Load(rows, &vs[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// insertCall makes the INSERT of values that were filled in.
func (r *Repo[T]) insertCall(b *binding, cols []*schema.Column, vs []*T) (call, error) {
	c := call{op: "insert", write: true, complete: true, args: make([]schema.Value, 0, len(cols)*len(vs))}
	for _, v := range vs {
		var err error
		if c.args, err = scan.Values(r.plan, c.args, v, cols); err != nil {
			return c, errorOf("insert", r.table, err)
		}
	}
	var err error
	c.sql, err = b.stmts.Insert(cols, len(vs))
	return c, err
}

// now is the time of a write, as exact as it is stored.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// fill sets what is unset and made in Go: defaults, times and UUIDs. It returns the columns to insert: all but a key that the
// database counts up.
func (r *Repo[T]) fill(v *T, at time.Time) ([]*schema.Column, error) {
	cols := make([]*schema.Column, 0, len(r.table.Columns))
	for _, c := range r.table.Columns {
		if c.Auto || c.Created || c.Updated || c.Default != nil {
			value, err := scan.Value(r.plan, v, c)
			switch {
			case err != nil: // what cannot be encoded is set; Values reports it, with all else that is wrong
				err = nil
			case c.Auto && c.Kind != schema.UUID && value.IsZero():
				continue
			case c.Auto && value.IsZero():
				err = scan.Set(r.plan, v, c, schema.TextValue(schema.UUID, NewUUID().String()))
			case (c.Created || c.Updated) && value.IsZero():
				err = scan.Set(r.plan, v, c, schema.TimeValue(schema.Time, at))
			case c.Default != nil && unset(c, value):
				err = scan.Set(r.plan, v, c, defaultValue(c))
			}
			if err != nil {
				return nil, err
			}
		}
		cols = append(cols, c)
	}
	return cols, nil
}

// unset reports whether a field was certainly not set: NULL, the zero time or the zero UUID. A zero of any other type may be meant.
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
		return schema.TextValue(schema.UUID, NewUUID().String())
	}
	return c.Default.Literal
}
