package main

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Book is a table. prom creates it when a statement first needs it.
type Book struct {
	prom.Model        // the columns _id, _created and _updated
	Title      string `prom:"unique"`
	Pages      int    `prom:"min=1"`
}

var (
	books     = prom.NewRepo[Book]()
	book      = prom.Proto[Book]()
	bookTitle = prom.TextOf(book, &book.Title)
	bookPages = prom.NumberOf(book, &book.Pages)
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	defer prom.Close()

	for _, b := range []Book{{Title: "Dune", Pages: 412}, {Title: "Emma", Pages: 474}, {Title: "Ulysses", Pages: 730}} {
		err := books.Create(ctx, &b)
		switch {
		case errors.Is(err, prom.ErrUnique): // the program has run before
			fmt.Println("already there:", b.Title)
		case err != nil:
			return err
		default:
			fmt.Println("created:", b.ID, b.Title)
		}
	}

	// Queries are typed: bookPages.Gt("many") does not compile.
	long, err := books.Where(bookPages.Gt(450)).OrderBy(bookTitle.Asc()).All(ctx)
	if err != nil {
		return err
	}
	for _, b := range long {
		fmt.Println("long:", b.Title, b.Pages)
	}

	// Save updates the columns that have changed.
	dune, err := books.Where(bookTitle.Eq("Dune")).One(ctx)
	if err != nil {
		return err
	}
	dune.Pages += 5
	fmt.Println("changed:", books.Modified(dune))
	return books.Save(ctx, dune)
}
