package prom_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/url"

	"github.com/prom-go/prom"
)

// Gadget is what the filters below are about.
type Gadget struct {
	prom.Model
	Name    string
	Price   int
	Secret  string
	Retired bool
}

var (
	gadget        = prom.Proto[Gadget]()
	gadgetName    = prom.TextOf(gadget, &gadget.Name)
	gadgetPrice   = prom.NumberOf(gadget, &gadget.Price)
	gadgetRetired = prom.FieldOf(gadget, &gadget.Retired)
)

// gadgetStore returns a repo with some gadgets, and its connection.
func gadgetStore(ctx context.Context, dsn string) (*prom.DB, *prom.Repo[Gadget]) {
	db, err := prom.Open(dsn)
	if err != nil {
		log.Fatal(err)
	}
	gadgets := prom.NewRepo[Gadget](prom.Using(db))
	if err := gadgets.CreateMany(ctx, []Gadget{{Name: "lamp", Price: 20}, {Name: "lamp, large", Price: 35}, {Name: "clock", Price: 50}, {Name: "radio", Price: 10, Retired: true}}); err != nil {
		log.Fatal(err)
	}
	return db, gadgets
}

// A filter turns the parameters of a URL into conditions, an order and a page. What it does not list is refused, with
// an error that may be shown to who has sent it.
func ExampleNewFilter() {
	ctx := context.Background()
	db, gadgets := gadgetStore(ctx, "sqlite://:memory:#gadgets")
	defer db.Close()

	filter := prom.NewFilter(gadgets,
		prom.FilterOn("name"),
		prom.FilterOn("price"),
		prom.FilterOn("_created").As("made").NoSort(),
	).PageSize(20, 100)

	for _, query := range []string{"name__contains=lamp&sort=-price", "price__between=15,60&size=1&page=2", "secret=x", "price__gt=cheap"} {
		values, err := url.ParseQuery(query)
		if err != nil {
			log.Fatal(err)
		}
		q, err := filter.Apply(gadgets.Where(gadgetRetired.Eq(false)), values)
		var wrong *prom.FilterError
		if errors.As(err, &wrong) {
			fmt.Println("400", wrong)
			continue
		}
		list, err := q.All(ctx)
		if err != nil {
			log.Fatal(err)
		}
		for _, g := range list {
			fmt.Println(g.Name, g.Price)
		}
	}
	// Output:
	// lamp, large 35
	// lamp 20
	// lamp, large 35
	// 400 parameter secret: there is no such parameter; allowed: name, price, made, sort, page, size
	// 400 parameter price__gt: it must be a whole number that the field can hold
}

// Conditions may be left out, and gathered in a loop.
func ExampleIf() {
	ctx := context.Background()
	db, gadgets := gadgetStore(ctx, "sqlite://:memory:#gadgets2")
	defer db.Close()

	search := func(name string, most int, prefixes ...string) *prom.Query[Gadget] {
		var anyOf []prom.Cond[*Gadget]
		for _, p := range prefixes {
			anyOf = append(anyOf, gadgetName.HasPrefix(p))
		}
		return gadgets.Where(
			prom.If(name != "", gadgetName.Contains(name)),
			prom.If(most > 0, gadgetPrice.Lte(most)),
			prom.If(len(anyOf) > 0, prom.Or(anyOf...)),
		)
	}
	for _, q := range []*prom.Query[Gadget]{search("", 0), search("lamp", 0), search("", 20), search("", 40, "la", "cl")} {
		n, err := q.Count(ctx)
		fmt.Println(n, err)
	}
	// Output:
	// 4 <nil>
	// 2 <nil>
	// 2 <nil>
	// 2 <nil>
}
