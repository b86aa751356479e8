package db

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a nested transaction whose context ends before it does, and that says so, has left nothing.
func TestTx_NestedLate(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		late, told := 0, false
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(insert(ctx, db, 1))
			short, cancel := context.WithCancel(ctx)
			err := db.Tx(short, func(ctx context.Context) error {
				is.NoErr(insert(ctx, db, 2))
				db.AfterCommit(ctx, func(context.Context) { late++ })
				cancel()
				return nil
			})
			told = errors.Is(err, context.Canceled)
			return insert(ctx, db, 3)
		}))
		is.True(told)
		is.Equal(late, 0)
		is.Equal(stored(t, db), []int64{1, 3})
	})
}

// Ensure that Close and a transaction that is open do not wait for each other, and that who waits for Close is canceled
// with its context.
func TestDB_CloseInTx(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		clock := dbtest.NewClock(t)
		closed := make(chan error, 1)
		is.NoErr(db.Tx(ctx, func(inner context.Context) error {
			is.NoErr(insert(inner, db, 1))
			go func() { closed <- db.Close() }()
			eventually(t, "it is being closed", func() bool { return !db.IsOpen() })
			_, err := db.Bulks(inner)
			is.NoErr(err)
			is.NoErr(insert(inner, db, 2))
			short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
			defer cancel()
			deadline, _ := short.Deadline()
			_ = insert(short, db, 3) // beside the transaction
			is.True(clock.Since(deadline) < 5*time.Second)
			return nil
		}))
		is.NoErr(<-closed)
		is.Equal(stored(t, db)[:2], []int64{1, 2})
	})
}

// Ensure that a COMMIT which the server's end has interrupted is of an unknown outcome, whoever says so, and one that
// is refused is not.
func TestTx_CommitEnded(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := numbers(ctx, t, dbtest.Postgres(t))
	do(ctx, t, db, `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(20); RETURN NULL; END $$`,
		`CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()`)
	var pid int64
	ended := make(chan error, 1)
	err := db.Tx(ctx, func(inner context.Context) error {
		is.NoErr(insert(inner, db, 1))
		pid = count(inner, t, db, "SELECT pg_backend_pid()")
		go func() {
			for {
				n, err := ints(ctx, db, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid = ? AND query ILIKE 'commit%' AND state = 'active'", num(pid))
				if err != nil || n[0] > 0 {
					ended <- err
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
		}()
		return nil
	})
	is.NoErr(<-ended)
	is.Equal(driver.KindOf(err), driver.KindOutcomeUnknown)
}

// Ensure that a transaction ends soon after its context though the server answers no more, be it outermost or nested,
// before or while it is undone.
func TestTx_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	network, e := dbtest.NewNetwork(t, dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)})
	ctx := limited(t)
	db := numbers(ctx, t, e.DSN)
	clock := dbtest.NewClock(t)
	inTx := func(ctx context.Context, fn func(ctx context.Context) error) error { return db.Tx(ctx, fn) }
	failed := errors.New("failed")
	for name, do := range map[string]func(ctx context.Context, fn func(ctx context.Context) error) error{
		"outermost": inTx,
		"nested": func(ctx context.Context, fn func(ctx context.Context) error) error {
			return inTx(ctx, func(ctx context.Context) error { return inTx(ctx, fn) })
		},
	} {
		for when, wait := range map[string]time.Duration{"after": time.Second, "before": 0} {
			t.Run(name+" "+when, func(t *testing.T) {
				is := is.New(t)
				const lasts = 200 * time.Millisecond // from when nothing is answered any more
				short, cancel := context.WithCancel(ctx)
				defer cancel()
				var ends time.Time
				err := do(short, func(inner context.Context) error {
					is.NoErr(insert(inner, db, 1))
					is.NoErr(network.Set(dbtest.Toxic{Kind: dbtest.Timeout}))
					ends = time.Now().Add(lasts)
					time.AfterFunc(lasts, cancel)
					select {
					case <-inner.Done():
					case <-time.After(wait):
					}
					return failed
				})
				is.True(errors.Is(err, failed))
				if late := clock.Since(ends); late > time.Second { // of the five that a rollback has while its context lasts
					t.Errorf("it ended %v after its context", late)
				}
				is.NoErr(network.Set(dbtest.Toxic{}))
				is.Equal(stored(t, db), []int64(nil))
			})
		}
	}
}

// Ensure that a database may be closed inside a transaction, by whoever runs it: it does not wait for itself, and what
// was written is there.
func TestDB_CloseByTx(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(insert(ctx, db, 1))
			is.NoErr(db.Close())
			is.NoErr(db.Close())
			return insert(ctx, db, 2)
		}))
		is.Equal(stored(t, db), []int64{1, 2})
		is.NoErr(db.Close())
		is.True(!db.IsOpen())
	})
}
