package cookbook

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/audit"
)

func TestMoney(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		_, orders := s.bought(ctx)
		goods := s.goods(ctx)
		s.NoErr(reprice(ctx, s.Products, "1.05"))
		s.NoErr(s.Products.Reload(ctx, &goods[2]))
		s.Equal(goods[2].Price, "7.61") // 7.6125

		none, err := value(ctx, s.Lines, orders[0].ID)
		s.NoErr(err)
		s.Equal(none, "0.00")
		o := prom.RefByTo[prom.UUID](&orders[0])
		s.NoErr(s.Lines.CreateMany(ctx, []Line{
			{Order: o, Product: prom.RefTo(&goods[0]), Quantity: 3, Price: "0.10"},
			{Order: o, Product: prom.RefTo(&goods[1]), Quantity: 1, Price: "39.00"},
		}))
		v, err := value(ctx, s.Lines, orders[0].ID)
		s.NoErr(err)
		s.Equal(v, "39.30")
	})
}

func TestDefaults(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		people, _ := s.bought(ctx)
		s.Equal(people[1].Level, Basic)
		o := s.Orders.New()
		o.Customer = prom.RefTo(&people[0])
		s.NoErr(s.Orders.Create(ctx, o))
		s.Equal([]string{o.State, o.Total}, []string{"open", "0.00"})
		s.True(!o.Placed.IsZero() && o.ID != prom.UUID{})

		err := s.Customers.Create(ctx, &Customer{Email: "x@example.com", Name: "X", Level: "silver"})
		s.True(errors.Is(err, prom.ErrValidation)) // no value of the enum
		err = s.Customers.Create(ctx, &Customer{Email: "ADA@example.com", Name: "Other", Level: Basic})
		s.True(errors.Is(err, prom.ErrUnique)) // the same address
	})
}

func TestAuditColumns(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		people := s.people(ctx)
		o := Order{Customer: prom.RefTo(&people[0]), State: "open", Total: "1"}
		s.NoErr(s.Orders.Create(prom.WithActor(ctx, "ada"), &o))
		o.State = "paid"
		s.NoErr(s.Orders.Save(prom.WithActor(ctx, "bob"), &o))
		s.NoErr(s.Orders.Reload(ctx, &o))
		s.Equal([]string{o.CreatedBy, o.UpdatedBy}, []string{"ada", "bob"})
	})
}

func TestHistory(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		balances, log := prom.NewRepo[Balance](prom.Using(s.db)), prom.NewRepo[audit.Entry](prom.Using(s.db))
		b := Balance{Owner: "ada", Cents: 100}
		s.NoErr(balances.Create(ctx, &b))
		s.NoErr(deposit(ctx, balances, "teller 7", &b, 50))
		entries, err := log.Where(audit.Row(balances, b.ID)).OrderBy(audit.ID.Asc()).All(ctx)
		s.NoErr(err)
		s.Equal(names(entries, func(e *audit.Entry) string { return e.Actor }), []string{"", "teller 7"})
	})
}

func TestSecrets(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		c := s.people(ctx)[0]
		c.Password = "hash"
		std, err := json.Marshal(&c)
		s.NoErr(err)
		own, err := publicJSON(s.Customers, &c)
		s.NoErr(err)
		for _, text := range []string{string(std), string(own)} {
			s.True(strings.Contains(text, `"ada@example.com"`))
			s.True(!strings.Contains(text, "hash"))
		}
	})
}

func TestRename(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		members := prom.NewRepo[Member](prom.Using(s.db))
		s.NoErr(members.Create(ctx, &Member{Name: "Ada"}))
		_, err := members.WithoutWhere().Update(ctx, memberFullName.SetNull()) // as the old version writes
		s.NoErr(err)
		s.NoErr(backfill(ctx, members))
		m, err := members.Query().One(ctx)
		s.NoErr(err)
		s.Equal(*m.FullName, "Ada")
	})
}

func TestRules(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		bookings := prom.NewRepo[Booking](prom.Using(s.db))
		err := bookings.Create(ctx, &Booking{Room: "A1", From: at(2, 0), Until: at(1, 0)})
		var broken prom.Violations
		s.True(errors.As(err, &broken))
		s.Equal(broken[0].Field, "Until")

		b := Booking{Room: "A1", From: at(1, 0), Until: at(2, 0)}
		s.NoErr(bookings.Create(ctx, &b))
		again := Booking{Room: "A1", From: at(1, 0), Until: at(3, 0)}
		s.True(errors.Is(bookings.Create(ctx, &again), prom.ErrUnique))
		_, err = bookings.Where(bookingID.Eq(b.ID)).Update(ctx, bookingRemoved.Set(true))
		s.NoErr(err)
		s.NoErr(bookings.Create(ctx, &again))
	})
}
