package prom_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/prom-go/prom"
)

// Errand is a job of a queue.
type Errand struct {
	prom.Model
	What  string
	State string `prom:"choices=new|taken|done,default=new,index"`
	By    string
	Until time.Time // after which somebody else may take it
	Tries int
}

var (
	errand      = prom.Proto[Errand]()
	errandID    = prom.NumberOf(errand, &errand.ID)
	errandState = prom.TextOf(errand, &errand.State)
	errandBy    = prom.TextOf(errand, &errand.By)
	errandUntil = prom.TimeOf(errand, &errand.Until)
	errandTries = prom.NumberOf(errand, &errand.Tries)
)

func errandsOf(name string) (*prom.Repo[Errand], func() error) {
	db, err := prom.Open("sqlite://:memory:#" + name)
	if err != nil {
		log.Fatal(err)
	}
	errands := prom.NewRepo[Errand](prom.Using(db))
	if err := errands.CreateMany(context.Background(), []Errand{{What: "milk", State: "new"}, {What: "bread", State: "new"}, {What: "stamps", State: "new"}}); err != nil {
		log.Fatal(err)
	}
	return errands, db.Close
}

// A claim takes jobs from a queue: each goes to one worker, however many there are.
func ExampleClaim() {
	errands, done := errandsOf("errands")
	defer done()
	ctx := context.Background()
	take := func(ctx context.Context, worker string, n int) ([]Errand, error) {
		now := time.Now()
		open := prom.Or(errandState.Eq("new"), prom.And(errandState.Eq("taken"), errandUntil.Lt(now)))
		return prom.Claim(ctx, errands.Where(open).OrderBy(errandID.Asc()), n,
			errandState.Set("taken"), errandBy.Set(worker), errandUntil.Set(now.Add(time.Minute)), errandTries.Add(1))
	}
	for _, worker := range []string{"ann", "bob", "cid"} {
		list, err := take(ctx, worker, 2)
		if err != nil {
			log.Fatal(err)
		}
		for _, e := range list {
			fmt.Println(e.By, e.What)
		}
	}
	// Output:
	// ann milk
	// ann bread
	// bob stamps
}

// Rows that are read to be changed are locked in the transaction.
func ExampleQuery_ForUpdate() {
	errands, done := errandsOf("errands2")
	defer done()
	ctx := context.Background()
	finish := func(id int64) error {
		return errands.Tx(ctx, func(ctx context.Context) error {
			e, err := errands.Where(errandID.Eq(id)).ForUpdate().First(ctx)
			if err != nil {
				return err
			}
			if e.State == "done" {
				return fmt.Errorf("%s: nothing to do", e.What)
			}
			e.State = "done"
			return errands.Save(ctx, e)
		})
	}
	fmt.Println(finish(1))
	fmt.Println(finish(1))
	// Output:
	// <nil>
	// milk: nothing to do
}

// A batch works by query as well: everything in one round trip and one transaction.
func ExampleBatchOf_UpdateWhere() {
	errands, done := errandsOf("errands3")
	defer done()
	ctx := context.Background()
	var b prom.Batch
	ops := prom.Queue(&b, errands)
	taken := ops.UpdateWhere(errands.Where(errandID.Lte(2)), errandState.Set("taken"))
	left := ops.Count(errands.Where(errandState.Eq("new")))
	names := prom.BatchAll(&b, prom.Pluck(errands.OrderBy(errandID.Asc()), errandState))
	if err := b.Run(ctx); err != nil {
		log.Fatal(err)
	}
	n, _ := taken.Value() // when Run has succeeded, these cannot fail
	m, _ := left.Value()
	states, _ := names.Value()
	fmt.Println(n, m, states)
	// Output: 2 1 [taken taken new]
}
