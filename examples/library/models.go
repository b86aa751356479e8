package main

import (
	"time"

	"github.com/prom-go/prom"
)

//go:generate go run github.com/prom-go/prom/cmd/promgen -fields

// Author writes books.
type Author struct {
	prom.Model
	Name  string `prom:"nonempty,unique"`
	Books prom.Many[Book]
}

// Book is by one author.
type Book struct {
	prom.Model
	Author  prom.Ref[Author] `prom:"author_id,index"`
	Title   string           `prom:"nonempty,index"`
	Pages   int
	Lent    bool
	Read    *time.Time
	Reviews prom.Many[Review]
}

// Review is of one book.
type Review struct {
	prom.Model
	Book  prom.Ref[Book] `prom:"book_id,index"`
	Stars int            `prom:"min=1,max=5"`
}

// Shelf is what a report tells of the books of an author. It is a result and has no table.
type Shelf struct {
	Author string
	Books  int64
	Pages  int
}

var (
	authors = prom.NewRepo[Author]()
	books   = prom.NewRepo[Book]()
	reviews = prom.NewRepo[Review]()
	shelf   = prom.Proto[Shelf]()
)
