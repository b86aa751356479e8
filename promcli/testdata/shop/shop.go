// Package shop has the models of the tests, as a team would have them.
package shop

import (
	"time"

	"github.com/prom-go/prom"
)

// Author writes books.
type Author struct {
	prom.Model
	Name string `prom:"size=1..100,unique"`
	Born *int
}

// Size is of a book, in millimetres.
type Size struct {
	Width  int
	Height *int
}

// Book is written by an author.
type Book struct {
	prom.Model
	Author    prom.Ref[Author] `prom:"index"`
	Title     string
	Pages     int64
	Published *time.Time
	Size
	_ struct{} `prom:"index=listed,on='title, pages desc'"`
}

// Shelf has a key of two columns, and may stand on another one.
type Shelf struct {
	Room      string `prom:"key"`
	No        int    `prom:"key"`
	BelowRoom *string
	BelowNo   *int
	Below     prom.CompositeRef[Shelf] `prom:"on='below_room, below_no'"`
	Best      *prom.Ref[Book]
}

// Models returns the repos of the shop.
func Models(options ...prom.RepoOption) []prom.AnyRepo {
	return []prom.AnyRepo{
		prom.NewRepo[Author](options...), prom.NewRepo[Book](options...), prom.NewRepo[Shelf](options...),
	}
}
