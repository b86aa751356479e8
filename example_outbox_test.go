package prom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/outbox"
)

// Dispatch is of which others are to be told.
type Dispatch struct {
	prom.Model
	Code string `prom:"unique"`
}

// A message is written with the rows that it tells of, and sent when they are committed.
func Example_outbox() {
	db, err := prom.Open("sqlite://:memory:#dispatches")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	dispatches := prom.NewRepo[Dispatch](prom.Using(db))
	messages := outbox.NewRepo(prom.Using(db))

	// Both rows are stored, or none.
	send := func(ctx context.Context, code string) error {
		return dispatches.Tx(ctx, func(ctx context.Context) error {
			if err := dispatches.Create(ctx, &Dispatch{Code: code}); err != nil {
				return err
			}
			return messages.Create(ctx, &outbox.Message{Topic: "parcels", Key: code, Body: []byte(code + " is on its way")})
		})
	}

	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	if err := send(ctx, "AB-1"); err != nil {
		log.Fatal(err)
	}

	// A relay, in this process or another one, sends the messages.
	err = outbox.Run(ctx, messages, outbox.Relay{
		Topics: []string{"parcels"},
		Handle: func(ctx context.Context, m *outbox.Message) error {
			fmt.Println(string(m.Body)) // publish it, with m.ID to recognize it when it comes twice
			stop()
			return nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output: AB-1 is on its way
}
