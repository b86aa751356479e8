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

// Ensure that a transaction runs again after an error of another's making, at most as often as asked for, that only the
// last attempt stays, and that what the failed ones gave to AfterCommit is dropped. parity: G8
func TestRetry(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		for i, kind := range []driver.Kind{driver.KindSerialization, driver.KindDeadlock, driver.KindBusy} {
			for fails := range 4 {
				row, runs := int64(10*i+fails), 0
				var committed []int
				err := db.Tx(ctx, func(ctx context.Context) error {
					runs++
					run := runs
					is.NoErr(db.AfterCommit(ctx, func(context.Context) { committed = append(committed, run) }))
					is.NoErr(insert(ctx, db, row)) // unique: the attempt before left nothing
					if runs <= fails {
						return &driver.Error{Kind: kind}
					}
					return nil
				}, Retry(2))
				if fails == 3 {
					is.True(errors.Is(err, kind))
					is.Equal(runs, 3)
					is.Equal(len(committed), 0)
					continue
				}
				is.NoErr(err)
				is.Equal(runs, fails+1)
				is.Equal(committed, []int{runs})
			}
		}
		is.Equal(stored(t, db), []int64{0, 1, 2, 10, 11, 12, 20, 21, 22})
	})
}

// Ensure that no other error, and no transaction that did not ask, runs again.
// parity: G8
func TestRetry_Never(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		once := func(cause error, options ...TxOption) {
			is.Helper()
			runs := 0
			err := db.Tx(ctx, func(context.Context) error { runs++; return cause }, options...)
			is.True(err == cause)
			is.Equal(runs, 1)
		}
		for kind := range driver.KindSyntax + 1 {
			if kind != driver.KindSerialization && kind != driver.KindDeadlock && kind != driver.KindBusy {
				once(&driver.Error{Kind: kind}, Retry(3))
			}
		}
		once(errOwn, Retry(3))
		once(&driver.Error{Kind: driver.KindBusy, Err: &driver.Error{Kind: driver.KindOutcomeUnknown}}, Retry(3))
		once(&driver.Error{Kind: driver.KindBusy})
		once(&driver.Error{Kind: driver.KindBusy}, Retry(0))
		once(&driver.Error{Kind: driver.KindBusy}, Retry(-1))
	})
}

// Ensure that the pause between two attempts ends with the context.
// parity: G8
func TestRetry_Context(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := numbers(limited(t), t, e.DSN)
		ctx, cancel := context.WithCancel(limited(t))
		runs := 0
		err := db.Tx(ctx, func(context.Context) error { runs++; cancel(); return &driver.Error{Kind: driver.KindBusy} },
			Retry(1000))
		is.True(errors.Is(err, driver.KindCanceled) && errors.Is(err, context.Canceled))
		is.Equal(runs, 1)
	})
}

// Ensure that a lock of another connection is waited out: on SQLite that of a writer, on PostgreSQL that of a row.
// parity: G8
func TestRetry_Busy(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		other := numbers(ctx, t, e.DSN)
		is.NoErr(insert(ctx, other, 1))
		db := connect(t, e.DSN)
		if e.Name == dbtest.NameSQLite {
			db = connect(t, e.With("busy_timeout=1ms"))
		}
		attempts := func(n int) error {
			return db.Tx(ctx, func(ctx context.Context) error {
				if e.Name != dbtest.NameSQLite {
					if err := attempt(ctx, db, read(db, "SELECT n FROM t FOR UPDATE NOWAIT")); err != nil {
						return err
					}
				}
				return second(db.Exec(ctx, write(db, "UPDATE t SET n = n + 1")))
			}, Retry(n))
		}
		locked, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		go func() {
			done <- other.Tx(ctx, func(ctx context.Context) error {
				err := second(other.Exec(ctx, write(other, "UPDATE t SET n = n + 10")))
				close(locked)
				<-release
				return err
			})
		}()
		<-locked
		is.True(errors.Is(attempts(2), driver.KindBusy)) // the lock outlasts the attempts
		time.AfterFunc(100*time.Millisecond, func() { close(release) })
		is.NoErr(attempts(1000))
		is.NoErr(<-done)
		is.Equal(stored(t, db), []int64{12})
	})
}

// Ensure that a real serialization failure and a real deadlock of PostgreSQL run again, and that both transactions
// happen. parity: G8
func TestRetry_Postgres(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		kind   driver.Kind
		level  driver.Isolation
		first  [2]string // what each of the two does before it knows that the other did the same
		second [2]string
	}{
		{"serialization", driver.KindSerialization, driver.Serializable,
			[2]string{"SELECT sum(v) FROM a", "SELECT sum(v) FROM a"},
			[2]string{"INSERT INTO a SELECT 10, sum(v) FROM a", "INSERT INTO a SELECT 20, sum(v) FROM a"}},
		{"deadlock", driver.KindDeadlock, driver.ReadCommitted,
			[2]string{"UPDATE a SET v = v + 1 WHERE n = 1", "UPDATE a SET v = v + 1 WHERE n = 2"},
			[2]string{"UPDATE a SET v = v + 1 WHERE n = 2", "UPDATE a SET v = v + 1 WHERE n = 1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx := limited(t)
			db := connect(t, dbtest.Postgres(t))
			do(ctx, t, db, "CREATE TABLE a (n INT PRIMARY KEY, v INT)", "INSERT INTO a VALUES (1, 1), (2, 1)")
			var met [2]chan struct{}
			for i := range met {
				met[i] = make(chan struct{})
			}
			var runs [2]int
			var kinds [2][]driver.Kind
			errs := make(chan error, 2)
			for i := range 2 {
				go func() {
					errs <- db.Tx(ctx, func(ctx context.Context) error {
						runs[i]++
						err := attempt(ctx, db, write(db, test.first[i]))
						if runs[i] == 1 {
							close(met[i])
							<-met[1-i]
						}
						if err == nil {
							err = second(db.Exec(ctx, write(db, test.second[i])))
						}
						if err != nil {
							kinds[i] = append(kinds[i], driver.KindOf(err))
						}
						return err
					}, WithIsolation(test.level), Retry(5))
				}()
			}
			is.NoErr(errors.Join(<-errs, <-errs))
			is.True(runs[0]+runs[1] > 2)
			for _, k := range append(kinds[0], kinds[1]...) { // one at the COMMIT is not among them
				is.Equal(k, test.kind)
			}
			if test.kind == driver.KindDeadlock {
				is.Equal(count(ctx, t, db, "SELECT sum(v) FROM a"), int64(6))
				return
			}
			is.Equal(count(ctx, t, db, "SELECT max(v) FROM a"), int64(4)) // 2, then 2 + 2: one after the other
		})
	}
}
