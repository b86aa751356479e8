//go:build unix

package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a limit of the file's size, as a full disk is one, is disk full, that the rows are those that were
// acknowledged, and that the database works again without it.
// parity: E1
// suite: 25
func TestSQLiteError_FileLimit(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	if dbtest.IsChild() {
		fillLimited(t, os.Getenv("DSN"))
		return
	}
	ctx := limited(t)
	dsn := dbtest.SQLite(t)
	do(ctx, t, connect(t, dsn), "CREATE TABLE t (body TEXT)")
	cmd := dbtest.Child(t, t.Name(), "DSN="+dsn)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var stored int64
	_, line, ok := strings.Cut(string(out), "stored ")
	is.True(ok)
	is.True(second(fmt.Sscan(line, &stored)) == nil)
	db := connect(t, dsn)
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), stored)
	is.Equal(text(ctx, t, db, "PRAGMA integrity_check"), "ok")
	do(ctx, t, db, "INSERT INTO t VALUES ('more')")
	dbtest.Reportf(t, 25, "a limit of 256 KB on files: disk full, %d rows acknowledged and there, works again without it",
		stored)
}

// fillLimited writes until the limit of the process is reached.
func fillLimited(t *testing.T, dsn string) {
	is := is.New(t)
	ctx := limited(t)
	signal.Ignore(syscall.SIGXFSZ) // the write fails instead
	const size = 256 << 10
	is.NoErr(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: size}))
	db := connect(t, dsn)
	insert := write(db, "INSERT INTO t VALUES (?)", txt(strings.Repeat(secret, 200)))
	var err error
	stored := 0
	for err == nil && stored < 10000 {
		if _, err = db.Exec(ctx, insert); err == nil {
			stored++
		}
	}
	failure{kind: driver.KindDiskFull, code: sqlite3.SQLITE_IOERR_WRITE}.checkSQLite(is, err)
	err = db.Tx(ctx, func(ctx context.Context) error { return second(db.Exec(ctx, insert)) })
	is.True(errors.Is(err, driver.KindDiskFull)) // at the commit
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(stored))
	fmt.Println("stored", stored)
}
