package prom_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/prom-go/prom"
)

// Signal is a model of the example.
type Signal struct {
	prom.Model
	Name string
}

// An observer counts the rows that each table returns, and the calls that failed.
func ExampleOnEvent() {
	ctx := context.Background()
	rows, failures := map[string]int64{}, 0
	count := prom.OnEvent(func(_ context.Context, e *prom.Event) {
		switch {
		case e.Err != nil:
			failures++
		case e.Kind == prom.EventStatement && e.Op == "query":
			rows[e.Table] += e.Rows
		}
	})
	db, err := prom.Open("sqlite://:memory:#counted", count)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	signals := prom.NewRepo[Signal](prom.Using(db))
	if err := signals.CreateMany(ctx, []Signal{{Name: "a"}, {Name: "b"}}); err != nil {
		log.Fatal(err)
	}
	failures = 0 // of the insert that found no table, which was then created
	if _, err := signals.All(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println(rows["signal"], failures)
	// Output: 2 0
}

// The options of the log, for the connections of the environment too.
func ExampleLogger() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelInfo}))
	prom.Default.SetOptions(prom.Logger(logger), prom.LogSlow(200*time.Millisecond))
	defer prom.Default.SetOptions()
}
