package prom_test

import (
	"context"
	"fmt"
	"time"

	"github.com/prom-go/prom"
)

// Pulse is a measurement. On PostgreSQL its table has a partition for each month.
type Pulse struct {
	_      struct{}  `prom:"partition=month(at)"`
	ID     int64     `prom:"key,auto"`
	At     time.Time `prom:"key"`
	Device string    `prom:"index"`
	Beats  int
}

// keepPartitions is a job that runs once a day: it makes the partitions of the next three months, and detaches those
// that are older than a year.
func keepPartitions(ctx context.Context, pulses *prom.Repo[Pulse]) error {
	plan, err := prom.Partitions(ctx, pulses, prom.Ahead(3), prom.Keep(12))
	if err != nil {
		return err
	}
	_, err = prom.Apply(ctx, plan, prom.Additive, prom.Locking)
	return err
}

// A table that is partitioned by months on PostgreSQL is an ordinary one on SQLite, where the job has nothing to do.
func ExamplePartitions() {
	ctx := context.Background()
	db, err := new(prom.Registry).Open("sqlite://:memory:")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	pulses := prom.NewRepo[Pulse](prom.Using(db))

	p := Pulse{At: time.Now(), Device: "left wrist", Beats: 61}
	fmt.Println(pulses.Create(ctx, &p))
	fmt.Println(keepPartitions(ctx, pulses))
	got, err := pulses.Get(ctx, p.ID, p.At)
	fmt.Println(got.Beats, err)
	// Output:
	// <nil>
	// <nil>
	// 61 <nil>
}
