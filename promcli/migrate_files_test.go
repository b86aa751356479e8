package promcli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/shelves"
	"github.com/prom-go/prom/promcli"
)

// read returns the text of a file.
func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func begin(t *testing.T, engine, format string, repos []prom.AnyRepo) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "migrations")
	r := run(t, repos, "migrate", "new", "begin", "--dir", dir, "--dialect", engine, "--format", format)
	if r.code != promcli.CodeDone {
		t.Fatal(r.err)
	}
	return dir
}

// Ensure that what loses something is a comment, stays in the snapshot, does not keep rows from being written, and is
// written when it is allowed.
func TestMigrateLossy(t *testing.T) {
	t.Parallel()
	for _, engine := range engineNames() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			dir := begin(t, engine, "goose", versions[1])
			r := run(t, versions[2], "migrate", "new", "third", "--dir", dir)
			is.Equal(r.code, promcli.CodeDone)
			is.True(strings.Contains(r.out, "not written without --allow lossy"))
			list := names(t, dir)
			last := read(t, filepath.Join(dir, list[len(list)-3]))
			is.True(strings.Contains(last, "Not done, because it loses something"))
			is.True(!strings.Contains(last, "\nALTER TABLE \"book\" DROP COLUMN \"isbn\""))
			is.True(strings.Contains(last, "DROP COLUMN \"isbn\""))
			snapshot := read(t, filepath.Join(dir, "schema.snapshot"))
			is.True(strings.Contains(snapshot, "\tcolumn isbn text null\n")) // rows need no value for it any more
			is.True(strings.Contains(snapshot, "\ntable opinion\n"))

			r = run(t, versions[2], "migrate", "new", "third", "--dir", dir)
			is.True(strings.Contains(r.out, "nothing to do"))
			r = verify(t, engine, dir, versions[2])
			is.Equal(r.err, "")
			is.Equal(r.code, promcli.CodeDone)
			is.True(strings.Contains(r.out, "kept until --allow lossy: drop column book.isbn"))

			r = run(t, versions[2], "migrate", "new", "clean", "--dir", dir, "--allow", "lossy")
			is.Equal(r.err, "")
			is.True(strings.Contains(r.out, "drop column book.isbn [lossy]"))
			is.True(!strings.Contains(read(t, filepath.Join(dir, "schema.snapshot")), "isbn"))
			r = verify(t, engine, dir, versions[2])
			is.Equal(r.err, "")
			is.True(!strings.Contains(r.out, "kept"))
		})
	}
}

// Ensure that verify finds a file that was edited, by its checksum, and by what it makes; models that are ahead; and a
// down file that does not lead back.
func TestMigrateVerifyFinds(t *testing.T) {
	t.Parallel()
	for _, engine := range engineNames() {
		for _, format := range []string{"goose", "migrate"} {
			t.Run(engine+"/"+format, func(t *testing.T) {
				t.Parallel()
				is := is.New(t)
				dir := begin(t, engine, format, versions[0])
				up := filepath.Join(dir, names(t, dir)[0])
				down := up
				if format == "migrate" {
					up = filepath.Join(dir, names(t, dir)[1])
				}
				edit := func(path, from, to string) {
					t.Helper()
					text := read(t, path)
					if !strings.Contains(text, from) {
						t.Fatal(text)
					}
					is.NoErr(os.WriteFile(path, []byte(strings.Replace(text, from, to, 1)), 0o600))
				}
				found := func(text string) {
					t.Helper()
					r := verify(t, engine, dir, versions[0])
					is.Equal(r.code, promcli.CodeDrift)
					if !strings.Contains(r.err, text) {
						t.Fatal(r.err)
					}
				}
				edit(up, `CREATE INDEX "book_title"`, `CREATE  INDEX "book_title"`)
				found(filepath.Base(up) + " was edited")
				r := run(t, versions[1], "migrate", "new", "next", "--dir", dir)
				is.Equal(r.code, promcli.CodeDrift) // nothing is built on it
				is.Equal(run(t, nil, "migrate", "hash", "--dir", dir).code, promcli.CodeDone)
				is.Equal(verify(t, engine, dir, versions[0]).code, promcli.CodeDone)

				edit(up, `"isbn" TEXT NOT NULL`, `"isbn" TEXT`)
				run(t, nil, "migrate", "hash", "--dir", dir)
				found("book.isbn")
				edit(up, `"isbn" TEXT`, `"isbn" TEXT NOT NULL`)
				if engine == dbtest.NamePostgres {
					edit(down, `DROP TABLE "book", "author"`, `DROP TABLE "book"`)
				} else {
					edit(down, `DROP TABLE "author"`, `SELECT 1`)
				}
				run(t, nil, "migrate", "hash", "--dir", dir)
				found("does not lead back: column author.")
				edit(down, "DROP TABLE", "DROPS TABLE")
				run(t, nil, "migrate", "hash", "--dir", dir)
				found("its down file does not run")

				r = verify(t, engine, begin(t, engine, format, versions[0]), versions[1])
				is.True(strings.Contains(r.err, "the models are ahead of schema.snapshot"))
				is.Equal(r.code, promcli.CodeDrift)
			})
		}
	}
}

// Ensure that arguments that do not fit the directory are refused.
func TestMigrateUsage(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dir := begin(t, "sqlite", "goose", versions[0])
	for _, c := range []struct {
		args []string
		text string
	}{
		{[]string{"new", "x", "--dir", dir, "--dialect", "postgres"}, "for sqlite"},
		{[]string{"new", "x", "--dir", dir, "--format", "atlas"}, "for goose"},
		{[]string{"new", "../x", "--dir", dir}, "letters"},
		{[]string{"new", "x", "--dir", t.TempDir()}, "--dialect is missing"},
		{[]string{"new", "x", "--dir", dir, "--allow", "all"}, "lossy"},
	} {
		r := run(t, versions[0], append([]string{"migrate"}, c.args...)...)
		is.Equal(r.code, promcli.CodeUsage)
		if !strings.Contains(r.err, c.text) {
			t.Errorf("%v: %s", c.args, r.err)
		}
	}
	r := run(t, nil, "migrate", "new", "x", "--dir", dir)
	is.Equal(r.code, promcli.CodeUsage)
	is.True(strings.Contains(r.err, "needs models"))
	postgres := begin(t, "postgres", "goose", versions[0])
	r = run(t, versions[0], "migrate", "verify", "--dir", postgres)
	is.Equal(r.code, promcli.CodeFailed)
	is.True(strings.Contains(r.err, "name a server"))
}

// Ensure that a database that exists gets migrations, when it is as the models say, and that nothing is in the way of
// the next one.
func TestMigrateBaseline(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		if e.Mode == "memory" {
			e.DSN = dbtest.SQLite(t)
		}
		is := is.New(t)
		dir := filepath.Join(t.TempDir(), "migrations")
		baseline := func(format string) result {
			return run(t, versions[0], "migrate", "baseline", "--dir", dir, "--format", format, "--dsn", e.DSN)
		}
		r := baseline("migrate")
		is.Equal(r.code, promcli.CodeDrift)
		is.True(strings.Contains(r.err, "create table author"))
		is.Equal(len(names(t, filepath.Dir(dir))), 0)

		db, err := new(prom.Registry).Open(e.DSN)
		is.NoErr(err)
		defer db.Close() //nolint:errcheck // of a test
		first := shelves.Versions(prom.Using(db))[0]
		is.NoErr(prom.Install(t.Context(), first[0], first[1]))
		r = baseline("migrate")
		is.Equal(r.err, "")
		is.True(strings.Contains(r.out, " force "))
		is.True(strings.Contains(read(t, filepath.Join(dir, names(t, dir)[1])), "CREATE TABLE \"author\""))
		is.Equal(baseline("migrate").code, promcli.CodeFailed) // it has begun
		r = run(t, versions[1], "migrate", "new", "second", "--dir", dir)
		is.Equal(r.code, promcli.CodeDone)
		is.True(strings.Contains(r.out, "rename column book.name"))
	})
}

// Ensure that the changes of two branches that are about different columns are merged by git, and that those of one
// place are a conflict of these lines alone, which is named when it is read.
func TestMigrateMerge(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	is := is.New(t)
	branches := shelves.Branches()
	text := func(repo prom.AnyRepo) string {
		dir := begin(t, "sqlite", "goose", []prom.AnyRepo{repo})
		return read(t, filepath.Join(dir, "schema.snapshot"))
	}
	merge := func(ours, base, theirs string) (string, error) {
		dir := t.TempDir()
		var args []string
		for i, s := range []string{ours, base, theirs} {
			args = append(args, filepath.Join(dir, fmt.Sprint(i)))
			is.NoErr(os.WriteFile(args[i], []byte(s), 0o600))
		}
		out, err := exec.CommandContext(t.Context(), "git", append([]string{"merge-file", "-p"}, args...)...).Output()
		return string(out), err
	}
	base, ours := text(branches[0]), text(branches[1])
	merged, err := merge(ours, base, text(branches[2]))
	is.NoErr(err)
	is.Equal(merged, text(branches[3])) // what a model with both says

	merged, err = merge(ours, base, text(branches[4]))
	is.True(err != nil)
	_, conflict, _ := strings.Cut(merged, "<<<<<<<")
	conflict, _, _ = strings.Cut(conflict, ">>>>>>>")
	_, conflict, _ = strings.Cut(conflict, "\n")
	is.Equal(conflict, "\tcolumn isbn text\n=======\n\tcolumn isbn text null\n")
	dir := begin(t, "sqlite", "goose", branches[:1])
	is.NoErr(os.WriteFile(filepath.Join(dir, "schema.snapshot"), []byte(merged), 0o600))
	r := run(t, branches[:1], "migrate", "new", "x", "--dir", dir)
	is.True(strings.Contains(r.err, "conflict that git has marked"))
}
