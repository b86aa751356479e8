package histories

import (
	"context"
	"errors"

	"github.com/prom-go/prom"
)

// got keeps a row with soft deletion that the caller has got, and returns it as it is told.
func (c *caller) got(key int64, m *Marked, err error) (rows, error) {
	if err != nil {
		return rows{}, err
	}
	c.copies[key] = m
	v := c.new(key, m.Value)
	v.Version = m.Version
	return row(key, v), nil
}

func (c *caller) find(key int64, m *Marked, err error) (rows, error) {
	if errors.Is(err, prom.ErrNotFound) {
		return row(key, nil), nil
	}
	return c.got(key, m, err)
}

func (c *caller) newMarked(key, value int64) *Marked {
	return &Marked{Model: prom.Model{ID: key}, Value: value}
}

// copied returns a copy of the value that the caller has of a row, to be changed, if it is soft-deleted or not as it
// should be.
func (c *caller) copied(key int64, deleted bool) (*Marked, error) {
	m := *c.copies[key]
	if deleted != (m.Deleted != nil) {
		return nil, errNotNow
	}
	return &m, nil
}

func (c *caller) whereMarked(key int64) *prom.Query[Marked] { return c.marked.Where(markedID.Eq(key)) }

// markedCalls are the calls on rows with soft deletion.
var markedCalls = map[string][]way{
	"read": {
		{"Get", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			m, err := c.marked.Get(ctx, key)
			return c.find(key, m, err)
		}},
		{"Get, shared", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			m, err := c.marked.Get(prom.WithBatchGets(ctx), key)
			return c.find(key, m, err)
		}},
		{"One", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			m, err := c.whereMarked(key).First(ctx)
			return c.find(key, m, err)
		}},
	},
	"create": {
		{"Create", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			m := c.newMarked(key, in.A)
			err := c.marked.Create(ctx, m)
			return c.got(key, m, err)
		}},
	},
	"save": {
		{"Save", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			m, err := c.copied(key, false)
			if err == nil {
				m.Value = in.A
				err = c.marked.Save(ctx, m)
			}
			return c.got(key, m, err)
		}},
	},
	"mark": {
		{"Delete", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			m, err := c.copied(key, false)
			if err == nil {
				err = c.marked.Delete(ctx, m)
			}
			return c.got(key, m, err)
		}},
	},
	"mark key": {
		{"DeleteKey", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			return rows{}, c.marked.DeleteKey(ctx, key)
		}},
		{"Query.Delete", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			n, err := c.whereMarked(key).Delete(ctx)
			return counted(n, err)
		}},
		{"in Batch", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			var b prom.Batch
			result := prom.Queue(&b, c.marked).DeleteKey(key)
			if err := b.Run(ctx); err != nil {
				return rows{}, err
			}
			n, err := result.Value()
			return counted(n, err)
		}},
	},
	"delete": {
		{"HardDelete", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			m := *c.copies[key]
			return rows{}, c.marked.HardDelete(ctx, &m)
		}},
	},
	"delete key": {
		{"Query.HardDelete", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			n, err := c.whereMarked(key).HardDelete(ctx)
			return counted(n, err)
		}},
	},
	"restore": {
		{"Restore", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			m, err := c.copied(key, true)
			if err == nil {
				err = c.marked.Undelete(ctx, m)
			}
			return c.got(key, m, err)
		}},
	},
	"restore key": {
		{"Query.Restore", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			n, err := c.whereMarked(key).Undelete(ctx)
			return counted(n, err)
		}},
	},
	"set": {
		{"Update", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			n, err := c.whereMarked(key).Update(ctx, markedValue.Set(in.A))
			return counted(n, err)
		}},
	},
	"upsert": {
		{"Upsert", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			m := c.newMarked(key, in.A)
			err := c.marked.Upsert(ctx, m, markedID)
			return c.got(key, m, err)
		}},
	},
	"insert or nothing": {
		{"OnConflict", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			m := c.newMarked(key, in.A)
			outcome, err := c.marked.OnConflict(markedID).DoNothing().Create(ctx, m)
			if err == nil && outcome == prom.Unchanged {
				return rows{outcome: none}, nil
			}
			return c.got(key, m, err)
		}},
	},
	"insert or read": {
		{"GetOrCreate", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			m := c.newMarked(key, in.A)
			created, err := c.marked.GetOrCreate(ctx, m, markedID)
			r, err := c.got(key, m, err)
			if !created {
				r.outcome = foundRow
			}
			return r, err
		}},
	},
}
