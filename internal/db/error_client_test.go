package db

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// Ensure that an argument that the statement's type does not take is an error of the type, found before anything is
// sent, and that it does not end the transaction, however the statement is guarded. parity: E1 T9
func TestPostgresError_Argument(t *testing.T) {
	t.Parallel()
	for _, guard := range []driver.Guard{driver.NoGuard, driver.GuardData, driver.GuardMissing} {
		t.Run(fmt.Sprint("guard ", guard), func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx := limited(t)
			db := connect(t, dbtest.Postgres(t))
			do(ctx, t, db, "CREATE TABLE t (n int)")
			st := write(db, "INSERT INTO t VALUES (?)", num(math.MaxInt64))
			st.Guard = guard
			for _, err := range []error{attempt(ctx, db, st), second(db.Exec(ctx, st))} {
				is.Equal(driver.KindOf(err), driver.KindType)
				checkSafe(is, err)
				is.True(driver.IsUnsent(err))
			}
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
				is.Equal(driver.KindOf(attempt(ctx, db, st)), driver.KindType)
				is.Equal(driver.KindOf(second(db.Exec(ctx, st))), driver.KindType)
				_, err := db.Exec(ctx, write(db, "INSERT INTO t VALUES (1)"))
				return err
			}))
			is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(1))
		})
	}
}

// Ensure that a value that no integer column takes ends the transaction in some modes of the driver, with an error that
// says so, and the DB works on. parity: R12
func TestPostgresError_ArgumentEndsTx(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name == dbtest.NameSQLite {
			return // takes it
		}
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		st := write(db, "INSERT INTO t VALUES (?)", schema.TimeValue(schema.Time, time.Now()))
		st.Guard = driver.GuardData
		err := db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(insert(ctx, db, 1))
			return attempt(ctx, db, st)
		})
		is.True(errors.Is(err, driver.KindType))
		checkSafe(is, err)
		is.Equal(len(stored(t, db)), 0)
		is.NoErr(insert(ctx, db, 1))
	})
}

func second[T any](_ T, err error) error { return err }

// Ensure that too many and too few arguments are errors.
func TestError_ArgumentCount(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := connect(t, e.DSN)
		do(ctx, t, db, "CREATE TABLE t (n int)")
		err := attempt(ctx, db, write(db, "INSERT INTO t VALUES (?)"))
		is.True(err != nil)
		checkSafe(is, err)
		many := make([]schema.Value, db.Dialect().Features().MaxArgs+1)
		err = attempt(ctx, db, write(db, "INSERT INTO t VALUES (?)", many...))
		is.True(errors.Is(err, driver.KindTooLong))
		is.True(errors.Is(second(db.Exec(ctx, write(db, "SELECT 1", many...))), driver.KindTooLong))
		is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(0))
	})
}

// Ensure that a connection that breaks in the middle is an error of the connection, and that the DB finds a new one.
// parity: R12 R13
func TestPostgresError_Broken(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	p, through := dbtest.NewProxy(t, dbtest.Engine{DSN: dbtest.Postgres(t)})
	db := connect(t, through.DSN)
	is.NoErr(db.Ping(ctx))
	for range 3 {
		err := db.Tx(ctx, func(ctx context.Context) error {
			p.Cut()
			err := attempt(ctx, db, read(db, "SELECT 1"))
			is.True(errors.Is(err, driver.KindConnection))
			checkSafe(is, err)
			again := attempt(ctx, db, read(db, "SELECT 1")) // the driver knows by now
			is.True(errors.Is(again, driver.KindConnection))
			return err
		})
		is.True(errors.Is(err, driver.KindConnection))
		is.Equal(count(ctx, t, db, "SELECT 1"), int64(1))
	}
}

// Ensure that a statement whose answer is lost does not count as unsent, in any mode and without arguments too: it
// would be run twice otherwise. parity: R12, targets row 11
func TestPostgresError_LostAnswer(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name == dbtest.NameSQLite {
			return // a file has no answers to lose
		}
		is := is.New(t)
		ctx := limited(t)
		p, through := dbtest.NewProxy(t, e)
		db := connect(t, through.DSN)
		do(ctx, t, db, "CREATE TABLE t (n int DEFAULT 1)")
		for _, run := range []func(*driver.Statement) error{
			func(st *driver.Statement) error { return second(db.Exec(ctx, st)) },
			func(st *driver.Statement) error { return attempt(ctx, db, st) },
		} {
			for _, st := range []*driver.Statement{
				write(db, "INSERT /* lost */ INTO t DEFAULT VALUES"),
				write(db, "INSERT /* lost */ INTO t VALUES (?)", num(1)),
			} {
				is.NoErr(db.Ping(ctx))
				p.Lose("lost")
				err := run(st)
				is.True(errors.Is(err, driver.KindConnection))
				is.True(!driver.IsUnsent(err))
				checkSafe(is, err)
			}
		}
	})
}

// Ensure that a transaction of the engine that has ended refuses statements, and that rolling it back is no error.
// parity: E1
func TestPostgresError_TxClosed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.Postgres(t))
	e, err := db.open(ctx)
	is.NoErr(err)
	tx, err := e.Begin(ctx, driver.TxOptions{})
	is.NoErr(err)
	is.NoErr(tx.Commit(ctx))
	_, err = tx.Exec(ctx, read(db, "SELECT 1"))
	is.True(errors.Is(err, driver.KindClosed))
	is.True(errors.Is(err, pgx.ErrTxClosed))
	is.True(errors.Is(tx.Commit(ctx), driver.KindClosed))
	is.NoErr(tx.Rollback(ctx))
}

// Ensure that a pool that was closed beside a statement says so, and that nothing was sent.
// parity: E1 R11
func TestError_ClosedEngine(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := connect(t, e.DSN)
		engine, err := db.open(ctx)
		is.NoErr(err)
		is.NoErr(db.Close())
		_, queryErr := engine.Query(ctx, read(db, "SELECT 1"))
		_, execErr := engine.Exec(ctx, write(db, "SELECT 1"))
		_, beginErr := engine.Begin(ctx, driver.TxOptions{})
		_, readErr := engine.Begin(ctx, driver.TxOptions{ReadOnly: true})
		for _, err := range []error{queryErr, execErr, beginErr, readErr, engine.Ping(ctx)} {
			is.True(errors.Is(err, driver.KindClosed))
			is.True(driver.IsUnsent(err))
			checkSafe(is, err)
		}
		engine.Close() // twice does no harm
	})
}

// Ensure that the end of a context is told as such, whether it was canceled or ran out, before and during a statement.
// parity: E1
func TestError_Context(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := connect(t, e.DSN)
		slow := "SELECT pg_sleep(30)::text"
		if e.Name == dbtest.NameSQLite {
			slow = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c"
		}
		is.NoErr(db.Ping(limited(t)))
		for _, st := range []*driver.Statement{read(db, slow), write(db, slow)} {
			ended, cancel := context.WithCancel(limited(t))
			cancel()
			err := attempt(ended, db, st)
			is.True(errors.Is(err, driver.KindCanceled))
			is.True(errors.Is(err, context.Canceled))

			short, cancel := context.WithTimeout(limited(t), 30*1e6)
			err = second(db.Exec(short, st))
			cancel()
			is.True(errors.Is(err, driver.KindTimeout))
			is.True(errors.Is(err, context.DeadlineExceeded))
			checkSafe(is, err)
		}
		is.Equal(count(limited(t), t, db, "SELECT 1"), int64(1))
		is.True(!driver.IsUnsent(driver.KindTimeout))
		is.True(driver.EndOfContext(errors.New("other")) == nil)
		var pg *pgconn.PgError
		is.True(!errors.As(db.Ping(limited(t)), &pg))
	})
}
