package prom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Delivery is a parcel on its way.
type Delivery struct {
	prom.Model
	Place string
}

// A watch gives rows as they are committed, and goes on where another one ended.
func ExampleWatch() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	db, err := prom.Open("sqlite://:memory:#parcels")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	deliveries := prom.NewRepo[Delivery](prom.Using(db))
	if err := deliveries.CreateMany(ctx, []Delivery{{Place: "Oslo"}, {Place: "Bergen"}}); err != nil {
		log.Fatal(err)
	}

	saved := "" // where the program keeps its place: a file, a row, a key of a cache
	follow := func(ctx context.Context, handle func(*Delivery) error) error {
		at := prom.NewWatchCursor(saved)
		for d, err := range prom.Watch(ctx, deliveries.Query(), prom.WatchResume(at), prom.WatchFromStart(), prom.WatchTrigger()) {
			if err != nil {
				return err
			}
			if err := handle(d); err != nil {
				return err
			}
			saved = at.String() // it has been handled, and does not come again
		}
		return nil // ctx has ended
	}

	seen := 0
	for range 2 { // the program is started twice
		ctx, cancel := context.WithCancel(ctx)
		err := follow(ctx, func(d *Delivery) error {
			fmt.Println(d.Place)
			switch seen++; seen {
			case 1:
				cancel() // it is stopped after the first
			case 2:
				return deliveries.Create(ctx, &Delivery{Place: "Narvik"})
			case 3:
				cancel()
			}
			return nil
		})
		if err != nil {
			log.Fatal(err)
		}
		cancel()
	}
	// Output:
	// Oslo
	// Bergen
	// Narvik
}
