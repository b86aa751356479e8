package prom_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync"

	"github.com/prom-go/prom"
)

// Reading is one of very many. It does without prom.Model: it is written once, so nothing needs to know what changed.
type Reading struct {
	ID     int64  `prom:"key,auto"`
	Sensor string `prom:"nonempty"`
	Value  int    `prom:"min=0"`
}

var (
	reading      = prom.Proto[Reading]()
	readingID    = prom.NumberOf(reading, &reading.ID)
	readingValue = prom.NumberOf(reading, &reading.Value)
)

// CreateMany inserts all values or none of them, and sets the keys that the database made, in the order of the values.
func ExampleRepo_CreateMany() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#many")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	readings := prom.NewRepo[Reading](prom.Using(db))

	list := make([]Reading, 5000)
	for i := range list {
		list[i] = Reading{Sensor: "roof", Value: i}
	}
	if err := readings.CreateMany(ctx, list); err != nil {
		log.Fatal(err)
	}
	fmt.Println(list[0].ID, list[4999].ID)

	// One of them breaks a rule, so that none is inserted and none is changed.
	more := []Reading{{Sensor: "cellar", Value: 7}, {Sensor: "cellar", Value: -1}}
	err = readings.CreateMany(ctx, more)
	fmt.Println(errors.Is(err, prom.ErrValidation), more[0].ID)
	n, err := readings.Count(ctx)
	fmt.Println(n, err)
	// Output:
	// 1 5000
	// true 0
	// 5000 <nil>
}

// Stream is the quickest way through many rows: one statement, whose rows are used as they come.
func ExampleQuery_Stream() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#stream")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	readings := prom.NewRepo[Reading](prom.Using(db))
	list := make([]Reading, 1000)
	for i := range list {
		list[i] = Reading{Sensor: "roof", Value: i}
	}
	if err := readings.CreateMany(ctx, list); err != nil {
		log.Fatal(err)
	}

	sum := func(ctx context.Context) (total int, err error) {
		// Stream reads the rows of one snapshot as they come. It holds a connection until the loop ends.
		for s, err := range readings.Where(readingValue.Gte(500)).OrderBy(readingID.Asc()).Stream(ctx) {
			if err != nil {
				return 0, err
			}
			total += s.Value
		}
		return total, nil
	}
	fmt.Println(sum(ctx))
	// Output: 374750 <nil>
}

// With BatchGets, calls of Get that are made while others are in flight share a statement. Nothing else
// changes: each has its own value and its own error.
func ExampleBatchGets() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#coalesce")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	readings := prom.NewRepo[Reading](prom.Using(db), prom.BatchGets())
	if err := readings.CreateMany(ctx, []Reading{{Sensor: "a", Value: 1}, {Sensor: "b", Value: 2}, {Sensor: "c", Value: 3}}); err != nil {
		log.Fatal(err)
	}

	var wg sync.WaitGroup
	var mu sync.Mutex
	total, gone := 0, 0
	for i := range 40 {
		wg.Go(func() {
			s, err := readings.Get(ctx, i%4+1) // there is no fourth
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, prom.ErrNotFound):
				gone++
			case err != nil:
				log.Print(err)
			default:
				total += s.Value
			}
		})
	}
	wg.Wait()
	fmt.Println(total, gone)
	// Output: 60 10
}
