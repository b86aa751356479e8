package prom_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/prom-go/prom"
)

// Shipment has rules of its own, and leaves a line in the log book whenever its place changes.
type Shipment struct {
	prom.Model
	Code     string `prom:"size=4..12,unique"`
	Place    string `prom:"nonempty"`
	Grams    int    `prom:"min=1"`
	MaxGrams int

	was string // the place where it was when it was loaded; not a column
}

// LogLine is a line of the log book.
type LogLine struct {
	prom.Model
	Shipment prom.Ref[Shipment] `prom:"shipment_id,index"`
	Text     string
}

var (
	shipments = prom.NewRepo[Shipment](prom.On("depot"))
	logLines  = prom.NewRepo[LogLine](prom.On("depot"))
)

// BeforeSave brings the code into the form that it is stored in. What it changes is written with the rest.
func (s *Shipment) BeforeSave(context.Context) error {
	s.Code = strings.ToUpper(strings.TrimSpace(s.Code))
	return nil
}

// Validate adds a rule that spans fields.
func (s *Shipment) Validate(context.Context) error {
	var broken prom.Violations
	if s.Grams > s.MaxGrams {
		broken.Add("Grams", "it must not be more than MaxGrams")
	}
	return broken.Err()
}

// AfterSave writes to another table, in the transaction of the write, and tells others when all of it has been
// committed.
func (s *Shipment) AfterSave(ctx context.Context) error {
	if s.Place == s.was {
		return nil
	}
	line := LogLine{Shipment: prom.NewRef[Shipment](s.ID), Text: "now in " + s.Place}
	if err := logLines.Create(ctx, &line); err != nil {
		return err
	}
	return prom.AfterCommit(ctx, func(context.Context) {
		fmt.Printf("told the owner of %s: %s\n", s.Code, line.Text)
	})
}

// AfterLoad keeps where the shipment is.
func (s *Shipment) AfterLoad(context.Context) error {
	s.was = s.Place
	return nil
}

// BeforeDelete refuses to delete what is on its way.
func (s *Shipment) BeforeDelete(context.Context) error {
	if s.Place == "on the road" {
		return errOnTheRoad
	}
	return nil
}

var errOnTheRoad = errors.New("the shipment is on the road")

// Hooks are methods of the model. They are called by the repo, in the transaction of what they belong to.
func Example_hooks() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#depot")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	shipment := Shipment{Code: " ab-17 ", Place: "the depot", Grams: 250, MaxGrams: 1000}
	if err := shipments.Create(ctx, &shipment); err != nil {
		log.Fatal(err)
	}

	// Rules of fields and those of Validate are told together.
	err = shipments.Validate(ctx, &Shipment{Code: "x", Place: "the depot", Grams: 5})
	var broken prom.Violations
	if errors.Is(err, prom.ErrValidation) && errors.As(err, &broken) {
		for _, v := range broken {
			fmt.Printf("%s: %s\n", v.Field, v.Reason)
		}
	}

	// CreateMany says which value it is.
	err = shipments.CreateMany(ctx, []Shipment{
		{Code: "CD-18", Place: "the depot", Grams: 1, MaxGrams: 1},
		{Code: "EF-19", Place: "", Grams: 1, MaxGrams: 1},
	})
	var which *prom.ValueError
	if errors.As(err, &which) {
		fmt.Println("value", which.Index, "is wrong")
	}

	// What is undone leaves no trace: no line in the log book, and nobody has been told.
	s, err := shipments.Get(ctx, shipment.ID)
	if err != nil {
		log.Fatal(err)
	}
	s.Place = "on the road"
	err = db.Tx(ctx, func(ctx context.Context) error {
		if err := shipments.Save(ctx, s); err != nil {
			return err
		}
		return shipments.Delete(ctx, s)
	})
	fmt.Println(err, errors.Is(err, errOnTheRoad))
	lines, err := logLines.Query().Count(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("lines in the log book:", lines)
	// Output:
	// told the owner of AB-17: now in the depot
	// Code: it must be at least 4 characters
	// Grams: it must not be more than MaxGrams
	// value 1 is wrong
	// the shipment is on the road true
	// lines in the log book: 1
}
