package main

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"
)

func topArtists(c *checker) {
	sums := map[int64]*ArtistSales{}
	for _, l := range c.lines {
		a := c.artistOf(c.track[l.Track.Key()])
		if sums[a.ID] == nil {
			sums[a.ID] = &ArtistSales{ID: a.ID, Name: a.Name}
		}
		sums[a.ID].Copies += l.Quantity
		sums[a.ID].Revenue += l.Cents * l.Quantity
	}
	var want []ArtistSales
	for _, s := range sums {
		if s.Revenue >= 100_00 {
			want = append(want, *s)
		}
	}
	slices.SortFunc(want, func(a, b ArtistSales) int {
		return cmp.Or(cmp.Compare(b.Revenue, a.Revenue), cmp.Compare(a.ID, b.ID))
	})
	got, err := c.shop.TopArtists(c.Context(), 1000, 100_00)
	c.is.NoErr(err)
	same(c, got, want)
	c.is.True(len(want) < len(sums)) // some earned less
	got, err = c.shop.TopArtists(c.Context(), 5, 100_00)
	c.is.NoErr(err)
	same(c, got, want[:5])
}

func salesByCountry(c *checker) {
	type group struct {
		country string
		year    int
	}
	sums := map[group]*CountrySales{}
	for i := range c.invoices {
		v := &c.invoices[i]
		g := group{c.countryOf(v), v.At.Year()}
		if sums[g] == nil {
			sums[g] = &CountrySales{Country: g.country, Year: g.year}
		}
		sums[g].Invoices++
		sums[g].Revenue += v.Cents
		if v.Cents < 300 {
			sums[g].Small++
		}
	}
	var want []CountrySales
	for _, s := range sums {
		want = append(want, *s)
	}
	slices.SortFunc(want, func(a, b CountrySales) int {
		return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.Year, b.Year))
	})
	got, err := c.shop.SalesByCountry(c.Context())
	c.is.NoErr(err)
	same(c, got, want)
}

func runningTotal(c *checker) {
	for _, month := range []time.Month{time.February, time.December} {
		var sums [32]int64
		for _, v := range c.invoices {
			if v.At.Year() == 2023 && v.At.Month() == month {
				sums[v.At.Day()] += v.Cents
			}
		}
		var want []DaySales
		var soFar int64
		for day, sum := range sums {
			if sum > 0 {
				soFar += sum
				want = append(want, DaySales{day, sum, soFar})
			}
		}
		got, err := c.shop.RunningTotal(c.Context(), 2023, month)
		c.is.NoErr(err)
		same(c, got, want)
	}
}

func growth(c *checker) {
	sums := map[[2]int]int64{}
	for _, v := range c.invoices {
		sums[[2]int{v.At.Year(), int(v.At.Month())}] += v.Cents
	}
	months := slices.SortedFunc(maps.Keys(sums), func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	got, err := c.shop.Growth(c.Context())
	c.is.NoErr(err)
	c.is.Equal(len(got), len(months))
	for i, m := range months {
		c.is.Equal([2]int{got[i].Year, got[i].Month}, m)
		c.is.Equal(got[i].Revenue, sums[m])
		if i == 0 {
			c.is.Equal(got[i].Growth, nil)
			continue
		}
		c.is.Equal(*got[i].Growth, sums[m]-sums[months[i-1]])
	}
}

func largeInvoices(c *checker) {
	sums, counts := map[string]int64{}, map[string]int64{}
	for i := range c.invoices {
		country := c.countryOf(&c.invoices[i])
		sums[country] += c.invoices[i].Cents
		counts[country]++
	}
	got, err := c.shop.LargeInvoices(c.Context(), 2)
	c.is.NoErr(err)
	var want []int64
	for i := range c.invoices {
		v := &c.invoices[i]
		country := c.countryOf(v)
		average := float64(sums[country]) / float64(counts[country])
		if float64(v.Cents) <= 2*average {
			continue
		}
		if want = append(want, v.ID); len(want) > len(got) {
			break
		}
		g := got[len(want)-1]
		c.is.Equal(g.Country, country)
		c.is.Equal(g.Cents, v.Cents)
		c.is.True(math.Abs(g.Average-average) < 1e-6)
	}
	same(c, keys(got, func(l *Large) int64 { return l.ID }), want)
}
