package db

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// Ensure that a DB connects at its first operation, once for many goroutines, closes twice, and connects again.
// parity: R3 R6 R11
func TestDB_Lifecycle(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := connect(t, e.DSN)
		is.True(!db.IsOpen())
		is.NoErr(db.Close()) // never opened
		var group sync.WaitGroup
		engines := make([]any, 16)
		for i := range engines {
			group.Go(func() {
				if e, err := db.open(ctx); err == nil {
					engines[i] = e
				}
			})
		}
		group.Wait()
		for _, e := range engines {
			is.True(e != nil && e == engines[0])
		}
		is.True(db.IsOpen())
		is.NoErr(db.Ping(ctx))
		do(ctx, t, db, "CREATE TABLE t (n INT)")
		is.NoErr(db.Close())
		is.NoErr(db.Close())
		is.True(!db.IsOpen())
		if e.Mode == "memory" { // which has ended
			is.True(errors.Is(db.Ping(ctx), driver.KindClosed))
			return
		}
		is.NoErr(db.Ping(ctx))
		is.NoErr(attempt(ctx, db, read(db, "SELECT n FROM t")))
	})
}

// Ensure that closing beside statements in use ends them with errors that have a kind, or lets them finish, and never
// hangs. parity: R11, targets row 30
func TestDB_CloseInUse(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		do(ctx, t, db, "INSERT INTO t VALUES (1), (2)")
		rows, err := db.Query(ctx, read(db, "SELECT n FROM t"))
		is.NoErr(err)
		is.True(rows.Next())
		closed := make(chan error)
		go func() { closed <- db.Close() }()
		eventually(t, "it is being closed", func() bool { return !db.IsOpen() })
		for rows.Next() {
		}
		is.NoErr(rows.Close())
		is.NoErr(<-closed)
		is.Equal(db.Ping(ctx) == nil, e.Mode != "memory")
	})
}

// Ensure that a DB prints its DSN without the secrets, in every form.
// parity: E7, targets row 28, trap 2
func TestDB_Redacted(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := connect(t, "postgres://user:"+secret+"@host/db#blog")
	encoded, err := json.Marshal(db)
	is.NoErr(err)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "db", db)
	for _, s := range []string{db.String(), string(encoded), log.String(), fmt.Sprint(db), fmt.Sprintf("%v %+v", db, db),
		db.DSN().String()} {
		is.True(!strings.Contains(s, secret))
		is.True(strings.Contains(s, "host"))
	}
	is.True(!strings.Contains(fmt.Sprintf("%#v", db), secret))
	is.Equal(db.Name(), "blog")
	is.Equal(db.Dialect().Name(), "postgres")
	is.Equal(connect(t, dbtest.Memory()).Dialect().Name(), "sqlite")
}

// Ensure that a read-only connection refuses what says that it writes before it reaches the database.
// parity: R10, targets row 26
func TestDB_ReadOnly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		numbers(ctx, t, e.DSN)
		db := connect(t, e.With("readonly=true"))
		is.True(db.ReadOnly())
		err := insert(ctx, db, 1)
		is.True(errors.Is(err, driver.KindReadOnly))
		is.Equal(err.Error(), "prom: write t: read-only: the connection was opened with readonly=true")
		is.True(!db.IsOpen())
		is.True(errors.Is(attempt(ctx, db, write(db, "SELECT 1")), driver.KindReadOnly))
		is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(0))
		is.NoErr(db.Ping(ctx))
	})
}

// Ensure that a log gets the statements, arguments only when asked for, errors without values, and never the DSN.
// parity: R17 E7
func TestDB_Log(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		for _, withArgs := range []bool{false, true} {
			is := is.New(t)
			ctx := limited(t)
			var out bytes.Buffer
			options := []OpenOption{Logger(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))}
			if withArgs {
				options = append(options, LogArgs())
			}
			db := connect(t, e.DSN, options...)
			do(ctx, t, db, "DROP TABLE IF EXISTS people", "CREATE TABLE people (name VARCHAR(99) PRIMARY KEY)")
			add := write(db, "INSERT INTO people VALUES (?)", txt(secret))
			is.NoErr(second(db.Exec(ctx, add)))
			is.True(errors.Is(second(db.Exec(ctx, add)), driver.KindUnique))
			is.NoErr(attempt(ctx, db, read(db, "SELECT name FROM people WHERE name = ?", txt(secret))))
			is.True(attempt(ctx, db, read(db, "SELECT nope")) != nil)
			logged := out.String()
			for _, want := range []string{"INSERT INTO people", "SELECT name FROM people", "level=DEBUG", "took=",
				"unique violation"} {
				is.True(strings.Contains(logged, want))
			}
			is.Equal(strings.Contains(logged, secret), withArgs)
			is.True(!strings.Contains(logged, "postgres://"))
			is.True(!strings.Contains(logged, ".db"))
		}
		is := is.New(t)
		var out bytes.Buffer
		quiet := connect(t, e.DSN, Logger(slog.New(slog.NewTextHandler(&out, nil)))) // at the level info
		is.Equal(count(limited(t), t, quiet, "SELECT 1"), int64(1))
		is.Equal(out.Len(), 0)
	})
}

// Ensure that the ways out lead to the same database.
func TestDB_Escape(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		std, err := db.SQL(ctx)
		is.NoErr(err)
		again, err := db.SQL(ctx)
		is.NoErr(err)
		is.True(std == again)
		_, err = std.ExecContext(ctx, "INSERT INTO t VALUES (1)")
		is.NoErr(err)
		is.Equal(stored(t, db), []int64{1})
		pool, err := PgxPool(ctx, db)
		is.NoErr(err)
		is.Equal(pool != nil, e.Name == dbtest.NamePostgres)
		if pool != nil {
			var n int
			is.NoErr(pool.QueryRow(ctx, "SELECT count(*)::int FROM t").Scan(&n))
			is.Equal(n, 1)
		}
		is.NoErr(db.Close())
		is.True(std.PingContext(ctx) != nil) // Close ends it
	})
}

// Ensure that the ways out say why they lead nowhere.
func TestDB_EscapeFails(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := connect(t, "sqlite://"+t.TempDir()+"/nope.db?mode=rw")
	_, err := db.SQL(limited(t))
	is.True(errors.Is(err, driver.KindConnection))
	_, err = PgxPool(limited(t), db)
	is.True(errors.Is(err, driver.KindConnection))
	is.True(errors.Is(db.Tx(limited(t), func(context.Context) error { return nil }), driver.KindConnection))
	is.True(errors.Is(attempt(limited(t), db, read(db, "SELECT 1")), driver.KindConnection))
	is.True(errors.Is(second(db.Exec(limited(t), read(db, "SELECT 1"))), driver.KindConnection))
}

// Ensure that one connection is enough for statements one after the other, results read to the end or not, and
// transactions. parity: R19 suite: 15
func TestDB_PoolOfOne(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.With("pool_maxconn=1")) // the reference's name
		for i := range 20 {
			is.NoErr(insert(ctx, db, int64(i)))
			rows, err := db.Query(ctx, read(db, "SELECT n FROM t"))
			is.NoErr(err)
			is.True(rows.Next())
			is.NoErr(rows.Close()) // early
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error { return attempt(ctx, db, read(db, "SELECT 1")) }))
		}
		dbtest.Reportf(t, 15, "a pool of 1: writes, results left early and transactions, one after the other")
	})
}

// Ensure that SQLite is opened as this library needs it.
// parity: R8 R9, traps 4 5 6
func TestDB_SQLite(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	path := filepath.Join(t.TempDir(), "a", "b", "x.db")
	db := connect(t, "sqlite://"+filepath.ToSlash(path))
	is.NoErr(db.Ping(ctx))
	is.True(second(os.Stat(path)) == nil) // the folders too
	is.Equal(text(ctx, t, db, "PRAGMA journal_mode"), "wal")
	for _, st := range []*driver.Statement{read(db, "PRAGMA foreign_keys"), write(db, "PRAGMA foreign_keys")} {
		rows, err := db.Query(ctx, st)
		is.NoErr(err)
		is.True(rows.Next())
		is.Equal(must(rows.Int(0)), int64(1))
		is.Equal(rows.Len(), 1)
		is.Equal(rows.Name(0), "foreign_keys")
		is.NoErr(rows.Close())
	}
	do(ctx, t, db, "CREATE TABLE t (n INT)", "INSERT INTO t VALUES (1)")
	err := attempt(ctx, db, read(db, `SELECT n FROM t WHERE "nope" = 'nope'`))
	is.True(errors.Is(err, driver.KindNoColumn)) // B6: not a text that matches every row
}

// Ensure that readers of a file run beside the writer and beside each other, and see what is committed.
// parity: trap 6
func TestDB_SQLiteReaders(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := numbers(ctx, t, dbtest.SQLite(t))
	is.NoErr(insert(ctx, db, 1))
	is.NoErr(db.Tx(ctx, func(inner context.Context) error {
		is.NoErr(insert(inner, db, 2))
		rows, err := db.Query(ctx, read(db, "SELECT n FROM t"))
		is.NoErr(err)
		is.True(rows.Next())
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error { // a second reader, in a transaction
			is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(1))
			return nil
		}, ReadOnly()))
		is.True(!rows.Next())
		return rows.Close()
	}))
	is.Equal(stored(t, db), []int64{1, 2})
}

// Ensure that a database in memory is one for all connections of a DB, and another for each DB.
// parity: D5, trap 5
func TestDB_SQLiteMemory(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	a, b := numbers(ctx, t, dbtest.Memory()), numbers(ctx, t, dbtest.Memory())
	is.NoErr(insert(ctx, a, 1))
	var group sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		group.Go(func() {
			list, err := ints(ctx, a, "SELECT n FROM t")
			if err == nil && len(list) != 1 {
				err = fmt.Errorf("%d rows", len(list))
			}
			errs[i] = err
		})
	}
	group.Wait()
	is.NoErr(errors.Join(errs...))
	is.Equal(len(stored(t, b)), 0)
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	for range 5 { // connections that are dropped do not take the data with them
		is.True(a.Tx(canceled, func(context.Context) error { return nil }) != nil)
		_ = a.Tx(ctx, func(ctx context.Context) error {
			short, cancel := context.WithTimeout(ctx, time.Millisecond)
			defer cancel()
			return attempt(short, a, write(a,
				"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c"))
		})
	}
	is.Equal(stored(t, a), []int64{1})
}

// Ensure that who waits for the writer in this process hears the end of its context, and is busy after the busy
// timeout. parity: E1, targets row 16 24
func TestDB_SQLiteWriter(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name != dbtest.NameSQLite {
			return // has a pool
		}
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.With("busy_timeout=150ms"))
		is.NoErr(db.Tx(ctx, func(context.Context) error {
			err := insert(ctx, db, 1)                // the wrong context
			is.True(errors.Is(err, driver.KindBusy)) // and not the end of the context, minutes later
			is.True(strings.Contains(err.Error(), "use the context that Tx passes to the function"))
			return nil
		}))
		do(ctx, t, db, "DROP TABLE t")
		is.NoErr(db.Close())

		db = numbers(ctx, t, e.With("busy_timeout=1h"))
		is.NoErr(db.Tx(ctx, func(context.Context) error {
			short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
			defer cancel()
			is.True(errors.Is(insert(short, db, 1), driver.KindTimeout))
			is.True(errors.Is(attempt(short, db, write(db, "SELECT 1")), driver.KindTimeout))
			is.True(errors.Is(db.Tx(short, func(context.Context) error { return nil }), driver.KindTimeout))
			return nil
		}))
		is.NoErr(insert(ctx, db, 1))
	})
}

// Ensure that arguments of every kind arrive as they are, with NULL among them.
func TestDB_Arguments(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.Memory())
	_, err := db.Exec(ctx, write(db, "SELECT ?", schema.UintValue(1<<63)))
	is.True(errors.Is(err, driver.KindType))
	checkSafe(is, err)
	_, err = db.Query(ctx, read(db, "SELECT ?", schema.ListValue(schema.Uint64, []uint64{1 << 63})))
	is.True(errors.Is(err, driver.KindType))
	is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
		is.True(errors.Is(second(db.Exec(ctx, write(db, "SELECT ?", schema.UintValue(1<<63)))), driver.KindType))
		is.True(errors.Is(attempt(ctx, db, read(db, "SELECT ?", schema.UintValue(1<<63))), driver.KindType))
		return nil
	}))
}
