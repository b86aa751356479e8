package write_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a transaction is its context's and nobody else's: what another goroutine does meanwhile is no part of it.
// parity: W5 B2 T1
func TestTransactionIsOfItsContext(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := kit.Notes(db)
		is.NoErr(repo.Install(ctx))
		written := make(chan error, 1)
		err := db.Tx(ctx, func(tx context.Context) error {
			if e.Name == dbtest.NamePostgres { // SQLite has one writer, so the other comes after it
				is.NoErr(repo.Create(tx, &kit.Note{Title: "mine"}))
			}
			go func() { written <- repo.Create(ctx, &kit.Note{Title: "other"}) }()
			if e.Name == dbtest.NamePostgres {
				is.NoErr(<-written)
				written <- nil
			}
			n, err := repo.Where(kit.NoteTitle.Eq("mine")).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 0) // not seen from outside
			is.NoErr(repo.Create(tx, &kit.Note{Title: "mine"}))
			return kit.ErrUndo
		})
		is.True(errors.Is(err, kit.ErrUndo))
		is.NoErr(<-written)
		list := kit.AllOf(t, repo)
		is.Equal(len(list), 1)
		is.Equal(list[0].Title, "other")
	})
}
