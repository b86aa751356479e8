package db_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
)

// Ensure that the writer and all readers have the databases that a DSN attaches, with a journal of their own, that one
// transaction writes to several, and that a listener hears of each.
func TestAttach(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	folder := filepath.ToSlash(t.TempDir())
	at := "sqlite:///" + strings.TrimPrefix(folder, "/") + "/main.db?attach=billing:" + folder +
		"/deep/b'c.db&attach=auth:" + folder + "/auth.db"
	d, err := new(db.Registry).Open(at)
	is.NoErr(err)
	defer d.Close()
	run := func(ctx context.Context, sql string) error {
		_, err := d.Exec(ctx, &driver.Statement{SQL: sql, Write: true})
		return err
	}
	for _, name := range []string{"main", "billing", "auth"} {
		is.NoErr(run(ctx, "CREATE TABLE "+name+".t (a INT)"))
	}
	count := func(sql string) int64 {
		t.Helper()
		n, err := d.Count(ctx, sql)
		is.NoErr(err)
		return n
	}
	l, err := d.Listen(ctx, "", time.Millisecond)
	is.NoErr(err)
	defer l.Close()
	is.NoErr(run(ctx, "INSERT INTO billing.t VALUES (1)"))
	told, err := l.Wait(ctx, time.Minute)
	is.NoErr(err)
	is.True(told)
	for range 64 { // by all readers
		is.Equal(count("SELECT (SELECT count(*) FROM main.t) * 100 + (SELECT count(*) FROM billing.t) * 10 + (SELECT count(*) FROM auth.t)"),
			int64(10))
	}
	for _, name := range []string{"main", "billing", "auth"} {
		is.Equal(count("SELECT journal_mode = 'wal' FROM pragma_journal_mode WHERE schema = '"+name+"'"), int64(1))
	}
	failed := errors.New("rolled back")
	write := func(ctx context.Context) error {
		return errors.Join(run(ctx, "INSERT INTO main.t VALUES (2)"), run(ctx, "INSERT INTO auth.t VALUES (2)"))
	}
	is.True(errors.Is(d.Tx(ctx, func(ctx context.Context) error { return errors.Join(write(ctx), failed) }), failed))
	is.Equal(count("SELECT count(*) FROM auth.t"), int64(0))
	is.NoErr(d.Tx(ctx, write))
	is.Equal(count("SELECT count(*) FROM auth.t"), int64(1))
	raw, err := d.SQL(ctx)
	is.NoErr(err)
	var n int
	is.NoErr(raw.QueryRow("SELECT count(*) FROM billing.t").Scan(&n))
	is.Equal(n, 1)

	// For reading only, and where there is no such file, which is told by its name and not by its path.
	reading, err := new(db.Registry).Open(at + "&readonly=true")
	is.NoErr(err)
	defer reading.Close()
	got, err := reading.Count(ctx, "SELECT count(*) FROM billing.t")
	is.NoErr(err)
	is.Equal(got, int64(1))
	lacking, err := new(db.Registry).Open(at + "&readonly=true&attach=none:" + folder + "/SECRET.db")
	is.NoErr(err)
	defer lacking.Close()
	_, err = lacking.Count(ctx, "SELECT 1")
	is.Equal(driver.KindOf(err), driver.KindConnection)
	is.True(strings.Contains(err.Error(), `the database "none", number 3 of the option attach, cannot be opened`))
}
