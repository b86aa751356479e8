package prom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Crew is somebody aboard; Captain is whom they report to.
type Crew struct {
	prom.Model
	Name    string `prom:"size=1..80"`
	Captain *prom.Ref[Crew]
	Ship    string `prom:"index"`
	Age     int
	Pay     float64
	Home    *string
}

// Voyage is a journey of somebody's.
type Voyage struct {
	prom.Model
	Crew  prom.Ref[Crew] `prom:"index"`
	To    string
	Miles int
}

var (
	crew        = prom.Proto[Crew]()
	voyage      = prom.Proto[Voyage]()
	crews       = prom.NewRepo[Crew](prom.On("harbour"))
	crewID      = prom.NumberOf(crew, &crew.ID)
	crewName    = prom.TextOf(crew, &crew.Name)
	crewCaptain = prom.NullRefOf(crew, &crew.Captain)
	crewAge     = prom.NumberOf(crew, &crew.Age)
	crewPay     = prom.NumberOf(crew, &crew.Pay)
	crewHome    = prom.NullTextOf(crew, &crew.Home)

	voyages     = prom.NewRepo[Voyage](prom.On("harbour"))
	voyageCrew  = prom.RefOf(voyage, &voyage.Crew)
	voyageTo    = prom.TextOf(voyage, &voyage.To)
	voyageMiles = prom.NumberOf(voyage, &voyage.Miles)
)

// harbour fills the database of the examples.
func harbour(ctx context.Context) *prom.DB {
	db, err := prom.Open("sqlite://:memory:#harbour")
	if err != nil {
		log.Fatal(err)
	}
	hull := "Hull"
	var captain *prom.Ref[Crew]
	for i, name := range []string{"Ahab", "Starbuck", "Stubb", "Pip"} {
		c := Crew{Name: name, Captain: captain, Ship: "Pequod", Age: 58 - 13*i, Pay: 400 - 90*float64(i)}
		if i%2 == 1 {
			c.Home = &hull
		}
		if err := crews.Create(ctx, &c); err != nil {
			log.Fatal(err)
		}
		if i < 2 {
			captain = new(prom.NewRef[Crew](c.ID))
		}
		if i < 3 {
			if err := voyages.Create(ctx, &Voyage{Crew: prom.NewRef[Crew](c.ID), To: []string{"Java", "Peru"}[i%2], Miles: 1000 * (i + 1)}); err != nil {
				log.Fatal(err)
			}
		}
	}
	return db
}

func printAll[R any](list []R, err error) {
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(list)
}

func Example_conditions() {
	ctx := context.Background()
	db := harbour(ctx)
	defer db.Close()
	names := func(conds ...prom.Cond[*Crew]) {
		printAll(prom.Pluck(crews.Where(conds...), crewName).OrderBy(crewID.Asc()).All(ctx))
	}
	names(crewAge.Between(30, 50))
	names(crewName.HasPrefix("S"), prom.Or(crewAge.Lt(40), crewHome.Is(nil)))
	// Two terms of a row, one of them computed.
	names(prom.Gt(crewPay, prom.Times(prom.Float(crewAge), prom.Val(crew, 6.85))))
	// Through a reference: those whose captain is older than 50.
	names(crewCaptain.Has(crewAge.Gt(50)))
	// A subquery as a list, and one as a value.
	names(prom.InQuery(crewID, prom.Pluck(voyages.Where(voyageTo.Eq("Peru")), voyageCrew)))
	names(prom.Eq(crewPay, prom.ScalarSubquery(crew, prom.Pluck(crews.Query(), prom.Min(crewPay)))))
	// Those without a voyage: no row of the other table belongs to theirs.
	names(prom.Not(prom.Exists(crew, voyages.Query(), prom.Match(voyageCrew, crewID))))
	// Everybody below Ahab, however deep.
	names(prom.DescendantsOf(crewCaptain, crewName.Eq("Ahab")))

	// Output:
	// [Starbuck Stubb]
	// [Stubb]
	// [Ahab Starbuck Stubb]
	// [Starbuck]
	// [Starbuck]
	// [Pip]
	// [Pip]
	// [Starbuck Stubb Pip]
}

// CrewTotal is what a report tells of each captain's crew.
type CrewTotal struct {
	Captain string
	Hands   int64
	Pay     float64
	Oldest  int
}

var crewTotal = prom.Proto[CrewTotal]()

func Example_projections() {
	ctx := context.Background()
	db := harbour(ctx)
	defer db.Close()

	// One field, two, and the fields of a struct by their names.
	printAll(prom.Pluck(crews.OrderBy(crewAge.Asc()), crewAge).All(ctx))
	printAll(prom.Pluck2(voyages.Query(), voyageTo, prom.Via(voyageCrew, crewName)).OrderBy(voyageMiles.Desc()).All(ctx))
	type Brief struct {
		Name string
		Age  int
	}
	printAll(prom.Into[Brief](crews.Where(crewHome.NotNull())).All(ctx))

	// Groups: what is no aggregate tells the groups apart.
	totals := prom.Select(crews.Where(crewCaptain.NotNull()), crewTotal,
		prom.Col(&crewTotal.Captain, prom.Via(crewCaptain, crewName)),
		prom.Col(&crewTotal.Hands, prom.Count(crew)),
		prom.Col(&crewTotal.Pay, prom.Sum(crewPay)),
		prom.Col(&crewTotal.Oldest, prom.Max(crewAge)))
	printAll(totals.Having(prom.Count(crew).Gt(1)).OrderBy(prom.Sum(crewPay).Desc()).All(ctx))

	// One aggregate, which is NULL when there is no row.
	most, err := prom.Scalar(ctx, crews.Query(), prom.OrValue(prom.Max(crewPay), 0))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(most)

	// A window: each row with its rank.
	printAll(prom.Pluck2(crews.OrderBy(crewID.Asc()), crewName, prom.Rank(prom.OrderWindow(crewPay.Asc()))).All(ctx))

	// Output:
	// [19 32 45 58]
	// [{Java Stubb} {Peru Starbuck} {Java Ahab}]
	// [{Starbuck 45} {Pip 19}]
	// [{Starbuck 2 350 32}]
	// 400
	// [{Ahab 4} {Starbuck 3} {Stubb 2} {Pip 1}]
}

func Example_sets() {
	ctx := context.Background()
	db := harbour(ctx)
	defer db.Close()

	old, poor := crews.Where(crewAge.Gt(40)), crews.Where(crewPay.Lt(250))
	all := prom.Union(old, poor).OrderBy(crewName.Asc())
	printAll(prom.Pluck(all, crewName).All(ctx))
	n, err := prom.Except(crews.Query(), old).Count(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n)

	// The results of a projection, asked like the rows of a table.
	type total struct {
		To    string
		Miles int
	}
	totals := prom.Proto[total]()

	totalMiles := prom.NumberOf(totals, &totals.Miles)
	byPlace := prom.From(prom.Select(voyages.Query(), totals,
		prom.Col(&totals.To, voyageTo),
		prom.Col(&totals.Miles, prom.Sum(voyageMiles))))
	printAll(byPlace.Where(totalMiles.Gt(2000)).OrderBy(totalMiles.Desc()).All(ctx))

	// Output:
	// [Ahab Pip Starbuck Stubb]
	// 2
	// [{Java 4000}]
}

func Example_orders() {
	ctx := context.Background()
	db := harbour(ctx)
	defer db.Close()

	printAll(prom.Pluck(crews.OrderBy(crewHome.Asc().NullsFirst(), crewName.Desc()), crewName).All(ctx))
	printAll(prom.Pluck(crews.OrderBy(prom.ByList(crewName, "Pip", "Ahab"), crewName.Asc()), crewName).All(ctx))
	printAll(prom.Pluck(crews.OrderBy(prom.Length(crewName).Desc(), crewName.Asc()).Limit(2), crewName).All(ctx))

	// Output:
	// [Stubb Ahab Starbuck Pip]
	// [Pip Ahab Starbuck Stubb]
	// [Starbuck Stubb]
}

func Example_only() {
	ctx := context.Background()
	db := harbour(ctx)
	defer db.Close()

	pip, err := crews.Where(crewName.Eq("Pip")).Only(crewName, crewAge).First(ctx)
	if err != nil {
		log.Fatal(err)
	}
	pip.Age++
	fmt.Println(crews.Modified(pip), crews.Save(ctx, pip))

	// Output:
	// [age] <nil>
}
