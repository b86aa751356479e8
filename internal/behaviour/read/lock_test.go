package read_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that rows which are read for an update are locked for others, that these can pass over them or fail at once,
// and that who fails goes on with the transaction. parity: G12
func TestLocks(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	db, other := kit.Open(t, e.DSN), kit.Open(t, e.DSN)
	repo, others := tasks(t, db, 4), prom.NewRepo[task](prom.Using(other))
	ids := func(list []task, err error) (ids []int) {
		is.NoErr(err)
		for _, v := range list {
			ids = append(ids, v.ID)
		}
		return ids
	}
	q := others.OrderBy(taskID.Asc())
	for name, lock := range map[string]struct {
		first           *prom.Query[task]
		update, share   bool // what another one gets then
		noKey, keyShare bool
	}{
		"update":        {repo.Where(taskID.Lt(2)).ForUpdate(), false, false, false, false},
		"no key update": {prom.ForNoKeyUpdate(repo.Where(taskID.Lt(2)), prom.SkipLocked()), false, false, false, true},
		"share":         {prom.ForShare(repo.Where(taskID.Lt(2)), prom.NoWait()), false, true, false, true},
		"key share":     {prom.ForKeyShare(repo.Where(taskID.Lt(2))), false, true, true, true},
	} {
		is := is.New(t)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			is.Equal(len(ids(lock.first.All(ctx))), 2)
			return other.Tx(ctx, func(ctx context.Context) error {
				for got, may := range map[*prom.Query[task]]bool{
					q.ForUpdate(prom.NoWait()): lock.update, prom.ForShare(q, prom.NoWait()): lock.share,
					prom.ForNoKeyUpdate(q, prom.NoWait()): lock.noKey, prom.ForKeyShare(q, prom.NoWait()): lock.keyShare,
				} {
					_, err := got.All(ctx)
					if may != (err == nil) || err != nil && !errors.Is(err, prom.ErrBusy) {
						t.Errorf("%s: %v", name, err)
					}
				}
				is.Equal(ids(q.ForUpdate(prom.SkipLocked()).All(ctx)), []int{2, 3}) // the transaction goes on
				_, err := others.Where(taskID.Eq(3)).Update(ctx, taskTries.Add(1))
				return err
			})
		}))
	}
	got, err := q.All(ctx)
	is.NoErr(err)
	is.Equal(got[3].Tries, 4)
}

// Ensure that two transactions which read for an update one after the other lose none of their work.
func TestLockWaits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		db := kit.Open(t, e.DSN)
		repo := tasks(t, db, 1)
		const workers, each = 4, 10
		done := make(chan error, workers)
		for range workers {
			go func() {
				var err error
				for range each {
					err = errors.Join(err, db.Tx(ctx, func(ctx context.Context) error {
						v, err := repo.Where(taskID.Eq(0)).ForUpdate().First(ctx)
						if err != nil {
							return err
						}
						v.Tries++
						time.Sleep(time.Millisecond)
						return repo.Save(ctx, v)
					}))
				}
				done <- err
			}()
		}
		for range workers {
			is.NoErr(<-done)
		}
		got, err := repo.Query().First(ctx)
		is.NoErr(err)
		is.Equal(got.Tries, workers*each)
	})
}

// Ensure that every way to read rows can lock them in a transaction, and that a lock is an error where it would not be
// one: outside, in a read-only transaction, and on rows that are none of a table.
func TestLockPlaces(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		db := kit.Open(t, e.DSN)
		repo := tasks(t, db, 3)
		q := repo.Where(taskState.Eq("new")).OrderBy(taskID.Asc()).ForUpdate()
		ways := map[string]func(ctx context.Context) error{
			"all":  func(ctx context.Context) error { return kit.ErrOf(q.All(ctx)) },
			"one":  func(ctx context.Context) error { return kit.ErrOf(q.First(ctx)) },
			"page": func(ctx context.Context) error { return kit.ErrOf(q.Page(ctx, 1, 2, prom.WithoutTotal())) },
			"rows": func(ctx context.Context) error { return kit.ErrOf(q.KeysetPage(ctx, "", 2)) },
			"each": func(ctx context.Context) error {
				for _, err := range q.Each(ctx) {
					if err != nil {
						return err
					}
				}
				return nil
			},
			"stream": func(ctx context.Context) error {
				for _, err := range q.Limit(2).Stream(ctx) {
					if err != nil {
						return err
					}
				}
				return nil
			},
			"pluck": func(ctx context.Context) error { return kit.ErrOf(prom.Pluck(q, taskID).All(ctx)) },
		}
		for name, way := range ways {
			if err := way(ctx); !errors.Is(err, prom.ErrValidation) {
				t.Errorf("%s outside: %v", name, err)
			}
			if err := db.Tx(ctx, way); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
				return db.Tx(ctx, func(ctx context.Context) error {
					if err := way(ctx); !errors.Is(err, prom.ErrReadOnly) {
						t.Errorf("%s read-only: %v", name, err)
					}
					return kit.ErrOf(repo.All(ctx)) // it goes on
				})
			}, prom.ReadOnly()))
		}
		fixed := prom.NewRepo[task](prom.Using(kit.Open(t, e.With("readonly=true"))))
		is.True(errors.Is(kit.ErrOf(prom.ForShare(fixed.Query()).All(ctx)), prom.ErrReadOnly))
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			for name, err := range map[string]error{
				"count": kit.ErrOf(q.Count(ctx)), "has": kit.ErrOf(q.Exists(ctx)), "union": kit.ErrOf(prom.Union(q,
					repo.Query()).All(ctx)),
				"of a union": kit.ErrOf(prom.Union(repo.Query(),
					repo.Query()).ForUpdate().All(ctx)), "distinct": kit.ErrOf(prom.Pluck(q, taskID).Distinct().All(ctx)),
				"group": kit.ErrOf(prom.Pluck(q, prom.Max(taskID)).All(ctx)), "inside": kit.ErrOf(repo.Where(prom.InQuery(taskID,
					prom.Pluck(q, taskID))).All(ctx)),
			} {
				if !errors.Is(err, prom.ErrValidation) {
					t.Errorf("%s: %v", name, err)
				}
			}
			return nil
		}))
		sql, _, err := q.SQL()
		is.NoErr(err)
		is.Equal(strings.HasSuffix(sql, `FOR UPDATE OF "task"`), e.Name == dbtest.NamePostgres)
	})
}
