package prom_test

import (
	"context"

	"github.com/prom-go/prom"
)

// A function of a window has a value for each row, computed from the rows around it.
func ExampleOver() {
	ctx := context.Background()
	defer harbour(ctx).Close()
	byPay := prom.OrderWindow(crewPay.Desc())
	rows := crews.OrderBy(crewPay.Desc())

	// The average of a row and its neighbours, without the row itself, and all up to it.
	printAll(prom.Pluck2(rows, crewName, prom.Over(prom.Avg(crewPay), byPay.Rows(-1, 1))).All(ctx))
	printAll(prom.Pluck2(rows, crewName, prom.Over(prom.Avg(crewPay), byPay.Rows(-1, 1).Exclude(prom.ExcludeCurrentRow))).All(ctx))
	printAll(prom.Pluck2(rows, crewName, prom.Over(prom.Sum(crewPay), byPay.Rows(prom.UnboundedPreceding, prom.CurrentRow))).All(ctx))
	// How many are at most 15 years younger or older.
	printAll(prom.Pluck2(rows, crewName, prom.Over(prom.Count(crew), prom.OrderWindow(crewAge.Asc()).Range(-15, 15))).All(ctx))
	// What the one before earns more, nothing for the first.
	printAll(prom.Pluck2(rows, crewName, prom.Minus(prom.LagOr(crewPay, 1, crewPay, byPay), crewPay)).All(ctx))
	// Output:
	// [{Ahab 355} {Starbuck 310} {Stubb 220} {Pip 175}]
	// [{Ahab 310} {Starbuck 310} {Stubb 220} {Pip 220}]
	// [{Ahab 400} {Starbuck 710} {Stubb 930} {Pip 1060}]
	// [{Ahab 2} {Starbuck 3} {Stubb 3} {Pip 2}]
	// [{Ahab 0} {Starbuck 90} {Stubb 90} {Pip 90}]
}

// Aggregates gather lists and texts of groups as well, and tell how far their numbers spread.
func ExampleArrayAgg() {
	ctx := context.Background()
	defer harbour(ctx).Close()
	home := prom.OrValue(crewHome, "nowhere")

	printAll(prom.Pluck2(crews.Query(), home, prom.ArrayAgg(crewName, crewPay.Desc())).OrderBy(home.Asc()).All(ctx))
	printAll(prom.Pluck2(crews.Query(), home, prom.StringAgg(crewName, " & ")).OrderBy(home.Asc()).All(ctx))
	printAll(prom.Pluck3(crews.Query(), home, prom.StddevPop(crewPay), prom.BoolOr(crewAge.Gt(50))).OrderBy(home.Asc()).All(ctx))
	// Output:
	// [{Hull [Starbuck Pip]} {nowhere [Ahab Stubb]}]
	// [{Hull Pip & Starbuck} {nowhere Ahab & Stubb}]
	// [{Hull 90 false} {nowhere 90 true}]
}
