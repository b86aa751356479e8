// Library asks a library's database what services ask for all day, by handles that promgen -fields has written: see the
// line go:generate in models.go. It runs on a database in memory, or on the one that PROM_DSN names:
//
//	go run ./examples/library
//	PROM_DSN=sqlite://library.db go run ./examples/library
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/prom-go/prom"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	if os.Getenv("PROM_DSN") == "" {
		if _, err := prom.Open("sqlite://:memory:"); err != nil {
			return err
		}
	}
	defer func() { err = errors.Join(err, prom.Close()) }()
	for _, clear := range []func(context.Context) (int, error){
		reviews.WithoutWhere().Delete, books.WithoutWhere().Delete, authors.WithoutWhere().Delete,
	} {
		if _, err := clear(ctx); err != nil {
			return err
		}
	}
	return errors.Join(fill(ctx), tell(ctx, out))
}

// fill adds four authors, one of them without books, and books with their reviews.
func fill(ctx context.Context) error {
	for name, titles := range map[string][]string{
		"Frank Herbert": {"Dune", "Dune Messiah", "Children of Dune", "God Emperor of Dune"},
		"Jane Austen":   {"Emma"}, "Jules Verne": {"Around the Moon", "Michel Strogoff"}, "Harper Lee": nil,
	} {
		a := Author{Name: name}
		for range 2 { // the second time it is there
			if err := addOrRename(ctx, &a); err != nil {
				return err
			}
		}
		for i, title := range titles {
			b := Book{Author: prom.RefTo(&a), Title: title, Pages: 200 + 100*i + len(title), Lent: true}
			if err := add(ctx, &b); err != nil {
				return err
			}
			for stars := range 3 {
				if err := reviews.Create(ctx, &Review{Book: prom.RefTo(&b), Stars: 1 + stars}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// tell prints what the tasks find.
func tell(ctx context.Context, out io.Writer) error {
	long, err := unread(ctx, 2)
	if err != nil {
		return err
	}
	first, err := byKey(ctx, long[0].ID)
	if err != nil {
		return err
	}
	n, err := takeBack(ctx, first.Author.Key())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "the longest is %s, of %d pages; taken back: %d\n", first.Title, first.Pages, n)
	best, err := withBest(ctx)
	if err != nil {
		return err
	}
	for _, a := range best {
		for _, b := range a.Books.Rows() {
			fmt.Fprintf(out, "%s: %s, %d stars in %d reviews\n", a.Name, b.Title, b.Reviews.Rows()[0].Stars,
				len(b.Reviews.Rows()))
		}
	}
	rows, err := shelves(ctx)
	if err != nil {
		return err
	}
	for _, s := range rows {
		fmt.Fprintf(out, "%s has %d books of %d pages\n", s.Author, s.Books, s.Pages)
	}
	of, err := byAuthors(ctx, "J")
	if err != nil {
		return err
	}
	sum, err := pages(ctx)
	if err != nil {
		return err
	}
	none, err := withoutBooks(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d books by J; %d pages in all; %d without books: %s\n", len(of), sum, len(none), none[0].Name)
	return nil
}
