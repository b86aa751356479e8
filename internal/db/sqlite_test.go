package db

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// Ensure that the settings of a DSN hold on the connections that write and on those that read, as they do for the
// driver of database/sql.
func TestSQLite_Settings(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, fileDSN(t, "a b?c#d%e&f=g+h.db",
		"?_pragma=cache_size(-123)&busy_timeout=1500&_vacuum=1&_defensive=1&pool_maxconn=3#n"))
	do(ctx, t, db, "CREATE TABLE t (n INT)")
	pool, err := db.SQL(ctx)
	is.NoErr(err)
	for name, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "1", "foreign_keys": "1", "busy_timeout": "1500", "cache_size": "-123", "auto_vacuum": "1", "query_only": "0",
	} {
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error { // on the writer
			is.Equal(text(ctx, t, db, "PRAGMA "+name), want)
			return nil
		}))
		is.Equal(pragma(t, pool, name), want)
		switch name {
		case "query_only":
			want = "1"
		case "synchronous":
			want = "2" // of no concern where nothing is written
		}
		is.Equal(text(ctx, t, db, "PRAGMA "+name), want)
	}
	is.True(errors.Is(attempt(ctx, db, read(db, `SELECT "nope" FROM t`)), driver.KindNoColumn)) // trap 4
	do(ctx, t, db, "PRAGMA writable_schema = 1")
	err = attempt(ctx, db, write(db, "DELETE FROM sqlite_schema")) // defensive
	is.True(err != nil)
	bad := connect(t, fileDSN(t, "x.db", "?_journal_mode=OFF&_defensive=1"))
	is.True(bad.Ping(ctx) != nil)
}

// Ensure that a known statement allocates nothing, inside of the engine, whatever it binds.
func TestSQLite_Allocs(t *testing.T) {
	// Not parallel: it counts what the process allocates.
	is := is.New(t)
	ctx := context.Background()
	db := connect(t, dbtest.SQLite(t))
	do(ctx, t, db, "CREATE TABLE t (n INTEGER PRIMARY KEY, body TEXT, at TIMESTAMP)")
	insert := write(db, "INSERT OR REPLACE INTO t VALUES (?, ?, ?)", num(1), txt("text"),
		schema.TimeValue(schema.Time, time.Now()))
	is.NoErr(second(db.Exec(ctx, insert)))
	is.Equal(testing.AllocsPerRun(200, func() { _, _ = db.Exec(ctx, insert) }), 0.0)
	returning := write(db, "INSERT OR REPLACE INTO t VALUES (?, ?, ?) RETURNING n", num(1), txt("text"),
		schema.TimeValue(schema.Time, time.Now()))
	get := read(db, "SELECT n, at FROM t WHERE n = ?", num(1))
	found := int64(0)
	first := driver.RowFunc(func(rows driver.Rows) error {
		if rows.Next() {
			found, _ = rows.Int(0)
		}
		return nil
	})
	at := driver.RowFunc(func(rows driver.Rows) error {
		if rows.Next() {
			_, _ = rows.Time(1)
			found, _ = rows.Int(0)
		}
		return nil
	})
	is.NoErr(db.Read(ctx, returning, first))
	is.Equal(testing.AllocsPerRun(200, func() { _ = db.Read(ctx, returning, first) }), 0.0)
	is.NoErr(db.Read(ctx, get, at))
	is.NoErr(db.Read(ctx, get, at))
	is.Equal(testing.AllocsPerRun(200, func() { _ = db.Read(ctx, get, at) }), 0.0)
	is.Equal(found, int64(1))
	timed, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	is.Equal(testing.AllocsPerRun(200, func() { _ = db.Read(timed, get, at) }), 0.0)
}

// Ensure that a result may be closed twice, also when its connection reads another by then, and that Read closes in any
// case.
func TestSQLite_CloseTwice(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.SQLite(t)+"?pool_maxconn=1")
	do(ctx, t, db, "CREATE TABLE t (n INT)", "INSERT INTO t VALUES (1), (2), (3)")
	a, err := db.Query(ctx, read(db, "SELECT n FROM t"))
	is.NoErr(err)
	is.True(a.Next())
	is.NoErr(a.Close())
	b, err := db.Query(ctx, read(db, "SELECT n FROM t"))
	is.NoErr(err)
	is.True(b.Next())
	is.NoErr(a.Close())
	is.True(!a.Next())
	is.True(b.Next())
	n, err := b.Int(0)
	is.NoErr(err)
	is.Equal(n, int64(2))
	is.NoErr(b.Close())

	is.True(db.Read(ctx, read(db, "SELECT n FROM t"),
		driver.RowFunc(driver.RowFunc(func(driver.Rows) error { return errOwn }))) == errOwn)
	func() {
		defer func() { is.True(recover() != nil) }()
		_ = db.Read(ctx, read(db, "SELECT n FROM t"), driver.RowFunc(driver.RowFunc(func(driver.Rows) error { panic("x") })))
	}()
	is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
		for range 2 {
			is.True(db.Read(ctx, read(db, "SELECT n FROM t"),
				driver.RowFunc(driver.RowFunc(func(driver.Rows) error { return errOwn }))) == errOwn)
		}
		return nil
	}))
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(3))
}

// Ensure that a deadline holds while rows are read, slowly too, and that a connection which ended so works on.
func TestSQLite_Deadline(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{dbtest.SQLite(t) + "?pool_maxconn=1", dbtest.Memory()} {
		is := is.New(t)
		ctx := limited(t)
		db := connect(t, dsn)
		do(ctx, t, db, "CREATE TABLE t (n INT)",
			"WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r LIMIT 1000) INSERT INTO t SELECT n FROM r")
		short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		defer cancel()
		rows, err := db.Query(short, read(db, "SELECT n FROM t"))
		is.NoErr(err)
		is.True(rows.Next())
		<-short.Done()
		more := 0
		for rows.Next() {
			more++
		}
		is.True(more < 20) // of 1000
		err = rows.Close()
		is.True(errors.Is(err, driver.KindTimeout) && errors.Is(err, context.DeadlineExceeded))
		is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(1000))
	}
}

// Ensure that a transaction that raw SQL begins does not stay with its connection.
func TestSQLite_RawBegin(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.SQLite(t))
	do(ctx, t, db, "CREATE TABLE t (n INT)", "BEGIN", "INSERT INTO t VALUES (1)")
	is.NoErr(attempt(ctx, db, read(db, "BEGIN")))
	do(ctx, t, db, "INSERT INTO t VALUES (2)")
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(2))
}

// pragma asks for a setting of SQLite.
func pragma(t *testing.T, db *sql.DB, name string) string {
	t.Helper()
	var v string
	if err := db.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&v); err != nil {
		t.Fatal(name, err)
	}
	return v
}

// fileDSN returns the DSN of a file in a folder of the test.
func fileDSN(t *testing.T, name, query string) string {
	t.Helper()
	return "sqlite://" + (&url.URL{Path: filepath.ToSlash(filepath.Join(t.TempDir(), name))}).EscapedPath() + query
}
