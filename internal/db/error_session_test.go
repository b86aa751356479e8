package db

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a read-only connection and a read-only transaction refuse writes, also those that say they were none.
// parity: R10 E1
// suite: 26
func TestPostgresError_ReadOnly(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	db := connect(t, e.DSN)
	do(ctx, t, db, "CREATE TABLE t (id int)")
	want := failure{kind: driver.KindReadOnly, code: "25006"}
	err := db.Tx(ctx, func(ctx context.Context) error { return attempt(ctx, db, read(db, "INSERT INTO t VALUES (1)")) },
		ReadOnly())
	want.checkPostgres(is, err)
	fixed := connect(t, e.With("readonly=true"))
	want.checkPostgres(is, attempt(ctx, fixed, read(fixed, "INSERT INTO t VALUES (1)")))
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(0))
}

// holding runs fn while another transaction holds the rows of t.
func holding(ctx context.Context, t *testing.T, db *DB, fn func()) {
	t.Helper()
	if err := db.Tx(ctx, func(inner context.Context) error {
		if err := attempt(inner, db, write(db, "SELECT id FROM t FOR UPDATE")); err != nil {
			return err
		}
		fn()
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// Ensure that a lock that is not to be had is busy, at once with NOWAIT and after lock_timeout otherwise.
// parity: E1, targets row 8
func TestPostgresError_Busy(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	db, waiting := connect(t, e.DSN), connect(t, e.With("lock_timeout=50ms"))
	do(ctx, t, db, "CREATE TABLE t (id int)", "INSERT INTO t VALUES (1)")
	holding(ctx, t, db, func() {
		want := failure{kind: driver.KindBusy, code: "55P03"}
		want.checkPostgres(is, attempt(ctx, db, read(db, "SELECT id FROM t FOR UPDATE NOWAIT")))
		// Without the timeout it would wait for the lock until its context ends, which is another error.
		want.checkPostgres(is, attempt(ctx, waiting, write(waiting, "ALTER TABLE t ADD COLUMN more int")))
	})
}

// Ensure that statement_timeout and somebody's cancel request are timeouts, and that the connection lives on.
// parity: E1
func TestPostgresError_StatementTimeout(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	db := connect(t, e.With("statement_timeout=50ms&pool_max_conns=1"))
	pid := count(ctx, t, db, "SELECT pg_backend_pid()")
	failure{kind: driver.KindTimeout, code: "57014"}.checkPostgres(is, attempt(ctx, db, read(db, "SELECT pg_sleep(30)")))
	is.Equal(count(ctx, t, db, "SELECT pg_backend_pid()"), pid)
}

// Ensure that a session that idles too long in a transaction is a timeout, and that the next statement finds a new one;
// and that a session that has ended while it was idle is not used again.
// parity: E1 R12
func TestPostgresError_IdleTimeouts(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	db, other := connect(t, e.With("pool_max_conns=1")), connect(t, e.DSN)
	err := db.Tx(ctx, func(ctx context.Context) error {
		pid := backendOf(ctx, t, db)
		do(ctx, t, db, "SET idle_in_transaction_session_timeout = '20ms'")
		waitUntilGone(t, other, pid)
		return attempt(ctx, db, read(db, "SELECT 1"))
	})
	failure{kind: driver.KindTimeout, code: "25P03"}.checkPostgres(is, err)
	is.Equal(count(ctx, t, db, "SELECT 1"), int64(1))

	idle := func(db *DB) error {
		pid := backendOf(ctx, t, db)
		do(ctx, t, db, "SET idle_session_timeout = '20ms'")
		waitUntilGone(t, other, pid)
		return attempt(ctx, db, read(db, "SELECT 1"))
	}
	is.NoErr(idle(db))
	blind := connect(t, e.With("pool_max_conns=1"), Configure(func(cfg *pgxpool.Config) error {
		cfg.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false }
		return nil
	}))
	failure{kind: driver.KindTimeout, code: "57P05"}.checkPostgres(is, idle(blind))
	is.Equal(count(ctx, t, blind, "SELECT 1"), int64(1))
}

// Ensure that a killed backend is an error of the connection, in a transaction and outside, and that the same DB works
// at the next call. parity: R12 R13 B16
func TestPostgresError_Terminated(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name == dbtest.NameSQLite {
			return // has no backends
		}
		is := is.New(t)
		ctx := limited(t)
		admin, db := connect(t, e.DSN), connect(t, e.With("pool_max_conns=1"))
		kill := func(ctx context.Context) {
			pid := backendOf(ctx, t, db)
			_, err := ints(context.Background(), admin, "SELECT pg_terminate_backend(?)::int", num(pid))
			is.NoErr(err)
			waitUntilGone(t, admin, pid)
		}
		err := db.Tx(ctx, func(ctx context.Context) error {
			kill(ctx)
			return attempt(ctx, db, read(db, "SELECT 1"))
		})
		failure{kind: driver.KindConnection, code: "57P01", detail: sqlState("57P01")}.checkPostgres(is, err)
		is.Equal(count(ctx, t, db, "SELECT 1"), int64(1))

		kill(ctx)
		err = attempt(ctx, db, read(db, "SELECT 1")) // pgx may have read what the server has said, in the background
		is.True(err == nil || errors.Is(err, driver.KindConnection))
		is.Equal(count(ctx, t, db, "SELECT 1"), int64(1))
	})
}

// Ensure that a transaction that cannot be serialized says so, and succeeds when it is run again.
// parity: E1
func TestPostgresError_Serialization(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	db := connect(t, e.DSN)
	do(ctx, t, db, "CREATE TABLE t (n int)", "INSERT INTO t VALUES (0)")
	add := func(between func()) error {
		return db.Tx(ctx, func(ctx context.Context) error {
			n := count(ctx, t, db, "SELECT n FROM t")
			between()
			_, err := db.Exec(ctx, write(db, "UPDATE t SET n = ?", num(n+1)))
			return err
		}, WithIsolation(driver.RepeatableRead))
	}
	err := add(func() { is.NoErr(add(func() {})) })
	failure{kind: driver.KindSerialization, code: "40001"}.checkPostgres(is, err)
	is.NoErr(add(func() {}))
	is.Equal(count(ctx, t, db, "SELECT n FROM t"), int64(2))
}

// Ensure that of two transactions that change two tables in opposite order one ends as a deadlock, which the server
// notices by itself, and succeeds when it is run again. Row 7 of docs/reliability.md measures how soon. parity: E1,
// targets row 7
func TestPostgresError_Deadlock(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	db := connect(t, e.With("options=-c%20deadlock_timeout%3D200ms"))
	do(ctx, t, db, "CREATE TABLE a (id int)", "CREATE TABLE b (id int)")
	alter := func(first, second, column string, met func()) error {
		return db.Tx(ctx, func(ctx context.Context) error {
			if _, err := db.Exec(ctx, write(db, "ALTER TABLE "+first+" ADD COLUMN "+column+" int")); err != nil {
				return err
			}
			met()
			_, err := db.Exec(ctx, write(db, "ALTER TABLE "+second+" ADD COLUMN "+column+" int"))
			return err
		})
	}
	var both, ended sync.WaitGroup
	both.Add(2)
	met := func() { both.Done(); both.Wait() }
	var errs [2]error
	ended.Go(func() { errs[0] = alter("a", "b", "x", met) })
	ended.Go(func() { errs[1] = alter("b", "a", "y", met) })
	ended.Wait()
	lost := 0
	if errs[0] == nil {
		lost = 1
	}
	is.NoErr(errs[1-lost])
	failure{kind: driver.KindDeadlock, code: "40P01"}.checkPostgres(is, errs[lost])
	if lost == 0 {
		is.NoErr(alter("a", "b", "x", func() {}))
	} else {
		is.NoErr(alter("b", "a", "y", func() {}))
	}
}

// Ensure that statements after an error, and the commit, of a transaction that the server has given up are told so.
// parity: E1
func TestPostgresError_Aborted(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.Postgres(t))
	err := db.Tx(ctx, func(ctx context.Context) error {
		is.True(errors.Is(attempt(ctx, db, read(db, "SELECT nope")), driver.KindNoColumn))
		failure{kind: driver.KindClosed, code: "25P02"}.checkPostgres(is, attempt(ctx, db, read(db, "SELECT 1")))
		return nil // swallowed
	})
	is.True(errors.Is(err, driver.KindClosed))
	is.True(errors.Is(err, pgx.ErrTxCommitRollback))
	checkSafe(is, err)
}

// Ensure that DDL that ran beside other DDL on the same names is told apart from errors of the data.
// parity: A17 B3
func TestPostgresError_Raced(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"CREATE TABLE": "CREATE TABLE fresh (id int)",           // 23505 in pg_catalog
		"GRANT":        "GRANT SELECT ON old TO PUBLIC",         // XX000 tuple concurrently updated
		"CREATE INDEX": "CREATE UNIQUE INDEX fresh ON old (id)", // 42P07
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx := limited(t)
			db := connect(t, dbtest.Postgres(t))
			do(ctx, t, db, "CREATE TABLE old (id int)")
			var second error
			var ended sync.WaitGroup
			is.NoErr(db.Tx(ctx, func(inner context.Context) error {
				do(inner, t, db, sql)
				ended.Go(func() { second = attempt(ctx, db, write(db, sql)) })
				// Until it waits for this transaction.
				for count(ctx, t, db, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query = ?",
					txt(sql)) == 0 {
					time.Sleep(10 * time.Millisecond)
				}
				return nil
			}))
			ended.Wait()
			is.True(driver.IsRaced(second))
			is.True(!errors.Is(second, driver.KindUnique))
			var pg *pgconn.PgError
			is.True(errors.As(second, &pg))
			is.True(!driver.IsRaced(nil))
			is.True(!driver.IsRaced(driver.KindUnique))
		})
	}
}

// Ensure that a statement that was prepared before the table changed is known for it, and works when it is run again.
// parity: trap 8
func TestPostgresError_Stale(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	db, other := connect(t, e.With("pool_max_conns=1")), connect(t, e.DSN)
	do(ctx, t, db, "CREATE TABLE t (id int)", "INSERT INTO t VALUES (1)")
	is.Equal(count(ctx, t, db, "SELECT id FROM t"), int64(1))
	do(ctx, t, other, "ALTER TABLE t ALTER id TYPE bigint")
	_, err := ints(ctx, db, "SELECT id FROM t")
	failure{kind: driver.KindSerialization, code: "0A000",
		detail: "the table changed after the statement was prepared"}.checkPostgres(is, err)
	is.True(driver.IsStale(err))
	is.Equal(count(ctx, t, db, "SELECT id FROM t"), int64(1))

	do(ctx, t, db, "DEALLOCATE ALL") // what a pooler does when it moves a session
	_, err = ints(ctx, db, "SELECT id FROM t")
	is.True(driver.IsStale(err))
	is.True(!driver.IsUnsent(err))
	var pg *pgconn.PgError
	is.True(errors.As(err, &pg))
	is.Equal(pg.Code, "26000")
	is.Equal(count(ctx, t, db, "SELECT id FROM t"), int64(1))
	is.True(!driver.IsStale(nil))

	do(ctx, t, db, "CREATE TABLE u (v text)")
	is.NoErr(second(db.Exec(ctx, write(db, "INSERT INTO u VALUES (?)", txt("1")))))
	do(ctx, t, other, "ALTER TABLE u ALTER v TYPE bigint USING v::bigint")
	add := write(db, "INSERT INTO u VALUES (?)", num(2))
	is.True(driver.IsUnsent(second(db.Exec(ctx, add)))) // the driver has prepared it for a text
	is.NoErr(second(db.Exec(ctx, add)))
}
