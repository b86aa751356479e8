package promcli_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
)

type Reader struct {
	ID   int64  `prom:"key,auto"`
	Name string `prom:"unique"`
}

type Loan struct {
	ID     int64            `prom:"key,auto"`
	Reader prom.Ref[Reader] `prom:"reader_id"`
	Shelf  int
	Title  string
	Due    time.Time
}

// loans returns repos with rows on an engine: 2,000 loans of 40 readers.
func loans(t *testing.T, e dbtest.Engine) []prom.AnyRepo {
	t.Helper()
	is := is.New(t)
	r := &prom.Registry{}
	_, err := r.Open(e.DSN)
	is.NoErr(err)
	readers, loans := prom.NewRepo[Reader](prom.In(r)), prom.NewRepo[Loan](prom.In(r))
	ctx := context.Background()
	var people []Reader
	for i := range 40 {
		people = append(people, Reader{Name: strings.Repeat("n", i+1)})
	}
	is.NoErr(readers.CreateMany(ctx, people))
	var rows []Loan
	for i := range 2000 {
		rows = append(rows, Loan{
			Reader: prom.NewRef[Reader](people[i%40].ID), Shelf: i % 97, Title: strings.Repeat("t", i%50),
			Due: time.Date(2026, 1, 1, i, 0, 0, 0, time.UTC),
		})
	}
	is.NoErr(loans.CreateMany(ctx, rows))
	db, err := loans.DB()
	is.NoErr(err)
	t.Cleanup(func() { _ = db.Close() })
	return []prom.AnyRepo{readers, loans}
}

// TestExplain explains statements with and without an index that would help.
func TestExplain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		repos := loans(t, e)
		for _, row := range []struct {
			name, sql string
			args      []string
			advice    []string // the columns; nil for no advice
			tag       string
		}{
			{"by key", `SELECT title FROM loan WHERE id = ?`, []string{"7"}, nil, ""},
			{"equal", `SELECT title FROM loan WHERE shelf = ?`, nil, []string{"shelf"}, "Loan.Shelf `prom:\"index\"`"},
			{"numbered, with an alias", `SELECT l.title FROM loan AS l WHERE l.shelf = $1 AND l.due > $2`, nil,
				[]string{"shelf", "due"}, "Loan.Shelf `prom:\"index=shelf_due\"`, Loan.Due `prom:\"index=shelf_due\"`"},
			{"range", `SELECT title FROM loan WHERE due BETWEEN ? AND ?`,
				[]string{"2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"}, []string{"due"}, "Loan.Due `prom:\"index\"`"},
			{"sorted", `SELECT title FROM loan WHERE shelf = ? ORDER BY due DESC LIMIT 3`, []string{"5"},
				[]string{"shelf", "due"}, "Loan.Shelf `prom:\"index=shelf_due\"`, Loan.Due `prom:\"index=shelf_due\"`"},
			{"no index serves", `SELECT title FROM loan WHERE length(title) > ?`, []string{"3"}, nil, ""},
			{"all rows", `SELECT title FROM loan`, nil, nil, ""},
			{"update", `UPDATE loan SET title = ? WHERE shelf = ?`, []string{"x", "3"}, []string{"shelf"},
				"Loan.Shelf `prom:\"index\"`"},
		} {
			t.Run(row.name, func(t *testing.T) {
				is := is.New(t)
				args := []string{"explain", "--json", "--dsn", e.DSN}
				for _, a := range row.args {
					args = append(args, "--arg", a)
				}
				if row.args != nil {
					args = append(args, "--run")
				}
				r := run(t, repos, append(args, row.sql)...)
				is.Equal(r.err, "")
				is.Equal(r.code, promcli.CodeDone)
				var got struct {
					Dialect string
					Ran     bool
					Advice  []struct {
						Table    string
						Columns  []string
						SQL, Tag string
					}
				}
				is.NoErr(json.Unmarshal([]byte(r.out), &got))
				is.Equal(got.Dialect, e.Name)
				is.Equal(got.Ran, row.args != nil)
				if row.advice == nil {
					is.Equal(len(got.Advice), 0)
					return
				}
				is.Equal(len(got.Advice), 1)
				is.Equal(got.Advice[0].Table, "loan")
				is.Equal(got.Advice[0].Columns, row.advice)
				is.Equal(got.Advice[0].Tag, row.tag)
				is.True(strings.HasPrefix(got.Advice[0].SQL, "CREATE INDEX"))
			})
		}
		t.Run("text", func(t *testing.T) {
			is := is.New(t)
			r := runIn(t, `SELECT title FROM loan WHERE shelf = 3`, repos, "explain", "--run", "--dsn", e.DSN)
			is.Equal(r.err, "")
			is.True(strings.Contains(r.out, "← reads the whole table"))
			is.True(strings.Contains(r.out, "An index helps"))
			is.True(strings.Contains(r.out, "took "))
		})
		t.Run("nothing is written", func(t *testing.T) {
			is := is.New(t)
			r := run(t, repos, "explain", "--run", "--dsn", e.DSN, `DELETE FROM loan`)
			is.Equal(r.code, promcli.CodeDone)
			n, err := repos[1].(*prom.Repo[Loan]).Count(context.Background())
			is.NoErr(err)
			is.Equal(n, 2000)
		})
	})
}

// TestExplainRefused gives explain what has no plan.
func TestExplainRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		for _, row := range []struct{ sql, want string }{
			{"", "no statement"},
			{"DROP TABLE loan", "DROP has no plan"},
			{"SELECT 1; DELETE FROM loan", "more than one statement"},
			{"COMMIT", "transaction"},
			{"SELECT * FROM nowhere", "nowhere"},
		} {
			is := is.New(t)
			r := run(t, nil, "explain", "--dsn", e.DSN, row.sql)
			is.True(r.code != promcli.CodeDone)
			is.True(strings.Contains(r.err, row.want)) // says what is wrong
		}
		is := is.New(t)
		r := run(t, nil, "explain", "--run", "--dsn", e.DSN, "SELECT ?")
		is.True(strings.Contains(r.err, "takes its arguments: it has 1"))
	})
}
