package prom_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Part is something that is kept in stock.
type Part struct {
	Code string `prom:"key,max=20"`
	N    int
}

var (
	parts = prom.NewRepo[Part](prom.On("stock"))
	part  = prom.Proto[Part]()
	partN = prom.NumberOf(part, &part.N)
)

// OnCommit tells of every write of a repo, also of many rows and by query, once it has been committed.
func ExampleOnCommit() {
	ctx := context.Background()
	// What is kept of a part in memory is dropped when it is out of date, however it was written.
	stock := map[string]Part{}
	forget := func(_ context.Context, c prom.Committed) {
		fmt.Println(c.Op, c.Table, c.Rows, c.Keys)
		for _, key := range c.Keys {
			delete(stock, key[0].(string))
		}
	}
	db, err := prom.Open("sqlite://:memory:#stock", prom.OnCommit(forget, parts))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	if err := parts.CreateMany(ctx, []Part{{"bolt", 10}, {"nut", 20}, {"screw", 0}}); err != nil {
		log.Fatal(err)
	}
	all, err := parts.Query().All(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range all {
		stock[p.Code] = p
	}

	err = db.Tx(ctx, func(ctx context.Context) error {
		if _, err := parts.Where(partN.Gt(0)).Update(ctx, partN.Add(5)); err != nil {
			return err
		}
		return errors.New("the order was canceled") // so nothing has been written
	})
	fmt.Println(err, len(stock))
	if _, err = parts.Where(partN.Gt(0)).Update(ctx, partN.Add(5)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(stock))
	// Output:
	// insert part 3 [[bolt] [nut] [screw]]
	// the order was canceled 3
	// update part 2 [[bolt] [nut]]
	// 1
}
