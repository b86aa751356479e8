package promseed_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promseed"
	"github.com/prom-go/prom/promtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

type (
	Author struct {
		prom.Model
		Name    string `prom:"unique"`
		Email   string `prom:"unique"`
		City    string
		Company string     `prom:"size=..30"`
		Born    *time.Time `prom:"date"`
	}
	Book struct {
		prom.Model
		Author prom.Ref[Author] `prom:"author_id"`
		Title  string           `prom:"size=1..80"`
		Body   string
		Price  string `prom:"decimal=8.2"`
		Tags   []string
	}
)

func database(t *testing.T, e dbtest.Engine) *prom.DB {
	t.Helper()
	if e.Name == dbtest.NamePostgres {
		return promtest.DB(t, promtest.Postgres(e.DSN))
	}
	return promtest.DB(t, promtest.SQLite())
}

// Ensure that factories make many different and unique values with the words of the library, the same ones for the same
// seed, and that addresses reach nobody.
func TestFaker(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		var all [2]string
		for i := range all {
			db := database(t, e)
			cities, plain := map[string]bool{}, 0
			for _, a := range promtest.New[Author](db, promtest.Fake(promseed.Faker())).CreateMany(t, 200) {
				all[i] += a.Name + a.Email + a.City + a.Company
				is.True(strings.HasSuffix(a.Email, "@example.com"))
				is.True(len(a.Company) <= 30)
				cities[a.City] = true
				if !strings.ContainsAny(a.Name, "0123456789") {
					plain++
				}
			}
			is.True(len(cities) > 50) // 16 without a library
			is.Equal(plain, 200)      // unique without a number
		}
		is.Equal(all[0], all[1])
	})
}

// Ensure that every kind of column has texts, and others none.
func TestKinds(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := promseed.Faker()
	for _, column := range []string{"first_name", "NAME", "billing_city", "company", "title", "body", "summary", "job", "tag"} {
		seen := map[string]bool{}
		rng := rand.New(rand.NewPCG(1, 2))
		for range 50 {
			s := f.Fake(rng, column)
			is.True(s != "" && s == strings.TrimSpace(s))
			seen[s] = true
		}
		is.True(len(seen) > 10)
	}
	is.Equal(f.Fake(rand.New(rand.NewPCG(1, 2)), "checksum"), "")
}

// Ensure that fixtures in YAML are loaded, with what YAML has types of its own for, in the order of the file; and that
// an error shows the place and no value.
func TestYAML(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := database(t, e)
		repos := []prom.AnyRepo{prom.NewRepo[Author](prom.Using(db)), prom.NewRepo[Book](prom.Using(db))}
		files := fstest.MapFS{"rows.yaml": {Data: []byte(`
# Two books of one author.
author:
  zoe: {name: Zoë, email: zoe@example.com, city: Ulm, company: "no"}
  ada:
    name: Ada
    email: ada@example.com
    city: London
    company: Analytical
    born: 1815-12-10
book:
  notes: &base
    author_id: $ada
    title: Notes
    body: |
      Two
      lines.
    price: 12.50
    tags: [engine, on]
  more:
    <<: *base
    title: "More"
`)}}
		rows := promtest.LoadedFixtures(t, t.Context(), files, repos, promseed.YAML())
		ada, notes, more := promtest.Fixture[Author](rows, "ada"), promtest.Fixture[Book](rows, "notes"), promtest.Fixture[Book](rows, "more")
		is.True(promtest.Fixture[Author](rows, "zoe").ID < ada.ID)
		is.True(ada.Born.Equal(time.Date(1815, 12, 10, 0, 0, 0, 0, time.UTC)))
		is.Equal(notes.Author.Key(), ada.ID)
		is.Equal(notes.Body, "Two\nlines.\n")
		is.Equal(notes.Price, "12.50")
		is.Equal(notes.Tags, []string{"engine", "on"})
		is.Equal(more.Title, "More")
		is.Equal(more.Author.Key(), ada.ID)

		_, err := promtest.LoadFixtures(t.Context(), fstest.MapFS{"a.yml": {Data: []byte("author:\n  ada: {name: [secret")}}, repos,
			promseed.YAML())
		is.True(err != nil && strings.Contains(err.Error(), "fixtures of a.yml: it is no YAML") && !strings.Contains(err.Error(), "secret"))
	})
}
