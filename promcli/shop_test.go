package promcli_test

import (
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli/testdata/shop"
)

// open opens a connection for the time of a test.
func open(t *testing.T, dsn string) *prom.DB {
	t.Helper()
	db, err := new(prom.Registry).Open(dsn)
	is.New(t).NoErr(err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// sqlExec runs statements.
func sqlExec(t *testing.T, db *prom.DB, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := prom.RawExec(t.Context(), db, sql); err != nil {
			t.Fatal(sql, err)
		}
	}
}

// number returns what a query of one number finds.
func number(t *testing.T, db *prom.DB, sql string) int {
	t.Helper()
	n, err := prom.RawQuery[int](db, sql).First(t.Context())
	is.New(t).NoErr(err)
	return n
}

// oldShop is the database of an earlier version of the shop with three books, and the models of today's. Missing are
// two columns of book, its index, and the table shelf (additive), and the title's NOT NULL (on PostgreSQL locking, on
// SQLite rewriting); on PostgreSQL the number of pages is narrower (rewriting). Not modelled is the column note.
func oldShop(t *testing.T, e dbtest.Engine) (*prom.DB, []prom.AnyRepo) {
	t.Helper()
	is := is.New(t)
	db := open(t, e.DSN)
	type Size struct{ Width int }
	type Book struct {
		prom.Model
		Author prom.Ref[shop.Author] `prom:"index"`
		Title  *string
		Pages  int32
		Size
	}
	authors, books := prom.NewRepo[shop.Author](prom.Using(db)), prom.NewRepo[Book](prom.Using(db))
	is.NoErr(authors.Install(t.Context()))
	is.NoErr(books.Install(t.Context()))
	for i := range 3 {
		title, author := fmt.Sprint("Book ", i), shop.Author{Name: fmt.Sprint("Author ", i)}
		is.NoErr(authors.Create(t.Context(), &author))
		is.NoErr(books.Create(t.Context(), &Book{Author: prom.RefTo(&author), Title: &title, Pages: int32(100 * i)}))
	}
	sqlExec(t, db, `ALTER TABLE book ADD COLUMN note TEXT`)
	is.NoErr(db.Close()) // the program of that version has ended
	db = open(t, e.DSN)
	return db, shop.Models(prom.Using(db))
}
