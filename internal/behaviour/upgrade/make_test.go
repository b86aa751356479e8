package upgrade_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

var write = flag.String("upgrade.write", "", "the version whose databases TestMake writes to testdata")

// The files of a version, beside the databases.
const (
	tablesFile   = "tables.json"    // the names of the tables
	historyFile  = "history.json"   // the rows of prom_history, by engine
	pagesFile    = "pages.json"     // the pages, by engine
	cursorsFile  = "cursors.json"   // the cursors of watches, by engine
	sqliteFile   = "sqlite.db.gz"   // the database of SQLite
	postgresFile = "postgres.sql"   // the statements that make the database of PostgreSQL
	dumpFile     = ".jsonl.gz"      // the dump, behind the engine's name
	hugeFile     = "-huge.jsonl.gz" // the dump of the tables that are for PostgreSQL alone
)

type (
	// change is a row of the history.
	change struct {
		ID          int64
		At          time.Time
		Table       string `prom:"table_name"`
		Statement   string
		Fingerprint string
		Library     string
	}
	// keptPage is a token with the page that it leads to.
	keptPage struct {
		Table, Order string
		Signed       bool
		Token        string
		Rows         []string
		Next, Prev   bool // there are tokens of pages behind and before it
	}
	// keptCursor is a cursor with the rows that come behind it.
	keptCursor struct {
		Table, By string
		Signed    bool
		Cursor    string
		Rows      []string
	}
)

// signingKey signs tokens.
var signingKey = []byte("a key of the kept page tokens")

func signed(yes bool) []prom.RepoOption {
	if yes {
		return []prom.RepoOption{prom.TokenKey(signingKey)}
	}
	return nil
}

// on reports whether an engine has the table.
func on(e dbtest.Engine, t table) bool { return !t.only() || e.Name == dbtest.NamePostgres }

// TestMake writes the databases of a version, when the flag upgrade.write names one:
//
//	go test ./internal/behaviour/upgrade -run TestMake -upgrade.write=v1.2.0
//
// Once committed they are final: a later library does not make what this one has made.
func TestMake(t *testing.T) {
	if *write == "" {
		t.Skip("it writes test data; see its comment")
	}
	is := is.New(t)
	folder := filepath.Join("testdata", *write)
	if _, err := os.Stat(filepath.Join(folder, tablesFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s is there already, and is final", folder)
	}
	is.NoErr(os.MkdirAll(folder, 0o755))
	var names []string
	for _, one := range tables {
		names = append(names, one.name())
	}
	history, pages, cursors := map[string][]change{}, map[string][]keptPage{}, map[string][]keptCursor{}
	for _, e := range []dbtest.Engine{{Name: dbtest.NameSQLite, DSN: dbtest.SQLite(t)},
		{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}} {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		var dumped, huge []prom.AnyRepo
		for _, one := range tables {
			if !on(e, one) {
				continue
			}
			if err := one.make(ctx, db, func() *prom.DB { return kit.Open(t, e.DSN) }); err != nil {
				t.Fatalf("%s: %s: %v", e.Name, one.name(), err)
			}
		}
		for _, one := range tables {
			switch {
			case !on(e, one):
			case one.only():
				huge = append(huge, one.repo(db))
			default:
				dumped = append(dumped, one.repo(db))
			}
		}
		is.NoErr(prom.Install(ctx, append(dumped, huge...)...))
		for v, err := range prom.Watch(ctx, prom.NewRepo[Event](prom.Using(db)).Limit(1), prom.WatchFromStart(),
			prom.WatchTrigger()) {
			is.NoErr(err)
			is.Equal(v.ID, int32(1))
		}
		for _, one := range tables {
			if on(e, one) {
				checkRows(t, ctx, db, one, e.Name == dbtest.NameSQLite)
			}
		}
		if t.Failed() {
			return
		}
		pages[e.Name], cursors[e.Name] = makePages(t, db), makeCursors(t, db)
		history[e.Name] = readHistory(t, db)
		dump(t, filepath.Join(folder, e.Name+dumpFile), dumped)
		if e.Name == dbtest.NamePostgres {
			dump(t, filepath.Join(folder, e.Name+hugeFile), huge)
			is.NoErr(os.WriteFile(filepath.Join(folder, postgresFile), postgresSQL(t, e.DSN), 0o644))
		} else {
			writeGzip(t, filepath.Join(folder, sqliteFile), sqliteCopy(t, db))
		}
	}
	writeJSON(t, filepath.Join(folder, tablesFile), map[string][]string{"tables": names})
	writeJSON(t, filepath.Join(folder, historyFile), history)
	writeJSON(t, filepath.Join(folder, pagesFile), pages)
	writeJSON(t, filepath.Join(folder, cursorsFile), cursors)
}

// writeJSON writes lists by name, a line for each of their values.
func writeJSON[V any](t *testing.T, path string, lists map[string][]V) {
	t.Helper()
	is := is.New(t)
	var b bytes.Buffer
	b.WriteString("{")
	for i, name := range slices.Sorted(maps.Keys(lists)) {
		fmt.Fprintf(&b, "%s\n%q: [", strings.Repeat(",", min(i, 1)), name)
		for i, v := range lists[name] {
			line, err := json.Marshal(v)
			is.NoErr(err)
			fmt.Fprintf(&b, "%s\n%s", strings.Repeat(",", min(i, 1)), line)
		}
		b.WriteString("\n]")
	}
	b.WriteString("\n}\n")
	is.NoErr(os.WriteFile(path, b.Bytes(), 0o644))
}

// checkRows compares the rows of a table with those that were written.
func checkRows(t *testing.T, ctx context.Context, db *prom.DB, one table, exact bool) {
	t.Helper()
	want := one.expected()
	got, err := one.read(ctx, db)
	if err != nil {
		t.Errorf("%s: %v", one.name(), err)
		return
	}
	for key, v := range want {
		if got[key] == nil {
			t.Errorf("%s: the row %s is gone", one.name(), key)
		} else if err := same(v, got[key], exact); err != nil {
			t.Errorf("%s: row %s: %v", one.name(), key, err)
		}
	}
	for key := range got {
		if want[key] == nil {
			t.Errorf("%s: nobody wrote the row %s", one.name(), key)
		}
	}
}

func tableOf(t *testing.T, name string) table {
	t.Helper()
	for _, one := range tables {
		if one.name() == name {
			return one
		}
	}
	t.Fatalf("there is no model of the table %s", name)
	return nil
}

// makePages goes through the pages of all orders, forwards and backwards, and from a page whose rows conditions left
// out to those around it.
func makePages(t *testing.T, db *prom.DB) []keptPage {
	t.Helper()
	is := is.New(t)
	var list []keptPage
	for i, o := range orders {
		one, sign := tableOf(t, o.table), i%2 == 1
		get := func(token string, none bool) page {
			p, err := one.page(context.Background(), db, o.order, token, none, signed(sign)...)
			is.NoErr(err)
			return p
		}
		read := func(token string) page {
			p := get(token, false)
			is.True(len(p.rows) > 0)
			list = append(list, keptPage{o.table, o.order, sign, token, p.rows, p.next != "", p.prev != ""})
			return p
		}
		p := get("", false)
		read(get(p.next, true).prev)
		for p.next != "" {
			p = read(p.next)
		}
		read(get(p.prev, true).next)
		for p.prev != "" {
			p = read(p.prev)
		}
	}
	return list
}

// makeCursors watches all rows, and takes cursors at the beginning, in the midst and at the end.
func makeCursors(t *testing.T, db *prom.DB) []keptCursor {
	t.Helper()
	is := is.New(t)
	var list []keptCursor
	for i, w := range watches {
		one, sign, cursor := tableOf(t, w.table), i%2 == 1, prom.NewWatchCursor("")
		n := len(one.expected())
		var keys, cursors []string
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		err := one.watch(ctx, db, w.by, n, cursor, func(key string) {
			keys, cursors = append(keys, key), append(cursors, cursor.String())
		}, signed(sign)...)
		cancel()
		is.NoErr(err)
		for _, at := range []int{0, n / 2, n - 1} {
			list = append(list, keptCursor{w.table, w.by, sign, cursors[at], append([]string{}, keys[at+1:]...)})
		}
		// After a while the place is settled, and the cursor holds no keys any more.
		ctx, cancel = context.WithTimeout(context.Background(), time.Second)
		err = one.watch(ctx, db, w.by, 1, cursor,
			func(string) { t.Errorf("%s by %q: a row that nobody wrote", w.table, w.by) }, signed(sign)...)
		cancel()
		is.True(err != nil)
		is.True(len(cursor.String()) < len(cursors[n-1]))
		list = append(list, keptCursor{w.table, w.by, sign, cursor.String(), []string{}})
	}
	return list
}

// readHistory reads the changes of the schema, without the rows that tell who uses it.
func readHistory(t *testing.T, db *prom.DB) []change {
	t.Helper()
	list, err := prom.RawQuery[change](db, "SELECT id, at, table_name, statement, fingerprint, library FROM prom_history"+
		" WHERE statement NOT LIKE '-- in use by %' ORDER BY id").All(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func dump(t *testing.T, path string, repos []prom.AnyRepo) {
	t.Helper()
	var b bytes.Buffer
	if err := prom.Dump(context.Background(), &b, repos...); err != nil {
		t.Fatal(err)
	}
	writeGzip(t, path, b.Bytes())
}

func writeGzip(t *testing.T, path string, content []byte) {
	t.Helper()
	is := is.New(t)
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	is.NoErr(err)
	_, err = w.Write(content)
	is.NoErr(err)
	is.NoErr(w.Close())
	is.NoErr(os.WriteFile(path, b.Bytes(), 0o644))
}

// sqliteCopy returns a database as one file.
func sqliteCopy(t *testing.T, db *prom.DB) []byte {
	t.Helper()
	is := is.New(t)
	raw, err := db.SQL(context.Background())
	is.NoErr(err)
	path := filepath.Join(t.TempDir(), "copy.db")
	_, err = raw.Exec("VACUUM INTO '" + path + "'")
	is.NoErr(err)
	content, err := os.ReadFile(path)
	is.NoErr(err)
	return content
}

// postgresSQL returns the statements that make a schema's content in any schema that is first in the search path, on
// any server.
func postgresSQL(t *testing.T, dsn string) []byte {
	t.Helper()
	is := is.New(t)
	u, err := url.Parse(dsn)
	is.NoErr(err)
	q := u.Query()
	name := q.Get("search_path")
	q.Del("search_path")
	u.RawQuery = q.Encode()
	tool := "pg_dump"
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump"); len(found) > 0 {
		tool = found[0]
	}
	cmd := exec.Command(tool, "--schema="+name, "--inserts", "--no-owner", "--no-privileges", "--dbname="+u.String())
	cmd.Env = append(os.Environ(), "PGTZ=UTC")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pg_dump: %v: %s", err, &errs)
	}
	text, err := portable(string(out), name)
	is.NoErr(err)
	return []byte(text)
}

var settings = regexp.MustCompile(`(?m)^(SET .*|SELECT pg_catalog\.set_config\(.*|CREATE SCHEMA .*|--.*|\\.*)\n`)

// portable makes the output of pg_dump one that any version and any schema takes.
func portable(text, schemaName string) (string, error) {
	text = settings.ReplaceAllString(text, "")
	text = strings.ReplaceAll(text, schemaName+".", "")
	text = regexp.MustCompile(`\n{2,}`).ReplaceAllString(text, "\n")
	if strings.Contains(text, schemaName) {
		return "", fmt.Errorf("the name of the schema is left over in %.200q", text[strings.Index(text, schemaName):])
	}
	return strings.TrimLeft(text, "\n"), nil
}
