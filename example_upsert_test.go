package prom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Setting is found by its name.
type Setting struct {
	prom.Model
	Name  string `prom:"unique"`
	Value string
}

// Upsert inserts, or updates the row with the same key or unique fields, and reads back what is stored.
func ExampleRepo_Upsert() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#settings")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	settings := prom.NewRepo[Setting](prom.Using(db))

	for _, value := range []string{"dark", "light"} {
		s := Setting{Name: "theme", Value: value}
		if err := settings.Upsert(ctx, &s); err != nil {
			log.Fatal(err)
		}
		fmt.Println(s.ID, s.Value)
	}
	found := Setting{Name: "theme"}
	if err := settings.Load(ctx, &found); err != nil { // by the unique field that is set
		log.Fatal(err)
	}
	fmt.Println(found.ID, found.Value)
	// Output:
	// 1 dark
	// 1 light
	// 1 light
}
