package prom_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Ensure that a value goes through its whole life: created, found, changed and deleted.
// parity: M2 M3 M4 M10
func TestLife(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Notes(kit.Open(t, e.DSN))

		n := kit.Note{Title: "first", Views: 3, At: time.Date(2024, 2, 29, 12, 0, 0, 123456789, time.UTC)}
		is.True(n.IsNew())
		is.NoErr(repo.Create(ctx, &n))
		is.True(n.ID > 0)
		is.True(!n.IsNew())
		is.True(!n.Created.IsZero())
		is.True(n.At.Equal(time.Date(2024, 2, 29, 12, 0, 0, 123456000, time.UTC))) // stored to the microsecond

		got, err := repo.Get(ctx, n.ID)
		is.NoErr(err)
		is.Equal(got.Title, "first")
		is.Equal(got.Views, 3)
		is.True(got.At.Equal(n.At))
		is.Equal(len(repo.Modified(got)), 0)

		got.Views = 4
		is.Equal(repo.Modified(got), []string{"views"})
		is.NoErr(repo.Save(ctx, got))
		is.NoErr(repo.Reload(ctx, &n))
		is.Equal(n.Views, 4)
		is.True(n.Updated.After(n.Created))

		count, err := repo.Where(kit.NoteViews.Gte(4), kit.NoteTitle.HasPrefix("fir")).Count(ctx)
		is.NoErr(err)
		is.Equal(count, 1)

		is.NoErr(repo.Delete(ctx, &n))
		is.True(n.IsNew())
		_, err = repo.Get(ctx, n.ID)
		is.True(errors.Is(err, prom.ErrNotFound))
		is.True(errors.Is(repo.Save(ctx, got), prom.ErrNotFound)) // B9: not silently lost
	})
}
