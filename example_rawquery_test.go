package prom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Crate is what the raw statements below are about.
type Crate struct {
	prom.Model
	Shelf  string
	Weight int
	Note   *string
}

// shelfLoad is no model: its fields are found by the names of the result's columns.
type shelfLoad struct {
	Shelf  string
	Crates int
	Total  int `prom:"total_weight"`
}

// Statements of one's own are read into structs, models, maps and single values, and may write.
func ExampleRawQuery() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#crates")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	crates := prom.NewRepo[Crate](prom.Using(db))
	if err := crates.CreateMany(ctx, []Crate{{Shelf: "a", Weight: 3}, {Shelf: "a", Weight: 4}, {Shelf: "b", Weight: 5}}); err != nil {
		log.Fatal(err)
	}

	loads, err := prom.RawQuery[shelfLoad](crates, `
		SELECT shelf, count(*) AS crates, sum(weight) AS total_weight
		FROM crate WHERE weight > ? GROUP BY shelf ORDER BY shelf`, 1).All(ctx)
	fmt.Println(loads, err)

	heaviest, err := prom.RawQuery[int](crates, "SELECT max(weight) FROM crate").First(ctx)
	fmt.Println(heaviest, err)

	row, err := prom.RawQuery[map[string]any](db, "SELECT shelf, note FROM crate WHERE _id = ?", 1).First(ctx)
	fmt.Println(row["shelf"], row["note"], err)

	n, err := prom.RawExec(ctx, crates, "UPDATE crate SET shelf = ? WHERE weight < ?", "c", 5)
	fmt.Println(n, err)

	crate, err := prom.RawQuery[Crate](crates, "SELECT _id, weight FROM crate WHERE shelf = ? ORDER BY _id LIMIT 1", "c").First(ctx)
	if err != nil {
		log.Fatal(err)
	}
	crate.Weight++
	err = crates.Save(ctx, &crate) // writes the one column that has changed
	fmt.Println(crate.Shelf, crate.Weight, err)
	// Output:
	// [{a 2 7} {b 1 5}] <nil>
	// 5 <nil>
	// a <nil> <nil>
	// 2 <nil>
	// c 4 <nil>
}
