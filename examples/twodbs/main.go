// Twodbs keeps current orders in one database and moves the old ones to another. Connections are named by the
// fragments of their DSNs. Without any set-up both databases are in memory; else the environment names them, in any mix
// of engines:
//
//	go run ./examples/twodbs
//	PROM_DSN_1=sqlite://main.db#main PROM_DSN_2=postgres://user@host/db#archive go run ./examples/twodbs
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/prom-go/prom"
)

// Order is stored on the connection that its repo names.
type Order struct {
	prom.Model
	Number string `prom:"unique"`
	Placed time.Time
	Cents  int64 `prom:"min=0"`
}

var (
	order   = prom.Proto[Order]()
	orders  = prom.NewRepo[Order](prom.On("main"))
	archive = orders.On("archive")

	orderNumber = prom.TextOf(order, &order.Number)
	orderPlaced = prom.TimeOf(order, &order.Placed)
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	if os.Getenv("PROM_DSN_1") == "" && os.Getenv("PROM_DSN_2") == "" {
		for _, dsn := range []string{"sqlite://:memory:#main", "sqlite://:memory:#archive"} {
			if _, err := prom.Open(dsn); err != nil {
				return err
			}
		}
	}
	defer func() { err = errors.Join(err, prom.Close()) }()

	for year := 2021; year <= 2024; year++ {
		o := Order{Number: fmt.Sprint("A-", year), Placed: time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC), Cents: 1999}
		if err := orders.Upsert(ctx, &o, orderNumber); err != nil {
			return err
		}
	}
	moved, err := move(ctx, time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "moved %d\n", moved)

	for _, repo := range []*prom.Repo[Order]{orders, archive} {
		db, err := repo.DB()
		if err != nil {
			return err
		}
		list, err := repo.OrderBy(orderNumber.Asc()).All(ctx)
		if err != nil {
			return err
		}
		for _, o := range list {
			fmt.Fprintf(out, "%s: %s\n", db.Name(), o.Number)
		}
	}
	return nil
}

// move moves the orders placed before a day. No transaction spans two databases, so the order of the steps must be safe
// at every point: the copy is committed before the original goes, and copying again changes nothing.
func move(ctx context.Context, before time.Time) (n int, err error) {
	for o, err := range orders.Where(orderPlaced.Lt(before)).Each(ctx) {
		if err != nil {
			return n, err
		}
		old := Order{Number: o.Number, Placed: o.Placed, Cents: o.Cents}
		if err := archive.Upsert(ctx, &old, orderNumber); err != nil {
			return n, err
		}
		if err := orders.Delete(ctx, o); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
