package prom_test

import (
	"context"
	"log"
	"time"

	"github.com/prom-go/prom"
)

// Stay is the use of a room for some time.
type Stay struct {
	prom.Model
	Room   string
	During prom.Range[time.Time] `prom:"index,using=gist"`
	Beds   prom.Range[int]
}

var (
	stay       = prom.Proto[Stay]()
	stayID     = prom.NumberOf(stay, &stay.ID)
	stayRoom   = prom.TextOf(stay, &stay.Room)
	stayDuring = prom.RangeOf(stay, &stay.During)
	stayBeds   = prom.RangeOf(stay, &stay.Beds)
)

var stays = prom.NewRepo[Stay](prom.On("rooms"))

// Ranges of times and numbers.
func ExampleRange() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#rooms")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	noon := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	if err := stays.CreateMany(ctx, []Stay{
		{Room: "blue", During: prom.NewRange(noon.AddDate(0, 0, -2), noon), Beds: prom.ClosedRange(1, 2)},
		{Room: "green", During: prom.NewRange(noon, noon.AddDate(0, 0, 3)), Beds: prom.ClosedRange(1, 4)},
		{Room: "green", During: prom.RangeFrom(noon.AddDate(0, 0, 2)), Beds: prom.NewRange(2, 4)},
	}); err != nil {
		log.Fatal(err)
	}

	// Stays that somebody who comes at noon, for a day, would meet.
	printAll(prom.Pluck(stays.Where(stayDuring.Overlaps(prom.NewRange(noon, noon.AddDate(0, 0, 1)))), stayRoom).All(ctx))
	printAll(prom.Pluck(stays.Where(stayDuring.Contains(noon), stayBeds.Contains(3)), stayRoom).All(ctx))

	// Stays that meet another one in the same room.
	both := prom.Correlate(stay, stay)
	printAll(prom.Pluck(stays.Where(prom.Exists(stay, stays.Query(), prom.Match(stayRoom, stayRoom),
		prom.Ne(prom.Inner(both, stayID), prom.Outer(both, stayID)),
		prom.RangeOverlaps(prom.Inner(both, stayDuring), prom.Outer(both, stayDuring)))), stayRoom).All(ctx))
	printAll(prom.Pluck(stays.Query(), prom.RangeUpper(stayBeds)).OrderBy(prom.RangeUpper(stayBeds).Asc()).All(ctx))

	// Conditions on two ranges: of the stay and of another one.
	this, other := prom.Outer(both, stayDuring), prom.Inner(both, stayDuring)
	rooms := func(cond prom.Cond[*prom.Correlation[*Stay, *Stay]]) {
		another := prom.Ne(prom.Inner(both, stayID), prom.Outer(both, stayID))
		printAll(prom.Pluck(stays.Where(prom.Exists(stay, stays.Query(), another, cond)), stayID).All(ctx))
	}
	rooms(prom.RangeBefore(this, other))
	rooms(prom.RangeAdjacent(this, other))
	rooms(prom.RangeContainsRange(this, other))
	rooms(prom.RangeIsEmpty(other))

	// Output:
	// [green]
	// [green]
	// [green green]
	// [3 4 5]
	// [1]
	// [1 2]
	// []
	// []
}
