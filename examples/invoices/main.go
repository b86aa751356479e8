// Command invoices reminds customers of invoices. Its logic knows an interface of three methods, which its tests fake,
// and the store behind it is a repo.
package main

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/prom-go/prom"
)

func main() {
	if err := run(context.Background(), time.Now()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, now time.Time) error {
	db, err := prom.Open("sqlite://:memory:#invoices")
	if err != nil {
		return err
	}
	defer db.Close()
	store := Invoices{prom.NewRepo[Invoice](prom.Using(db))}
	for _, v := range []Invoice{{Customer: "Ada", Cents: 1990, Due: now.AddDate(0, 0, -3)},
		{Customer: "Bob", Cents: 500, Due: now.AddDate(0, 0, 3)}} {
		if err := store.Create(ctx, &v); err != nil {
			return err
		}
	}
	desk := Desk{Invoices: store, Mail: func(_ context.Context, to, text string) error {
		fmt.Println(to+":", text)
		return nil
	}}
	_, err = desk.Remind(ctx, now)
	return err
}
