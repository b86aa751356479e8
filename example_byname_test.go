package prom_test

import (
	"context"
	"fmt"
	"log"
	"maps"
	"net/url"
	"slices"

	"github.com/prom-go/prom"
)

// Shirt is what the filters below are about.
type Shirt struct {
	prom.Model
	Color string
	Size  int
}

// Filters that arrive as text, such as those of a URL, find their columns by name and convert their values. A wrong
// name or value is an error before any SQL.
func ExampleFieldByName() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#shop")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	shirts := prom.NewRepo[Shirt](prom.Using(db))
	if err := shirts.CreateMany(ctx, []Shirt{{Color: "red", Size: 38}, {Color: "red", Size: 40}, {Color: "blue", Size: 40}}); err != nil {
		log.Fatal(err)
	}

	for _, filter := range []string{"color=red&size=40", "color=red", "size=large", "shape=round"} {
		n, err := countBy(ctx, shirts, filter)
		fmt.Println(n, err)
	}
	// Output:
	// 1 <nil>
	// 2 <nil>
	// 0 prom: count shirt: invalid value: Size: it must be a whole number
	// 0 prom: query shirt: invalid value: Shirt has no column "shape"; its columns are color, size, _id, _created, _updated
}

func countBy(ctx context.Context, shirts *prom.Repo[Shirt], filter string) (int, error) {
	values, err := url.ParseQuery(filter)
	if err != nil {
		return 0, err
	}
	q := shirts.Query()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		field, err := prom.FieldByName(shirts, name)
		if err != nil {
			return 0, err
		}
		q = q.Where(field.Eq(values.Get(name)))
	}
	return q.Count(ctx)
}
