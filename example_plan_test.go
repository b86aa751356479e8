package prom_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/prom-go/prom"
)

// Thing is a model of which a release is made.
type Thing struct {
	prom.Model
	Name string `prom:"index"`
}

// release makes the schema what the models of the new version want, as far as that harms nobody.
func release(ctx context.Context, things *prom.Repo[Thing]) error {
	plan, err := prom.Plan(ctx, things)
	if err != nil {
		return err
	}
	fmt.Fprint(os.Stderr, plan) // or json.Marshal(plan), for a review
	_, err = prom.Apply(ctx, plan, prom.Additive, prom.Locking)
	return err
}

// A release job plans what the models of a new version need, and does what its operator allows.
func ExamplePlan() {
	ctx := context.Background()
	db, err := new(prom.Registry).Open("sqlite://:memory:")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	things := prom.NewRepo[Thing](prom.Using(db))

	fmt.Println(prom.Check(ctx, things))
	fmt.Println(release(ctx, things))
	fmt.Println(prom.Check(ctx, things))
	// Output:
	// prom: check: schema drift: thing: table is missing
	// <nil>
	// <nil>
}

// A gate asks whether all is there that the models want, and lets pass what nothing depends on.
func ExampleCheck() {
	ctx := context.Background()
	db, err := new(prom.Registry).Open("sqlite://:memory:")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	things := prom.NewRepo[Thing](prom.Using(db))
	if err := things.Install(ctx); err != nil {
		fmt.Println(err)
		return
	}
	raw, err := db.SQL(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := raw.ExecContext(ctx, `ALTER TABLE thing ADD COLUMN theirs TEXT; DROP INDEX thing_name`); err != nil {
		fmt.Println(err)
		return
	}

	err = prom.Check(ctx, things)
	var drifts prom.Drifts
	if errors.As(err, &drifts) {
		for _, d := range drifts {
			if !d.Harmless() {
				fmt.Println(d)
			}
		}
	}
	fmt.Println(errors.Is(err, prom.ErrDrift))
	// Output:
	// thing: index thing_name is missing
	// true
}

// Person was Human, with another name for its column.
type Person struct {
	_ struct{} `prom:"was=human"` // the table was named human
	prom.Model
	Name string `prom:"was=called"` // the column was named called
}

// A table and a column that have other names in the model are renamed, with their rows.
func ExampleSchemaPlan_renames() {
	ctx := context.Background()
	db, err := new(prom.Registry).Open("sqlite://:memory:")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	raw, err := db.SQL(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := raw.ExecContext(ctx, `CREATE TABLE human (_id INTEGER NOT NULL PRIMARY KEY, called TEXT NOT NULL,
		_created TIMESTAMP NOT NULL, _updated TIMESTAMP NOT NULL)`); err != nil {
		fmt.Println(err)
		return
	}
	plan, err := prom.Plan(ctx, prom.NewRepo[Person](prom.Using(db)))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range plan.Steps {
		fmt.Println(strings.Join(s.SQL, "; "))
	}
	// Output:
	// ALTER TABLE "human" RENAME TO "person"
	// ALTER TABLE "person" RENAME COLUMN "called" TO "name"
}
