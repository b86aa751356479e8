package prom_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/prom-go/prom"
)

// Booking is of a room, from a day until another.
type Booking struct {
	prom.Model
	Room  string
	Guest string
	From  int
	Until int
}

var (
	bookings     = prom.NewRepo[Booking](prom.On("hotel"))
	booking      = prom.Proto[Booking]()
	bookingID    = prom.NumberOf(booking, &booking.ID)
	bookingRoom  = prom.TextOf(booking, &booking.Room)
	bookingGuest = prom.TextOf(booking, &booking.Guest)
	bookingFrom  = prom.NumberOf(booking, &booking.From)
	bookingUntil = prom.NumberOf(booking, &booking.Until)
)

// hotel fills the database of the examples.
func hotel(ctx context.Context) *prom.DB {
	db, err := prom.Open("sqlite://:memory:#hotel")
	if err != nil {
		log.Fatal(err)
	}
	if err := bookings.CreateMany(ctx, []Booking{{Room: "A1", Guest: "ada", From: 1, Until: 5}, {Room: "A1", Guest: "bob", From: 4, Until: 7},
		{Room: "B2", Guest: "ada", From: 5, Until: 6}}); err != nil {
		log.Fatal(err)
	}
	return db
}

// A subquery is linked to the row around it by any condition on both.
func ExampleCorrelate() {
	ctx := context.Background()
	db := hotel(ctx)
	defer db.Close()

	// Bookings whose days overlap with those of another one of the same room.
	both := prom.Correlate(booking, booking) // another booking beside this one
	overlap := prom.Exists(booking, bookings.Query(), prom.Match(bookingRoom, bookingRoom),
		prom.Ne(prom.Inner(both, bookingID), prom.Outer(both, bookingID)),
		prom.Lt(prom.Inner(both, bookingFrom), prom.Outer(both, bookingUntil)),
		prom.Gt(prom.Inner(both, bookingUntil), prom.Outer(both, bookingFrom)))
	printAll(prom.Pluck(bookings.Where(overlap).OrderBy(bookingID.Asc()), bookingGuest).All(ctx))

	// How many bookings the same guest had before.
	before := prom.CorrelatedSubquery(prom.Pluck(bookings.Query(), prom.Count(booking)), prom.Match(bookingGuest, bookingGuest),
		prom.Lt(prom.Inner(both, bookingFrom), prom.Outer(both, bookingFrom)))
	printAll(prom.Pluck2(bookings.OrderBy(bookingID.Asc()), bookingGuest, before).All(ctx))
	// Output:
	// [ada bob]
	// [{ada 0} {bob 0} {ada 1}]
}

// Several columns are compared together.
func ExampleRow2() {
	ctx := context.Background()
	db := hotel(ctx)
	defer db.Close()

	days := prom.Row2(bookingRoom, bookingFrom)
	printAll(prom.Pluck(bookings.Where(days.In(prom.Pair[string, int]{A: "A1", B: 4}, prom.Pair[string, int]{A: "B2", B: 4})), bookingGuest).All(ctx))
	// The first booking of each room, by its day.
	firsts := prom.Pluck2(bookings.Query(), bookingRoom, prom.Min(bookingFrom))
	printAll(prom.Pluck(bookings.Where(days.InQuery(firsts)), bookingID).All(ctx))
	// Output:
	// [bob]
	// [1 3]
}

// The first rows of each group are rows as any others.
func ExampleLimitBy() {
	ctx := context.Background()
	db := hotel(ctx)
	defer db.Close()

	last := prom.LimitBy(bookings.OrderBy(bookingFrom.Desc()), 1, bookingGuest) // of each guest
	list, err := last.Where(bookingUntil.Lt(9)).OrderBy(bookingGuest.Asc()).All(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, b := range list {
		fmt.Println(b.Guest, b.Room, b.From)
	}
	// Rooms by their last day, each once.
	printAll(prom.Pluck(bookings.Query(), bookingRoom).GroupBy(bookingRoom).OrderBy(prom.Max(bookingUntil).Desc()).All(ctx))
	// The days of the two first bookings together.
	days, err := prom.Scalar(ctx, bookings.OrderBy(bookingFrom.Asc()).Limit(2), prom.Sum(prom.Minus(bookingUntil, bookingFrom)))
	fmt.Println(days, err)
	// Output:
	// ada B2 5
	// bob A1 4
	// [A1 B2]
	// 7 <nil>
}

// Area lies in another.
type Area struct {
	prom.Model
	Name  string
	In    *prom.Ref[Area]
	Depth int      `prom:"computed"`
	Path  []string `prom:"computed"`
}

// A tree is read with the depth and the path of each row.
func ExampleTreePath() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#areas")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	areas := prom.NewRepo[Area](prom.Using(db))
	area := prom.Proto[Area]()
	areaName, areaIn := prom.TextOf(area, &area.Name), prom.NullRefOf(area, &area.In)
	var in *prom.Ref[Area]
	for _, name := range []string{"Earth", "Peru", "Cusco", "Pisac"} {
		a := Area{Name: name, In: in}
		if err := areas.Create(ctx, &a); err != nil {
			log.Fatal(err)
		}
		in = new(prom.NewRef[Area](a.ID))
	}

	list, err := areas.Where(prom.DescendantsWithin(2, areaIn, areaName.Eq("Earth"))).OrderBy(prom.TreeDepth(areaIn).Desc()).Compute(
		prom.Col(&area.Depth, prom.TreeDepth(areaIn)),
		prom.Col(&area.Path, prom.TreePath(areaIn, areaName))).All(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range list {
		fmt.Println(a.Depth, strings.Join(a.Path, "/"))
	}
	// Output:
	// 2 Earth/Peru/Cusco
	// 1 Earth/Peru
}
