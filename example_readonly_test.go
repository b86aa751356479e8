package prom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Purchase has columns that the database fills.
type Purchase struct {
	prom.Model
	Buyer    string
	Price    int64
	Quantity int64
	Total    int64  `prom:"generated='price * quantity'"` // never written, and back after each write
	State    string `prom:"readonly,default=open"`
}

// Spending is a row of a view, which adds the purchases up.
type Spending struct {
	_     struct{} `prom:"view"`
	Buyer string   `prom:"key"`
	Total int64
}

var (
	purchase      = prom.Proto[Purchase]()
	purchasePrice = prom.NumberOf(purchase, &purchase.Price)
	purchaseTotal = prom.NumberOf(purchase, &purchase.Total)
)

// A generated column is computed by the database, and a model of a view reads what others have made.
func Example_generatedColumnsAndViews() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#shopping")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	purchases, spendings := prom.NewRepo[Purchase](prom.Using(db)), prom.NewRepo[Spending](prom.Using(db))

	p := Purchase{Buyer: "Ada", Price: 7, Quantity: 3}
	if err := purchases.Create(ctx, &p); err != nil {
		log.Fatal(err)
	}
	fmt.Println(p.Total, p.State)
	if _, err := purchases.Where(purchaseTotal.Gt(20)).Update(ctx, purchasePrice.Set(8)); err != nil {
		log.Fatal(err)
	}
	_, err = prom.RawExec(ctx, db, "CREATE VIEW spending AS SELECT buyer, sum(total) AS total FROM purchase GROUP BY buyer")
	if err != nil {
		log.Fatal(err)
	}
	s, err := spendings.Get(ctx, "Ada")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Buyer, s.Total)
	fmt.Println(spendings.Create(ctx, s))
	// Output:
	// 21 open
	// Ada 24
	// prom: insert spending: invalid value: the model is one of a view, which is only read
}
