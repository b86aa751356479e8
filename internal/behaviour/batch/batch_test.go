package batch_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

var item = prom.Proto[kit.Item]()

var note = prom.Proto[kit.Note]()

// failedAt is the number of the operation that a batch failed with, and its error.
func failedAt(t *testing.T, err error) (int, error) {
	t.Helper()
	var be *prom.BatchError
	if !errors.As(err, &be) {
		t.Fatalf("got the error %v, want a BatchError", err)
	}
	return be.Index, be.Err
}

// Ensure that the operations of a batch happen in their order, on several repos, see what those before them did, and
// give what the calls of the repos would; and that there is nothing before it has run and the batch is empty
// afterwards.
func TestBatch(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		for _, s := range kit.Situations {
			is := is.New(t)
			db := kit.Open(t, e.With("#"+s.Name))
			ns, is2 := kit.Notes(db), kit.Items(db)
			first := kit.MustCreate(t, ns, kit.Note{Title: "first", Views: 1})
			var b prom.Batch
			is.NoErr(b.Run(kit.Ended(t))) // of nothing
			second, item := kit.Note{Title: "second", Views: 2}, kit.Item{Name: "item"}
			first.Body = "changed"
			n, i := prom.Queue(&b, ns), prom.Queue(&b, is2)
			n.Create(&second)
			i.Create(&item)
			n.Update(first)
			// without a change of the columns, there is the time
			n.Update(&kit.Note{Model: first.Model, Title: "first", Body: "changed", Views: 1})
			got, none := n.Get(first.ID), n.Get(int64(777))
			all := n.All(ns.OrderBy(kit.NoteViews.Desc()))
			gone, never := n.DeleteKey(first.ID), n.DeleteKey(int64(777))
			rest := n.All(ns.Query())
			is.Equal(b.Len(), 10)
			_, err := got.Value()
			is.True(err != nil && strings.Contains(err.Error(), "not run"))
			_, err = gone.Value()
			is.True(err != nil)
			is.True(second.IsNew() && item.IsNew())

			is.NoErr(s.In(kit.Ended(t), db, b.Run))
			is.Equal(b.Len(), 0)
			is.True(second.ID > 0 && !second.IsNew() && !item.IsNew() && !second.Created.IsZero())
			is.Equal(len(ns.Modified(first))+len(ns.Modified(&second))+len(is2.Modified(&item)), 0)
			v, err := got.Value()
			is.NoErr(err)
			is.Equal(v.Body, "changed")
			is.Equal(len(ns.Modified(v)), 0)
			_, err = none.Value()
			is.True(errors.Is(err, prom.ErrNotFound))
			list, err := all.Value()
			is.NoErr(err)
			is.Equal(len(list), 2)
			is.Equal([]int{list[0].Views, list[1].Views}, []int{2, 1})
			deleted, err := gone.Value()
			is.NoErr(err)
			is.Equal(deleted, 1)
			deleted, err = never.Value()
			is.NoErr(err)
			is.Equal(deleted, 0)
			list, err = rest.Value()
			is.NoErr(err)
			is.Equal(len(list), 1)
			is.Equal(list[0].Title, "second")

			second.Views = 3 // it is a value like any other
			is.NoErr(ns.Save(kit.Ended(t), &second))
			is.NoErr(ns.Delete(kit.Ended(t), &second))
			_, err = is2.WithoutWhere().Delete(kit.Ended(t))
			is.NoErr(err)
		}
	})
}

// failingOps are operations that fail a batch, each for a reason of its own.
var failingOps = []struct {
	name string
	kind prom.Kind
	add  func(b *prom.Batch, repo *prom.Repo[kit.Item], gone *kit.Item)
}{
	{"unique", prom.ErrUnique, func(b *prom.Batch, r *prom.Repo[kit.Item], _ *kit.Item) {
		prom.Queue(b, r).Create(&kit.Item{Name: "taken"})
	}},
	{"gone", prom.ErrNotFound, func(b *prom.Batch, r *prom.Repo[kit.Item], gone *kit.Item) {
		gone.No++
		prom.Queue(b, r).Update(gone)
	}},
	{"never saved", prom.ErrValidation, func(b *prom.Batch, r *prom.Repo[kit.Item], _ *kit.Item) {
		prom.Queue(b, r).Update(&kit.Item{Name: "x"})
	}},
	{"rule", prom.ErrValidation, func(b *prom.Batch, r *prom.Repo[kit.Item], _ *kit.Item) {
		prom.Queue(b, r).Create(&kit.Item{Name: "\xff"})
	}},
	{"key", prom.ErrValidation, func(b *prom.Batch, r *prom.Repo[kit.Item],
		_ *kit.Item) {
		prom.Queue(b, r).Get("no number")
	}},
	{"sql", prom.ErrSyntax, func(b *prom.Batch, r *prom.Repo[kit.Item], _ *kit.Item) {
		prom.Queue(b, r).All(r.Where(prom.Raw(item, "name FROM nothing")))
	}},
	{"query", prom.ErrValidation, func(b *prom.Batch, r *prom.Repo[kit.Item],
		_ *kit.Item) {
		prom.Queue(b, r).All(r.Limit(-1))
	}},
}

// Ensure that one operation that fails undoes all, before it and after it, says which it was, and leaves the values as
// they were; and that a transaction around the batch goes on.
func TestBatchFails(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		repo := kit.Items(db)
		// the greatest key, so that SQLite makes no key again
		taken := kit.MustCreate(t, repo, kit.Item{Model: prom.Model{ID: 900}, Name: "taken"})
		gone := kit.MustCreate(t, repo, kit.Item{Model: prom.Model{ID: 5}, Name: "gone"})
		lost := *gone
		is.NoErr(repo.Delete(kit.Ended(t), &lost))
		for _, op := range failingOps {
			for _, s := range kit.Situations {
				before, after := kit.Item{Name: "before"}, kit.Item{Name: "after"}
				changed := *taken
				changed.No = 5
				was := changed
				goneNow := *gone
				var got *prom.Result[*kit.Item]
				err := s.In(kit.Ended(t), db, func(ctx context.Context) error {
					var b prom.Batch
					prom.Queue(&b, repo).Create(&before)
					prom.Queue(&b, repo).Update(&changed)
					got = prom.Queue(&b, repo).Get(taken.ID)
					op.add(&b, repo, &goneNow)
					prom.Queue(&b, repo).Create(&after)
					err := b.Run(ctx)
					if err == nil {
						t.Fatalf("%s, %s: the batch did not fail", op.name, s.Name)
					}
					i, err := failedAt(t, err)
					if i != 3 || !errors.Is(err, op.kind) {
						t.Errorf("%s, %s: operation %d failed with %v", op.name, s.Name, i, err)
					}
					if _, ok := repo.Get(ctx, taken.ID); ok != nil {
						t.Errorf("%s, %s: the transaction does not go on: %v", op.name, s.Name, ok)
					}
					return nil
				})
				is.NoErr(err)
				is.True(before.IsNew() && before.ID == 0 && after.IsNew())
				is.True(reflect.DeepEqual(changed, was))
				_, err = got.Value()
				is.True(errors.Is(err, op.kind))
				list := kit.AllOf(t, repo)
				if len(list) != 1 || list[0].No != 0 {
					t.Fatalf("%s, %s: the batch left %+v", op.name, s.Name, list)
				}
			}
		}
	})
}

// Ensure that a row that cannot be read is the error of the one who reads it, and that the others have happened.
func TestBatchUnreadable(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		repo := kit.Notes(db)
		bad := kit.MustCreate(t, repo, kit.Note{Title: "bad"})
		text := "UPDATE note SET views = 'x'"
		if e.Name == dbtest.NamePostgres {
			text = "ALTER TABLE note ALTER COLUMN views DROP NOT NULL; UPDATE note SET views = NULL"
		}
		kit.RunSQL(t, db, text)
		var b prom.Batch
		created := kit.Note{Title: "new"}
		prom.Queue(&b, repo).Create(&created)
		got, all := prom.Queue(&b, repo).Get(bad.ID), prom.Queue(&b, repo).All(repo.OrderBy(kit.NoteID.Desc()))
		good := prom.Queue(&b, repo).All(repo.Where(kit.NoteTitle.Eq("new")))
		is.NoErr(b.Run(kit.Ended(t)))
		_, err := got.Value()
		is.True(errors.Is(err, prom.ErrType))
		_, err = all.Value()
		is.True(errors.Is(err, prom.ErrType))
		list, err := good.Value()
		is.NoErr(err)
		is.Equal(len(list), 1)
		is.True(!created.IsNew())
		n, err := repo.Count(kit.Ended(t))
		is.NoErr(err)
		is.Equal(n, 2)
	})
}

// Ensure that a batch installs the tables that are missing, several and of several models, and those that were dropped
// behind our back, inside a transaction too.
func TestBatchInstalls(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		for _, s := range kit.Situations {
			db := kit.Open(t, e.With("#"+s.Name))
			ns := prom.NewRepo[kit.Note](prom.Using(db), prom.Table("note "+s.Name))
			ts := prom.NewRepo[kit.Thing](prom.Using(db), prom.Table("thing "+s.Name))
			// columns are missing
			is.NoErr(prom.NewRepo[kit.OldThing](prom.Using(db), prom.Table("thing "+s.Name)).Install(kit.Ended(t)))
			run := func(ctx context.Context) error {
				var b prom.Batch
				prom.Queue(&b, ns).Create(&kit.Note{Title: "t"})
				all := prom.Queue(&b, ns).All(ns.Query())
				prom.Queue(&b, ts).Create(&kit.Thing{Name: "n"})
				if err := b.Run(ctx); err != nil {
					return err
				}
				list, err := all.Value()
				is.Equal(len(list), 1)
				return err
			}
			is.NoErr(s.In(kit.Ended(t), db, run))
			if s.Name == "outside" {
				kit.RunSQL(t, db, `DROP TABLE "note outside"`, `DROP TABLE "thing outside"`)
				is.NoErr(run(kit.Ended(t)))
			}
			is.Equal(kit.Count(t, ns.Query())+kit.Count(t, ts.Query()), 2+kit.Count(t, ts.Where(kit.ThingCode.IsNull()))-1)
		}
	})
}

// Ensure that a batch whose statements were prepared before the table changed is run again, on all connections of the
// pool.
func TestBatchStale(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	db, other := kit.Open(t, e.With("pool_max_conns=3")), kit.Open(t, e.DSN)
	repo := kit.Things(db)
	run := func(ctx context.Context, i int) error {
		var b prom.Batch
		code := fmt.Sprint(i)
		prom.Queue(&b, repo).Create(&kit.Thing{Name: "n", Code: &code})
		all := prom.Queue(&b, repo).All(repo.Where(kit.ThingCode.NotNull()))
		err := b.Run(ctx)
		if list, _ := all.Value(); err == nil && len(list) == 0 {
			err = errors.New("nothing was read")
		}
		return err
	}
	is.NoErr(run(kit.Ended(t), 0))
	is.NoErr(kit.Together(3, func(i int) error {
		return db.Tx(kit.Ended(t), func(ctx context.Context) error { return run(ctx, 1+i) })
	}))
	for i, typ := range []string{"integer", "smallint"} {
		kit.RunSQL(t, other, `ALTER TABLE "thing" ALTER COLUMN "count" TYPE `+typ)
		for j := range 4 {
			is.NoErr(run(kit.Ended(t), 10+10*i+j))
		}
	}
	is.Equal(kit.Count(t, repo.Query()), 12)
}

// Ensure that a repo of another connection is refused before anything is sent.
func TestBatchOfTwo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		mine, theirs := kit.Notes(kit.Open(t, e.DSN)), kit.Notes(kit.Open(t, e.With("#other")))
		is.NoErr(mine.Install(kit.Ended(t)))
		var b prom.Batch
		n := kit.Note{Title: "t"}
		prom.Queue(&b, mine).Create(&n)
		prom.Queue(&b, theirs).Create(&kit.Note{Title: "t"})
		i, err := failedAt(t, b.Run(kit.Ended(t)))
		is.Equal(i, 1)
		is.True(errors.Is(err, prom.ErrValidation))
		is.True(n.IsNew())
		is.Equal(kit.Count(t, mine.Query()), 0)

		lost := prom.NewRepo[kit.Note](prom.In(new(prom.Registry)), prom.On("nowhere"))
		got := prom.Queue(&b, lost).Get(int64(1))
		i, _ = failedAt(t, b.Run(kit.Ended(t)))
		is.Equal(i, 0)
		_, err = got.Value()
		is.True(err != nil)
	})
}

// Ensure that a batch takes a thousand operations, with much to send and to read, more different statements than a
// connection keeps prepared, and that the one of them that fails is told.
func TestBatchLarge(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := kit.Notes(kit.Open(t, e.With("pool_maxconn=1")))
		var b prom.Batch
		body := strings.Repeat("0123456789", 2000)
		list := make([]kit.Note, 1000)
		for i := range list {
			list[i] = kit.Note{Title: "t", Body: body, Views: i}
			prom.Queue(&b, repo).Create(&list[i])
		}
		is.NoErr(b.Run(kit.Ended(t)))
		is.True(slices.IsSortedFunc(list, func(a, b kit.Note) int { return int(a.ID - b.ID) }))

		results := make([]*prom.Result[[]kit.Note], 600)
		for i := range results {
			results[i] = prom.Queue(&b, repo).All(repo.Where(prom.Raw(note, fmt.Sprintf("%d = %d AND _id = ?", i, i),
				list[i].ID)))
		}
		is.NoErr(b.Run(kit.Ended(t)))
		for i, r := range results {
			got, err := r.Value()
			is.NoErr(err)
			is.Equal(len(got), 1)
			is.Equal(got[0].Views, i)
			is.Equal(got[0].Body, body)
		}
		for i := range list {
			list[i].Views++
			prom.Queue(&b, repo).Update(&list[i])
			if i == 900 {
				prom.Queue(&b, repo).Create(&kit.Note{Model: prom.Model{ID: list[0].ID}, Title: "t"})
			}
		}
		i, err := failedAt(t, b.Run(kit.Ended(t)))
		is.Equal(i, 901)
		is.True(errors.Is(err, prom.ErrUnique))
		is.Equal(kit.Count(t, repo.Where(kit.NoteViews.Gte(1000))), 0)
	})
}

// Ensure that a batch is canceled with its context, and that the pool is of use afterwards.
func TestBatchCanceled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := kit.Notes(kit.Open(t, e.With("pool_maxconn=1")))
		is.NoErr(repo.Install(kit.Ended(t)))
		ctx, cancel := context.WithCancel(kit.Ended(t))
		cancel()
		var b prom.Batch
		n := kit.Note{Title: "t"}
		prom.Queue(&b, repo).Create(&n)
		prom.Queue(&b, repo).Create(&kit.Note{Title: "t"})
		err := b.Run(ctx)
		is.True(errors.Is(err, prom.ErrCanceled))
		is.True(n.IsNew())
		is.Equal(kit.Count(t, repo.Query()), 0)
	})
}
