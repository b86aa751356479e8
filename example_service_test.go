package prom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Ticket is what the help desk works on.
type Ticket struct {
	prom.Model
	Title string
	State string `prom:"choices=open|closed,default=open"`
	Votes int
}

var (
	ticket      = prom.Proto[Ticket]()
	ticketState = prom.TextOf(ticket, &ticket.State)
	ticketVotes = prom.NumberOf(ticket, &ticket.Votes)
)

// Desk is a service: the repo with queries of its own.
type Desk struct{ *prom.Repo[Ticket] }

// Urgent returns the query of the open tickets with the most votes, for callers to narrow down.
func (d Desk) Urgent() *prom.Query[Ticket] {
	return d.Where(ticketState.Eq("open")).OrderBy(ticketVotes.Desc())
}

// CloseOld closes the tickets that nobody votes for.
func (d Desk) CloseOld(ctx context.Context) (int, error) {
	return d.Where(ticketState.Eq("open"), ticketVotes.Eq(0)).Update(ctx, ticketState.Set("closed"))
}

// A repo is embedded in a service, which adds queries of its own to it.
func ExampleRepo() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#desk")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	desk := Desk{prom.NewRepo[Ticket](prom.Using(db))}

	for i, title := range []string{"printer", "coffee", "chair"} {
		t := desk.New() // with the defaults of its fields
		t.Title, t.Votes = title, i
		if err := desk.Create(ctx, t); err != nil {
			log.Fatal(err)
		}
	}
	closed, err := desk.CloseOld(ctx)
	if err != nil {
		log.Fatal(err)
	}
	first, err := desk.Urgent().First(ctx)
	if err != nil {
		log.Fatal(err)
	}
	left, err := desk.Urgent().Count(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(closed, first.Title, left)
	// Output: 1 chair 2
}
