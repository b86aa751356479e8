package promcli_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
)

// emptyLoans returns the repos of an empty database.
func emptyLoans(t *testing.T, e dbtest.Engine) (*prom.Repo[Reader], *prom.Repo[Loan], []prom.AnyRepo) {
	t.Helper()
	r := &prom.Registry{}
	db, err := r.Open(e.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	readers, loans := prom.NewRepo[Reader](prom.In(r)), prom.NewRepo[Loan](prom.In(r))
	return readers, loans, []prom.AnyRepo{loans, readers}
}

// fixtures writes files of fixtures, and returns their folder.
func fixtures(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestSeedFixtures stores fixtures of both formats, which refer to each other.
func TestSeedFixtures(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		readers, loans, repos := emptyLoans(t, e)
		dir := fixtures(t, map[string]string{
			"loans.yaml":  "loan:\n  late: {reader_id: $ada, shelf: 3, title: Notes, due: 2026-01-02T03:04:05Z}\n",
			"people.json": `{"reader": {"ada": {"name": "Ada"}, "bob": {"name": "Bob"}}}`,
		})
		r := run(t, repos, "seed", "--json", dir)
		is.Equal(r.err, "")
		is.Equal(r.code, promcli.CodeDone)
		var got struct {
			Fixtures int
			Tables   []struct {
				Table string
				Rows  int
			}
		}
		is.NoErr(json.Unmarshal([]byte(r.out), &got))
		is.Equal(got.Fixtures, 3)
		is.Equal(len(got.Tables), 2)
		is.Equal(got.Tables[1].Rows, 2)
		loan, err := loans.Query().One(ctx)
		is.NoErr(err)
		ada, err := readers.Get(ctx, loan.Reader.Key())
		is.NoErr(err)
		is.Equal(ada.Name, "Ada")

		r = run(t, repos, "seed", dir) // not twice
		is.Equal(r.code, promcli.CodeFailed)
		is.True(strings.Contains(r.err, "the table loan has rows"))
		r = run(t, repos, "seed", "--add", dir)
		is.Equal(r.code, promcli.CodeFailed) // the names are unique
		n, err := loans.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1) // and nothing was stored
	})
}

// TestSeedRows makes random rows, more of them with --add, and refuses what is no right call.
func TestSeedRows(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		readers, loans, repos := emptyLoans(t, e)
		for i := 1; i <= 2; i++ {
			r := run(t, repos, "seed", "--rows", "50", "--add")
			is.Equal(r.err, "")
			is.Equal(r.code, promcli.CodeDone)
			n, err := loans.Count(ctx)
			is.NoErr(err)
			is.Equal(n, 50*i)
			n, err = readers.Count(ctx)
			is.NoErr(err)
			is.Equal(n, 50*i)
		}
		r := run(t, repos, "seed", "--rows", "5", "--add", "--tables", "reader")
		is.Equal(r.code, promcli.CodeDone)
		n, err := readers.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 105)
		n, err = loans.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 100)

		for _, args := range [][]string{{"seed"}, {"seed", "--rows", "-1"}, {"seed", "--tables", "reader", t.TempDir()},
			{"seed", "nowhere"}, {"seed", "--rows", "1", "--tables", "nowhere"}} {
			r := run(t, repos, args...)
			is.Equal(r.code, promcli.CodeUsage)
			is.Equal(r.out, "")
		}
		r = run(t, nil, "seed", "--rows", "1")
		is.True(strings.Contains(r.err, "this command needs models"))
	})
}
