package prom_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/prom-go/prom"
)

// Book is a model: a struct that embeds prom.Model. It is stored in the table book.
type Book struct {
	prom.Model            // ID, Created and Updated
	Title      string     `prom:"size=1..200,index"`
	Author     string     `prom:"nonempty"`
	Pages      int        `prom:"min=1"`
	Read       *time.Time // a pointer may be NULL
}

var (
	book       = prom.Proto[Book]()
	books      = prom.NewRepo[Book]()
	bookTitle  = prom.TextOf(book, &book.Title)
	bookAuthor = prom.TextOf(book, &book.Author)
	bookPages  = prom.NumberOf(book, &book.Pages)
	bookRead   = prom.NullTimeOf(book, &book.Read)
)

// The tour: open a database, create, get, save, query, loop, transact, delete. The table makes itself.
func Example() {
	if _, err := prom.Open("sqlite://:memory:"); err != nil {
		log.Fatal(err)
	}
	defer prom.Close()
	if err := tour(context.Background()); err != nil {
		log.Fatal(err)
	}
	// Output:
	// created 1
	// got "Dune" by Frank Herbert
	// changed [pages]
	// long: Dune (617)
	// long: Ulysses (730)
	// read 1 of 3
	// on the shelf: Dune
	// on the shelf: Emma
	// on the shelf: Ulysses
	// rolled back: not enough shelves
	// deleted 3
	// gone: true
}

func tour(ctx context.Context) error {
	// Create inserts, and sets the ID and the times. The first call makes the table and its index.
	dune := Book{Title: "Dune", Author: "Frank Herbert", Pages: 412}
	if err := books.Create(ctx, &dune); err != nil {
		return err
	}
	fmt.Println("created", dune.ID)

	// Get finds by key.
	b, err := books.Get(ctx, dune.ID)
	if err != nil {
		return err
	}
	fmt.Printf("got %q by %s\n", b.Title, b.Author)

	// Save updates what changed, and the time Updated, which it sets also when nothing else has changed.
	b.Pages = 617
	fmt.Println("changed", books.Modified(b))
	if err := books.Save(ctx, b); err != nil {
		return err
	}

	more := []Book{{Title: "Emma", Author: "Jane Austen", Pages: 474}, {Title: "Ulysses", Author: "James Joyce", Pages: 730}}
	if err := books.CreateMany(ctx, more); err != nil {
		return err
	}

	// Queries are typed: bookPages.Gt("many") does not compile.
	long, err := books.Where(bookPages.Gt(500), bookRead.IsNull()).OrderBy(bookTitle.Asc()).Limit(10).All(ctx)
	if err != nil {
		return err
	}
	for _, b := range long {
		fmt.Printf("long: %s (%d)\n", b.Title, b.Pages)
	}

	// Update and Delete work on queries too, in one statement.
	n, err := books.Where(prom.Or(bookTitle.HasPrefix("Em"), prom.Fold(bookAuthor).Contains("austen"))).Update(ctx, bookRead.Set(time.Now()))
	if err != nil {
		return err
	}
	count, err := books.Count(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("read %d of %d\n", n, count)

	// Each ranges over a table of any size, and its body may write to the same table.
	for b, err := range books.OrderBy(bookTitle.Asc()).Each(ctx) {
		if err != nil {
			return err
		}
		fmt.Println("on the shelf:", b.Title)
	}

	// In a transaction, every call with its context is part of it. An error rolls back.
	err = prom.Tx(ctx, func(ctx context.Context) error {
		if _, err := books.WithoutWhere().Delete(ctx); err != nil {
			return err
		}
		return errors.New("not enough shelves")
	})
	fmt.Println("rolled back:", err)

	n, err = books.Where(bookPages.Gt(0)).Delete(ctx)
	if err != nil {
		return err
	}
	fmt.Println("deleted", n)
	_, err = books.Get(ctx, dune.ID)
	fmt.Println("gone:", errors.Is(err, prom.ErrNotFound))
	return nil
}
