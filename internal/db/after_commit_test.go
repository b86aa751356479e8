package db

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that what is to follow a commit is called after the outermost one, in order, without the transaction, and on a
// connection that is free again; and at once without a transaction. parity: G9
func TestAfterCommit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.With("pool_maxconn=1"))
		var called []string
		note := func(name string) func(context.Context) {
			return func(ctx context.Context) {
				is.True(!db.InTx(ctx))
				n, err := ints(ctx, db, "SELECT count(*) FROM t") // what was written is there
				is.NoErr(err)
				is.Equal(n, []int64{1})
				called = append(called, name)
			}
		}
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(db.AfterCommit(ctx, note("first")))
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
				is.NoErr(insert(ctx, db, 1))
				is.NoErr(db.AfterCommit(ctx, note("nested")))
				return AfterCommit(ctx, note("nested too"))
			}))
			is.Equal(len(called), 0) // a savepoint's end is no commit
			return db.AfterCommit(ctx, note("last"))
		}))
		is.Equal(called, []string{"first", "nested", "nested too", "last"})

		is.NoErr(db.AfterCommit(ctx, note("at once")))
		is.NoErr(AfterCommit(ctx, note("at once too")))
		is.Equal(called[4:], []string{"at once", "at once too"})
	})
}

// Ensure that a rollback drops what was to follow: all of it, or that of the savepoint and those in it.
func TestAfterCommit_Rollback(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		var called []string
		note := func(name string) func(context.Context) {
			return func(context.Context) { called = append(called, name) }
		}
		err := db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(db.AfterCommit(ctx, note("lost")))
			return errOwn
		})
		is.True(errors.Is(err, errOwn))
		is.Equal(len(called), 0)

		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			err := db.Tx(ctx, func(ctx context.Context) error {
				is.NoErr(db.Tx(ctx, func(ctx context.Context) error { return db.AfterCommit(ctx, note("released, and lost")) }))
				is.NoErr(db.AfterCommit(ctx, note("lost")))
				return errOwn
			})
			is.True(errors.Is(err, errOwn))
			return db.AfterCommit(ctx, note("kept"))
		}))
		is.Equal(called, []string{"kept"})

		// A commit that fails.
		do(ctx, t, db, "CREATE TABLE late (n INT REFERENCES t (n) DEFERRABLE INITIALLY DEFERRED)")
		called = nil
		err = db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(db.AfterCommit(ctx, note("lost")))
			return second(db.Exec(ctx, write(db, "INSERT INTO late VALUES (?)", num(7))))
		})
		is.Equal(driver.KindOf(err), driver.KindForeignKey)
		is.Equal(len(called), 0)
	})
}

// Ensure that the transaction that was begun last is meant when no DB is named, and that one that has ended takes
// nothing.
func TestAfterCommit_WhichOne(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	one, two := connect(t, dbtest.SQLite(t)), connect(t, dbtest.SQLite(t))
	var called []string
	note := func(name string) func(context.Context) {
		return func(context.Context) { called = append(called, name) }
	}
	var ended context.Context
	is.NoErr(one.Tx(ctx, func(ctx context.Context) error {
		is.NoErr(two.Tx(ctx, func(ctx context.Context) error {
			ended = ctx
			is.NoErr(AfterCommit(ctx, note("last begun")))
			return one.AfterCommit(ctx, note("named"))
		}))
		is.Equal(called, []string{"last begun"})
		return nil
	}))
	is.Equal(called, []string{"last begun", "named"})
	is.True(errors.Is(AfterCommit(ended, note("late")), driver.KindClosed))
	is.True(errors.Is(one.AfterCommit(ended, note("late")), driver.KindClosed))
	is.Equal(len(called), 2)
}

// Ensure that a panic after the commit comes out of Tx when all have been called, and undoes nothing.
func TestAfterCommit_Panic(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := numbers(ctx, t, dbtest.SQLite(t))
	called := 0
	func() {
		defer func() { is.Equal(recover(), "own") }()
		_ = db.Tx(ctx, func(ctx context.Context) error {
			for range 3 {
				is.NoErr(db.AfterCommit(ctx, func(context.Context) {
					if called++; called < 2 {
						panic("own")
					}
				}))
			}
			return insert(ctx, db, 1)
		})
	}()
	is.Equal(called, 3)
	is.Equal(stored(t, db), []int64{1})
	is.NoErr(insert(ctx, db, 2)) // the connection is free
}
