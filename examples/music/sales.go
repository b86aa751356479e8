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

// TopArtists returns the artists with the greatest revenue, of those that earned at least so much. [prom.Via] follows
// references, here three of them, by joins. When some of what is selected are aggregates, the rest says what the groups
// are.
func (s Shop) TopArtists(ctx context.Context, n int, atLeast int64) ([]ArtistSales, error) {
	revenue := prom.Sum(paid)
	id := prom.Via(lineTrack, prom.Via(trackAlbum, prom.Via(albumArtist, artistID)))
	name := prom.Via(lineTrack, prom.Via(trackAlbum, prom.Via(albumArtist, artistName)))
	return prom.Select(s.lines.Query(),
		prom.Col(func(r *ArtistSales) *int64 { return &r.ID }, id),
		prom.Col(func(r *ArtistSales) *string { return &r.Name }, name),
		prom.Col(func(r *ArtistSales) *int64 { return &r.Copies }, prom.Sum(lineQuantity)),
		prom.Col(func(r *ArtistSales) *int64 { return &r.Revenue }, revenue),
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

// SalesByCountry returns the sales of each country in each year. An aggregate may be of some rows of the group only, by
// a filter.
func (s Shop) SalesByCountry(ctx context.Context) ([]CountrySales, error) {
	country, year := prom.Via(invoiceCustomer, customerCountry), invoiceAt.Year()
	return prom.Select(s.invoices.Query(),
		prom.Col(func(r *CountrySales) *string { return &r.Country }, country),
		prom.Col(func(r *CountrySales) *int { return &r.Year }, year),
		prom.Col(func(r *CountrySales) *int64 { return &r.Invoices }, prom.CountRows[Invoice]()),
		prom.Col(func(r *CountrySales) *int64 { return &r.Small }, prom.CountRows[Invoice]().Filter(invoiceCents.Lt(300))),
		prom.Col(func(r *CountrySales) *int64 { return &r.Revenue }, prom.Sum(invoiceCents)),
	).OrderBy(country.Asc(), year.Asc()).All(ctx)
}

// DaySales is the sales of a day, and those of its month until then.
type DaySales struct {
	Day     int
	Revenue int64
	SoFar   int64
}

var (
	dayDay     = prom.NumberOf(func(d *DaySales) *int { return &d.Day })
	dayRevenue = prom.NumberOf(func(d *DaySales) *int64 { return &d.Revenue })
)

// RunningTotal returns the sales of the days of a month, with their running total. The results of a projection are rows
// of a query of their own by [prom.From]: the days are summed up first, and then looked at through a window.
func (s Shop) RunningTotal(ctx context.Context, year int, month time.Month) ([]DaySales, error) {
	from := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	days := prom.Select(s.invoices.Where(invoiceAt.Gte(from), invoiceAt.Lt(from.AddDate(0, 1, 0))),
		prom.Col(func(r *DaySales) *int { return &r.Day }, invoiceAt.Day()),
		prom.Col(func(r *DaySales) *int64 { return &r.Revenue }, prom.Sum(invoiceCents)),
		prom.Col(func(r *DaySales) *int64 { return &r.SoFar }, prom.Val[Invoice](int64(0))))
	return prom.Select(prom.From(days).OrderBy(dayDay.Asc()),
		prom.Col(func(r *DaySales) *int { return &r.Day }, dayDay),
		prom.Col(func(r *DaySales) *int64 { return &r.Revenue }, dayRevenue),
		prom.Col(func(r *DaySales) *int64 { return &r.SoFar }, prom.Over(prom.Sum(dayRevenue), prom.OrderWindow(dayDay.Asc()))),
	).All(ctx)
}

// MonthSales is the sales of a month and what they have grown by.
type MonthSales struct {
	Year, Month int
	Revenue     int64
	Growth      *int64 // nil for the first month
}

// Growth returns how the sales went from month to month. [prom.Lag] reads the row before in the window's order, and
// sees groups as any row, so it needs no query of its own: a window of a grouped query is computed over its groups.
func (s Shop) Growth(ctx context.Context) ([]MonthSales, error) {
	year, month, revenue := invoiceAt.Year(), invoiceAt.Month(), prom.Sum(invoiceCents)
	before := prom.Lag(revenue, 1, prom.OrderWindow(year.Asc(), month.Asc()))
	return prom.Select(s.invoices.Query(),
		prom.Col(func(r *MonthSales) *int { return &r.Year }, year),
		prom.Col(func(r *MonthSales) *int { return &r.Month }, month),
		prom.Col(func(r *MonthSales) *int64 { return &r.Revenue }, revenue),
		prom.NullCol(func(r *MonthSales) **int64 { return &r.Growth }, prom.Minus(revenue, before)),
	).OrderBy(year.Asc(), month.Asc()).All(ctx)
}

// Large is an invoice far above the average of its customer's country.
type Large struct {
	ID      int64
	Country string
	Cents   int64
	Average float64
}

// LargeInvoices returns the invoices of more than so many times the average of their country. A [prom.LinkedSub] is a
// subquery that is computed for each row: its own rows are linked to the row by a value that both have.
func (s Shop) LargeInvoices(ctx context.Context, times float64) ([]Large, error) {
	country := prom.Via(invoiceCustomer, customerCountry)
	average := prom.LinkedSub(prom.Pluck(s.invoices.Query(), prom.Avg(invoiceCents)), prom.Match(country, country))
	return prom.Select(s.invoices.Where(prom.Gt(prom.Float(invoiceCents), prom.Times(average, prom.Val[Invoice](times)))),
		prom.Col(func(r *Large) *int64 { return &r.ID }, invoiceID),
		prom.Col(func(r *Large) *string { return &r.Country }, country),
		prom.Col(func(r *Large) *int64 { return &r.Cents }, invoiceCents),
		prom.Col(func(r *Large) *float64 { return &r.Average }, average),
	).OrderBy(invoiceID.Asc()).All(ctx)
}
