package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/prom-go/prom"
)

// Data is all rows of a shop, as they are stored.
type Data struct {
	genres    []Genre
	artists   []Artist
	albums    []Album
	tracks    []Track
	playlists []Playlist
	entries   []Entry
	employees []Employee
	customers []Customer
	invoices  []Invoice
	lines     []Line
}

var (
	genreNames   = []string{"Rock", "Jazz", "Blues", "Folk", "Metal", "Opera", "Samba", "Soul", "Techno", "Waltz"}
	countryNames = []string{"Austria", "Brazil", "Canada", "Denmark", "España", "Ísland", "Österreich"}
	firsts       = []string{"Ada", "Björk", "Cleo", "Dag", "Ella", "Fela", "Gil", "Hope", "Ines", "João", "Kurt", "Lena",
		"Miles", "Nina", "Øystein", "Zoë"}
	lasts = []string{"Adler", "Brand", "Costa", "Duarte", "Evans", "Falk", "Gomez", "Holm", "Ibsen", "Jones",
		"Klein", "Lund"}
	words = []string{"blue", "Cold", "dawn", "Echo", "fire", "Ghost", "hill", "Ice", "jade", "Kite", "lake", "Moon",
		"night", "Ocean", "rain", "Été"}
)

// maker makes rows out of random numbers that are the same in every run.
type maker struct{ *rand.Rand }

func (m maker) pick(list []string) string { return list[m.IntN(len(list))] }

func (m maker) person() string { return m.pick(firsts) + " " + m.pick(lasts) }

func (m maker) title() string { return m.pick(words) + " " + m.pick(words) }

// fill makes the rows of a shop and stores them, all or none. Each table is one CreateMany, which fills the keys in:
// the rows of the next tables refer to them.
func (s Shop) fill(ctx context.Context) (*Data, error) {
	var d *Data
	err := s.lines.Tx(ctx, func(ctx context.Context) error {
		d = &Data{} // a transaction may be run again
		m := maker{rand.New(rand.NewPCG(1877, 12))}
		for _, part := range []func(context.Context, maker, *Data) error{s.fillCatalog, s.fillPlaylists, s.fillPeople,
			s.fillSales} {
			if err := part(ctx, m, d); err != nil {
				return err
			}
		}
		return nil
	})
	return d, err
}

func (s Shop) fillCatalog(ctx context.Context, m maker, d *Data) error {
	for _, name := range genreNames {
		d.genres = append(d.genres, Genre{Name: name})
	}
	for range 100 {
		d.artists = append(d.artists, Artist{Name: m.person()})
	}
	if err := s.genres.CreateMany(ctx, d.genres); err != nil {
		return err
	}
	if err := s.artists.CreateMany(ctx, d.artists); err != nil {
		return err
	}
	for i := range d.artists {
		for range m.IntN(6) { // some have none
			d.albums = append(d.albums, Album{Artist: prom.RefTo(&d.artists[i]), Title: m.title()})
		}
	}
	if err := s.albums.CreateMany(ctx, d.albums); err != nil {
		return err
	}
	for i := range d.albums {
		genre := m.IntN(len(d.genres) + 1)
		for range m.IntN(24) {
			t := Track{Album: prom.RefTo(&d.albums[i]), Name: m.title(), Seconds: 30 + m.IntN(600)}
			if genre < len(d.genres) {
				t.Genre = new(prom.RefTo(&d.genres[genre]))
			}
			d.tracks = append(d.tracks, t)
		}
	}
	return s.tracks.CreateMany(ctx, d.tracks)
}

func (s Shop) fillPlaylists(ctx context.Context, m maker, d *Data) error {
	for i := range 24 {
		d.playlists = append(d.playlists, Playlist{Name: fmt.Sprintf("List %02d", i+1)})
	}
	if err := s.playlists.CreateMany(ctx, d.playlists); err != nil {
		return err
	}
	for i := range d.playlists {
		for place, at := range m.Perm(len(d.tracks))[:20*(i%12)] { // two have none
			d.entries = append(d.entries, Entry{prom.RefTo(&d.playlists[i]), prom.RefTo(&d.tracks[at]), place + 1})
		}
	}
	return s.entries.CreateMany(ctx, d.entries)
}

func (s Shop) fillPeople(ctx context.Context, m maker, d *Data) error {
	// A level of the tree after the other, because a row must have its key before others refer to it.
	level := []Employee{{Name: "Vera Voss"}}
	for width := 2; ; width++ {
		if err := s.employees.CreateMany(ctx, level); err != nil {
			return err
		}
		d.employees = append(d.employees, level...)
		if width > 4 {
			break
		}
		var next []Employee
		for i := range level {
			for range width {
				next = append(next, Employee{Name: m.person(), Boss: new(prom.RefTo(&level[i]))})
			}
		}
		level = next
	}
	for range 200 {
		c := Customer{Name: m.person(), Country: m.pick(countryNames),
			Support: prom.RefTo(&d.employees[m.IntN(len(d.employees))])}
		d.customers = append(d.customers, c)
	}
	return s.customers.CreateMany(ctx, d.customers)
}

func (s Shop) fillSales(ctx context.Context, m maker, d *Data) error {
	first := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	var bought [][]Line // of each invoice
	for range 2000 {
		// The customers and tracks with small numbers buy and sell more, and some of the others nothing at all.
		c := &d.customers[m.IntN(1+m.IntN(len(d.customers)))]
		invoice := Invoice{Customer: prom.RefTo(c), At: first.Add(time.Duration(m.IntN(4*365*24*60)) * time.Minute)}
		var lines []Line
		for range 1 + m.IntN(5) {
			t := &d.tracks[m.IntN(1+m.IntN(len(d.tracks)))]
			l := Line{Track: prom.RefTo(t), Cents: 49 + 50*int64(m.IntN(4)), Quantity: 1 + int64(m.IntN(2))}
			invoice.Cents += l.Cents * l.Quantity
			lines = append(lines, l)
		}
		d.invoices, bought = append(d.invoices, invoice), append(bought, lines)
	}
	if err := s.invoices.CreateMany(ctx, d.invoices); err != nil {
		return err
	}
	for i, lines := range bought {
		for _, l := range lines {
			l.Invoice = prom.RefTo(&d.invoices[i])
			d.lines = append(d.lines, l)
		}
	}
	return s.lines.CreateMany(ctx, d.lines)
}
