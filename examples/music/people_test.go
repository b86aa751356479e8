package main

import (
	"maps"
	"slices"
	"strings"
	"time"
)

func inactive(c *checker) {
	bought := c.bought()
	var want []int64
	for _, customer := range c.customers {
		if !slices.ContainsFunc(bought[customer.ID], func(i *Invoice) bool { return i.At.Year() == 2022 }) {
			want = append(want, customer.ID)
		}
	}
	same(c, read(c, c.shop.Inactive(2022), customerKey), want)
	same(c, read(c, c.shop.InactiveToo(2022), customerKey), want)
}

// bosses returns the keys of those above an employee, the nearest first.
func (c *checker) bosses(of *Employee) (above []int64) {
	for of.Boss != nil {
		of = c.employee[of.Boss.Key()]
		above = append(above, of.ID)
	}
	return above
}

func below(c *checker) {
	manager := c.employees[2].ID
	bought := c.bought()
	sums := map[int64]Seller{} // by employee
	for _, customer := range c.customers {
		s := sums[customer.Support.Key()]
		s.Customers++
		for _, i := range bought[customer.ID] {
			s.Revenue += i.Cents
		}
		sums[customer.Support.Key()] = s
	}
	got, err := c.shop.Below(c.Context(), manager)
	c.is.NoErr(err)
	var want []int64
	for i := range c.employees {
		e := &c.employees[i]
		if !slices.Contains(c.bosses(e), manager) {
			continue
		}
		if want = append(want, e.ID); len(want) > len(got) {
			break
		}
		g := got[len(want)-1]
		c.is.Equal(g.Name, e.Name)
		c.is.Equal(*g.Boss, c.employee[e.Boss.Key()].Name)
		c.is.Equal(g.Customers, sums[e.ID].Customers)
		c.is.Equal(g.Revenue, sums[e.ID].Revenue)
	}
	same(c, keys(got, func(s *Seller) int64 { return s.ID }), want)

	last := &c.employees[len(c.employees)-1]
	above := c.bosses(last)
	slices.Sort(above)
	same(c, read(c, c.shop.Above(last.ID), employeeKey), above)
}

func loyalties(c *checker) {
	bought := c.bought()
	never := 0
	for _, country := range countryNames {
		got, err := c.shop.Loyalties(c.Context(), country)
		c.is.NoErr(err)
		at := 0
		for _, customer := range c.customers {
			if customer.Country != country {
				continue
			}
			c.is.True(at < len(got))
			g := got[at]
			at++
			c.is.Equal(g.ID, customer.ID)
			c.is.Equal(g.Name, customer.Name)
			if len(bought[customer.ID]) == 0 {
				never++
				c.is.True(g.First == nil && g.Last == nil)
				continue
			}
			var times []time.Time
			for _, i := range bought[customer.ID] {
				times = append(times, i.At)
			}
			c.is.True(g.First.Equal(slices.MinFunc(times, time.Time.Compare)))
			c.is.True(g.Last.Equal(slices.MaxFunc(times, time.Time.Compare)))
		}
		c.is.Equal(at, len(got))
	}
	c.is.True(never > 0)
}

func names(c *checker) {
	all := map[string]bool{}
	for _, a := range c.artists {
		all[a.Name] = true
	}
	for _, v := range c.customers {
		all[v.Name] = true
	}
	for _, e := range c.employees {
		all[e.Name] = true
	}
	for _, prefix := range []string{"", "Ø", "J"} {
		want := slices.Sorted(maps.Keys(all))
		want = slices.DeleteFunc(want, func(name string) bool { return !strings.HasPrefix(name, prefix) })
		people, err := c.shop.Names(prefix).All(c.Context())
		c.is.NoErr(err)
		var got []string
		for _, p := range people {
			got = append(got, p.Name)
		}
		same(c, got, want)
	}
}
