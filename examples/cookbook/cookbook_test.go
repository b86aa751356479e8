package cookbook

import (
	"context"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// each runs a test on both engines, in a shop that has some rows.
func each(t *testing.T, fn func(t *testing.T, ctx context.Context, s *stocked)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		s := &stocked{I: is.New(t), e: e}
		var err error
		s.db, err = new(prom.Registry).Open(e.DSN, prom.OnCommit(s.cache.Forget))
		s.NoErr(err)
		t.Cleanup(func() {
			if err := s.db.Close(); err != nil {
				t.Error(err)
			}
		})
		s.Shop = NewShop(s.db)
		fn(t, t.Context(), s)
	})
}

// stocked is a shop in a test.
type stocked struct {
	*is.I
	*Shop
	e     dbtest.Engine
	db    *prom.DB
	cache Cache
}

// people stores two customers.
func (s *stocked) people(ctx context.Context) []Customer {
	list := []Customer{
		{Email: "ada@example.com", Name: "Ada", Level: Gold},
		{Email: "bob@example.com", Name: "Bob", Level: Basic},
	}
	list[0].Settings = Settings{Theme: "dark", Mail: Mail{Weekly: true}, Beta: []string{"search", "maps"}}
	s.NoErr(s.Customers.CreateMany(ctx, list))
	return list
}

// goods stores three products.
func (s *stocked) goods(ctx context.Context) []Product {
	list := []Product{
		{SKU: "tea", Name: "Green tea", Text: "Leaves from the mountains", Price: "4.50", Stock: 10},
		{SKU: "pot", Name: "Tea pot", Text: "Of iron", Price: "39.00", Stock: 1},
		{SKU: "cup", Name: "Cup", Text: "For tea or coffee", Price: "7.25"},
	}
	s.NoErr(s.Products.CreateMany(ctx, list))
	return list
}

// at is an instant on the given day of March 2026.
func at(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC) }

// bought stores the orders of both customers.
func (s *stocked) bought(ctx context.Context) (people []Customer, orders []Order) {
	people = s.people(ctx)
	ada, bob := prom.RefTo(&people[0]), prom.RefTo(&people[1])
	orders = []Order{
		{Customer: ada, Total: "10.00", Placed: at(1, 12), State: "sent"},
		{Customer: ada, Total: "120.00", Placed: at(2, 23), State: "open"},
		{Customer: ada, Total: "5.50", Placed: at(3, 12), State: "open"},
		{Customer: bob, Total: "1.00", Placed: at(4, 12), State: "paid"},
	}
	s.NoErr(s.Orders.CreateMany(ctx, orders))
	return people, orders
}

// names returns a name of each row.
func names[T any](list []T, name func(*T) string) []string {
	var all []string
	for i := range list {
		all = append(all, name(&list[i]))
	}
	return all
}

func skus(list []Product) []string       { return names(list, func(p *Product) string { return p.SKU }) }
func whos(list []Customer) []string      { return names(list, func(c *Customer) string { return c.Name }) }
func totals(list []Order) []string       { return names(list, func(o *Order) string { return o.Total }) }
func categoriesOf(l []Category) []string { return names(l, func(c *Category) string { return c.Name }) }
