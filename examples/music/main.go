// Music is the shop of a record label, after the sample database Chinook: it makes its own rows, more than ten thousand
// and always the same, and asks them for reports. Every query is typed, and the same on both engines. Rows are in
// memory, or in the empty database that PROM_DSN names:
//
//	go run ./examples/music
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/prom-go/prom"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	if os.Getenv("PROM_DSN") == "" {
		if _, err := prom.Open("sqlite://:memory:"); err != nil {
			return err
		}
	}
	defer func() { err = errors.Join(err, prom.Close()) }()
	shop := newShop()
	if _, err := shop.fill(ctx); err != nil {
		return err
	}
	return shop.print(ctx, out)
}

// printer writes reports until one fails.
type printer struct {
	out io.Writer
	err error
}

// table writes the first rows of a report.
func table[R any](p *printer, title string, rows []R, err error, line func(r R) string) {
	if p.err != nil {
		return
	}
	if p.err = err; err != nil {
		return
	}
	fmt.Fprintf(p.out, "%s: %d\n", title, len(rows))
	for _, r := range rows[:min(3, len(rows))] {
		fmt.Fprintln(p.out, "  "+line(r))
	}
}

// print writes the first rows of each report.
func (s Shop) print(ctx context.Context, out io.Writer) error {
	p := &printer{out: out}

	top, err := s.TopArtists(ctx, 10, 100_00)
	table(p, "Artists that earn most", top, err, func(r ArtistSales) string {
		return fmt.Sprintf("%s sold %d copies for %s", r.Name, r.Copies, money(r.Revenue))
	})
	sales, err := s.SalesByCountry(ctx)
	table(p, "Countries by year", sales, err, func(r CountrySales) string {
		return fmt.Sprintf("%s %d: %s by %d invoices, %d of them small", r.Country, r.Year, money(r.Revenue), r.Invoices,
			r.Small)
	})
	days, err := s.RunningTotal(ctx, 2022, time.March)
	table(p, "Days of March 2022", days, err, func(r DaySales) string {
		return fmt.Sprintf("day %d: %s, %s so far", r.Day, money(r.Revenue), money(r.SoFar))
	})
	months, err := s.Growth(ctx)
	table(p, "Months", months, err, func(r MonthSales) string {
		if r.Growth == nil {
			return fmt.Sprintf("%d-%02d: %s", r.Year, r.Month, money(r.Revenue))
		}
		return fmt.Sprintf("%d-%02d: %s, grown by %s", r.Year, r.Month, money(r.Revenue), money(*r.Growth))
	})
	large, err := s.LargeInvoices(ctx, 2.5)
	table(p, "Invoices far above their country's average", large, err, func(r Large) string {
		return fmt.Sprintf("invoice %d: %s; in %s they have %.2f", r.ID, money(r.Cents), r.Country, r.Average/100)
	})

	hits, err := s.Hits(ctx)
	table(p, "Hits", hits, err, func(r Hit) string {
		return fmt.Sprintf("%s: %s earned %s", r.Genre, r.Track,
			money(r.Revenue))
	})
	albums, err := s.AlbumLengths(ctx, 5)
	table(p, "Albums with most tracks", albums, err, func(r AlbumLength) string {
		return fmt.Sprintf("%s has %d tracks, %d of them long, and takes %d seconds", r.Title, r.Tracks, r.Long, *r.Seconds)
	})
	shared, err := s.Sharing(ctx, 12)
	table(p, "Lists with tracks of list 12", shared, err,
		func(r Shared) string { return fmt.Sprintf("%s has %d", r.A, r.B) })
	quarters, err := s.Quarters(ctx)
	table(p, "Quarters of the tracks", quarters, err, func(q Quarter) string {
		return fmt.Sprintf("number %d has %d tracks of %d to %d seconds", q.Number, q.Tracks, q.Shortest, q.Longest)
	})
	unsold, err := s.NeverSold("Jazz").All(ctx)
	table(p, "Jazz that nobody bought", unsold, err, func(t Track) string { return t.Name })
	page, err := s.Longest(ctx, "", 20)
	table(p, "Longest tracks", page.Rows, err,
		func(t Track) string { return fmt.Sprintf("%s, %d seconds", t.Name, t.Seconds) })
	artists, err := s.Graph(ctx, 5)
	table(p, "Artists with all they have", artists, err, func(a Artist) string {
		return fmt.Sprintf("%s has %d albums", a.Name, len(a.Albums.Rows()))
	})

	inactive, err := s.Inactive(2022).All(ctx)
	table(p, "Customers who bought nothing in 2022", inactive, err, func(c Customer) string { return c.Name })
	below, err := s.Below(ctx, 2)
	table(p, "Below employee 2", below, err, func(r Seller) string {
		return fmt.Sprintf("%s, whose boss is %s, sold for %s", r.Name, *r.Boss, money(r.Revenue))
	})
	loyal, err := s.Loyalties(ctx, "Österreich")
	table(p, "Customers in Österreich", loyal, err, func(r Loyalty) string {
		if r.First == nil {
			return r.Name + " never bought"
		}
		return fmt.Sprintf("%s bought from %s to %s", r.Name, r.First.Format(time.DateOnly), r.Last.Format(time.DateOnly))
	})
	names, err := s.Names("J").All(ctx)
	table(p, "Names with J", names, err, func(p Person) string { return p.Name })
	return p.err
}

func money(cents int64) string {
	if cents < 0 {
		return "-" + money(-cents)
	}
	return fmt.Sprintf("%d.%02d", cents/100, cents%100)
}
