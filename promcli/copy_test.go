package promcli_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
)

// Shelf and Tome are models of a program.
type (
	Shelf struct {
		prom.Model
		Name string `prom:"unique"`
	}
	Tome struct {
		prom.Model
		Shelf prom.Ref[Shelf] `prom:"index"`
		Title string          `prom:"size=1..30"`
		Pages *int
		Price string `prom:"decimal=8.2"`
		Note  *string
	}
)

// library opens a database and fills it with models.
func library(t *testing.T, dsn string, tomes int) (*prom.Repo[Shelf], *prom.Repo[Tome]) {
	t.Helper()
	is := is.New(t)
	on, err := new(prom.Registry).Open(dsn)
	is.NoErr(err)
	t.Cleanup(func() { is.NoErr(on.Close()) })
	shelves, all := prom.NewRepo[Shelf](prom.Using(on)), prom.NewRepo[Tome](prom.Using(on))
	if tomes == 0 {
		return shelves, all
	}
	is.NoErr(shelves.Create(t.Context(), &Shelf{Name: "A, \"quoted\""}))
	list := make([]Tome, tomes)
	for i := range list {
		empty, pages := "", i
		list[i] = Tome{Shelf: prom.NewRef[Shelf](1), Title: "Tome, \"" + strings.Repeat("x", i%9) + "\"\nö",
			Price: "12.50", Note: &empty, Pages: &pages}
		if i%2 == 0 {
			list[i].Note, list[i].Pages = nil, nil
		}
	}
	is.NoErr(all.CreateMany(t.Context(), list))
	return shelves, all
}

func TestCopy(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, from dbtest.Engine) {
		shelves, tomes := library(t, from.DSN, 100)
		dbtest.Each(t, func(t *testing.T, to dbtest.Engine) {
			is := is.New(t)
			r := run(t, nil, "copy", from.DSN, to.DSN, "--json")
			is.Equal(r.err, "")
			is.Equal(r.code, promcli.CodeDone)
			var done struct {
				Rows   int
				Tables []struct {
					Table, Checksum string
					Rows            int
				}
			}
			is.NoErr(json.Unmarshal([]byte(r.out), &done))
			is.Equal(done.Rows, 101)
			is.Equal(done.Tables[1].Table, "tome")
			is.Equal(done.Tables[1].Rows, 100)
			n, err := tomes.Using(open(t, to.DSN)).Query().Count(t.Context())
			is.NoErr(err)
			is.Equal(n, 100)

			r = run(t, []prom.AnyRepo{shelves, tomes}, "copy", from.DSN, to.DSN)
			is.Equal(r.code, promcli.CodeFailed) // it has rows
			is.True(strings.Contains(r.err, "has rows"))
			r = run(t, nil, "copy", from.DSN, to.DSN, "--table", "nothing")
			is.Equal(r.code, promcli.CodeFailed)
			is.True(strings.Contains(r.err, `no table "nothing"`))
		})
	})
}
