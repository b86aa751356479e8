package histories

import (
	"context"
	"errors"
	"fmt"

	"github.com/prom-go/prom"
)

// rows are what a call has told: an outcome, if there are others than done, and the rows by their keys. A row that is
// not there is nil.
type rows struct {
	outcome string
	list    map[int64]*Register
}

func row(key int64, v *Register) rows { return rows{list: map[int64]*Register{key: v}} }

// counted is what a write by query has told that counts the rows.
func counted(n int, err error) (rows, error) {
	switch {
	case err != nil:
		return rows{}, err
	case n == 0:
		return rows{outcome: none}, nil
	case n > 1:
		return rows{}, fmt.Errorf("%d rows of one key were written", n)
	}
	return rows{}, nil
}

// returned is what a write by query has told that returns the rows.
func returned(key int64, list []Register, err error) (rows, error) {
	if r, err := counted(len(list), err); err != nil || len(list) == 0 {
		return r, err
	}
	return row(key, &list[0]), nil
}

// way is a way to do a step, of which some have several.
type way struct {
	by string
	do func(ctx context.Context, c *caller, key int64, in input) (rows, error)
}

func (c *caller) new(key, value int64) *Register {
	return &Register{Model: prom.Model{ID: key}, Value: value}
}

func (c *caller) where(key int64) *prom.Query[Register] { return c.repo.Where(registerID.Eq(key)) }

// written returns the row of a value that was written.
func written(key int64, v *Register, err error) (rows, error) {
	if err != nil {
		return rows{}, err
	}
	return row(key, v), nil
}

func get(key int64, v *Register, err error) (rows, error) {
	if errors.Is(err, prom.ErrNotFound) {
		return row(key, nil), nil
	}
	return written(key, v, err)
}

// all are rows of all registers of the history.
func (c *caller) all(list []Register, err error) (rows, error) {
	if err != nil {
		return rows{}, err
	}
	all := map[int64]*Register{}
	for key := c.job.First; key < c.job.First+c.job.Keys; key++ {
		all[key] = nil
	}
	for i := range list {
		all[list[i].ID] = &list[i]
	}
	return rows{list: all}, nil
}

func (c *caller) everything() *prom.Query[Register] {
	return c.repo.Where(registerID.Between(c.job.First, c.job.First+c.job.Keys-1))
}

// changed returns a copy of the value that the caller has loaded of a register.
func (c *caller) changed(key int64, value int64) *Register {
	v := *c.loaded[key]
	v.Value = value
	return &v
}

var calls = map[string][]way{
	"read": {
		{"Get", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			v, err := c.repo.Get(ctx, key)
			return get(key, v, err)
		}},
		{"Get, shared", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			v, err := c.repo.Get(prom.WithBatchGets(ctx), key)
			return get(key, v, err)
		}},
		{"One", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			v, err := c.where(key).First(ctx)
			return get(key, v, err)
		}},
		{"All", func(ctx context.Context, c *caller, _ int64, _ input) (rows, error) {
			list, err := c.everything().All(ctx)
			return c.all(list, err)
		}},
		{"Stream", func(ctx context.Context, c *caller, _ int64, _ input) (rows, error) {
			var list []Register
			for v, err := range c.everything().Stream(ctx) {
				if err != nil {
					return rows{}, err
				}
				list = append(list, *v)
			}
			return c.all(list, nil)
		}},
		{"Reload", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			v := c.new(key, 0)
			if c.loaded[key] != nil {
				v = c.changed(key, 1)
			}
			err := c.repo.Load(ctx, v)
			return get(key, v, err)
		}},
		{"in Tx", func(ctx context.Context, c *caller, key int64, _ input) (r rows, err error) {
			err = c.db.Tx(ctx, func(ctx context.Context) error {
				v, err := c.repo.Get(ctx, key)
				r, err = get(key, v, err)
				return err
			}, prom.ReadOnly())
			return r, err
		}},
		{"in Batch", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			var b prom.Batch
			result := prom.Queue(&b, c.repo).Get(key)
			if err := b.Run(ctx); err != nil {
				return rows{}, err
			}
			v, err := result.Value()
			return get(key, v, err)
		}},
	},
	"create": {
		{"Create", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			v := c.new(key, in.A)
			err := c.repo.Create(ctx, v)
			return written(key, v, err)
		}},
		{"CreateMany", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			list := []Register{*c.new(key, in.A)}
			err := c.repo.CreateMany(ctx, list)
			return written(key, &list[0], err)
		}},
		{"CreateMany, by arrays", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			list := make([]Register, 40)
			for i := range list {
				list[i] = *c.new(c.job.First<<32+c.value(), 0) // of which nobody speaks
			}
			list[7] = *c.new(key, in.A)
			err := c.repo.CreateMany(ctx, list)
			return written(key, &list[7], err)
		}},
		{"in Batch", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			var b prom.Batch
			v := c.new(key, in.A)
			prom.Queue(&b, c.repo).Create(v)
			err := b.Run(ctx)
			return written(key, v, err)
		}},
		{"in Tx", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			v := c.new(key, in.A)
			err := c.db.Tx(ctx, func(ctx context.Context) error { return c.repo.Create(ctx, v) })
			return written(key, v, err)
		}},
	},
	"save": {
		{"Save", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			v := c.changed(key, in.A)
			err := c.repo.Save(ctx, v)
			return written(key, v, err)
		}},
		{"in Tx", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			v := c.changed(key, in.A)
			err := c.db.Tx(ctx, func(ctx context.Context) error { return c.repo.Update(ctx, v) })
			return written(key, v, err)
		}},
		{"in Batch", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			var b prom.Batch
			v := c.changed(key, in.A)
			prom.Queue(&b, c.repo).Update(v)
			err := b.Run(ctx)
			return written(key, v, err)
		}},
	},
	"delete": {
		{"Delete", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			v := *c.loaded[key]
			return rows{}, c.repo.Delete(ctx, &v)
		}},
	},
	"delete key": {
		{"DeleteKey", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			return rows{}, c.repo.DeleteKey(ctx, key)
		}},
		{"Query.Delete", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			n, err := c.where(key).Delete(ctx)
			return counted(n, err)
		}},
		{"DeleteReturning", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			list, err := prom.DeleteReturning(ctx, c.where(key))
			return returned(key, list, err)
		}},
		{"in Batch", func(ctx context.Context, c *caller, key int64, _ input) (rows, error) {
			var b prom.Batch
			result := prom.Queue(&b, c.repo).DeleteKey(key)
			if err := b.Run(ctx); err != nil {
				return rows{}, err
			}
			n, err := result.Value()
			return counted(n, err)
		}},
	},
	"set": {
		{"Update", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			n, err := c.where(key).Update(ctx, registerValue.Set(in.A))
			return counted(n, err)
		}},
		{"UpdateReturning", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			list, err := prom.UpdateReturning(ctx, c.where(key), registerValue.Set(in.A))
			return returned(key, list, err)
		}},
	},
	"set if value": {
		{"Update", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			n, err := c.where(key).Where(registerValue.Eq(in.B)).Update(ctx, registerValue.Set(in.A))
			return counted(n, err)
		}},
		{"UpdateReturning", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			list, err := prom.UpdateReturning(ctx, c.where(key).Where(registerValue.Eq(in.B)), registerValue.Set(in.A))
			return returned(key, list, err)
		}},
	},
	"set if version": {
		{"Update", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			n, err := c.where(key).Where(registerVersion.Eq(in.B)).Update(ctx, registerValue.Set(in.A))
			return counted(n, err)
		}},
	},
	"add": {
		{"Update", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			n, err := c.where(key).Update(ctx, registerValue.Add(in.A))
			return counted(n, err)
		}},
		{"UpdateReturning", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			sum := prom.Plus(registerValue, prom.Val(registerProto, in.A))
			list, err := prom.UpdateReturning(ctx, c.where(key), registerValue.SetTo(sum))
			return returned(key, list, err)
		}},
		{"ForUpdate and Save", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			var v *Register
			err := c.db.Tx(ctx, func(ctx context.Context) (err error) {
				if v, err = c.where(key).ForUpdate().First(ctx); err == nil {
					v.Value += in.A
					err = c.repo.Save(ctx, v)
				}
				return err
			})
			return written(key, v, err)
		}},
		{"serializable", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			var v *Register
			err := c.db.Tx(ctx, func(ctx context.Context) (err error) {
				if v, err = c.repo.Get(ctx, key); err == nil {
					v.Value += in.A
					err = c.repo.Save(ctx, v)
				}
				return err
			}, prom.WithIsolation(prom.Serializable), prom.Retry(2))
			return written(key, v, err)
		}},
		{"Batch", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			var b prom.Batch
			count := prom.Queue(&b, c.repo).UpdateWhere(c.where(key), registerValue.Add(in.A))
			got := prom.Queue(&b, c.repo).Get(key)
			if err := b.Run(ctx); err != nil {
				return rows{}, err
			}
			if n, err := count.Value(); err != nil || n == 0 {
				return counted(n, err)
			}
			v, err := got.Value()
			if errors.Is(err, prom.ErrNotFound) {
				err = errors.New("a batch does not see the row that it has changed")
			}
			return written(key, v, err)
		}},
	},
	"upsert": {
		{"Upsert", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			v := c.new(key, in.A)
			err := c.repo.Upsert(ctx, v)
			return written(key, v, err)
		}},
		{"in Tx", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			v := c.new(key, in.A)
			err := c.db.Tx(ctx, func(ctx context.Context) error { return c.repo.Upsert(ctx, v, registerID) })
			return written(key, v, err)
		}},
	},
	"insert or add": {
		{"OnConflict", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			v := c.new(key, in.A)
			sum := prom.Plus(registerValue, prom.Excluded(registerValue))
			outcome, err := c.repo.OnConflict(registerID).Update(registerValue.SetTo(sum)).Create(ctx, v)
			r, err := written(key, v, err)
			if outcome == prom.Updated {
				r.outcome = updated
			}
			return r, err
		}},
	},
	"insert or nothing": {
		{"OnConflict", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			v := c.new(key, in.A)
			outcome, err := c.repo.OnConflict(registerID).DoNothing().Create(ctx, v)
			if err == nil && outcome == prom.Unchanged {
				return rows{outcome: none}, nil
			}
			return written(key, v, err)
		}},
		{"OnConflict, many", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			list := []Register{*c.new(key, in.A)}
			outcomes, err := c.repo.OnConflict(registerID).DoNothing().CreateMany(ctx, list)
			if err == nil && outcomes[0] == prom.Unchanged {
				return rows{outcome: none}, nil
			}
			return written(key, &list[0], err)
		}},
	},
	"insert or read": {
		{"GetOrCreate", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
			v := c.new(key, in.A)
			created, err := c.repo.GetOrCreate(ctx, v, registerID)
			r, err := written(key, v, err)
			if !created {
				r.outcome = foundRow
			}
			return r, err
		}},
	},
}

// broken are ways to add that are wrong, for tests of the checker.
var broken = map[string]way{
	"two statements": {"Get and Update", func(ctx context.Context, c *caller, key int64, in input) (rows, error) {
		v, err := c.repo.Get(ctx, key)
		if err != nil {
			return rows{}, err
		}
		n, err := c.where(key).Update(ctx, registerValue.Set(v.Value+in.A))
		return counted(n, err)
	}},
}
