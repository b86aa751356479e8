package prom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Visit is stored on the connection named stats, wherever that is.
type Visit struct {
	prom.Model
	Page string
}

var visits = prom.NewRepo[Visit](prom.On("stats"))

// A DSN's fragment names the connection, and a repo says which one it is for. The DSNs come from the environment
// (PROM_DSN, PROM_DSN_1 and so on) or, as here, from the program.
func ExampleOpen() {
	ctx := context.Background()
	for _, dsn := range []string{"sqlite://:memory:#stats", "sqlite://:memory:#archive"} {
		db, err := prom.Open(dsn)
		if err != nil {
			log.Fatal(err)
		}
		defer db.Close()
	}

	if err := visits.Create(ctx, &Visit{Page: "/"}); err != nil {
		log.Fatal(err)
	}
	for _, repo := range []*prom.Repo[Visit]{visits, visits.On("archive")} {
		db, err := repo.DB()
		if err != nil {
			log.Fatal(err)
		}
		n, err := repo.Count(ctx)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(db, n)
	}
	// Output:
	// sqlite://:memory:#stats 1
	// sqlite://:memory:#archive 0
}
