package main

import (
	"context"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promtest"
)

// Ensure that the query finds what the desk asks for, on every engine: this is the half that a fake cannot show.
func TestInvoices(t *testing.T) {
	t.Parallel()
	promtest.Each(t, func(t *testing.T, db *prom.DB) {
		is := is.New(t)
		ctx, store := context.Background(), Invoices{prom.NewRepo[Invoice](prom.Using(db))}
		for _, v := range []Invoice{
			{Customer: "late", Cents: 1, Due: noon.AddDate(0, 0, -1)},
			{Customer: "later", Cents: 1, Due: noon.AddDate(0, 0, -2)},
			{Customer: "paid", Cents: 1, Due: noon.AddDate(0, 0, -3), Paid: &noon},
			{Customer: "due", Cents: 1, Due: noon},
		} {
			is.NoErr(store.Create(ctx, &v))
		}
		list, err := store.Unpaid(ctx, noon)
		is.NoErr(err)
		is.Equal(len(list), 2)
		is.Equal(list[0].Customer, "later")

		desk := Desk{Invoices: store, Mail: func(context.Context, string, string) error { return nil }}
		is.NoErr(desk.Pay(ctx, list[0].ID, noon))
		sent, err := desk.Remind(ctx, noon)
		is.NoErr(err)
		is.Equal(sent, 1)
	})
}

// Ensure that the program runs.
func TestRun(t *testing.T) {
	is := is.New(t)
	is.NoErr(run(context.Background(), noon))
}
