package prom_test

import (
	"context"
	"fmt"

	"github.com/prom-go/prom"
)

type Essay struct {
	prom.Model
	Title string
	Body  string
	_     struct{} `prom:"fulltext='title A, body B',language=english"`
}

var (
	essay      = prom.Proto[Essay]()
	essayID    = prom.NumberOf(essay, &essay.ID)
	essayTitle = prom.TextOf(essay, &essay.Title)
	essayBody  = prom.TextOf(essay, &essay.Body)
	essayText  = prom.FullTextOf(essay)

	hit = prom.Proto[Hit]()
)

// Hit is a result of a search.
type Hit struct {
	Title, Excerpt string
}

// Search returns the best n essays for what a user has typed.
func Search(ctx context.Context, essays *prom.Repo[Essay], query string, n int) ([]Hit, error) {
	return prom.Select(essays.Where(essayText.Match(query)).
		OrderBy(essayText.Rank(query).Desc(), essayID.Asc()).Limit(n), hit,
		prom.Col(&hit.Title, essayTitle),
		prom.Col(&hit.Excerpt, essayText.Headline(essayBody, query, prom.HeadlineOptions{MaxWords: 8})),
	).All(ctx)
}

func ExampleFullText() {
	ctx := context.Background()
	db, err := new(prom.Registry).Open("sqlite://:memory:")
	if err != nil {
		panic(err)
	}
	defer db.Close()
	essays := prom.NewRepo[Essay](prom.Using(db))
	err = essays.CreateMany(ctx, []Essay{
		{Title: "Type sets", Body: "An interface is a set of types, which <generic> code constrains."},
		{Title: "Generics", Body: "Functions and types have type parameters."},
		{Title: "Channels", Body: "Goroutines communicate."},
	})
	if err != nil {
		panic(err)
	}
	for _, query := range []string{"generics", `"type parameters" -goroutine`, "goroutines OR chan*"} {
		hits, err := Search(ctx, essays, query, 10)
		if err != nil {
			panic(err)
		}
		for _, h := range hits {
			fmt.Printf("%s: %s\n", h.Title, prom.HeadlineHTML(h.Excerpt))
		}
		fmt.Println()
	}
	// Output:
	// Generics: Functions and types have type parameters.
	// Type sets: a set of types, which &lt;<mark>generic</mark>&gt; code constrains.
	//
	// Generics: Functions and types have <mark>type parameters</mark>.
	//
	// Channels: <mark>Goroutines</mark> communicate.
}
