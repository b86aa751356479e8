package cookbook

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prom-go/prom"
)

func TestUpsertMany(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		counts := prom.NewRepo[Visits](prom.Using(s.db))
		for range 2 {
			s.NoErr(upsertMany(ctx, counts, []Visits{
				{Page: "/", Day: at(1, 0), Count: 3},
				{Page: "/", Day: at(1, 0), Count: 4},
			}))
		}
		v, err := counts.Query().One(ctx)
		s.NoErr(err)
		s.Equal(v.Count, 14)

		s.goods(ctx)
		outcomes, err := replaceMany(ctx, s.Products, []Product{
			{SKU: "tea", Name: "Tea", Price: "5"},
			{SKU: "jar", Name: "Jar", Price: "9"},
		})
		s.NoErr(err)
		s.Equal(outcomes, []prom.Outcome{prom.Updated, prom.Inserted})
	})
}

func TestGetOrCreate(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		first, created, err := register(ctx, s.Customers, "ada@example.com", "Ada")
		s.NoErr(err)
		s.True(created)
		second, created, err := register(ctx, s.Customers, "Ada@Example.com", "Somebody")
		s.NoErr(err)
		s.True(!created)
		s.Equal(second.ID, first.ID)
		s.Equal(second.Name, "Ada")
	})
}

func TestPatch(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		tea := s.goods(ctx)[0]
		p, err := patch(ctx, s.Products, tea.ID, []byte(`{"price": "5.00"}`))
		s.NoErr(err)
		s.Equal([]string{p.Name, p.Price}, []string{"Green tea", "5.00"})
		_, err = patch(ctx, s.Products, tea.ID, []byte(`{"name": ""}`))
		s.True(errors.Is(err, prom.ErrValidation))
	})
}

func TestCounter(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		tea := s.goods(ctx)[0]
		for _, want := range []bool{true, true, false} {
			ok, err := take(ctx, s.Products, tea.ID, 4)
			s.NoErr(err)
			s.Equal(ok, want)
		}
	})
}

func TestOptimisticLocking(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		tea := s.goods(ctx)[0]
		mine, err := s.Products.Get(ctx, tea.ID)
		s.NoErr(err)
		yours, err := s.Products.Get(ctx, tea.ID)
		s.NoErr(err)
		s.NoErr(rename(ctx, s.Products, yours, "Black tea"))
		s.Equal(rename(ctx, s.Products, mine, "Red tea").Error(), "somebody else has changed tea: look at it again")
	})
}

func TestSoftDelete(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		people := s.people(ctx)
		s.NoErr(closeAccount(ctx, s.Customers, &people[0]))
		_, err := s.Customers.Get(ctx, people[0].ID)
		s.True(errors.Is(err, prom.ErrNotFound))
		s.NoErr(reopen(ctx, s.Customers, "ada@example.com"))
		_, err = s.Customers.Get(ctx, people[0].ID)
		s.NoErr(err)

		s.NoErr(closeAccount(ctx, s.Customers, &people[1]))
		n, err := purge(ctx, s.Customers, time.Now().Add(time.Hour))
		s.NoErr(err)
		s.Equal(n, 1)
	})
}

func TestTransaction(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		people, goods := s.people(ctx), s.goods(ctx)
		o, err := buy(ctx, s.Shop, &people[0], &goods[1], 1)
		s.NoErr(err)
		_, err = buy(ctx, s.Shop, &people[1], &goods[1], 1)
		s.True(errors.Is(err, errSoldOut))
		list, err := s.Orders.All(ctx)
		s.NoErr(err)
		s.Equal(len(list), 1) // the second one left nothing
		s.Equal(list[0].ID, o.ID)
	})
}

func TestLock(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		_, orders := s.bought(ctx)
		done := make(chan error)
		for range 2 {
			go func() { done <- pay(ctx, s.Orders, orders[1].ID) }()
		}
		first, second := <-done, <-done
		s.True((first == nil) != (second == nil))
	})
}

func TestQueue(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		jobs := prom.NewRepo[Job](prom.Using(s.db))
		s.NoErr(jobs.CreateMany(ctx, []Job{{Kind: "a", State: "new"}, {Kind: "b", State: "new"}, {Kind: "c", State: "new"}}))
		var ran []string
		run := func(_ context.Context, j *Job) error {
			ran = append(ran, j.Kind)
			if j.Kind == "b" && j.Tries < 5 {
				return errors.New("again")
			}
			return nil
		}
		for range 7 {
			s.NoErr(work(ctx, jobs, 2, run))
		}
		s.Equal(strings.Join(ran, ""), "abbcbbb")
		left, err := jobs.Where(jobState.Ne("done")).Count(ctx)
		s.NoErr(err)
		s.Equal(left, 0)
		n, err := dropOld(ctx, jobs, time.Now().Add(time.Hour))
		s.NoErr(err)
		s.Equal(n, 3)
	})
}

func TestAfterCommit(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		_, orders := s.bought(ctx)
		var mails []prom.UUID
		mail := func(id prom.UUID) { mails = append(mails, id) }
		err := s.db.Tx(ctx, func(ctx context.Context) error { return ship(ctx, s.Orders, &orders[0], mail) })
		s.NoErr(err)
		s.Equal(mails, []prom.UUID{orders[0].ID})
		rolledBack := errors.New("no")
		err = s.db.Tx(ctx, func(ctx context.Context) error {
			s.NoErr(ship(ctx, s.Orders, &orders[1], mail))
			return rolledBack
		})
		s.Equal(err, rolledBack)
		s.Equal(len(mails), 1)
	})
}

func TestImport(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		s.goods(ctx)
		file := "sku,name,price,stock\ntea,Tea,5.00,3\njar,\"Jar, large\",9.00,4\n"
		n, err := importCSV(ctx, s.Products, strings.NewReader(file))
		s.NoErr(err)
		s.Equal(n, 2)
		tea, err := prom.GetBy(ctx, s.Products, productSKU, "tea")
		s.NoErr(err)
		s.Equal([]any{tea.Name, tea.Stock, tea.Text}, []any{"Tea", 3, "Leaves from the mountains"})

		_, err = importCSV(ctx, s.Products, strings.NewReader("sku,name,price,stock\nbox,Box,5.00,3\nbag,,1.00,1\n"))
		s.True(errors.Is(err, prom.ErrValidation))
		taken, err := s.Products.Where(productSKU.Eq("box")).Exists(ctx)
		s.NoErr(err)
		s.True(!taken)
	})
}

func TestUnique(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		invites := prom.NewRepo[Invite](prom.Using(s.db))
		soon := time.Now().Add(time.Hour)
		s.NoErr(newInvite(ctx, invites, "x", soon))
		s.Equal(newInvite(ctx, invites, "x", soon).Error(), "choose another code")

		i, err := redeem(ctx, invites, "x")
		s.NoErr(err)
		s.Equal(i.Code, "x")
		_, err = redeem(ctx, invites, "x")
		s.True(errors.Is(err, prom.ErrNotFound))
	})
}
