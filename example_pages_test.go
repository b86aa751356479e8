package prom_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/prom-go/prom"
)

// Tune is a row of a chart.
type Tune struct {
	prom.Model
	Title string
	Plays int  `prom:"index,desc"`
	Year  *int // not known of all
}

var (
	tune      = prom.Proto[Tune]()
	tuneTitle = prom.TextOf(tune, &tune.Title)
	tunePlays = prom.NumberOf(tune, &tune.Plays)
	tuneYear  = prom.NullNumberOf(tune, &tune.Year)
)

func chart(name string, options ...prom.RepoOption) (*prom.Repo[Tune], func() error) {
	db, err := prom.Open("sqlite://:memory:#" + name)
	if err != nil {
		log.Fatal(err)
	}
	tunes := prom.NewRepo[Tune](append(options, prom.Using(db))...)
	list := []Tune{{Title: "Aria", Plays: 5}, {Title: "Blues", Plays: 9, Year: new(1999)}, {Title: "Canon", Plays: 7, Year: new(1680)}, {Title: "Dance", Plays: 9}, {Title: "Étude", Plays: 2}}
	if err := tunes.CreateMany(context.Background(), list); err != nil {
		log.Fatal(err)
	}
	return tunes, db.Close
}

// Pages by number know whether there are more, and the total if it is asked for.
func ExampleQuery_Page() {
	tunes, done := chart("chart")
	defer done()
	ctx := context.Background()
	page, err := tunes.OrderBy(tunePlays.Desc(), tuneTitle.Asc()).Page(ctx, 2, 2)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range page.Rows {
		fmt.Println(s.Title, s.Plays)
	}
	fmt.Println(page.More, page.Total)
	// Output:
	// Canon 7
	// Aria 5
	// true 5
}

// Pages that begin at a row go on where another ended, in any order, by tokens that can be given to anybody.
func ExampleQuery_KeysetPage() {
	tunes, done := chart("chart2", prom.TokenKey([]byte("32 random bytes, kept as a secret")))
	defer done()
	ctx := context.Background()
	list := tunes.OrderBy(tunePlays.Desc(), tuneYear.Asc().NullsLast())
	show := func(token string) prom.KeysetPage[Tune] {
		page, err := list.KeysetPage(ctx, token, 2)
		if err != nil {
			log.Fatal(err)
		}
		var titles []string
		for _, s := range page.Rows {
			titles = append(titles, s.Title)
		}
		fmt.Println(strings.Join(titles, ", "))
		return page
	}
	first := show("")
	second := show(first.Next)
	last := show(second.Next)
	fmt.Println(last.Next == "")
	show(second.Prev)

	var bad *prom.TokenError
	_, err := list.KeysetPage(ctx, first.Next+"x", 2)
	if errors.Is(err, prom.ErrValidation) && errors.As(err, &bad) {
		fmt.Println("400", bad)
	}
	// Output:
	// Blues, Dance
	// Canon, Aria
	// Étude
	// true
	// Blues, Dance
	// 400 the token is damaged, or was made for another query
}
