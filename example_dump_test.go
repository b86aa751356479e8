package prom_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/prom-go/prom"
)

// Rows go from one database to another, of either engine, as lines of JSON.
func ExampleDump() {
	ctx := context.Background()
	var registry prom.Registry
	from, _ := registry.Open("sqlite://:memory:#from")
	to, _ := registry.Open("sqlite://:memory:#to")
	defer registry.Close()
	venues, concerts := prom.NewRepo[Venue](prom.Using(from)), prom.NewRepo[Concert](prom.Using(from))
	hall := Venue{Name: "Hall", Seats: 100}
	_ = venues.Create(ctx, &hall)
	_ = concerts.Create(ctx, &Concert{Venue: prom.NewRef[Venue](hall.ID), Title: "First night", Email: "box@example.com"})

	move := func() error {
		var dump bytes.Buffer
		if err := prom.Dump(ctx, &dump, concerts, venues); err != nil {
			return err
		}
		return prom.Restore(ctx, &dump, concerts.Using(to), venues.Using(to))
	}
	if err := move(); err != nil {
		fmt.Println(err)
	}
	c, err := concerts.Using(to).Query().First(ctx)
	fmt.Println(c.Title, c.Venue.Key(), err)
	// Output: First night 1 <nil>
}

// A database tells what is in it.
func ExampleDB_Describe() {
	ctx := context.Background()
	db, _ := new(prom.Registry).Open("sqlite://:memory:")
	defer db.Close()
	_ = prom.NewRepo[Concert](prom.Using(db)).Install(ctx)

	list := func() error {
		tables, err := db.Tables(ctx)
		if err != nil {
			return err
		}
		for _, name := range tables {
			found, err := db.Describe(ctx, name)
			if err != nil {
				return err
			}
			for _, c := range found.Columns {
				fmt.Println(name, c.Name, c.Kind, c.NotNull)
			}
		}
		return nil
	}
	if err := list(); err != nil {
		fmt.Println(err)
	}
	if err := prom.UnsafeDropAll(ctx, db); err != nil {
		fmt.Println(err)
	}
	// Output:
	// concert venue int64 true
	// concert title text true
	// concert email text true
	// concert sold int64 true
	// concert _id int64 true
	// concert _created time true
	// concert _updated time true
	// venue name text true
	// venue city text true
	// venue seats int64 true
	// venue _id int64 true
	// venue _created time true
	// venue _updated time true
}
