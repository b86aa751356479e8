package install_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// taker is a log that takes a connection out of the pool whenever a statement fails, so that the next run gets another one.
type taker struct {
	kit.Statements
	failed int
	take   func()
}

func (h *taker) Handle(_ context.Context, r slog.Record) error {
	failed := false
	r.Attrs(func(a slog.Attr) bool { failed = failed || a.Key == "error"; return true })
	if failed {
		h.failed++
		h.take()
	}
	return nil
}

// Ensure that a change of the table is not seen, however many connections of the pool have prepared the statement before it.
// parity: A8
func TestEveryConnectionIsStale(t *testing.T) {
	t.Parallel()
	const conns = 12
	is := is.New(t)
	ctx := kit.Ended(t)
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	log := &taker{}
	db := kit.Open(t, e.With("pool_max_conns=12"), prom.Logger(slog.New(log)))
	repo := kit.Things(db)
	other := kit.Open(t, e.DSN)
	kit.MustCreate(t, kit.Things(other), kit.Thing{Name: "n"})

	var ready, held sync.WaitGroup
	ready.Add(conns)
	release := make(chan struct{})
	errs := make([]error, conns)
	for i := range conns {
		held.Go(func() {
			errs[i] = db.Tx(ctx, func(ctx context.Context) error {
				_, err := repo.All(ctx)
				ready.Done()
				ready.Wait() // every connection is in use, so each has prepared it
				return err
			})
		})
	}
	held.Wait()
	for _, err := range errs {
		is.NoErr(err)
	}
	kit.RunSQL(t, other, `ALTER TABLE "thing" ALTER COLUMN "count" TYPE integer`)

	log.take = func() { // the connection that failed is the one that the pool would give out next
		taken := make(chan struct{})
		held.Go(func() {
			_ = db.Tx(ctx, func(context.Context) error { close(taken); <-release; return nil })
		})
		<-taken
	}
	list, err := repo.All(ctx)
	close(release)
	held.Wait()
	is.NoErr(err)
	is.Equal(len(list), 1)
	is.Equal(log.failed, 1) // the second run does not use what was prepared
}

// Ensure that calls outside of transactions work when the prepared statements of their connection are gone, or fit no
// longer.
func TestStatementsGone(t *testing.T) {
	t.Parallel()
	ctx := kit.Ended(t)
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	db := kit.Open(t, e.With("pool_max_conns=1"))
	repo := kit.Things(db)
	many := func(n int) func() error {
		return func() error { return repo.CreateMany(ctx, make([]kit.Thing, n)) }
	}
	for name, call := range map[string]func() error{
		"Create":              func() error { return repo.Create(ctx, &kit.Thing{}) },
		"All":                 func() error { _, err := repo.All(ctx); return err },
		"CreateMany by lists": many(kit.ByArrays), "CreateMany by COPY": many(kit.ByCopy),
		"Batch": func() error {
			var b prom.Batch
			for range 3 {
				repo.Batch(&b).Create(&kit.Thing{})
			}
			repo.Batch(&b).All(repo.Query())
			return b.Run(ctx)
		},
	} {
		is := is.New(t)
		is.NoErr(call())
		before, err := repo.Count(ctx)
		is.NoErr(err)
		for _, change := range []string{`DEALLOCATE ALL`, `ALTER TABLE "thing" ALTER COLUMN "count" TYPE integer`, `ALTER TABLE "thing" ALTER COLUMN "count" TYPE bigint`} {
			kit.RunSQL(t, db, change)
			if err := call(); err != nil {
				t.Errorf("%s after %s: %v", name, change, err)
			}
		}
		after, err := repo.Count(ctx)
		is.NoErr(err)
		if grew := map[string]int{"Create": 3, "CreateMany by lists": 3 * kit.ByArrays, "CreateMany by COPY": 3 * kit.ByCopy, "Batch": 9}[name]; after != before+grew {
			t.Errorf("%s stored %d rows of %d", name, after-before, grew)
		}
	}
}

var (
	thingName  = prom.TextOf(func(v *kit.Thing) *string { return &v.Name })
	thingCount = prom.NumberOf(func(v *kit.Thing) *int { return &v.Count })
)

// Ensure that a transaction which meets a prepared statement that no longer fits, after somebody has changed the table,
// has an error with a kind, of which nothing has happened, and that Retry repeats it, whatever the call is.
func TestStaleInTransaction(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"cache_statement", "cache_describe", "exec"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			ctx := kit.Ended(t)
			e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
			db := kit.Open(t, e.With("pool_max_conns=1&default_query_exec_mode="+mode))
			repo, others := kit.Things(db), kit.Open(t, e.DSN)
			first := kit.MustCreate(t, repo, kit.Thing{Name: "first"})
			rows := repo.Where(thingName.Eq("first"))
			for name, call := range map[string]func(ctx context.Context) error{
				"Create": func(ctx context.Context) error { return repo.Create(ctx, &kit.Thing{Name: "a"}) },
				"All":    func(ctx context.Context) error { _, err := repo.All(ctx); return err },
				"Get":    func(ctx context.Context) error { _, err := repo.Get(ctx, first.ID); return err },
				"Count":  func(ctx context.Context) error { _, err := rows.Count(ctx); return err },
				"Stream": func(ctx context.Context) error {
					for _, err := range repo.Query().Stream(ctx) {
						if err != nil {
							return err
						}
					}
					return nil
				},
				"Each": func(ctx context.Context) error {
					for _, err := range repo.Query().Each(ctx) {
						if err != nil {
							return err
						}
					}
					return nil
				},
				"Update": func(ctx context.Context) error {
					v := *first
					v.Count++
					return repo.Update(ctx, &v)
				},
				"Upsert": func(ctx context.Context) error { v := *first; return repo.Upsert(ctx, &v) },
				"GetOrCreate": func(ctx context.Context) error {
					_, err := repo.GetOrCreate(ctx, &kit.Thing{Model: first.Model})
					return err
				},
				"Query.Update":        func(ctx context.Context) error { _, err := rows.Update(ctx, thingCount.Add(1)); return err },
				"UpdateReturning":     func(ctx context.Context) error { _, err := rows.UpdateReturning(ctx, thingCount.Add(1)); return err },
				"CreateMany by lists": func(ctx context.Context) error { return repo.CreateMany(ctx, make([]kit.Thing, kit.ByArrays)) },
				"CreateMany by COPY":  func(ctx context.Context) error { return repo.CreateMany(ctx, make([]kit.Thing, kit.ByCopy)) },
				"Batch": func(ctx context.Context) error {
					var b prom.Batch
					repo.Batch(&b).Create(&kit.Thing{Name: "b"})
					repo.Batch(&b).All(repo.Query())
					return b.Run(ctx)
				},
				"Projection": func(ctx context.Context) error { _, err := prom.Pluck(repo.Query(), thingCount).All(ctx); return err },
				"raw": func(ctx context.Context) error {
					_, err := prom.RawQuery[kit.Thing](db, "SELECT * FROM thing").All(ctx)
					return err
				},
			} {
				is := is.New(t)
				is.NoErr(call(ctx))
				for _, change := range []string{"DEALLOCATE ALL", `ALTER TABLE "thing" ALTER COLUMN "count" TYPE integer`, `ALTER TABLE "thing" ALTER COLUMN "count" TYPE bigint`} {
					apart := others
					if change == "DEALLOCATE ALL" {
						apart = db
					}
					kit.RunSQL(t, apart, change)
					if err := db.Tx(ctx, call); err != nil {
						if !conn.IsStale(err) || errors.Is(err, prom.ErrOutcomeUnknown) || conn.KindOf(err) == conn.KindOther {
							t.Errorf("%s after %s: %v", name, change, err)
						}
						is.NoErr(db.Tx(ctx, call)) // by now it is known
					}
					kit.RunSQL(t, apart, change)
					tries := 0
					if err := db.Tx(ctx, func(ctx context.Context) error { tries++; return call(ctx) }, prom.Retry(3)); err != nil || tries > 2 {
						t.Errorf("%s after %s, tried %d times: %v", name, change, tries, err)
					}
				}
			}
		})
	}
}
