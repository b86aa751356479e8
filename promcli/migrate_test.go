package promcli_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/shelves"
	"github.com/prom-go/prom/promcli"
)

// versions are the models of a program as it grows.
var versions = shelves.Versions()

func engineNames() []string { return []string{dbtest.NamePostgres, dbtest.NameSQLite} }

// server returns the flags that name a server for verify.
func server(t *testing.T, engine string) []string {
	t.Helper()
	if engine == dbtest.NameSQLite {
		return nil
	}
	return []string{"--dsn", dbtest.Postgres(t)}
}

func verify(t *testing.T, engine, dir string, repos []prom.AnyRepo) result {
	t.Helper()
	return run(t, repos, append([]string{"migrate", "verify", "--dir", dir}, server(t, engine)...)...)
}

// names lists the files of a directory.
func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// Ensure that the migrations of each version of the models make what they say, and lead back, on both engines and for
// each tool.
func TestMigrate(t *testing.T) {
	t.Parallel()
	for _, engine := range engineNames() {
		for _, format := range []string{"goose", "migrate", "atlas", "sql"} {
			t.Run(engine+"/"+format, func(t *testing.T) {
				t.Parallel()
				is := is.New(t)
				dir := filepath.Join(t.TempDir(), "migrations")
				for i, repos := range versions {
					args := []string{"migrate", "new", "step", "--dir", dir, "--allow", "lossy"}
					if i == 0 {
						args = append(args, "--dialect", engine, "--format", format)
					}
					r := run(t, repos, args...)
					is.Equal(r.err, "")
					is.Equal(r.code, promcli.CodeDone)
					r = run(t, repos, "migrate", "new", "again", "--dir", dir)
					is.True(strings.Contains(r.out, "nothing to do"))
					r = verify(t, engine, dir, repos)
					is.Equal(r.err, "")
					is.Equal(r.code, promcli.CodeDone)
				}
				is.True(slices.Contains(names(t, dir), "schema.snapshot"))
			})
		}
	}
}

// Ensure the same for what tables have besides columns.
func TestMigrateRich(t *testing.T) {
	t.Parallel()
	for _, engine := range engineNames() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			grow(t, engine, shelves.Rich())
		})
	}
}

// Ensure the same for tables in other schemas, which SQLite's migrations refuse.
func TestMigrateSchemas(t *testing.T) {
	t.Parallel()
	grow(t, dbtest.NamePostgres, shelves.InSchemas())
	r := run(t, shelves.InSchemas()[0], "migrate", "new", "x", "--dir", t.TempDir(), "--dialect", "sqlite", "--format", "goose")
	is := is.New(t)
	is.Equal(r.code, promcli.CodeFailed)
	is.True(strings.Contains(r.err, "attached database"))
}

// grow writes and verifies the migrations of each version.
func grow(t *testing.T, engine string, versions [][]prom.AnyRepo) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "migrations")
	for _, repos := range versions {
		r := run(t, repos, "migrate", "new", "step", "--dir", dir, "--allow", "lossy", "--dialect", engine, "--format", "goose")
		if r.code != promcli.CodeDone {
			t.Fatal(r.err)
		}
		if r = verify(t, engine, dir, repos); r.code != promcli.CodeDone {
			for _, n := range names(t, dir) {
				t.Logf("%s\n%s", n, read(t, filepath.Join(dir, n)))
			}
			t.Fatal(r.err)
		}
	}
}
