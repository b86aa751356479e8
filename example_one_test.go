package prom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Seat has a key of two columns.
type Seat struct {
	Row     string `prom:"key"`
	Number  int    `prom:"key"`
	Price   int
	Tickets prom.Many[Ticketed]
}

// Ticketed is a ticket for a seat.
type Ticketed struct {
	prom.Model
	SeatRow    string
	SeatNumber int
	Guest      string
	Seat       prom.CompositeRef[Seat] `prom:"on='seat_row, seat_number'"` // in the order of the seat's key
}

var (
	seat          = prom.Proto[Seat]()
	ticketed      = prom.Proto[Ticketed]()
	seatPrice     = prom.NumberOf(seat, &seat.Price)
	seatTickets   = prom.ManyOf(seat, &seat.Tickets)
	ticketedGuest = prom.TextOf(ticketed, &ticketed.Guest)
	ticketedSeat  = prom.CompositeRefOf(ticketed, &ticketed.Seat)
)

// A row with a key of several columns is referred to by several columns.
func Example_referenceOfSeveralColumns() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#theatre")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	seats, tickets := prom.NewRepo[Seat](prom.Using(db)), prom.NewRepo[Ticketed](prom.Using(db))

	seat := Seat{Row: "B", Number: 7, Price: 40}
	if err := seats.Create(ctx, &seat); err != nil {
		log.Fatal(err)
	}
	ticket := Ticketed{Guest: "Ada"}
	if err := ticketedSeat.Set(&ticket, &seat); err != nil {
		log.Fatal(err)
	}
	if err := tickets.Create(ctx, &ticket); err != nil {
		log.Fatal(err)
	}

	list, err := tickets.Where(ticketedSeat.Has(seatPrice.Lt(50))).With(ticketedSeat).All(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range list {
		if s, ok := t.Seat.Get(); ok {
			fmt.Println(t.Guest, "sits at", s.Row, s.Number)
		}
	}
	of, err := seats.With(seatTickets.OrderBy(ticketedGuest.Asc())).Get(ctx, "B", 7)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(of.Tickets.Rows()), "ticket")
	// Output:
	// Ada sits at B 7
	// 1 ticket
}
