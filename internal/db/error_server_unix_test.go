//go:build unix

package db

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that damage in a server's files, a crash and a server that is still starting have their kinds, and that the
// same connection works when the server does. parity: E1 R12
func TestPostgresError_Server(t *testing.T) {
	t.Parallel()
	o := dbtest.NewOwn(t, dbtest.OwnConfig{Checksums: true})
	dsn := o.DSN("prom") + "?sslmode=disable"
	db := connect(t, dsn+"&pool_max_conns=2")
	do(limited(t), t, db, "CREATE TABLE good (n int)", "INSERT INTO good VALUES (1)")
	t.Run("crash", func(t *testing.T) { crash(t, o, db, dsn) })
	t.Run("starting", func(t *testing.T) { starting(t, o, db) })
	t.Run("corrupt", func(t *testing.T) { corrupt(t, o, db) })
}

// crash kills a backend. The server ends the other sessions then: it tells them why in a warning, which is no error,
// and breaks the connections.
func crash(t *testing.T, o *dbtest.Own, db *DB, dsn string) {
	is := is.New(t)
	ctx := limited(t)
	config := must(pgconn.ParseConfig(dsn))
	warned := make(chan *pgconn.Notice, 1)
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { warned <- n }
	witness := must(pgconn.ConnectConfig(ctx, config))
	defer witness.Close(ctx)
	err := db.Tx(ctx, func(ctx context.Context) error {
		do(ctx, t, db, "INSERT INTO good VALUES (2)")
		victim := count(context.Background(), t, db, "SELECT pg_backend_pid()") // of another connection
		is.NoErr(must(os.FindProcess(int(victim))).Kill())
		return attempt(ctx, db, read(db, "SELECT pg_sleep(20)"))
	})
	is.Equal(driver.KindOf(err), driver.KindConnection)
	_, err = witness.Exec(ctx, "SELECT pg_sleep(20)").ReadAll()
	is.True(err != nil)
	n := <-warned
	is.Equal(n.Code+" "+n.SeverityUnlocalized, "57P02 WARNING")
	eventually(t, "the server has recovered", func() bool { return db.Ping(ctx) == nil })
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM good"), int64(1))
}

// starting makes the server a standby, which lets nobody in until it is told to end that.
func starting(t *testing.T, o *dbtest.Own, db *DB) {
	is := is.New(t)
	ctx := limited(t)
	o.Stop(t)
	settings := must(os.ReadFile(o.Path("postgresql.auto.conf")))
	o.Write(t, "postgresql.auto.conf", append(settings, "hot_standby = off\n"...))
	o.Write(t, "standby.signal", nil)
	o.Launch(t)
	var pg *pgconn.PgError
	eventually(t, "the server answers", func() bool { return errors.As(db.Ping(ctx), &pg) && pg.Code == "57P03" })
	want := failure{kind: driver.KindConnection, code: "57P03", detail: sqlState("57P03")}
	want.checkPostgres(is, db.Ping(ctx))
	want.checkPostgres(is, attempt(ctx, db, write(db, "INSERT INTO good VALUES (3)")))
	o.Write(t, "promote", nil)
	o.Signal(t, syscall.SIGUSR1)
	eventually(t, "the server lets us in", func() bool { return db.Ping(ctx) == nil })
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM good"), int64(1))
}

// corrupt damages a page of a table, and one of an index.
func corrupt(t *testing.T, o *dbtest.Own, db *DB) {
	is := is.New(t)
	ctx := limited(t)
	do(ctx, t, db, "CREATE TABLE heap (n int, body text)",
		"INSERT INTO heap SELECT i, '"+secret+"' FROM generate_series(1, 1000) AS i",
		"CREATE TABLE tree (n int)", "INSERT INTO tree SELECT generate_series(1, 1000)", "CREATE INDEX tree_n ON tree (n)")
	heap, tree := text(ctx, t, db, "SELECT pg_relation_filepath('heap')"), text(ctx, t, db,
		"SELECT pg_relation_filepath('tree_n')")
	o.Stop(t)
	overwrite(t, o.Path(filepath.FromSlash(heap)), 4000, []byte("damage"))
	// a page of nothing, which is no page of an index
	overwrite(t, o.Path(filepath.FromSlash(tree)), 8192, make([]byte, 8192))
	o.Start(t)
	eventually(t, "the pool has new connections", func() bool { return db.Ping(ctx) == nil })
	failure{kind: driver.KindCorrupt, code: "XX001"}.checkPostgres(is, attempt(ctx, db, read(db, "SELECT body FROM heap")))
	is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
		do(ctx, t, db, "SET LOCAL enable_seqscan = off")
		failure{kind: driver.KindCorrupt, code: "XX002"}.checkPostgres(is,
			attempt(ctx, db, &driver.Statement{SQL: "SELECT n FROM tree WHERE n = 5", Guard: driver.GuardMissing}))
		return nil
	}))
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM good"), int64(1)) // the rest can be read
}

func overwrite(t *testing.T, path string, at int64, with []byte) {
	t.Helper()
	is := is.New(t)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	is.NoErr(err)
	is.NoErr(second(f.WriteAt(with, at)))
	is.NoErr(f.Close())
}

// Ensure that a file system that does not let a lock be made is a matter of permission. It takes one that refuses a
// folder with another error than the usual: a folder that nobody may change, which only root can make and not every
// file system has. parity: E1 suite: 26
func TestSQLiteError_Perm(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	folder := t.TempDir()
	dsn := "sqlite://" + filepath.Join(folder, "x.db") + "?_journal_mode=DELETE"
	first := connect(t, dsn)
	do(ctx, t, first, "CREATE TABLE t (n INT)")
	is.NoErr(first.Close())
	if out, err := exec.Command("chattr", "+i", folder).CombinedOutput(); err != nil {
		t.Skipf("this test needs root and a file system with immutable folders: %v: %s", err, out)
	}
	db := connect(t, dsn+"&vfs=unix-dotfile&readonly=true") // it locks by making a folder
	err := attempt(ctx, db, read(db, "SELECT n FROM t"))
	is.NoErr(exec.Command("chattr", "-i", folder).Run())
	failure{kind: driver.KindPermission, code: sqlite3.SQLITE_PERM}.checkSQLite(is, err)
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(0))
	dbtest.Reportf(t, 26, "a lock that the file system refuses")
}
