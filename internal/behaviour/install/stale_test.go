package install_test

import (
	"context"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// taker is a log that takes a connection out of the pool whenever a statement fails, so that the next run gets another
// one.
type taker struct {
	failed int
	take   func()
}

func (h *taker) note(_ context.Context, e *prom.Event) {
	if e.Kind == prom.EventStatement && e.Err != nil {
		h.failed++
		h.take()
	}
}

// Ensure that a change of the table is not seen, however many connections of the pool have prepared the statement
// before it. parity: A8
func TestEveryConnectionIsStale(t *testing.T) {
	t.Parallel()
	const conns = 12
	is := is.New(t)
	ctx := kit.Ended(t)
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	log := &taker{}
	db := kit.Open(t, e.With("pool_max_conns=12"), prom.OnEvent(log.note))
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
func TestPreparedStatementsLost(t *testing.T) {
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
				prom.Queue(&b, repo).Create(&kit.Thing{})
			}
			prom.Queue(&b, repo).All(repo.Query())
			return b.Run(ctx)
		},
	} {
		is := is.New(t)
		is.NoErr(call())
		before, err := repo.Count(ctx)
		is.NoErr(err)
		for _, change := range []string{`DEALLOCATE ALL`, `ALTER TABLE "thing" ALTER COLUMN "count" TYPE integer`,
			`ALTER TABLE "thing" ALTER COLUMN "count" TYPE bigint`} {
			kit.RunSQL(t, db, change)
			if err := call(); err != nil {
				t.Errorf("%s after %s: %v", name, change, err)
			}
		}
		after, err := repo.Count(ctx)
		is.NoErr(err)
		if grew := map[string]int{"Create": 3, "CreateMany by lists": 3 * kit.ByArrays, "CreateMany by COPY": 3 * kit.ByCopy,
			"Batch": 9}[name]; after != before+grew {
			t.Errorf("%s stored %d rows of %d", name, after-before, grew)
		}
	}
}
