package prom_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/audit"
)

// Price is a model whose changes are written to the audit log.
type Price struct {
	_ struct{} `prom:"audit"`
	prom.Model
	Product string
	Cents   int
	Buyer   string `prom:"noaudit"` // the log does not hold it
}

var (
	aPrice       = prom.Proto[Price]()
	priceProduct = prom.TextOf(aPrice, &aPrice.Product)
	priceCents   = prom.NumberOf(aPrice, &aPrice.Cents)
)

// The audit log tells who changed a row, when, and what.
func ExampleWithActor() {
	db, err := prom.Open("sqlite://:memory:#prices")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	prices := prom.NewRepo[Price](prom.Using(db))
	auditLog := audit.NewRepo(prom.Using(db))

	ctx := prom.WithActor(context.Background(), "ada") // in a service, the user of the request
	p := Price{Product: "tea", Cents: 300}
	if err := prices.Create(ctx, &p); err != nil {
		log.Fatal(err)
	}
	if _, err := prices.Where(priceProduct.Eq("tea")).Update(prom.WithActor(ctx, "bob"), priceCents.Add(50)); err != nil {
		log.Fatal(err)
	}

	// The log is a model like any other.
	entries, err := auditLog.Where(audit.Row(prices, p.ID), audit.Op.Eq(audit.Update)).OrderBy(audit.ID.Asc()).All(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range entries {
		changes, err := e.Changes()
		if err != nil {
			log.Fatal(err)
		}
		for _, c := range changes {
			if c.Column != "_updated" {
				fmt.Printf("%s: %s %s -> %s\n", e.Actor, c.Column, c.Old, c.New)
			}
		}
	}

	// Entries that are old enough are deleted, some thousand in a transaction.
	old := auditLog.Where(audit.At.Lt(time.Now().AddDate(-2, 0, 0)))
	for progress, err := range prom.DeleteInChunks(ctx, old, prom.Chunks{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("deleted", progress.Rows)
	}
	// Output:
	// bob: cents 300 -> 350
}
