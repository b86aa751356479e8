package batch_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a batch is one round trip, however many operations it has, and a few when it must be undone if a row is
// gone.
func TestBatchRoundTrips(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	p, e := dbtest.NewProxy(t, dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)})
	db := kit.Open(t, e.With("pool_max_conns=1"))
	repo := kit.Notes(db)
	list := make([]kit.Note, 20)
	last := kit.MustCreate(t, repo, kit.Note{Title: "last"})
	run := func(ctx context.Context, n int, update bool) int {
		var b prom.Batch
		for i := range list[:n] {
			list[i] = kit.Note{Title: "t"}
			prom.Queue(&b, repo).Create(&list[i])
			prom.Queue(&b, repo).Get(int64(1 + i))
		}
		if update {
			last.Views++
			prom.Queue(&b, repo).Update(last)
		}
		all := prom.Queue(&b, repo).All(repo.Where(kit.NoteTitle.Eq("none")))
		p.Trips()
		is.NoErr(b.Run(ctx))
		trips := p.Trips()
		_, err := all.Value()
		is.NoErr(err)
		return trips
	}
	run(ctx, 20, false) // prepares
	run(ctx, 20, true)
	is.Equal(run(ctx, 0, false), 1)
	is.Equal(run(ctx, 1, false), 1)
	is.Equal(run(ctx, 20, false), 1)
	is.Equal(run(ctx, 20, true), 3)
	is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
		is.Equal(run(ctx, 20, false), 3) // with its savepoint
		is.Equal(run(ctx, 20, true), 3)
		return nil
	}))

	many := kit.ManyItems(kit.ByArrays)
	is.NoErr(kit.Items(db).CreateMany(ctx, many))
	p.Trips()
	for i := range many {
		many[i].ID, many[i].Name = 0, many[i].Name+"'"
	}
	is.NoErr(kit.Items(db).CreateMany(ctx, many))
	is.Equal(p.Trips(), 1)
}

// Ensure that a batch whose answer was lost is not run again when it writes anything, even if the answer was that of a
// read, and is when it only reads.
func TestBatchLost(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	p, e := dbtest.NewProxy(t, dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)})
	repo := kit.Notes(kit.Open(t, e.With("pool_max_conns=1")))
	first := kit.MustCreate(t, repo, kit.Note{Title: "first"})
	for i, title := range []string{"", "write 1", "write 2"} {
		var b prom.Batch
		got := prom.Queue(&b, repo).Get(first.ID)
		all := prom.Queue(&b, repo).All(repo.Where(kit.NoteTitle.Eq("marker")))
		created := kit.Note{Title: title}
		if i > 0 {
			prom.Queue(&b, repo).Create(&created)
		}
		p.Lose("marker")
		err := b.Run(ctx)
		if i == 0 {
			is.NoErr(err)
			v, err := got.Value()
			is.NoErr(err)
			is.Equal(v.Title, "first")
			_, err = all.Value()
			is.NoErr(err)
			continue
		}
		is.True(errors.Is(err, prom.ErrConnection))
		is.True(created.IsNew())
		is.True(kit.Count(t, repo.Where(kit.NoteTitle.Eq(title))) <= 1) // nobody knows whether it happened, but not twice
	}
}
