package cookbook

import (
	"context"
	"testing"
	"time"
	_ "time/tzdata" // for machines without time zones

	"github.com/prom-go/prom"
)

func TestGroups(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		people, _ := s.bought(ctx)
		states, err := byState(ctx, s.Orders)
		s.NoErr(err)
		s.Equal(states, []StateCount{{"open", 2, "125.50"}, {"paid", 1, "1.00"}, {"sent", 1, "10.00"}})

		most, err := busy(ctx, s.Orders, 2)
		s.NoErr(err)
		s.Equal(most, []prom.Pair[int64, int64]{{A: people[0].ID, B: 3}})

		eve := Customer{Email: "eve@example.com", Name: "Eve", Level: Basic}
		s.NoErr(s.Customers.Create(ctx, &eve))
		all, err := ordersOfEach(ctx, s.Customers)
		s.NoErr(err)
		s.Equal(all, []prom.Pair[string, int64]{{A: "Ada", B: 3}, {A: "Bob", B: 1}, {A: "Eve", B: 0}})

		f, err := count(ctx, s.Orders)
		s.NoErr(err)
		s.Equal(f, Figures{All: 4, Open: 2, Large: 1})
	})
}

func TestTopN(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		s.bought(ctx)
		list, err := lastOrders(ctx, s.Orders, 2)
		s.NoErr(err)
		s.Equal(totals(list), []string{"5.50", "120.00", "1.00"})
	})
}

func TestDays(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		s.bought(ctx)
		days, err := revenue(ctx, s.Orders, berlin)
		s.NoErr(err)
		s.Equal(days, []prom.Pair[time.Time, string]{
			{A: at(1, 0), B: "10.00"}, {A: at(3, 0), B: "125.50"}, {A: at(4, 0), B: "1.00"}}) // 23:00 UTC is the next day

		list, err := ordersOfDay(ctx, s.Orders, 2026, 3, 3, berlin)
		s.NoErr(err)
		s.Equal(totals(list), []string{"120.00", "5.50"})
	})
}

func TestRunningTotal(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		counts := prom.NewRepo[Visits](prom.Using(s.db))
		s.NoErr(upsertMany(ctx, counts, []Visits{
			{Page: "/", Day: at(1, 0), Count: 3},
			{Page: "/", Day: at(2, 0), Count: 4},
			{Page: "/a", Day: at(2, 0), Count: 9},
		}))
		days, err := runningTotal(ctx, counts, "/")
		s.NoErr(err)
		s.Equal(days, []Sold{{at(1, 0), 3, 3}, {at(2, 0), 4, 7}})
	})
}

func TestAverage(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		none, err := average(ctx, s.Orders)
		s.NoErr(err)
		s.Equal(none, "0.00")
		s.bought(ctx)
		some, err := average(ctx, s.Orders)
		s.NoErr(err)
		s.Equal(some, "34.13")
	})
}
