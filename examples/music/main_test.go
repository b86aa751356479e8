package main

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Ensure that the program prints the same reports on each engine and without any set-up, as a process of its own.
// parity: D4
func TestMusic(t *testing.T) {
	if dbtest.IsChild() {
		main()
		return
	}
	t.Parallel()
	run := func(t *testing.T, dsn string) {
		is := is.New(t)
		want, err := os.ReadFile("testdata/reports.txt")
		is.NoErr(err)
		out, err := dbtest.Child(t, "TestMusic", "PROM_DSN="+dsn).CombinedOutput()
		is.NoErr(err)
		is.Equal(strings.TrimSuffix(string(out), "PASS\n"), string(want))
	}
	run(t, "")
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) { run(t, e.DSN) })
}

// checker compares the reports of a shop with what plain loops make of the same rows.
type checker struct {
	*testing.T
	is   *is.I
	shop Shop
	*Data

	// The rows by their keys.
	artist   map[int64]*Artist
	album    map[int64]*Album
	track    map[int64]*Track
	genre    map[int64]*Genre
	employee map[int64]*Employee
	customer map[int64]*Customer
	invoice  map[int64]*Invoice
}

// byKey finds rows by their keys.
func byKey[T any](rows []T, key func(*T) int64) map[int64]*T {
	m := make(map[int64]*T, len(rows))
	for i := range rows {
		m[key(&rows[i])] = &rows[i]
	}
	return m
}

// keys returns the keys of rows.
func keys[T any](rows []T, key func(*T) int64) []int64 {
	list := []int64{}
	for i := range rows {
		list = append(list, key(&rows[i]))
	}
	return list
}

// read returns the keys of the rows of a query.
func read[T any](c *checker, q *prom.Query[T], key func(*T) int64) []int64 {
	c.Helper()
	rows, err := q.All(c.Context())
	c.is.NoErr(err)
	return keys(rows, key)
}

// same fails unless two lists are the same and hold something.
func same[T comparable](c *checker, got, want []T) {
	c.Helper()
	if len(want) == 0 {
		c.Fatal("nothing to compare with")
	}
	if !slices.Equal(got, want) {
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				c.Fatalf("%d and not %d, different from %d on: %v and not %v", len(got), len(want), i, got[i:min(i+1, len(got))], want[i:min(i+1, len(want))])
			}
		}
	}
}

// Ensure that each report says on each engine what loops over the rows say.
// parity: Q17 Q28 M24
func TestReports(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, err := new(prom.Registry).Open(e.DSN)
		is.NoErr(err)
		defer func() { is.NoErr(db.Close()) }()
		shop := newShop(prom.Using(db))
		d, err := shop.fill(context.Background())
		is.NoErr(err)
		c := &checker{T: t, is: is, shop: shop, Data: d,
			artist:   byKey(d.artists, func(a *Artist) int64 { return a.ID }),
			album:    byKey(d.albums, func(a *Album) int64 { return a.ID }),
			track:    byKey(d.tracks, trackKey),
			genre:    byKey(d.genres, func(g *Genre) int64 { return g.ID }),
			employee: byKey(d.employees, employeeKey),
			customer: byKey(d.customers, customerKey),
			invoice:  byKey(d.invoices, func(i *Invoice) int64 { return i.ID }),
		}
		rows := 0
		for _, n := range []int{len(d.genres), len(d.artists), len(d.albums), len(d.tracks), len(d.playlists), len(d.entries),
			len(d.employees), len(d.customers), len(d.invoices), len(d.lines)} {
			rows += n
		}
		is.True(rows >= 10_000)
		for _, check := range []func(*checker){
			topArtists, salesByCountry, runningTotal, growth, largeInvoices,
			hits, albumLengths, sharing, quarters, neverSold, graph, program, longest,
			inactive, below, loyalties, names,
		} {
			check(c)
		}
	})
}

func trackKey(t *Track) int64       { return t.ID }
func employeeKey(e *Employee) int64 { return e.ID }
func customerKey(c *Customer) int64 { return c.ID }

// The rows that a row refers to.
func (c *checker) artistOf(t *Track) *Artist {
	return c.artist[c.album[t.Album.Key()].Artist.Key()]
}
func (c *checker) countryOf(i *Invoice) string { return c.customer[i.Customer.Key()].Country }

// earned returns the revenue of each track.
func (c *checker) earned() map[int64]int64 {
	sums := map[int64]int64{}
	for _, l := range c.lines {
		sums[l.Track.Key()] += l.Cents * l.Quantity
	}
	return sums
}

// bought returns the invoices of each customer.
func (c *checker) bought() map[int64][]*Invoice {
	of := map[int64][]*Invoice{}
	for i := range c.invoices {
		key := c.invoices[i].Customer.Key()
		of[key] = append(of[key], &c.invoices[i])
	}
	return of
}
