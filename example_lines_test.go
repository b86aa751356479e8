package prom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// PoetLine is what a list tells of a poet.
type PoetLine struct {
	Name    string
	Poems   int64
	Longest []Poem
}

// PoetTotal is what a report tells of a poet.
type PoetTotal struct {
	Poet  *Poet
	Lines int
}

var (
	poetLine  = prom.Proto[PoetLine]()
	poetTotal = prom.Proto[PoetTotal]()
)

// Results have the rows of relations beside their terms, and come by pages.
func ExampleManyCol() {
	ctx := context.Background()
	db, poets, _ := anthology(ctx)
	defer db.Close()

	lines := prom.Select(poets.OrderBy(poetPoems.Count().Desc()), poetLine,
		prom.Col(&poetLine.Name, poetName),
		prom.Col(&poetLine.Poems, poetPoems.Count()),
		prom.ManyCol(&poetLine.Longest, poetPoems.OrderBy(poemLines.Desc()).Limit(1)))
	page, err := lines.PageAt(ctx, 10, 0)
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range page.Rows {
		fmt.Println(l.Name, l.Poems, l.Longest[0].Title)
	}
	fmt.Println("of", page.Total)

	// Output:
	// Poe 2 The Raven
	// Baudelaire 1 Le Corbeau
	// of 2
}

// A reference tells groups apart like a term, and its row comes with each group. Groups have keyset pages in any order.
func ExampleRefCol() {
	ctx := context.Background()
	db, _, poems := anthology(ctx)
	defer db.Close()

	totals := prom.Select(poems.Query(), poetTotal,
		prom.RefCol(&poetTotal.Poet, poemPoet),
		prom.Col(&poetTotal.Lines, prom.Sum(poemLines))).OrderBy(prom.Sum(poemLines).Desc())
	for token := ""; ; {
		page, err := totals.KeysetPage(ctx, token, 1)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(page.Rows[0].Poet.Name, page.Rows[0].Lines)
		if token = page.Next; token == "" {
			break
		}
	}

	// Output:
	// Poe 130
	// Baudelaire 108
}
