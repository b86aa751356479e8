package prom_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Member has rules that are checked before any SQL, and one that only the database can check.
type Member struct {
	prom.Model
	Email string `prom:"size=3..100,regex='@',unique"`
	Age   int    `prom:"min=18"`
}

// Errors have a kind for errors.Is, the same on every engine, and errors.As gives the details. No text holds a value.
func ExampleError() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#club")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	members := prom.NewRepo[Member](prom.Using(db))

	err = members.Create(ctx, &Member{Email: "ada", Age: 7})
	var broken prom.Violations
	if errors.Is(err, prom.ErrValidation) && errors.As(err, &broken) {
		for _, v := range broken {
			fmt.Printf("%s: %s\n", v.Field, v.Reason)
		}
	}

	for range 2 {
		err = members.Create(ctx, &Member{Email: "ada@example.org", Age: 36})
	}
	var e *prom.Error
	if errors.Is(err, prom.ErrUnique) && errors.As(err, &e) {
		fmt.Println(e.Table, e.Columns, e.Constraint)
	}
	fmt.Println(err)

	_, err = members.Get(ctx, 99)
	fmt.Println(errors.Is(err, prom.ErrNotFound))
	// Output:
	// Email: it must match @
	// Age: it must be at least 18
	// member [email] member_email
	// prom: insert member: unique violation: column email: constraint member_email
	// true
}

// A violation has the rule and its limits as data, for sentences of an application's own.
func ExampleViolation() {
	members := prom.NewRepo[Member](prom.On("club"))
	sentence := func(v prom.Violation) string {
		switch v.Rule {
		case "min", "max":
			if v.Limits.Unit == "characters" {
				return fmt.Sprintf("%s: entre %d et %d caractères", v.Field, v.Limits.Min, v.Limits.Max)
			}
			return fmt.Sprintf("%s: %d au minimum", v.Field, v.Limits.Min)
		case "regex":
			return fmt.Sprintf("%s: la forme %s", v.Field, v.Limits.Pattern)
		}
		return v.Field + ": invalide"
	}

	err := members.Validate(context.Background(), &Member{Email: "a", Age: 7})
	var broken prom.Violations
	if errors.As(err, &broken) {
		for _, v := range broken {
			fmt.Println(sentence(v))
		}
	}
	// Output:
	// Email: entre 3 et 100 caractères
	// Email: la forme @
	// Age: 18 au minimum
}

// An error means that nothing was stored, unless it is ErrOutcomeUnknown.
func Example_outcome() {
	db, err := prom.Open("sqlite://:memory:#outcome")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	members := prom.NewRepo[Member](prom.Using(db))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()

	err = members.Create(ctx, &Member{Email: "ada@example.org", Age: 36})
	switch {
	case err == nil:
		fmt.Println("it has happened")
	case errors.Is(err, prom.ErrOutcomeUnknown):
		fmt.Println("it may have happened: look")
	default:
		fmt.Println("nothing has happened")
	}
	// Output: nothing has happened
}
