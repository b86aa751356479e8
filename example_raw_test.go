package prom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom"
)

// Parcel is what the raw conditions below are about.
type Parcel struct {
	prom.Model
	Width, Height int
}

var parcel = prom.Proto[Parcel]()

var parcelWidth = prom.NumberOf(parcel, &parcel.Width)

// What the fields cannot say, SQL can: with a question mark for each argument, on every engine. A slice is one
// argument. Raw conditions mix with typed ones, and so do those of squirrel.
func ExampleRaw() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#post")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	parcels := prom.NewRepo[Parcel](prom.Using(db))
	if err := parcels.CreateMany(ctx, []Parcel{{Width: 2, Height: 3}, {Width: 4, Height: 5}, {Width: 6, Height: 1}}); err != nil {
		log.Fatal(err)
	}

	count := func(q *prom.Query[Parcel]) {
		n, err := q.Count(ctx)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(n)
	}
	count(parcels.Where(prom.Raw(parcel, "width * height > ?", 5)))
	count(parcels.Where(parcelWidth.Lt(5), prom.Not(prom.Raw(parcel, "width * height = ?", 20))))
	count(parcels.Where(prom.Sqlizer(parcel, squirrel.Or{squirrel.Gt{"height": 4}, squirrel.Eq{"width": []int{2, 6}}})))
	// Output:
	// 3
	// 1
	// 3
}
