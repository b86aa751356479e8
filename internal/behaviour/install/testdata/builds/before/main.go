// Before is a program in its first version. See TestTwoBuilds.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/prom-go/prom"
)

// Event is the model of the first version.
type Event struct {
	prom.Model
	Name string `prom:"size=1..20"`
}

func main() {
	ctx := context.Background()
	events := prom.NewRepo[Event]()
	written, end := 0, time.Now().Add(2*time.Second)
	for time.Now().Before(end) {
		err := prom.Tx(ctx, func(ctx context.Context) error {
			e := Event{Name: "before"}
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
