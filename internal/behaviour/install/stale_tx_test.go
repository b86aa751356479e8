package install_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

var (
	thing      = prom.Proto[kit.Thing]()
	staleCode  = prom.NullTextOf(thing, &thing.Code)
	staleCount = prom.NumberOf(thing, &thing.Count)
)

// Ensure that each kind of call in a transaction bears that somebody else has changed a column's type since its
// statement was prepared: what has a savepoint of its own is run again there and then; of the others the error is
// ErrSerialization, and Retry runs the transaction again.
func TestStaleInTransaction(t *testing.T) {
	t.Parallel()
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	db := kit.Open(t, e.With("pool_max_conns=1"))
	repo := kit.Things(db)
	key, code := int64(0), "c"
	calls := map[string]func(ctx context.Context) error{
		"Get":   func(ctx context.Context) error { return kit.ErrOf(repo.Get(ctx, key)) },
		"All":   func(ctx context.Context) error { return kit.ErrOf(repo.All(ctx)) },
		"Pluck": func(ctx context.Context) error { return kit.ErrOf(prom.Pluck(repo.Query(), staleCount).All(ctx)) },
		"RawRead": func(ctx context.Context) error {
			return kit.ErrOf(prom.RawQuery[kit.Thing](repo, "SELECT * FROM thing").All(ctx))
		},
		"Stream": func(ctx context.Context) error {
			for _, err := range repo.Stream(ctx) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"Each": func(ctx context.Context) error {
			for _, err := range repo.Each(ctx) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"Create": func(ctx context.Context) error { return repo.Create(ctx, &kit.Thing{Name: "new"}) },
		"Save": func(ctx context.Context) error {
			v := kit.Thing{Model: prom.Model{ID: key}}
			if err := repo.Load(ctx, &v); err != nil {
				return err
			}
			v.Count++
			return repo.Save(ctx, &v)
		},
		"Upsert": func(ctx context.Context) error { return repo.Upsert(ctx, &kit.Thing{Code: &code, Count: 3}, staleCode) },
		"GetOrCreate": func(ctx context.Context) error {
			return kit.ErrOf(repo.GetOrCreate(ctx, &kit.Thing{Code: &code}, staleCode))
		},
		"Update": func(ctx context.Context) error { return kit.ErrOf(repo.WithoutWhere().Update(ctx, staleCount.Add(1))) },
		"Returning": func(ctx context.Context) error {
			return kit.ErrOf(prom.UpdateReturning(ctx, repo.WithoutWhere(), staleCount.Add(1)))
		},
		"Claim": func(ctx context.Context) error {
			return kit.ErrOf(prom.Claim(ctx, repo.Where(staleCount.Lt(1000)), 1, staleCount.Set(1000)))
		},
		"arrays": func(ctx context.Context) error { return repo.CreateMany(ctx, make([]kit.Thing, kit.ByArrays)) },
		"copy":   func(ctx context.Context) error { return repo.CreateMany(ctx, make([]kit.Thing, kit.ByCopy)) },
		"batch": func(ctx context.Context) error {
			var b prom.Batch
			prom.Queue(&b, repo).Create(&kit.Thing{Name: "batch"})
			prom.Queue(&b, repo).All(repo.Query())
			return b.Run(ctx)
		},
		"batch of reads": func(ctx context.Context) error {
			var b prom.Batch
			prom.Queue(&b, repo).Get(key)
			prom.Queue(&b, repo).All(repo.Query())
			return b.Run(ctx)
		},
	}
	retried := 0
	for name, call := range calls {
		is := is.New(t)
		ctx := kit.Ended(t)
		_ = prom.UnsafeDrop(ctx, repo)
		v := kit.Thing{Code: &code}
		is.NoErr(repo.Create(ctx, &v))
		key = v.ID
		run := func(options ...prom.TxOption) (tries int, err error) {
			err = db.Tx(ctx, func(ctx context.Context) error {
				tries++
				if err := call(ctx); err != nil {
					return err
				}
				return kit.ErrOf(repo.Count(ctx)) // the transaction can be used
			}, options...)
			return tries, err
		}
		for range 2 {
			_, err := run()
			is.NoErr(err)
		}
		kit.RunSQL(t, db, `ALTER TABLE "thing" ALTER COLUMN "count" TYPE integer`)
		if _, err := run(); err != nil {
			retried++
			if !errors.Is(err, prom.ErrSerialization) {
				t.Errorf("%s: %v", name, err)
			}
		}
		kit.RunSQL(t, db, `ALTER TABLE "thing" ALTER COLUMN "count" TYPE bigint`)
		if tries, err := run(prom.Retry(3)); err != nil || tries > 2 {
			t.Errorf("%s: %d tries: %v", name, tries, err)
		}
	}
	if retried == 0 {
		t.Error("no statement was stale")
	}
	t.Logf("%d of %d calls had to be run again from outside", retried, len(calls))
}
