package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/prom-go/prom"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, prom.Close()) }()

	// Create inserts a row and sets ID, Created and Updated. The first call makes the table.
	first := Issue{Title: "Write the first row", Body: "It takes five minutes."}
	if err := issues.Create(ctx, &first); err != nil {
		return err
	}
	fmt.Println("created issue", first.ID)

	// Get finds a row by its key.
	found, err := issues.Get(ctx, first.ID)
	if err != nil {
		return err
	}
	fmt.Println("found:", found.Title)

	// Save writes the columns that changed.
	found.Closed = new(time.Now())
	fmt.Println("changed:", issues.Modified(found))
	if err := issues.Save(ctx, found); err != nil {
		return err
	}

	// A query is made of conditions on fields. The compiler checks them.
	open, err := issues.Where(issueClosed.IsNull()).Count(ctx)
	if err != nil {
		return err
	}
	closed, err := issues.Where(issueClosed.NotNull(), issueTitle.HasPrefix("Write")).Count(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("%d open, %d closed\n", open, closed)

	// What a tag forbids is an error, before any SQL.
	err = issues.Create(ctx, &Issue{Title: ""})
	if !errors.Is(err, prom.ErrValidation) {
		return err
	}
	fmt.Println(err)
	return nil
}
