package main

import (
	"context"

	"github.com/prom-go/prom"
)

// What services ask for all day, a function each. Docs/compare.md shows the same with other libraries.

func byKey(ctx context.Context, id int64) (*Book, error) {
	return books.Get(ctx, id)
}

func unread(ctx context.Context, n int) ([]Book, error) {
	return books.Where(book.Read.IsNull(), book.Pages.Gte(300)).OrderBy(book.Pages.Desc()).Limit(n).All(ctx)
}

func add(ctx context.Context, b *Book) error {
	return books.Create(ctx, b)
}

func takeBack(ctx context.Context, id int64) (int, error) {
	return books.Where(book.Author.Eq(id)).Update(ctx, book.Lent.Set(false))
}

func addOrRename(ctx context.Context, a *Author) error {
	return authors.Upsert(ctx, a)
}

func withBest(ctx context.Context) ([]Author, error) {
	return authors.With(author.Books.OrderBy(book.Pages.Desc()).Limit(3).With(book.Reviews.OrderBy(review.Stars.Desc()).Limit(2))).All(ctx)
}

func shelves(ctx context.Context) ([]Shelf, error) {
	name := prom.Via(book.Author, author.Name)
	return prom.Select(books.Query(), shelf, prom.Col(&shelf.Author, name), prom.Col(&shelf.Books, prom.Count(book.Proto)),
		prom.Col(&shelf.Pages, prom.Sum(book.Pages))).OrderBy(name.Asc()).All(ctx)
}

func byAuthors(ctx context.Context, prefix string) ([]Book, error) {
	return books.Where(book.Author.Has(author.Name.HasPrefix(prefix))).OrderBy(prom.Via(book.Author, author.Name).Asc(), book.ID.Asc()).All(ctx)
}

func pages(ctx context.Context) (sum int, err error) {
	for b, err := range books.Stream(ctx) {
		if err != nil {
			return 0, err
		}
		sum += b.Pages
	}
	return sum, nil
}

func withoutBooks(ctx context.Context) ([]Author, error) {
	return authors.Where(prom.Not(author.Books.Has())).All(ctx)
}
