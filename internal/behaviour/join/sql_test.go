package join_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/matryer/is"
	"modernc.org/sqlite"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// handleOf opens a file as a program does.
func handleOf(t *testing.T, name string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func run(t *testing.T, db *sql.DB, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatal(text, err)
		}
	}
}

// Ensure that the file of a *sql.DB is opened again by its path, whatever that looks like, with the PRAGMAs that the
// handle has and no others, and that both see what the other has written.
func TestOpenSQL(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	dir := t.TempDir()
	for i, tt := range []struct{ file, options, want string }{
		{"plain.db", "", "delete 2 0 -2000 0 1"},
		{"an odd %20 näme#1?.db", "?_pragma=journal_mode(wal)&_pragma=foreign_keys(1)&_pragma=synchronous(1)&_pragma=busy_timeout(2000)", "wal 1 1 -2000 0 1"},
		{"more.db", "?_pragma=cache_size(-500)&_pragma=recursive_triggers(1)&_pragma=trusted_schema(0)&_pragma=synchronous(off)", "delete 0 0 -500 1 0"},
	} {
		path := filepath.Join(dir, tt.file)
		handle := handleOf(t, "file:"+strings.NewReplacer("%", "%25", "#", "%23", "?", "%3f").Replace(path)+tt.options)
		run(t, handle, `CREATE TABLE theirs (n INTEGER)`, `INSERT INTO theirs VALUES (7)`)
		db, err := new(prom.Registry).OpenSQL(ctx, "file", handle)
		is.NoErr(err)
		t.Cleanup(func() { is.NoErr(db.Close()) })
		is.Equal(db.Name(), "file")
		is.Equal(db.DSN().Path, path)
		items := kit.Items(db)
		is.NoErr(items.Create(ctx, &kit.Item{Name: "ours"}))
		for _, d := range []*sql.DB{handle, kit.SQLDB(t, db)} {
			var name, pragmas string
			is.NoErr(d.QueryRowContext(ctx, `SELECT name FROM item`).Scan(&name))
			is.Equal(name, "ours")
			is.NoErr(d.QueryRowContext(ctx, `SELECT journal_mode || ' ' || synchronous || ' ' || foreign_keys || ' ' || cache_size || ' ' ||
				recursive_triggers || ' ' || trusted_schema FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys,
				pragma_cache_size, pragma_recursive_triggers, pragma_trusted_schema`).Scan(&pragmas))
			is.Equal(pragmas, tt.want)
		}
		n, err := prom.RawQuery[int](db, `SELECT n FROM theirs`).First(ctx)
		is.NoErr(err)
		is.Equal(n, 7)
		sync, err := prom.RawQuery[int](db, `PRAGMA recursive_triggers`).First(ctx) // of a connection of prom's
		is.NoErr(err)
		is.Equal(sync, strings.Count(tt.options, "recursive_triggers"))
		if i == 1 {
			is.Equal(db.DSN().Options.BusyTimeout.String(), "2s")
		}
		is.NoErr(db.Close())
		is.NoErr(handle.PingContext(ctx)) // is not prom's
	}
}

// Ensure that attached files are attached, and that a handle which does not write gives a connection which does not.
func TestOpenSQL_Attached(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	dir := t.TempDir()
	handle := handleOf(t, filepath.Join(dir, "a.db"))
	handle.SetMaxOpenConns(1)
	run(t, handle, `CREATE TABLE theirs (n INTEGER)`, `ATTACH '`+filepath.Join(dir, "b.db")+`' AS side`,
		`CREATE TABLE side.other (n INTEGER)`, `PRAGMA query_only = 1`)
	db, err := new(prom.Registry).OpenSQL(ctx, "", handle)
	is.NoErr(err)
	t.Cleanup(func() { is.NoErr(db.Close()) })
	tables, err := prom.TablesIn(ctx, db, "side")
	is.NoErr(err)
	is.Equal(tables, []string{"side.other"})
	is.True(db.ReadOnly())
	is.True(errors.Is(kit.Items(db).Create(ctx, &kit.Item{}), prom.ErrReadOnly))
}

// wrapped is a driver's connection in one that shows it, as otelsql's does.
type wrapped struct{ driver.Conn }

func (w wrapped) Raw() driver.Conn { return w.Conn }

// hidden is a driver's connection in one that does not.
type hidden struct{ driver.Conn }

type wrapping struct {
	driver.Connector
	wrap func(c driver.Conn) driver.Conn
}

func (w wrapping) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := w.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return w.wrap(c), nil
}

// Ensure that a handle below a wrapper is opened again, and that each handle which cannot be is refused with the reason
// and leaves no connection behind.
func TestOpenSQL_Errors(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	dir := t.TempDir()
	r := new(prom.Registry)
	connector, err := sqlite.NewConnector(filepath.Join(dir, "wrapped.db"))
	is.NoErr(err)
	under := func(wrap func(c driver.Conn) driver.Conn) *sql.DB {
		db := sql.OpenDB(wrapping{connector, wrap})
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	db, err := r.OpenSQL(ctx, "wrapped", under(func(c driver.Conn) driver.Conn { return wrapped{wrapped{c}} }))
	is.NoErr(err)
	is.NoErr(db.Close())

	pg := stdlib.OpenDBFromPool(poolOf(t, dbtest.Postgres(t), nil))
	t.Cleanup(func() { _ = pg.Close() })
	closed := handleOf(t, filepath.Join(dir, "closed.db"))
	is.NoErr(closed.Close())
	memory := handleOf(t, ":memory:")
	gone := handleOf(t, filepath.Join(dir, "gone.db"))
	run(t, gone, `CREATE TABLE t (n)`)
	is.NoErr(os.Remove(filepath.Join(dir, "gone.db")))
	exclusive := handleOf(t, filepath.Join(dir, "exclusive.db")+"?_pragma=locking_mode(exclusive)")
	side := handleOf(t, filepath.Join(dir, "side.db"))
	side.SetMaxOpenConns(1)
	run(t, side, `ATTACH ':memory:' AS extra`)
	named := handleOf(t, filepath.Join(dir, "named.db"))
	named.SetMaxOpenConns(1)
	run(t, named, `ATTACH '`+filepath.Join(dir, "x.db")+`' AS "an odd name"`)
	for want, handle := range map[string]*sql.DB{
		"is nil":                  nil,
		"OpenPool":                pg,
		"gives no connection":     closed,
		"in memory or temporary":  memory,
		"was deleted":             gone,
		"locking_mode=EXCLUSIVE":  exclusive,
		"attached as extra":       side,
		"cannot attach":           named,
		"the driver of the *sql":  under(func(c driver.Conn) driver.Conn { return hidden{c} }),
		"is in memory or":         handleOf(t, "file:/shared?vfs=memdb"),
		"memory or temporary, wh": handleOf(t, "file:some?mode=memory&cache=shared"),
	} {
		_, err := r.OpenSQL(ctx, "refused", handle)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	_, err = r.OpenSQL(ctx, "a b", under(func(c driver.Conn) driver.Conn { return c }))
	is.True(err != nil && strings.Contains(err.Error(), "name of a connection"))
	is.Equal(r.Names(), []string{"wrapped"})
}
