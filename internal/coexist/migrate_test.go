package coexist

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	atlas "ariga.io/atlas/sql/migrate"
	atlaspostgres "ariga.io/atlas/sql/postgres"
	atlasschema "ariga.io/atlas/sql/schema"
	atlassqlite "ariga.io/atlas/sql/sqlite"
	"github.com/golang-migrate/migrate/v4"
	"github.com/golang-migrate/migrate/v4/database"
	migratepgx "github.com/golang-migrate/migrate/v4/database/pgx/v5"
	migratesqlite "github.com/golang-migrate/migrate/v4/database/sqlite"
	"github.com/golang-migrate/migrate/v4/source/iofs"
	"github.com/matryer/is"
	"github.com/pressly/goose/v3"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/shelves"
	"github.com/prom-go/prom/promcli"
)

// runner runs the files of prom migrate by the tool for which they were written: all that are new, or all of them back.
type runner struct {
	format string
	up     func(ctx context.Context, t *testing.T, e dbtest.Engine, dir string)
	down   func(ctx context.Context, t *testing.T, e dbtest.Engine, dir string) // nil where the tool has none
}

var runners = []runner{
	{"goose", func(ctx context.Context, t *testing.T, e dbtest.Engine, dir string) {
		if _, err := gooseOn(ctx, t, e, dir).Up(ctx); err != nil {
			t.Fatal(err)
		}
	}, func(ctx context.Context, t *testing.T, e dbtest.Engine, dir string) {
		if _, err := gooseOn(ctx, t, e, dir).DownTo(ctx, 0); err != nil {
			t.Fatal(err)
		}
	}},
	{"migrate", func(ctx context.Context, t *testing.T, e dbtest.Engine, dir string) {
		m, end := migrateOn(ctx, t, e, dir)
		defer end()
		if err := m.Up(); err != nil {
			t.Fatal(err)
		}
	}, func(ctx context.Context, t *testing.T, e dbtest.Engine, dir string) {
		m, end := migrateOn(ctx, t, e, dir)
		defer end()
		if err := m.Down(); err != nil {
			t.Fatal(err)
		}
	}},
	{"atlas", atlasUp, nil},
}

func gooseOn(ctx context.Context, t *testing.T, e dbtest.Engine, dir string) *goose.Provider {
	t.Helper()
	p, err := goose.NewProvider(gooseDialect(e.Name), handle(ctx, t, e.DSN), os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func migrateOn(ctx context.Context, t *testing.T, e dbtest.Engine, dir string) (*migrate.Migrate, func()) {
	t.Helper()
	source, err := iofs.New(os.DirFS(dir), ".")
	if err != nil {
		t.Fatal(err)
	}
	var target database.Driver
	db := handle(ctx, t, e.DSN)
	if e.Name == dbtest.NameSQLite {
		target, err = migratesqlite.WithInstance(db, &migratesqlite.Config{})
	} else {
		target, err = migratepgx.WithInstance(db, &migratepgx.Config{})
	}
	if err != nil {
		t.Fatal(err)
	}
	m, err := migrate.NewWithInstance("iofs", source, e.Name, target)
	if err != nil {
		t.Fatal(err)
	}
	return m, func() {
		if e.Name == dbtest.NamePostgres {
			if err := target.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// atlasUp does what the command of Atlas does: it checks atlas.sum, and runs each file in a transaction, unless the
// file says otherwise.
func atlasUp(ctx context.Context, t *testing.T, e dbtest.Engine, path string) {
	dir, err := atlas.NewLocalDir(path)
	if err == nil {
		err = atlas.Validate(dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	files, err := dir.Files()
	if err != nil {
		t.Fatal(err)
	}
	db := handle(ctx, t, e.DSN)
	var revisions memory
	done := map[string]bool{}
	mark := filepath.Join(filepath.Dir(path), "atlas.done")
	if text, err := os.ReadFile(mark); err == nil {
		for name := range strings.FieldsSeq(string(text)) {
			done[name] = true
		}
	}
	execute := func(on atlasschema.ExecQuerier, f atlas.File) error {
		open := atlaspostgres.Open
		if e.Name == dbtest.NameSQLite {
			open = atlassqlite.Open
		}
		drv, err := open(on)
		if err != nil {
			return err
		}
		ex, err := atlas.NewExecutor(drv, dir, &revisions)
		if err != nil {
			return err
		}
		return ex.Execute(ctx, f)
	}
	for _, f := range files {
		if done[f.Name()] {
			continue
		}
		switch {
		case strings.HasPrefix(string(f.Bytes()), "-- atlas:txmode none"):
			var conn *sql.Conn
			if conn, err = db.Conn(ctx); err == nil {
				err = execute(conn, f)
				_ = conn.Close()
			}
		case e.Name == dbtest.NameSQLite:
			db.SetMaxOpenConns(0)
			tx, openErr := atlassqlite.OpenTx(ctx, db, nil)
			if err = openErr; err == nil {
				if err = execute(tx.Tx, f); err == nil {
					err = tx.CommitFn()
				}
			}
		default:
			var tx *sql.Tx
			if tx, err = db.BeginTx(ctx, nil); err == nil {
				if err = execute(tx, f); err == nil {
					err = tx.Commit()
				}
			}
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", f.Name(), err, f.Bytes())
		}
		done[f.Name()] = true
	}
	var names []string
	for name := range done {
		names = append(names, name)
	}
	if err := os.WriteFile(mark, []byte(strings.Join(names, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
}

// memory keeps the revisions of one run.
type memory []*atlas.Revision

func (*memory) Ident() *atlas.TableIdent { return nil }

func (m *memory) ReadRevisions(context.Context) ([]*atlas.Revision, error) { return *m, nil }

func (m *memory) ReadRevision(_ context.Context, version string) (*atlas.Revision, error) {
	for _, r := range *m {
		if r.Version == version {
			return r, nil
		}
	}
	return nil, atlas.ErrRevisionNotExist
}

func (m *memory) WriteRevision(_ context.Context, r *atlas.Revision) error {
	*m = slices.DeleteFunc(*m, func(o *atlas.Revision) bool { return o.Version == r.Version })
	*m = append(*m, r)
	return nil
}

func (m *memory) DeleteRevision(_ context.Context, version string) error {
	*m = slices.DeleteFunc(*m, func(o *atlas.Revision) bool { return o.Version == version })
	return nil
}

// command runs the command prom.
func command(t *testing.T, repos []prom.AnyRepo, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := promcli.Run(t.Context(), promcli.Streams{Out: &out, Err: &errs}, args, repos...); code != promcli.CodeDone {
		t.Fatal(code, errs.String())
	}
	return out.String()
}

// Ensure that the files of prom migrate run under the tools themselves on tables with rows, that a plan has nothing
// left to do then, that no row is lost, and that they lead back to nothing.
func TestMigrateFiles(t *testing.T) {
	t.Parallel()
	for _, tool := range runners {
		t.Run(tool.format, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
				if e.Mode == "memory" {
					e.DSN = dbtest.SQLite(t)
				}
				migrateFiles(t, e, tool)
			})
		})
	}
}

func migrateFiles(t *testing.T, e dbtest.Engine, tool runner) {
	is := is.New(t)
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "migrations")
	db := open(t, e.DSN, "off")
	db2, err := db.SQL(ctx)
	is.NoErr(err)
	run := func(sql string) {
		t.Helper()
		if _, err := db2.ExecContext(ctx, sql); err != nil {
			t.Fatal(sql, err)
		}
	}
	count := func(query string) (n int) {
		t.Helper()
		if err := db2.QueryRowContext(ctx, query).Scan(&n); err != nil {
			t.Fatal(query, err)
		}
		return n
	}
	if e.Name == dbtest.NameSQLite { // without them the rebuild of a table would delete no rows that refer to it
		is.Equal(count(`PRAGMA foreign_keys`), 1)
	}
	for i, repos := range shelves.Versions(prom.Using(db)) {
		args := []string{"migrate", "new", "step", "--dir", dir, "--allow", "lossy"}
		if i == 0 {
			args = append(args, "--dialect", e.Name, "--format", tool.format)
		}
		command(t, repos, args...)
		if i == 1 {
			giveValues(t, dir)
			command(t, nil, "migrate", "hash", "--dir", dir)
		}
		tool.up(ctx, t, e, dir)
		plan, err := prom.Plan(ctx, repos...)
		is.NoErr(err)
		if !plan.Empty() {
			t.Fatal(i, plan)
		}
		is.NoErr(prom.Check(ctx, repos...))
		switch i {
		case 0:
			run(`INSERT INTO author (name, email) VALUES ('Ada', 'ada@example.com'), ('Bob', 'bob@example.com')`)
			run(`INSERT INTO book (author_id, title, pages, mood, isbn) VALUES (1, 'a', 10, 'calm', 'x'), (2, 'b', 20, 'wild', 'y')`)
		case 1:
			is.Equal(count(`SELECT count(*) FROM book WHERE lang = 'en' AND pages IN (10, 20) AND name IN ('a', 'b')`), 2)
			run(`INSERT INTO review (book_id, text, at) VALUES (1, 'good', '2024-05-06 07:08:09.000000')`)
		case 2:
			is.Equal(count(`SELECT count(*) FROM book b JOIN author a ON a.id = b.author_id JOIN opinion o ON o.book_id = b.id
				WHERE o.text = 'good' AND a.name = 'Ada' AND b.mood = 'calm'`), 1)
			is.Equal(count(`SELECT count(*) FROM book`), 2)
		case 3:
			is.Equal(count(`SELECT count(*) FROM author`), 2)
		}
	}
	command(t, shelves.Versions()[3], append([]string{"migrate", "verify", "--dir", dir}, server(e)...)...)
	if tool.down == nil {
		return
	}
	run(`DELETE FROM author WHERE id > 0`)
	tool.down(ctx, t, e, dir)
	tables, err := db.Tables(ctx)
	is.NoErr(err)
	tables = slices.DeleteFunc(tables, func(name string) bool {
		return name == "goose_db_version" || name == "schema_migrations"
	})
	is.Equal(tables, []string{})
}

func server(e dbtest.Engine) []string {
	if e.Name == dbtest.NameSQLite {
		return nil
	}
	return []string{"--dsn", e.DSN}
}

// giveValues writes, where a file asks for it, the statement that gives rows a value.
func giveValues(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	given := false
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		const asked = `-- UPDATE "book" SET "lang" = … WHERE "lang" IS NULL;`
		if s := strings.Replace(string(text), asked, `UPDATE "book" SET "lang" = 'en' WHERE "lang" IS NULL;`, 1); s != string(text) {
			given = true
			if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !given {
		t.Fatal("no file asks for the values of lang")
	}
}
