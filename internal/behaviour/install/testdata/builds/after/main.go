// After is the same program in its second version. See TestTwoBuilds.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/prom-go/prom"
)

// Event is the model of the second version.
type Event struct {
	prom.Model
	Name string    `prom:"size=1..20,index"`
	Kind string    `prom:"default=none,size=0..9"`
	At   time.Time `prom:"default=2024-01-01T00:00:00Z"`
	Note *string
	More *float64
	_    struct{} `prom:"index=kinds,on='kind, name',where='length(kind) > 0'"`
}

func main() {
	ctx := context.Background()
	events := prom.NewRepo[Event]()
	written, end := 0, time.Now().Add(2*time.Second)
	for time.Now().Before(end) {
		err := prom.Tx(ctx, func(ctx context.Context) error {
			e := Event{Name: "after", Kind: "k"}
			if err := events.Create(ctx, &e); err != nil {
				return err
			}
			_, err := events.Get(ctx, e.ID)
			return err
		}, prom.Retry(5))
		if err == nil {
			_, err = events.Where().Limit(5).All(ctx)
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		written++
	}
	fmt.Println(written)
}
