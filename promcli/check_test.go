package promcli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
	"github.com/prom-go/prom/promcli/testdata/shop"
)

const shopFile = "testdata/shop/shop.go"

// lineOf returns the number of the line that begins with a text after another line, as "file:line".
func lineOf(t *testing.T, file, after, text string) string {
	t.Helper()
	source, err := os.ReadFile(file)
	is.New(t).NoErr(err)
	seen := false
	for i, line := range strings.Split(string(source), "\n") {
		if seen = seen || strings.HasPrefix(line, after); seen && strings.HasPrefix(strings.TrimSpace(line), text) {
			return fmt.Sprintf("%s:%d", file, i+1)
		}
	}
	t.Fatal("no line ", text)
	return ""
}

// Ensure that check tells each drift with the line of the field that is about, and that a warning alone is none.
func TestCheck(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, repos := oldShop(t, e)
		sqlExec(t, db, "ALTER TABLE author DROP COLUMN _created")
		r := run(t, repos, "check")
		is.Equal(r.code, promcli.CodeDrift)
		is.True(strings.Contains(r.err, "contradicts the models in "))
		for _, line := range []string{
			lineOf(t, shopFile, "type Author struct", "prom.Model") + ": error: author._created: column is missing", // of an embedded Model
			lineOf(t, shopFile, "type Book struct", "Title") + ": error: book.title: column takes NULL",
			lineOf(t, shopFile, "type Book struct", "Published") + ": error: book.published: column is missing",
			lineOf(t, shopFile, "type Size struct", "Height") + ": error: book.height: column is missing", // of an embedded struct
			lineOf(t, shopFile, "type Book struct", "_ ") + ": error: book: index book_listed is missing",
			lineOf(t, shopFile, "type Shelf struct", "type") + ": error: shelf: table is missing",
		} {
			if !strings.Contains(r.out, line) {
				t.Errorf("no line %q in\n%s", line, r.out)
			}
		}
		var told struct{ Drifts []map[string]any }
		r = run(t, repos, "check", "--json", "book")
		is.Equal(r.code, promcli.CodeDrift)
		is.NoErr(json.Unmarshal([]byte(r.out), &told))
		is.Equal(told.Drifts[0]["file"], shopFile)
		is.Equal(told.Drifts[0]["severity"], "error")
		is.Equal(told.Drifts[0]["table"], "book")
	})
}

// Ensure that what is as the models say passes, and that harmless drifts are warnings.
func TestCheckWarnings(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := open(t, e.DSN)
		repos := shop.Models(prom.Using(db))
		for _, r := range repos {
			is.NoErr(r.Install(t.Context()))
		}
		r := run(t, repos, "check", "--strict")
		is.Equal(r, result{promcli.CodeDone, "✓ 3 tables as the models say\n", ""})
		is.Equal(run(t, repos, "check", "--json").out, "{\n  \"drifts\": []\n}\n")
		is.NoErr(db.Close())

		type Author struct { // whose earlier form had a column more
			prom.Model
			Name string `prom:"size=1..100,unique"`
		}
		later := []prom.AnyRepo{prom.NewRepo[Author](prom.Using(open(t, e.With("in_use=0"))))}
		r = run(t, later, "check")
		is.Equal(r.err, "")
		is.Equal(r.code, promcli.CodeDone)
		at := lineOf(t, "check_test.go", "func TestCheckWarnings", "type Author struct") // in a function, in a test
		is.True(strings.HasPrefix(r.out, at+": warning: author.born: column is extra"))
		r = run(t, later, "check", "--strict")
		is.Equal(r.code, promcli.CodeDrift)
		is.True(strings.Contains(r.err, "1 warning"))
	})
}

// Ensure that a foreign key of several columns is told at its own field.
func TestCheckForeignKey(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := open(t, dbtest.Postgres(t))
	repos := shop.Models(prom.Using(db))
	is.NoErr(repos[2].Install(t.Context()))
	sqlExec(t, db, "ALTER TABLE shelf DROP CONSTRAINT shelf_below_room_below_no_fkey")
	r := run(t, repos, "check", "shelf")
	is.Equal(r.code, promcli.CodeDrift)
	is.True(strings.HasPrefix(r.out, lineOf(t, shopFile, "type Shelf struct", "Below  ")+": error: shelf: foreign key"))
}
