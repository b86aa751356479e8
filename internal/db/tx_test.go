package db

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

var errOwn = errors.New("the caller's own")

// numbers returns a database with an empty table of numbers.
func numbers(ctx context.Context, t *testing.T, dsn string) *DB {
	t.Helper()
	db := connect(t, dsn)
	do(ctx, t, db, "CREATE TABLE t (n INT PRIMARY KEY)")
	return db
}

func insert(ctx context.Context, db *DB, n int64) error {
	st := write(db, "INSERT INTO t VALUES (?)", num(n))
	st.Table = "t"
	return second(db.Exec(ctx, st))
}

// stored returns the numbers that others see.
func stored(t *testing.T, db *DB) []int64 {
	t.Helper()
	list, err := ints(limited(t), db, "SELECT n FROM t ORDER BY n")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Ensure that what a transaction writes is seen by it at once and by others when it commits.
// parity: T1
func TestTx_Commit(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		is.True(!db.InTx(ctx))
		is.NoErr(db.Tx(ctx, func(inner context.Context) error {
			is.True(db.InTx(inner))
			is.NoErr(insert(inner, db, 1))
			is.Equal(count(inner, t, db, "SELECT count(*) FROM t"), int64(1))
			if e.Mode != "memory" { // has one connection, which the transaction holds
				is.Equal(len(stored(t, db)), 0)
			}
			return nil
		}))
		is.Equal(stored(t, db), []int64{1})
	})
}

// Ensure that an error, a panic and the end of the goroutine roll back and are passed on unchanged.
// parity: T3 E4
func TestTx_Rollback(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		for _, level := range []func(context.Context, func(context.Context) error) error{
			func(ctx context.Context, fn func(context.Context) error) error { return db.Tx(ctx, fn) },
			func(ctx context.Context, fn func(context.Context) error) error { // the same in a savepoint
				return db.Tx(ctx, func(ctx context.Context) error { return db.Tx(ctx, fn) })
			},
		} {
			err := level(ctx, func(ctx context.Context) error { _ = insert(ctx, db, 1); return errOwn })
			is.True(err == errOwn) // the same value, not wrapped

			value := &struct{ n int }{1}
			func() {
				defer func() { is.True(recover() == any(value)) }()
				_ = level(ctx, func(ctx context.Context) error { _ = insert(ctx, db, 1); panic(value) })
			}()

			ended := make(chan struct{})
			go func() {
				defer close(ended)
				_ = level(ctx, func(ctx context.Context) error { _ = insert(ctx, db, 1); runtime.Goexit(); return nil })
			}()
			<-ended
			is.Equal(len(stored(t, db)), 0)
		}
		is.NoErr(insert(ctx, db, 1)) // nothing is left locked
	})
}

// Ensure that a failure inside that the caller handles loses the work inside alone, and one that is not loses all.
// parity: T2 T4 T5
func TestTx_Nested(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(insert(ctx, db, 1))
			is.True(db.Tx(ctx, func(ctx context.Context) error { is.NoErr(insert(ctx, db, 2)); return errOwn }) == errOwn)
			is.NoErr(insert(ctx, db, 3))
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error { return insert(ctx, db, 4) }))
			err := db.Tx(ctx, func(ctx context.Context) error { return insert(ctx, db, 4) }) // the database's own error
			is.True(errors.Is(err, driver.KindUnique))
			func() {
				defer func() { is.Equal(recover(), "inside") }()
				_ = db.Tx(ctx, func(ctx context.Context) error { is.NoErr(insert(ctx, db, 5)); panic("inside") })
			}()
			return insert(ctx, db, 6)
		}))
		is.Equal(stored(t, db), []int64{1, 3, 4, 6})

		err := db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(insert(ctx, db, 7))
			return db.Tx(ctx, func(ctx context.Context) error { is.NoErr(insert(ctx, db, 8)); return errOwn })
		})
		is.True(err == errOwn)
		is.Equal(stored(t, db), []int64{1, 3, 4, 6})
	})
}

// Ensure that a unique error in a transaction can be handled and the work goes on, for both ways of guarding a
// statement. parity: T9 B4
func TestTx_UniqueInside(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		for name, guard := range map[string]driver.Guard{"data": driver.GuardData, "missing": driver.GuardMissing} {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				ctx := limited(t)
				db := connect(t, e.DSN)
				do(ctx, t, db, "DROP TABLE IF EXISTS t", "CREATE TABLE t (n INT PRIMARY KEY)")
				st := func(n int64) *driver.Statement {
					return &driver.Statement{SQL: placeholders(db, "INSERT INTO t VALUES (?) RETURNING n"),
						Args: []schema.Value{num(n)}, Op: "insert", Write: true, Guard: guard}
				}
				is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
					for range 3 { // the third time with prepared statements
						is.True(attempt(ctx, db, st(1)) == nil || count(ctx, t, db, "SELECT count(*) FROM t") > 0)
						is.True(errors.Is(attempt(ctx, db, st(1)), driver.KindUnique))
						is.True(errors.Is(second(db.Exec(ctx, st(1))), driver.KindUnique))
					}
					n, err := db.Exec(ctx, st(2))
					is.NoErr(err)
					is.Equal(n, int64(1))
					return attempt(ctx, db, st(3))
				}))
				is.Equal(stored(t, db), []int64{1, 2, 3})
			})
		}
	})
}

// Ensure that a missing table or column in a transaction loses nothing of what was done before, when the statement is
// guarded. parity: A14 B4
func TestTx_MissingInside(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(insert(ctx, db, 1))
			for sql, kind := range map[string]driver.Kind{"SELECT n FROM later": driver.KindNoTable,
				"SELECT later FROM t": driver.KindNoColumn} {
				st := read(db, sql)
				st.Guard = driver.GuardMissing
				is.True(errors.Is(attempt(ctx, db, st), kind))
				is.True(errors.Is(second(db.Exec(ctx, st)), kind))
			}
			do(ctx, t, db, "CREATE TABLE later (n INT)")
			st := read(db, "SELECT n FROM later")
			st.Guard = driver.GuardMissing
			is.NoErr(attempt(ctx, db, st))
			return insert(ctx, db, 2)
		}))
		is.Equal(stored(t, db), []int64{1, 2})
	})
}

// Ensure that the context of a transaction that has ended is closed for statements, transactions and marks.
// parity: E1
func TestTx_Ended(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		var outer, inner context.Context
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			outer = ctx
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error { inner = ctx; return nil }))
			is.True(errors.Is(insert(inner, db, 1), driver.KindClosed)) // its level alone has ended
			return insert(ctx, db, 2)
		}))
		for _, ctx := range []context.Context{outer, inner} {
			is.True(errors.Is(insert(ctx, db, 3), driver.KindClosed))
			is.True(errors.Is(attempt(ctx, db, read(db, "SELECT 1")), driver.KindClosed))
			err := db.Tx(ctx, func(context.Context) error { t.Error("ran"); return nil })
			is.True(errors.Is(err, driver.KindClosed))
			is.True(strings.HasPrefix(err.Error(), "prom: begin: closed"))
		}
		is.Equal(stored(t, db), []int64{2})
	})
}

// Ensure that goroutines may share a transaction: they are served one after the other.
// parity: B2, trap 9
// suite: 14
func TestTx_Goroutines(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		const workers = 8
		each := dbtest.Size(20, 100)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			var group sync.WaitGroup
			errs := make([]error, workers)
			for w := range workers {
				group.Go(func() {
					for i := range each {
						n := int64(w*each + i)
						err := insert(ctx, db, n)
						if i%5 == 0 {
							err = errors.Join(err, db.Tx(ctx, func(ctx context.Context) error { return insert(ctx, db, n+10000) }))
						}
						_, readErr := ints(ctx, db, "SELECT n FROM t ORDER BY n")
						errs[w] = errors.Join(errs[w], err, readErr)
					}
				})
			}
			group.Wait()
			return errors.Join(errs...)
		}))
		is.Equal(len(stored(t, db)), workers*each+workers*each/5)
		dbtest.Reportf(t, 14, "%d goroutines × %d in one transaction, all rows", workers, each)
	})
}

// Ensure that the outer context, while a nested transaction or a result is open, is busy and not a deadlock, and hears
// its end. parity: E1, trap 9, targets row 14
func TestTx_Busy(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		db.dsn.Options.BusyTimeout = 50 * time.Millisecond // only SQLite's DSN has the option
		is.NoErr(db.Tx(ctx, func(outer context.Context) error {
			is.NoErr(db.Tx(outer, func(inner context.Context) error {
				is.True(errors.Is(insert(outer, db, 1), driver.KindBusy))
				is.True(errors.Is(attempt(outer, db, read(db, "SELECT 1")), driver.KindBusy))
				is.True(errors.Is(db.Tx(outer, func(context.Context) error { return nil }), driver.KindBusy))
				ended, cancel := context.WithCancel(outer)
				cancel()
				is.True(errors.Is(insert(ended, db, 1), driver.KindCanceled))
				return insert(inner, db, 2)
			}))
			rows, err := db.Query(outer, read(db, "SELECT n FROM t"))
			is.NoErr(err)
			is.True(rows.Next())
			is.True(errors.Is(insert(outer, db, 3), driver.KindBusy))
			is.NoErr(rows.Close())
			is.NoErr(rows.Close())
			return insert(outer, db, 4)
		}))
		is.Equal(stored(t, db), []int64{2, 4})
	})
}

// Ensure that transactions of several goroutines do not mix, and that none of their writes is lost.
// parity: B2
func TestTx_Concurrent(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		errs := make([]error, 8)
		var group sync.WaitGroup
		for w := range errs {
			group.Go(func() {
				for i := range 10 {
					err := db.Tx(ctx, func(ctx context.Context) error {
						err := errors.Join(insert(ctx, db, int64(w*100+2*i)), insert(ctx, db, int64(w*100+2*i+1)))
						if i%2 == 1 {
							err = errors.Join(err, errOwn)
						}
						return err
					})
					if i%2 == 1 && err != nil && err.Error() == errOwn.Error() {
						err = nil
					}
					errs[w] = errors.Join(errs[w], err)
				}
			})
		}
		group.Wait()
		is.NoErr(errors.Join(errs...))
		is.Equal(len(stored(t, db)), len(errs)*10)
	})
}

// Ensure that a context that ends in the middle rolls back, within a short time, and that the DB works on.
// parity: E1, targets row 16
func TestTx_Canceled(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := numbers(limited(t), t, e.DSN)
		ctx, cancel := context.WithCancel(limited(t))
		clock, start := dbtest.NewClock(t), time.Now()
		err := db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(insert(ctx, db, 1))
			cancel()
			return nil
		})
		is.True(errors.Is(err, driver.KindCanceled))
		is.True(errors.Is(err, context.Canceled))

		ctx, cancel = context.WithCancel(limited(t))
		err = db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(insert(ctx, db, 1))
			cancel()
			return insert(ctx, db, 2)
		})
		is.True(errors.Is(err, driver.KindCanceled))
		is.True(clock.Since(start) < driver.RollbackTimeout) // which a rollback would take that nobody answers
		is.True(errors.Is(db.Tx(ctx, func(context.Context) error { t.Error("ran"); return nil }), driver.KindCanceled))
		is.Equal(len(stored(t, db)), 0)
		is.NoErr(insert(limited(t), db, 1))
	})
}
