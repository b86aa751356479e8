package prom_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/prom-go/prom"
)

// Two models of one name, in the schemas auth and billing.
type SignIn struct {
	prom.Model
	Email string `prom:"unique"`
}

func (SignIn) TableName() string { return "auth.user" }

type Customer struct {
	prom.Model
	SignIn  prom.Ref[SignIn]
	Company string
}

func (Customer) TableName() string { return "billing.user" }

var (
	signIn         = prom.Proto[SignIn]()
	customer       = prom.Proto[Customer]()
	signInEmail    = prom.TextOf(signIn, &signIn.Email)
	customerSignIn = prom.RefOf(customer, &customer.SignIn)
)

// Models name tables of other schemas. On SQLite these are files that the DSN attaches.
func Example_schemas() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "schemas")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	file := filepath.ToSlash(folder)
	db, err := new(prom.Registry).Open("sqlite://" + file + "/app.db?attach=auth:" + file +
		"/auth.db&attach=billing:" + file + "/billing.db")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	signIns, customers := prom.NewRepo[SignIn](prom.Using(db)), prom.NewRepo[Customer](prom.Using(db))

	ada := SignIn{Email: "ada@example.com"}
	if err := signIns.Create(ctx, &ada); err != nil {
		log.Fatal(err)
	}
	if err := customers.Create(ctx, &Customer{SignIn: prom.RefTo(&ada), Company: "Engines"}); err != nil {
		log.Fatal(err)
	}
	c, err := customers.Where(customerSignIn.Has(signInEmail.HasPrefix("ada"))).With(customerSignIn).One(ctx)
	if err != nil {
		log.Fatal(err)
	}
	owner, _ := c.SignIn.Get()
	fmt.Println(c.Company, owner.Email)
	// Output:
	// Engines ada@example.com
}
