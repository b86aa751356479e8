package cookbook

import (
	"context"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promtest"
)

func TestEagerLoading(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *stocked) {
		_, orders := s.bought(ctx)
		goods := s.goods(ctx)
		l := Line{Order: prom.RefByTo[prom.UUID](&orders[2]), Product: prom.RefTo(&goods[0]), Quantity: 1, Price: "4.50"}
		s.NoErr(s.Lines.Create(ctx, &l))
		list, err := withOrders(ctx, s.Customers)
		s.NoErr(err)
		s.Equal(whos(list), []string{"Ada", "Bob"})
		s.Equal(totals(list[0].Orders.Rows()), []string{"5.50", "120.00", "10.00"})
		bought, _ := list[0].Orders.Rows()[0].Lines.Rows()[0].Product.Get()
		s.Equal(bought.SKU, "tea")
	})
}

func TestManyToMany(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		goods := s.goods(ctx)
		categories := prom.NewRepo[Category](prom.Using(s.db))
		placements := prom.NewRepo[Placement](prom.Using(s.db))
		kitchen, gifts := Category{Name: "Kitchen"}, Category{Name: "Gifts"}
		s.NoErr(categories.Create(ctx, &kitchen))
		s.NoErr(categories.Create(ctx, &gifts))
		for i := range goods {
			p := Placement{Category: prom.RefTo(&kitchen), Product: prom.RefTo(&goods[i]), Position: 3 - i, Featured: i == 1}
			s.NoErr(place(ctx, placements, &p))
			p.Position += 10 // moved
			s.NoErr(place(ctx, placements, &p))
		}
		c, err := shown(ctx, categories, "Kitchen")
		s.NoErr(err)
		s.Equal(skus(c.Products.Rows()), []string{"cup", "pot", "tea"})
		s.Equal(len(c.Placements.Rows()), 1)
		pot, _ := c.Placements.Rows()[0].Product.Get()
		s.Equal(pot.SKU, "pot")
		s.Equal(c.Placements.Rows()[0].Position, 12)

		s.NoErr(setCategories(ctx, s.Products, &goods[0], &gifts))
		list, err := inCategory(ctx, s.Products, "Gifts")
		s.NoErr(err)
		s.Equal(skus(list), []string{"tea"})
		list, err = inCategory(ctx, s.Products, "Kitchen")
		s.NoErr(err)
		s.Equal(skus(list), []string{"cup", "pot"})
	})
}

func TestWithoutChildren(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		s.bought(ctx)
		s.NoErr(s.Customers.Create(ctx, &Customer{Email: "eve@example.com", Name: "Eve", Level: Basic}))
		list, err := withoutOrders(ctx, s.Customers)
		s.NoErr(err)
		s.Equal(whos(list), []string{"Eve"})
	})
}

func TestByParent(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		s.bought(ctx)
		list, err := byBuyer(ctx, s.Orders, Basic)
		s.NoErr(err)
		s.Equal(totals(list), []string{"1.00"})
		bob, _ := list[0].Customer.Get()
		s.Equal(bob.Name, "Bob")
	})
}

func TestTree(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		categories := prom.NewRepo[Category](prom.Using(s.db))
		var parent *prom.Ref[Category]
		for _, name := range []string{"All", "House", "Kitchen"} {
			c := Category{Name: name, Parent: parent}
			s.NoErr(categories.Create(ctx, &c))
			r := prom.RefTo(&c)
			parent = &r
		}
		list, err := below(ctx, categories, "House")
		s.NoErr(err)
		s.Equal(categoriesOf(list), []string{"House", "Kitchen"})
	})
}

func TestComputed(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		s.bought(ctx)
		s.NoErr(s.Customers.Create(ctx, &Customer{Email: "eve@example.com", Name: "Eve", Level: Basic}))
		list, err := spent(ctx, s.Customers)
		s.NoErr(err)
		got := names(list, func(c *Customer) string { return c.Name + " " + c.Spent })
		s.Equal(got, []string{"Ada 135.50", "Bob 1.00", "Eve 0.00"})
	})
}

// A test that a list of any length takes the same number of statements.
func TestNoLoops(t *testing.T) {
	t.Parallel()
	db := promtest.DB(t)
	promtest.New[Line](db, promtest.FreshParents()).CreateMany(t, 5)

	ctx := promtest.Budget(t, promtest.NoLoops(t, t.Context()), 4)
	if _, err := withOrders(ctx, prom.NewRepo[Customer](prom.Using(db))); err != nil {
		t.Fatal(err)
	}
}
