package promcli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
	"github.com/prom-go/prom/promcli/testdata/shop"
)

// planned is the JSON of a plan.
type planned struct {
	Steps       []prom.Step
	NotModelled []prom.Drift `json:"not_modelled"`
}

func planOf(t *testing.T, repos []prom.AnyRepo, tables ...string) (p planned) {
	t.Helper()
	is := is.New(t)
	r := run(t, repos, append([]string{"plan", "--json"}, tables...)...)
	is.Equal(r.err, "")
	is.Equal(r.code, promcli.CodeDone)
	is.NoErr(json.Unmarshal([]byte(r.out), &p))
	return p
}

// Ensure that plan shows the steps for people and as JSON, of all tables or some, and changes nothing.
func TestPlan(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		_, repos := oldShop(t, e)
		r := run(t, repos, "plan")
		is.Equal(r.err, "")
		is.Equal(r.code, promcli.CodeDone)
		for _, text := range []string{" steps: ", "additive", "add column book.height  additive, about 3 rows", "create table shelf",
			`ALTER TABLE "book" ADD COLUMN "height"`, "not modelled, and left as it is:\n  book.note: column is extra\n"} {
			if !strings.Contains(r.out, text) {
				t.Errorf("no %q in\n%s", text, r.out)
			}
		}
		is.True(!strings.Contains(r.out, "\x1b[")) // no terminal

		all := planOf(t, repos)
		is.True(len(all.Steps) >= 5)
		is.Equal(len(all.NotModelled), 1)
		is.Equal(len(planOf(t, repos, "shelf").NotModelled), 0)
		is.Equal(planOf(t, repos, "author").Steps, []prom.Step{})
		is.Equal(planOf(t, repos).Steps, all.Steps)

		is.Equal(run(t, repos, "plan", "--exit-code").code, promcli.CodeDrift)
		r = run(t, repos, "plan", "--exit-code", "author")
		is.Equal(r, result{promcli.CodeDone, "no changes\n", ""})
		r = run(t, repos, "plan", "boook")
		is.Equal(r.code, promcli.CodeUsage)
		is.True(strings.Contains(r.err, `no model has the table "boook"`))
		is.Equal(run(t, repos, "plan", "--json", "--sql").code, promcli.CodeUsage)
		is.Equal(run(t, repos, "plan", "--markdown", "--sql").code, promcli.CodeUsage)
	})
}

// Ensure that the script of a plan, run by hand, leaves nothing to do, and no row less.
func TestPlanSQL(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, repos := oldShop(t, e)
		r := run(t, repos, "plan", "--sql")
		is.Equal(r.code, promcli.CodeDone)
		is.Equal(strings.Count(r.out, "BEGIN"), strings.Count(r.out, "COMMIT"))
		handle, err := db.SQL(t.Context())
		is.NoErr(err)
		conn, err := handle.Conn(t.Context())
		is.NoErr(err)
		for sql := range strings.SplitSeq(r.out, ";\n") {
			if _, err := conn.ExecContext(t.Context(), sql); err != nil {
				t.Fatal(err, "\n", sql)
			}
		}
		is.NoErr(conn.Close())
		is.Equal(planOf(t, repos).Steps, []prom.Step{})
		is.Equal(number(t, db, "SELECT count(*) FROM book"), 3)
	})
}

// Ensure that steps which cannot be done are comments in a script, and say why everywhere.
func TestPlanObstacles(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, repos := oldShop(t, e)
		sqlExec(t, db, "UPDATE book SET title = NULL WHERE pages > 0")
		r := run(t, repos, "plan", "--sql", "book")
		for line := range strings.Lines(r.out) {
			is.True(!strings.Contains(line, "SET NOT NULL") || strings.HasPrefix(line, "-- ")) // the step would fail
		}
		for _, form := range []string{"--sql", "--markdown", "--on="} {
			r = run(t, repos, "plan", form)
			is.True(strings.Contains(r.out, "2 existing rows or values violate it"))
		}
	})
}

// Ensure that one script is of one connection.
func TestPlanSQLConnections(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	one, two := open(t, dbtest.SQLite(t)+"#one"), open(t, dbtest.SQLite(t)+"#two")
	repos := append(shop.Models(prom.Using(one)), shop.Models(prom.Using(two))...)
	r := run(t, repos, "plan", "--sql")
	is.Equal(r.code, promcli.CodeUsage)
	is.True(strings.Contains(r.err, "--on"))
	r = run(t, repos, "plan", "--sql", "--on", "two")
	is.Equal(r.code, promcli.CodeDone)
	is.True(strings.Contains(r.out, "create table author on #two"))
	is.True(!strings.Contains(r.out, "#one"))
}

// rendered returns Markdown as GitHub's dialect of it becomes HTML.
func rendered(t *testing.T, markdown string) string {
	t.Helper()
	var b bytes.Buffer
	m := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	is.New(t).NoErr(m.Convert([]byte(markdown), &b))
	return b.String()
}

// Ensure that the Markdown of a plan is a table with a row for each step, its SQL in one block, and a list.
func TestPlanMarkdown(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, repos := oldShop(t, e)
		q := `"`
		sqlExec(t, db, "ALTER TABLE book ADD COLUMN "+q+"a|b ```c <i>*x*"+q+" INTEGER")
		p := planOf(t, repos)
		page := rendered(t, run(t, repos, "plan", "--markdown").out)
		is.True(strings.Contains(page, fmt.Sprintf("<h3>Schema changes: %d steps: ", len(p.Steps))))
		is.Equal(strings.Count(page, "<tr>"), len(p.Steps)+1)
		is.True(strings.Contains(page, "<td>add column <code>book.height</code></td>\n<td>🟢 additive</td>"))
		is.Equal(strings.Count(page, "<pre>"), 1)
		is.Equal(strings.Count(page, "<details>"), 2)
		is.Equal(strings.Count(page, "</details>"), 2)
		is.True(strings.Contains(page, "<li>book.a|b ```c &lt;i&gt;*x*: column is extra</li>")) // as it is

		page = rendered(t, run(t, repos, "plan", "--markdown", "author").out)
		is.True(strings.Contains(page, "Schema changes: no changes"))
		is.Equal(strings.Count(page, "<table>"), 0)
	})
}

// Ensure that Markdown fits in a comment, whatever a plan has.
func TestPlanMarkdownSize(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db, repos := oldShop(t, dbtest.Engine{Name: dbtest.NameSQLite, DSN: dbtest.SQLite(t)})
	for i := range 1500 {
		sqlExec(t, db, fmt.Sprintf("ALTER TABLE author ADD COLUMN %s_%d TEXT", strings.Repeat("x", 30), i))
	}
	r := run(t, repos, "plan", "--markdown")
	is.True(len([]rune(r.out)) < 65_536)
	is.True(strings.Contains(r.out, "not modelled is left out"))
	is.True(strings.Contains(r.out, "ALTER TABLE")) // that fits
}
