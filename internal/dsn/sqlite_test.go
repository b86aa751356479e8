package dsn

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
	_ "modernc.org/sqlite"
)

// openSQLite opens a DSN in a role, as the pool does. The database is closed with the test.
func openSQLite(t *testing.T, text, role, memory string) *sql.DB {
	t.Helper()
	is := is.New(t)
	d, err := Parse(text)
	is.NoErr(err)
	uri, err := SQLiteURI(d, role, memory)
	is.NoErr(err)
	db, err := sql.Open("sqlite", uri)
	is.NoErr(err)
	t.Cleanup(func() { is.NoErr(db.Close()) })
	return db
}

func pragmaOf(t *testing.T, db *sql.DB, name string) string {
	t.Helper()
	var v string
	if err := db.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&v); err != nil {
		t.Fatal(name, err)
	}
	return v
}

func dsnOfFile(t *testing.T, name, query string) string {
	t.Helper()
	return "sqlite://" + percentEncode(filepath.ToSlash(filepath.Join(t.TempDir(), name)), "/") + query
}

// Ensure the parameters are those that the role and the options ask for.
func TestSQLiteURI(t *testing.T) {
	t.Parallel()
	const standard = "_busy_timeout=10000 _dqs=0 _foreign_keys=1"
	const reader = "_busy_timeout=10000 _dqs=0 _foreign_keys=1 _query_only=1 _txlock=deferred"
	const journal = " _journal_mode=WAL _synchronous=NORMAL _txlock=immediate"
	tests := []struct{ in, writer, reader string }{
		{"sqlite:///x", standard + journal, reader},
		// parity: R10
		{"sqlite:///x?readonly=1", reader + " mode=ro", reader + " mode=ro"},
		{"sqlite:///x?mode=ro&_journal_mode=WAL", reader + " mode=ro", reader + " mode=ro"},
		{"sqlite:///x?mode=rw", standard + journal + " mode=rw", reader + " mode=rw"},
		{"sqlite:///x?_journal=delete", standard + " _journal_mode=DELETE _txlock=immediate", reader},
		{
			"sqlite:///x?_sync=full", standard + " _journal_mode=WAL _synchronous=FULL _txlock=immediate",
			"_busy_timeout=10000 _dqs=0 _foreign_keys=1 _query_only=1 _synchronous=FULL _txlock=deferred",
		},
		{
			"sqlite:///x?_vacuum=1&busy_timeout=1us", "_auto_vacuum=1 _busy_timeout=1 _dqs=0 _foreign_keys=1" + journal,
			"_busy_timeout=1 _dqs=0 _foreign_keys=1 _query_only=1 _txlock=deferred",
		},
		// parity: R8
		{
			"sqlite:///x?_fk=0&busy_timeout=0", "_busy_timeout=0 _dqs=0 _foreign_keys=0" + journal,
			"_busy_timeout=0 _dqs=0 _foreign_keys=0 _query_only=1 _txlock=deferred",
		},
		{"sqlite://:memory:", standard + " _txlock=immediate vfs=memdb", reader + " vfs=memdb"},
		{"sqlite://:memory:?readonly=1", reader + " vfs=memdb", reader + " vfs=memdb"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			d, err := Parse(tt.in)
			is.NoErr(err)
			for role, want := range map[string]string{"writer": tt.writer, "reader": tt.reader} {
				uri, err := SQLiteURI(d, role, "m")
				is.NoErr(err)
				_, query, _ := strings.Cut(uri, "?")
				values, err := url.ParseQuery(query)
				is.NoErr(err)
				is.Equal(strings.ReplaceAll(values.Encode(), "&", " "), want)
			}
		})
	}
}

// Ensure any path is encoded, and a relative one becomes absolute, so that a change of the working directory
// does not lead to another file.
func TestSQLiteURI_Path(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	wd, err := os.Getwd()
	is.NoErr(err)
	wd = percentEncode(filepath.ToSlash(wd), "/")
	tests := []struct{ in, want string }{
		// parity: D6
		{"sqlite:///a/x.db", "file:///a/x.db"},
		{"sqlite:///a%20b%3Fc%23d%25.db", "file:///a%20b%3Fc%23d%25.db"},
		{"sqlite://%2F/a.db", "file:///a.db"},
		// parity: D7
		{"sqlite://./x", "file://" + wd + "/x"},
		{"sqlite://../dsn/x", "file://" + wd + "/x"},
		// parity: D8
		{"sqlite:dir/rel.db", "file://" + wd + "/dir/rel.db"},
		{"sqlite://./%3Amemory%3A", "file://" + wd + "/%3Amemory%3A"},
		// parity: D5
		{"sqlite://:memory:", "file:/a%2Fb%20c"},
		{"sqlite://rel.db?vfs=mine", "file:rel.db"},
		{"sqlite:///abs.db?vfs=mine", "file:///abs.db"},
	}
	for _, tt := range tests {
		d, err := Parse(tt.in)
		is.NoErr(err)
		uri, err := SQLiteURI(d, "reader", "a/b c")
		is.NoErr(err)
		got, _, _ := strings.Cut(uri, "?")
		is.Equal(got, tt.want)
	}
}

// Ensure what cannot be opened is an error.
func TestSQLiteURI_Bad(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, d := range []DSN{{}, {Dialect: "postgres"}, {Dialect: "sqlite"}, {Dialect: "sqlite", Path: "a\x00b"},
		{Dialect: "sqlite", Path: ":memory:"}} {
		_, err := SQLiteURI(d, "writer", "")
		is.True(err != nil)
	}
	_, err := SQLiteURI(DSN{Dialect: "sqlite", Path: "x"}, "other", "")
	is.True(err != nil)
}

// Ensure the settings take effect on a real file with a difficult name.
func TestSQLite_Open(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	text := dsnOfFile(t, "a b?c#d%e&f=g+h.db", "?_pragma=cache_size(-123)&busy_timeout=1500#n")
	d, err := Parse(text)
	is.NoErr(err)
	w := openSQLite(t, text, "writer", "")
	_, err = w.ExecContext(t.Context(), "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p)")
	is.NoErr(err)
	_, err = os.Stat(d.Path)
	is.NoErr(err)
	is.Equal(pragmaOf(t, w, "journal_mode"), "wal")
	is.Equal(pragmaOf(t, w, "synchronous"), "1")
	is.Equal(pragmaOf(t, w, "foreign_keys"), "1") // parity: R8
	is.Equal(pragmaOf(t, w, "busy_timeout"), "1500")
	is.Equal(pragmaOf(t, w, "cache_size"), "-123")
	_, err = w.ExecContext(t.Context(), "INSERT INTO c VALUES (9)")
	is.True(err != nil)
	var s string
	// DESIGN trap 4
	err = w.QueryRowContext(t.Context(), `SELECT "nope" FROM p`).Scan(&s)
	is.True(err != nil && strings.Contains(err.Error(), "no such column"))
	// DESIGN trap 6
	tx, err := w.BeginTx(t.Context(), nil)
	is.NoErr(err)
	defer func() { is.NoErr(tx.Rollback()) }()
	r := openSQLite(t, text, "reader", "")
	_, err = r.ExecContext(t.Context(), "INSERT INTO p VALUES (1)")
	is.True(err != nil && strings.Contains(err.Error(), "readonly"))
	is.Equal(pragmaOf(t, r, "journal_mode"), "wal")
	var n int
	is.NoErr(r.QueryRowContext(t.Context(), "SELECT count(*) FROM p").Scan(&n)) // it does not wait for the writer
}

// Ensure a read-only file is not written and not created, and keeps its journal mode.
// parity: R10
func TestSQLite_ReadOnly(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	text := dsnOfFile(t, "x.db", "?_journal_mode=DELETE")
	w := openSQLite(t, text, "writer", "")
	_, err := w.ExecContext(t.Context(), "CREATE TABLE p (id INTEGER)")
	is.NoErr(err)
	for _, role := range []string{"writer", "reader"} {
		r := openSQLite(t, strings.Replace(text, "_journal_mode=DELETE", "readonly=true", 1), role, "")
		is.Equal(pragmaOf(t, r, "journal_mode"), "delete")
		_, err = r.ExecContext(t.Context(), "INSERT INTO p VALUES (1)")
		is.True(err != nil && strings.Contains(err.Error(), "readonly"))
		_, err = r.ExecContext(t.Context(), "PRAGMA query_only=0; INSERT INTO p VALUES (1)")
		is.True(err != nil && strings.Contains(err.Error(), "readonly"))
	}
	missing := dsnOfFile(t, "missing.db", "?readonly=1")
	r := openSQLite(t, missing, "writer", "")
	is.True(r.PingContext(t.Context()) != nil)
	d, err := Parse(missing)
	is.NoErr(err)
	_, err = os.Stat(d.Path)
	is.True(os.IsNotExist(err))
}

// Ensure an in-memory database is one for all connections under its name, in two pools and with two
// connections of one, and another for another name.
// parity: D5
func TestSQLite_Memory(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	name := t.Name() + " ?#%"
	w := openSQLite(t, "sqlite://:memory:", "writer", name)
	r := openSQLite(t, "sqlite://:memory:", "reader", name)
	other := openSQLite(t, "sqlite://:memory:", "reader", name+"2")
	_, err := w.ExecContext(t.Context(), "CREATE TABLE p (id INTEGER); INSERT INTO p VALUES (7)")
	is.NoErr(err)
	for _, db := range []*sql.DB{w, r, r} {
		c, err := db.Conn(t.Context())
		is.NoErr(err)
		var n int
		is.NoErr(c.QueryRowContext(t.Context(), "SELECT id FROM p").Scan(&n))
		is.Equal(n, 7)
		defer func() { is.NoErr(c.Close()) }()
	}
	_, err = r.ExecContext(t.Context(), "INSERT INTO p VALUES (1)")
	is.True(err != nil && strings.Contains(err.Error(), "readonly"))
	_, err = other.ExecContext(t.Context(), "SELECT * FROM p")
	is.True(err != nil && strings.Contains(err.Error(), "no such table"))
}

// Ensure the missing directories above a file are created, and only where SQLite would create the file.
// parity: R9
func TestMakeParent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		query string
		made  bool
	}{
		{"", true}, {"?mode=rwc", true}, {"?vfs=unix-dotfile", true}, {"?readonly=1", false}, {"?mode=rw",
			false}, {"?vfs=mine", false},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			d, err := Parse(dsnOfFile(t, "a/b c/x.db", tt.query))
			is.NoErr(err)
			for range 2 {
				is.NoErr(MakeParent(d))
			}
			_, err = os.Stat(filepath.Dir(d.Path))
			is.Equal(err == nil, tt.made)
			_, err = os.Stat(d.Path)
			is.True(os.IsNotExist(err))
		})
	}
	is := is.New(t)
	is.NoErr(MakeParent(DSN{Dialect: "sqlite", Path: ":memory:"}))
	is.NoErr(MakeParent(DSN{Dialect: "postgres", Path: "/x/y"}))
}

// Ensure a directory that cannot be made is an error without the path.
func TestMakeParent_Bad(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	file := filepath.Join(t.TempDir(), "file")
	is.NoErr(os.WriteFile(file, nil, 0o600))
	d := DSN{Dialect: "sqlite", Path: filepath.ToSlash(file) + "/sub/x.db"}
	err := MakeParent(d)
	is.True(err != nil)
	is.True(strings.HasPrefix(err.Error(), "prom: dsn: create the directory of the SQLite file: "))
	is.True(!strings.Contains(fmt.Sprintf("%#v", err), "sub"))
	is.True(!strings.Contains(err.Error(), "file/"))
}
