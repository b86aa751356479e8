package db

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/prom-go/prom/internal/dbtest"
)

// fileOf returns the path of a SQLite database.
func fileOf(t *testing.T, dsn string) string {
	t.Helper()
	return must(parseDSN(dsn)).Path
}

// Ensure that SQLite refuses writes where nothing may be written: on a read-only connection, in a read-only
// transaction, and with mode=ro. parity: R10 E1 suite: 26
func TestSQLiteError_ReadOnly(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	e := dbtest.Engine{DSN: dbtest.SQLite(t)}
	db := connect(t, e.DSN)
	do(ctx, t, db, "CREATE TABLE t (n INT)")
	for _, option := range []string{"readonly=true", "mode=ro"} {
		fixed := connect(t, e.With(option))
		is.True(fixed.ReadOnly())
		err := attempt(ctx, fixed, read(fixed, "INSERT INTO t VALUES (1)"))
		failure{kind: driver.KindReadOnly, code: sqlite3.SQLITE_READONLY}.checkSQLite(is, err)
		for _, sql := range []string{"CREATE TABLE x (n INT)", "ALTER TABLE t ADD COLUMN x INT", "CREATE INDEX x ON t (n)",
			"DROP TABLE t",
			"CREATE VIRTUAL TABLE x USING fts5(b)", "VACUUM", "PRAGMA user_version = 3", "ANALYZE", "BEGIN IMMEDIATE"} {
			is.True(errors.Is(attempt(ctx, fixed, read(fixed, sql)), driver.KindReadOnly))
		}
		is.Equal(count(ctx, t, fixed, "SELECT count(*) FROM t"), int64(0))
	}
	err := db.Tx(ctx, func(ctx context.Context) error { return attempt(ctx, db, read(db, "INSERT INTO t VALUES (1)")) },
		ReadOnly())
	failure{kind: driver.KindReadOnly, code: sqlite3.SQLITE_READONLY}.checkSQLite(is, err)
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(0))
	dbtest.Reportf(t, 26, "11 kinds of statements on read-only connections, files and transactions")
}

// Ensure that a lock that another connection holds longer than the busy timeout is busy, in time, and that there is no
// error when it is released before. parity: E1, trap 6 suite: 24
func TestSQLiteError_Busy(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	e := dbtest.Engine{DSN: dbtest.SQLite(t)}
	db, other := connect(t, e.With("busy_timeout=100ms")), connect(t, e.DSN)
	do(ctx, t, db, "CREATE TABLE t (n INT)")
	held, release := make(chan struct{}), make(chan struct{})
	ended := make(chan error)
	go func() {
		ended <- other.Tx(ctx, func(context.Context) error { close(held); <-release; return nil })
	}()
	<-held
	var took time.Duration
	clock := dbtest.NewClock(t)
	for range 2 {
		start := time.Now()
		failure{kind: driver.KindBusy, code: sqlite3.SQLITE_BUSY}.checkSQLite(is,
			attempt(ctx, db, write(db, "INSERT INTO t VALUES (1)")))
		took = time.Since(start)
		is.True(took > 80*time.Millisecond && clock.Since(start) < 2*time.Second)
	}
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(0)) // a reader does not wait
	patient := connect(t, e.With("busy_timeout=30s"))
	hold := time.Duration(dbtest.Size(50, 3000)) * time.Millisecond
	time.AfterFunc(hold, func() { close(release) })
	do(ctx, t, patient, "INSERT INTO t VALUES (1)")
	is.NoErr(<-ended)
	dbtest.Reportf(t, 24, "a lock of %v: no error below the timeout, and busy after %v of 100ms", hold,
		took.Round(time.Millisecond))
}

// Ensure that a database that cannot be opened is an error of the connection that does not name the path, and that
// nothing is made. parity: E1 E7 suite: 27
func TestSQLiteError_CannotOpen(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	folder := filepath.Join(t.TempDir(), secret)
	is.NoErr(os.MkdirAll(folder+"/sub.db", 0o755))
	for i, dsn := range []string{
		"sqlite://" + folder + "/sub.db",
		"sqlite://" + folder + "/nope.db?mode=rw",
		"sqlite://" + folder + "/nope.db?readonly=true",
		"sqlite://" + folder + "/nope/nope.db?mode=rw",
	} {
		db := connect(t, dsn)
		err := db.Ping(ctx)
		failure{kind: driver.KindConnection, code: sqlite3.SQLITE_CANTOPEN, detail: []string{
			"it is a directory",
			"the file does not exist and cannot be created: see the permissions of the directory",
			"the file does not exist, and a read-only connection does not create it",
			"the file does not exist and cannot be created: see the permissions of the directory",
		}[i]}.checkSQLite(is, err)
		is.True(strings.HasPrefix(err.Error(),
			"prom: connection failed: the file "+filepath.Base(must(parseDSN(dsn)).Path)+": "))
		is.True(!db.IsOpen())
	}
	is.NoErr(os.Remove(folder + "/sub.db"))
	file := filepath.Join(folder, "file")
	is.NoErr(os.WriteFile(file, nil, 0o644))
	err := connect(t, "sqlite://"+file+"/below/x.db").Ping(ctx) // a folder cannot be made in a file
	is.True(errors.Is(err, driver.KindConnection))
	checkSafe(is, err)
	left, err := os.ReadDir(folder)
	is.NoErr(err)
	is.Equal(len(left), 1)
	dbtest.Reportf(t, 27, "missing folders: no connection, and nothing is made")
}

// Ensure that a database without space says so, loses nothing that it has, rolls the transaction back, and works again
// when there is space. parity: E1 suite: 25
func TestSQLiteError_Full(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.SQLite(t))
	do(ctx, t, db, "CREATE TABLE t (body TEXT)")
	do(ctx, t, db, "PRAGMA max_page_count = 20")
	insert := write(db, "INSERT INTO t VALUES (?)", txt(strings.Repeat(secret, 500)))
	stored := int64(0)
	var err error
	for err == nil && stored < 1000 {
		if _, err = db.Exec(ctx, insert); err == nil {
			stored++
		}
	}
	failure{kind: driver.KindDiskFull, code: sqlite3.SQLITE_FULL}.checkSQLite(is, err)
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), stored)

	err = db.Tx(ctx, func(ctx context.Context) error {
		is.True(errors.Is(second(db.Exec(ctx, insert)), driver.KindDiskFull))
		next := attempt(ctx, db, read(db, "SELECT 1")) // SQLite may have rolled back, so nothing may follow
		is.True(errors.Is(next, driver.KindClosed))
		checkSafe(is, next)
		is.True(errors.Is(db.Tx(ctx, func(context.Context) error { return nil }), driver.KindClosed))
		return nil // swallowed
	})
	is.True(errors.Is(err, driver.KindClosed))
	is.Equal(liteCode(err), sqlite3.SQLITE_FULL) // why
	do(ctx, t, db, "PRAGMA max_page_count = 1000")
	is.NoErr(second(db.Exec(ctx, insert)))
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), stored+1)
	dbtest.Reportf(t, 25, "a bound on the pages: %d rows acknowledged and there, works again", stored)
}

// Ensure that a file that is no database is told so and never written to.
// parity: E1
// suite: 27
func TestSQLiteError_NotADatabase(t *testing.T) {
	t.Parallel()
	for _, option := range []string{"", "?readonly=true", "?_journal_mode=DELETE"} {
		is := is.New(t)
		path := filepath.Join(t.TempDir(), "x.db")
		junk := []byte(strings.Repeat(secret, 1000))
		is.NoErr(os.WriteFile(path, junk, 0o644))
		db := connect(t, "sqlite://"+path+option)
		err := attempt(limited(t), db, read(db, "SELECT * FROM t"))
		failure{kind: driver.KindCorrupt, code: sqlite3.SQLITE_NOTADB}.checkSQLite(is, err)
		is.True(driver.KindOf(attempt(limited(t), db, write(db, "CREATE TABLE t (n INT)"))) != driver.KindNoTable)
		now, err := os.ReadFile(path)
		is.NoErr(err)
		is.Equal(string(now), string(junk))
	}
	dbtest.Reportf(t, 27, "a header of junk: corrupt, and the file as it was")
}

// Ensure that damage anywhere in a file is a typed error or harmless, never a panic, and that reading does not change
// the file. parity: E1 suite: 27
func TestSQLiteError_Corrupt(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	dsn := dbtest.SQLite(t)
	db := connect(t, dsn)
	do(ctx, t, db, "CREATE TABLE t (n INT PRIMARY KEY, body TEXT)",
		"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 300) INSERT INTO t SELECT n, hex(randomblob(100)) FROM c")
	is.NoErr(db.Close())
	good, err := os.ReadFile(fileOf(t, dsn))
	is.NoErr(err)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	corrupt := 0
	for range 200 {
		bad := append([]byte{}, good...)
		at := random.IntN(len(bad))
		bad[at] ^= byte(1 + random.IntN(255))
		corrupt += readDamaged(ctx, t, bad)
	}
	bad := append([]byte{}, good...)
	clear(bad[4096:]) // every page but the first, which holds the schema
	is.Equal(readDamaged(ctx, t, bad), 1)
	dbtest.Reportf(t, 27, "200 bytes changed: %d noticed, no panic, and the file as it was", corrupt)
}

// readDamaged reads a damaged database and returns 1 if it was found to be corrupt.
func readDamaged(ctx context.Context, t *testing.T, file []byte) int {
	t.Helper()
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "x.db")
	is.NoErr(os.WriteFile(path, file, 0o644))
	db := connect(t, "sqlite://"+path+"?readonly=true")
	found := 0
	for _, sql := range []string{"SELECT n, body FROM t ORDER BY body", "SELECT body FROM t ORDER BY n",
		"SELECT count(*) FROM t"} {
		err := attempt(ctx, db, read(db, sql))
		if err == nil {
			continue
		}
		checkSafe(is, err)
		var e *driver.Error
		is.True(errors.As(err, &e))
		if errors.Is(err, driver.KindCorrupt) {
			found = 1
		}
	}
	is.NoErr(db.Close())
	now, err := os.ReadFile(path)
	is.NoErr(err)
	is.True(string(now) == string(file)) // the file was changed
	return found
}
