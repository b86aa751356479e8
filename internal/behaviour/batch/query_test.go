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

// Ensure that the operations of a batch on queries see what those before them did, and that their results are those of
// the calls by themselves.
func TestBatchQueries(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := kit.Notes(db)
		list := []kit.Note{{Title: "a", Views: 1}, {Title: "b", Views: 2}, {Title: "c", Views: 3}}
		q := repo.OrderBy(kit.NoteViews.Desc())
		for range 2 { // without a table, and with one
			var b prom.Batch
			ops := prom.Queue(&b, repo)
			before := ops.Exists(repo.Query())
			ops.CreateMany(list)
			count, page := ops.Count(q), ops.Count(q.Limit(2).Offset(2))
			one, none := ops.First(q), ops.First(q.Where(kit.NoteViews.Gt(9)))
			updated := ops.UpdateWhere(repo.Where(kit.NoteViews.Gt(1)), kit.NoteViews.Add(10))
			views := prom.BatchAll(&b, prom.Pluck(repo.OrderBy(kit.NoteViews.Asc()), kit.NoteViews))
			sum := prom.BatchAll(&b, prom.Pluck(repo.Query(), prom.Sum(kit.NoteViews)))
			deleted := ops.DeleteWhere(repo.WithoutWhere())
			after := ops.Exists(repo.Query())
			is.Equal(kit.ErrOf(count.Value()) != nil, true)
			is.NoErr(b.Run(ctx))
			is.Equal(value(t, before), false)
			is.Equal(value(t, count), 3)
			is.Equal(value(t, page), 1)
			is.Equal(value(t, one).Title, "c")
			is.True(errors.Is(kit.ErrOf(none.Value()), prom.ErrNotFound))
			is.Equal(value(t, updated), 2)
			is.Equal(value(t, views), []int{1, 12, 13})
			is.Equal(value(t, sum)[0], 26)
			is.Equal(value(t, deleted), 3)
			is.Equal(value(t, after), false)
			is.True(list[0].ID > 0)
			for i := range list {
				list[i] = kit.Note{Title: list[i].Title, Views: list[i].Views}
			}
		}
	})
}

func value[V any](t *testing.T, r *prom.Result[V]) V {
	t.Helper()
	v, err := r.Value()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Ensure that an operation that fails says which it is, that all is undone then, and that every result is an error.
func TestBatchQueriesFail(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := kit.Notes(db)
		kit.MustCreate(t, repo, kit.Note{Title: "a", Views: 1})
		other := kit.Notes(kit.Open(t, e.DSN))
		for name, tt := range map[string]struct {
			add  func(b *prom.Batch, ops *prom.BatchOf[kit.Note]) func() error
			kind error
		}{
			"update all": {func(_ *prom.Batch, ops *prom.BatchOf[kit.Note]) func() error {
				r := ops.UpdateWhere(repo.Query(), kit.NoteViews.Set(1))
				return func() error { return kit.ErrOf(r.Value()) }
			}, prom.ErrValidation},
			"delete all": {func(_ *prom.Batch, ops *prom.BatchOf[kit.Note]) func() error {
				r := ops.DeleteWhere(repo.Query())
				return func() error { return kit.ErrOf(r.Value()) }
			}, prom.ErrValidation},
			"check": {func(_ *prom.Batch, ops *prom.BatchOf[kit.Note]) func() error {
				r := ops.UpdateWhere(repo.WithoutWhere(),
					kit.NoteTitle.SetTo(prom.Concat(kit.NoteTitle, prom.Val(note, string(make([]byte, 200))))))
				return func() error { return kit.ErrOf(r.Value()) }
			}, prom.ErrValidation},
			"elsewhere": {func(b *prom.Batch, _ *prom.BatchOf[kit.Note]) func() error {
				r := prom.Queue(b, other).Count(other.Query())
				return func() error { return kit.ErrOf(r.Value()) }
			}, prom.ErrValidation},
			"subquery elsewhere": {func(_ *prom.Batch, ops *prom.BatchOf[kit.Note]) func() error {
				r := ops.Count(repo.Where(prom.InQuery(kit.NoteID, prom.Pluck(other.Query(), kit.NoteID))))
				return func() error { return kit.ErrOf(r.Value()) }
			}, prom.ErrValidation},
			"projection": {func(b *prom.Batch, _ *prom.BatchOf[kit.Note]) func() error {
				r := prom.BatchAll(b, prom.Pluck(repo.Where(kit.NoteTitle.Eq("\x00")), kit.NoteViews))
				return func() error { return kit.ErrOf(r.Value()) }
			}, prom.ErrValidation},
		} {
			var b prom.Batch
			ops := prom.Queue(&b, repo)
			first := ops.UpdateWhere(repo.WithoutWhere(), kit.NoteViews.Add(1))
			result := tt.add(&b, ops)
			err := b.Run(ctx)
			var failed *prom.BatchError
			if !errors.Is(err, tt.kind) || !errors.As(err, &failed) || failed.Index != 1 {
				t.Errorf("%s: %v", name, err)
			}
			is.True(result() != nil)
			is.True(kit.ErrOf(first.Value()) != nil)
		}
		got, err := repo.Query().First(ctx)
		is.NoErr(err)
		is.Equal(got.Views, 1)
	})
}

// Ensure that a batch on queries is one round trip.
func TestBatchQueriesTrip(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	p, e := dbtest.NewProxy(t, dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)})
	repo := kit.Notes(kit.Open(t, e.With("pool_max_conns=1")))
	kit.MustCreate(t, repo, kit.Note{Title: "a"})
	for _, prepared := range []bool{false, true} {
		var b prom.Batch
		ops := prom.Queue(&b, repo)
		n := ops.UpdateWhere(repo.WithoutWhere(), kit.NoteViews.Add(1))
		one, has := ops.First(repo.Query()), ops.Exists(repo.Query())
		views := prom.BatchAll(&b, prom.Pluck(repo.Query(), kit.NoteViews))
		gone := ops.DeleteWhere(repo.Where(kit.NoteViews.Gt(9)))
		p.Trips()
		is.NoErr(b.Run(ctx))
		if prepared {
			is.Equal(p.Trips(), 1)
		}
		is.Equal(value(t, n), 1)
		is.Equal([]int{value(t, one).Views}, value(t, views))
		is.Equal(value(t, has), true)
		is.Equal(value(t, gone), 0)
	}
}
