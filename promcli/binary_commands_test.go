package promcli_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
)

// commandsOfBinary goes through every command as a team would on one day: from an empty database to a copy of it.
func commandsOfBinary(t *testing.T, p program, e dbtest.Engine) {
	dir := t.TempDir()
	do := func(code int, args ...string) result {
		t.Helper()
		r := finish(t, p.command(t, e.DSN, nil, args...))
		if r.code != code {
			t.Fatalf("prom %s: code %d, not %d\n%s%s", strings.Join(args, " "), r.code, code, r.out, r.err)
		}
		return r
	}
	has := func(r result, texts ...string) {
		t.Helper()
		for _, text := range texts {
			if !strings.Contains(r.out+r.err, text) {
				t.Fatalf("%q is missing in\n%s%s", text, r.out, r.err)
			}
		}
	}
	is := is.New(t)
	has(do(promcli.CodeDone, "ping", "--wait", "10s"), "answered")
	has(do(promcli.CodeDone, "plan"), "create table author", "create table shelf")
	do(promcli.CodeDrift, "check")
	do(promcli.CodeUsage, "apply") // nobody can answer
	has(do(promcli.CodeDone, "apply", "--yes"), "✓")
	has(do(promcli.CodeDone, "check"), "as the models say")

	migrations := filepath.Join(dir, "migrations")
	do(promcli.CodeDone, "migrate", "new", "begin", "--dir", migrations, "--dialect", e.Name, "--format", "goose")
	has(do(promcli.CodeDone, "migrate", "new", "again", "--dir", migrations), "nothing to do")
	verify := []string{"migrate", "verify", "--dir", migrations}
	if e.Name == dbtest.NamePostgres {
		verify = append(verify, "--dsn", e.DSN) // the server on which it makes a database for a while
	}
	do(promcli.CodeDone, verify...)
	files, err := filepath.Glob(filepath.Join(migrations, "*begin*.sql"))
	is.NoErr(err)
	is.True(len(files) > 0)
	text, err := os.ReadFile(files[0])
	is.NoErr(err)
	is.NoErr(os.WriteFile(files[0], append(text, "-- edited\n"...), 0o600))
	do(promcli.CodeDrift, verify...)

	has(do(promcli.CodeDone, "seed", "--rows", "30", "--optional"), "author: 30 rows", "book: 30 rows")
	has(do(promcli.CodeDone, "explain", "--run", "SELECT title FROM book WHERE pages = 3"), "took ")
	has(do(promcli.CodeDone, "diagram", "--mermaid"), "erDiagram")
	has(do(promcli.CodeDone, "inspect"), "type Author struct")
	do(promcli.CodeDrift, "fields", "--check", "testdata/shop") // which has no file of handles

	authors := filepath.Join(dir, "author.csv")
	do(promcli.CodeDone, "export", "author", "--output", authors)
	db := open(t, e.DSN)
	is.Equal(number(t, db, "SELECT count(*) FROM author"), 30)
	do(promcli.CodeFailed, "import", authors, "author") // they are there
	has(do(promcli.CodeDone, "import", authors, "author", "--on-conflict", "skip"), "author")
	is.Equal(number(t, db, "SELECT count(*) FROM author"), 30)

	for _, to := range []string{dbtest.SQLite(t), dbtest.Postgres(t)} {
		do(promcli.CodeDone, "copy", e.DSN, to)
		is.Equal(number(t, open(t, to), "SELECT count(*) FROM book"), 30)
		r := finish(t, p.command(t, to, nil, "check"))
		is.Equal(r.code, promcli.CodeDone) // the copy is as the models say
	}

	backup := filepath.Join(dir, "backup.db")
	if e.Name == dbtest.NamePostgres {
		has(do(promcli.CodeFailed, "backup", backup), "pg_dump")
	} else {
		has(do(promcli.CodeDone, "backup", "--check", backup), "bytes in")
		do(promcli.CodeFailed, "backup", backup) // it is there
		is.Equal(number(t, open(t, "sqlite://"+backup), "SELECT count(*) FROM book"), 30)
		missing := "sqlite://" + filepath.Join(dir, "no.db")
		has(do(promcli.CodeUsage, "backup", "--dsn", missing, filepath.Join(dir, "b.db")), "no database")
	}

	if e.Name == dbtest.NamePostgres {
		do(promcli.CodeDone, "alter", "book", "pages", "--type", "numeric", "--yes")
	} else {
		has(do(promcli.CodeUsage, "alter", "book", "pages", "--type", "numeric", "--yes"), "PostgreSQL")
	}
	r := do(promcli.CodeFailed, "--json", "explain", "SELECT * FROM nowhere")
	var failure struct{ Error struct{ Code int } }
	is.NoErr(json.Unmarshal([]byte(r.err), &failure))
	is.Equal(failure.Error.Code, promcli.CodeFailed)
	is.NoErr(context.Cause(t.Context()))
}
