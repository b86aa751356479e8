package main

import (
	"context"
	"time"

	"github.com/prom-go/prom"
)

// paid is what one line costs.
var paid = prom.Times(lineCents, lineQuantity)

// ArtistSales is what an artist's tracks have earned.
type ArtistSales struct {
	ID      int64
	Name    string
	Copies  int64
	Revenue int64
}

var artistSales = prom.Proto[ArtistSales]()

// TopArtists returns the artists with the greatest revenue, of those that earned at least so much. [prom.Via] follows
// references, here three of them, by joins. When some of what is selected are aggregates, the rest says what the groups
// are.
func (s Shop) TopArtists(ctx context.Context, n int, atLeast int64) ([]ArtistSales, error) {
	revenue := prom.Sum(paid)
	id := prom.Via(lineTrack, prom.Via(trackAlbum, prom.Via(albumArtist, artistID)))
	name := prom.Via(lineTrack, prom.Via(trackAlbum, prom.Via(albumArtist, artistName)))
	return prom.Select(s.lines.Query(), artistSales,
		prom.Col(&artistSales.ID, id),
		prom.Col(&artistSales.Name, name),
		prom.Col(&artistSales.Copies, prom.Sum(lineQuantity)),
		prom.Col(&artistSales.Revenue, revenue),
	).Having(revenue.Gte(atLeast)).OrderBy(revenue.Desc(), id.Asc()).Limit(n).All(ctx)
}

// CountrySales is the sales of a country in a year.
type CountrySales struct {
	Country  string
	Year     int
	Invoices int64
	Small    int64 // those below 3.00
	Revenue  int64
}

var countrySales = prom.Proto[CountrySales]()

// SalesByCountry returns the sales of each country in each year. An aggregate may be of some rows of the group only, by
// a filter.
func (s Shop) SalesByCountry(ctx context.Context) ([]CountrySales, error) {
	country, year := prom.Via(invoiceCustomer, customerCountry), prom.Year(invoiceAt)
	return prom.Select(s.invoices.Query(), countrySales,
		prom.Col(&countrySales.Country, country),
		prom.Col(&countrySales.Year, year),
		prom.Col(&countrySales.Invoices, prom.Count(invoice)),
		prom.Col(&countrySales.Small, prom.Count(invoice).Filter(invoiceCents.Lt(300))),
		prom.Col(&countrySales.Revenue, prom.Sum(invoiceCents)),
	).OrderBy(country.Asc(), year.Asc()).All(ctx)
}

// DaySales is the sales of a day, and those of its month until then.
type DaySales struct {
	Day     int
	Revenue int64
	SoFar   int64
}

var (
	daySales   = prom.Proto[DaySales]()
	dayDay     = prom.NumberOf(daySales, &daySales.Day)
	dayRevenue = prom.NumberOf(daySales, &daySales.Revenue)
)

// RunningTotal returns the sales of the days of a month, with their running total. The results of a projection are rows
// of a query of their own by [prom.From]: the days are summed up first, and then looked at through a window.
func (s Shop) RunningTotal(ctx context.Context, year int, month time.Month) ([]DaySales, error) {
	from := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	days := prom.Select(s.invoices.Where(invoiceAt.Gte(from), invoiceAt.Lt(from.AddDate(0, 1, 0))), daySales,
		prom.Col(&daySales.Day, prom.Day(invoiceAt)),
		prom.Col(&daySales.Revenue, prom.Sum(invoiceCents)),
		prom.Col(&daySales.SoFar, prom.Val(invoice, int64(0))))
	return prom.Select(prom.From(days).OrderBy(dayDay.Asc()), daySales,
		prom.Col(&daySales.Day, dayDay),
		prom.Col(&daySales.Revenue, dayRevenue),
		prom.Col(&daySales.SoFar, prom.Over(prom.Sum(dayRevenue), prom.OrderWindow(dayDay.Asc()))),
	).All(ctx)
}

// MonthSales is the sales of a month and what they have grown by.
type MonthSales struct {
	Year, Month int
	Revenue     int64
	Growth      *int64 // nil for the first month
}

var monthSales = prom.Proto[MonthSales]()

// Growth returns how the sales went from month to month. [prom.Lag] reads the row before in the window's order, and
// sees groups as any row, so it needs no query of its own: a window of a grouped query is computed over its groups.
func (s Shop) Growth(ctx context.Context) ([]MonthSales, error) {
	year, month, revenue := prom.Year(invoiceAt), prom.Month(invoiceAt), prom.Sum(invoiceCents)
	before := prom.Lag(revenue, 1, prom.OrderWindow(year.Asc(), month.Asc()))
	return prom.Select(s.invoices.Query(), monthSales,
		prom.Col(&monthSales.Year, year),
		prom.Col(&monthSales.Month, month),
		prom.Col(&monthSales.Revenue, revenue),
		prom.NullCol(&monthSales.Growth, prom.Minus(revenue, before)),
	).OrderBy(year.Asc(), month.Asc()).All(ctx)
}

// Large is an invoice far above the average of its customer's country.
type Large struct {
	ID      int64
	Country string
	Cents   int64
	Average float64
}

var large = prom.Proto[Large]()

// LargeInvoices returns the invoices of more than so many times the average of their country. A
// [prom.CorrelatedSubquery] is a subquery that is computed for each row: its own rows are linked to the row by a value
// that both have.
func (s Shop) LargeInvoices(ctx context.Context, times float64) ([]Large, error) {
	country := prom.Via(invoiceCustomer, customerCountry)
	average := prom.CorrelatedSubquery(prom.Pluck(s.invoices.Query(), prom.Avg(invoiceCents)),
		prom.Match(country, country))
	return prom.Select(s.invoices.Where(prom.Gt(prom.Float(invoiceCents), prom.Times(average, prom.Val(invoice, times)))),
		large,
		prom.Col(&large.ID, invoiceID),
		prom.Col(&large.Country, country),
		prom.Col(&large.Cents, invoiceCents),
		prom.Col(&large.Average, average),
	).OrderBy(invoiceID.Asc()).All(ctx)
}
