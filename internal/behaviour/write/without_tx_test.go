package write_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a call with a context of WithoutTx is outside of the transactions, nested ones too, that it sees what is
// committed alone, keeps its values and its end, and may begin a transaction of its own, on PostgreSQL.
func TestWithoutTx(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		notes := kit.Notes(db)
		type key struct{}
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "kept"))
		defer cancel()
		kit.MustCreate(t, notes, kit.Note{Title: "before"})
		rollback := errors.New("rolled back")
		err := db.Tx(ctx, func(ctx context.Context) error {
			return db.Tx(ctx, func(ctx context.Context) error {
				is.NoErr(notes.Create(ctx, &kit.Note{Title: "inside"}))
				outside := prom.WithoutTx(ctx)
				is.True(!db.InTx(outside))
				is.True(db.InTx(ctx))
				is.Equal(outside.Value(key{}), "kept")
				n, err := notes.Count(outside)
				is.NoErr(err)
				is.Equal(n, 1)
				ran := false
				is.NoErr(prom.WithoutTx(ctx).Err())
				is.NoErr(prom.AfterCommit(outside, func(context.Context) { ran = true })) // at once
				is.True(ran)
				if e.Name == dbtest.NamePostgres { // SQLite has one writer
					is.NoErr(db.Tx(outside, func(ctx context.Context) error {
						is.True(db.InTx(ctx))
						return notes.Create(ctx, &kit.Note{Title: "outside"})
					}))
				}
				cancel()
				is.True(errors.Is(outside.Err(), context.Canceled))
				return rollback
			})
		})
		is.Equal(err, rollback)
		n, err := notes.Where(kit.NoteTitle.Eq("outside")).Count(t.Context())
		is.NoErr(err)
		is.Equal(n, map[bool]int{true: 1}[e.Name == dbtest.NamePostgres])
	})
}
