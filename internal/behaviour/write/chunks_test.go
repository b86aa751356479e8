package write_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// progressOf ranges over chunks and returns the sizes of those that were written, how far they came, and the error.
func progressOf(chunks iter.Seq2[prom.Progress, error], body func(prom.Progress) bool) (sizes []int, last prom.Progress,
	err error) {
	for p, err := range chunks {
		if last = p; err != nil {
			return sizes, last, err
		}
		sizes = append(sizes, p.Chunk)
		if body != nil && !body(p) {
			break
		}
	}
	return sizes, last, nil
}

// Ensure that an update in chunks reaches every row of the query once, also when it makes the conditions false, at
// sizes that do and do not divide the number of rows.
func TestUpdateInChunks(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		db := kit.Open(t, e.DSN)
		notes := kit.Tiles(t, db, 100)
		null := kit.Count(t, notes.Where(kit.NoteStars.IsNull()))
		for size, want := range map[int]string{1000: "[34]", 34: "[34]", 17: "[17 17]", 10: "[10 10 10 4]"} {
			kit.RunSQL(t, db, `UPDATE note SET stars = NULL, _updated = _created WHERE views % 3 = 0`)
			is := is.New(t)
			sizes, last, err := progressOf(prom.UpdateInChunks(kit.Ended(t), notes.Where(kit.NoteStars.IsNull()),
				prom.Chunks{Size: size, Count: true},
				kit.NoteStars.Set(7), kit.NoteViews.Add(1000)), nil)
			is.NoErr(err)
			is.Equal(fmt.Sprint(sizes), want)
			is.Equal(last.Rows, null)
			is.Equal(last.Total, null)
			is.True(last.Elapsed > 0)
			is.Equal(kit.Count(t, notes.Where(kit.NoteStars.IsNull())), 0)
			is.Equal(kit.Count(t, notes.Where(kit.NoteViews.Gte(1000))), null) // none twice
			is.Equal(kit.Count(t, notes.Where(prom.Raw(note, "_updated > _created"))), null)
			kit.RunSQL(t, db, `UPDATE note SET views = views - 1000 WHERE views >= 1000`)
		}
	})
}

// Ensure that nothing is written, and the reason is told, when an update in chunks cannot be.
func TestUpdateInChunks_Refused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		db := kit.Open(t, e.DSN)
		notes := kit.Tiles(t, db, 10)
		ctx, q, set := kit.Ended(t), notes.Where(kit.NoteViews.Gte(0)), kit.NoteViews.Set(-1)
		keyless := prom.NewRepo[kit.Keyless](prom.Using(db))
		other := prom.UpdateInChunks(ctx, q, prom.Chunks{Size: 5}, kit.NoteBody.Set(""))
		_, elsewhere, err := progressOf(prom.DeleteInChunks(ctx, someVouchers(t, db), prom.Chunks{Size: 1}),
			func(prom.Progress) bool { return false })
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := progressOf(other, nil); err != nil {
			t.Fatal(err)
		}
		for want, chunks := range map[string]iter.Seq2[prom.Progress, error]{
			"without a condition":     prom.UpdateInChunks(ctx, notes.Query(), prom.Chunks{}, set),
			"no OrderBy, Limit":       prom.UpdateInChunks(ctx, q.OrderBy(kit.NoteViews.Asc()), prom.Chunks{}, set),
			"take no OrderBy":         prom.UpdateInChunks(ctx, q.Limit(3), prom.Chunks{}, set),
			"at least one assignment": prom.UpdateInChunks(ctx, q, prom.Chunks{}),
			"ID cannot be":            prom.UpdateInChunks(ctx, q, prom.Chunks{}, kit.NoteID.Set(1)),
			"at least 1 character":    prom.UpdateInChunks(ctx, q, prom.Chunks{}, kit.NoteTitle.Set("")),
			"size of chunks":          prom.UpdateInChunks(ctx, q, prom.Chunks{Size: -1}, set),
			"pause between":           prom.UpdateInChunks(ctx, q, prom.Chunks{Pause: -1}, set),
			"share of the time":       prom.UpdateInChunks(ctx, q, prom.Chunks{Share: 1.5}, set),
			"retries is negative":     prom.UpdateInChunks(ctx, q, prom.Chunks{Retry: -1}, set),
			"token is damaged":        prom.UpdateInChunks(ctx, q, prom.Chunks{After: "x"}, set),
			"made for another":        prom.UpdateInChunks(ctx, q, prom.Chunks{After: elsewhere.Place}, set),
			"has no primary key":      prom.DeleteInChunks(ctx, keyless.Query().WithoutWhere(), prom.Chunks{}),
			"no field with the":       prom.DeleteInChunks(ctx, q.WithDeleted(), prom.Chunks{}),
			"delete without a con":    prom.HardDeleteInChunks(ctx, notes.Query(), prom.Chunks{}),
		} {
			sizes, _, err := progressOf(chunks, nil)
			if !errors.Is(err, prom.ErrValidation) || !strings.Contains(err.Error(), want) || len(sizes) > 0 {
				t.Errorf("%s: %v", want, err)
			}
		}
		kit.RolledBack(t, db, func(ctx context.Context) {
			if _, _, err := progressOf(prom.UpdateInChunks(ctx, q, prom.Chunks{}, set), nil); !errors.Is(err,
				prom.ErrValidation) {
				t.Errorf("in a transaction: %v", err)
			}
		})
		if n := kit.Count(t, notes.Where(kit.NoteViews.Lt(0))); n != 0 {
			t.Errorf("%d rows were written", n)
		}
	})
}

// Ensure that a run which was left, failed or canceled goes on where its place says, that a place stored in the
// transaction of a chunk is stored with it alone, and that errors come with how far it came.
func TestUpdateInChunks_Resumed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		notes := kit.Tiles(t, db, 100)
		places := prom.NewRepo[kit.Thing](prom.Using(db))
		add := kit.NoteViews.Add(1000)
		run := func(ctx context.Context, how prom.Chunks, body func(prom.Progress) bool) (prom.Progress, error) {
			how.Size = 10
			_, last, err := progressOf(prom.UpdateInChunks(ctx, notes.Where(kit.NoteTitle.Ne("")), how, add), body)
			return last, err
		}
		last, err := run(kit.Ended(t), prom.Chunks{}, func(p prom.Progress) bool { return p.Rows < 20 })
		is.NoErr(err)
		is.Equal(last.Rows, 20)

		// One that is canceled in its body stops before the next chunk.
		ctx, cancel := context.WithCancel(kit.Ended(t))
		last, err = run(ctx, prom.Chunks{After: last.Place}, func(p prom.Progress) bool {
			if p.Rows == 20 {
				cancel()
			}
			return true
		})
		is.True(errors.Is(err, prom.ErrCanceled))
		is.Equal(last.Rows, 20)
		is.Equal(kit.Count(t, notes.Where(kit.NoteViews.Gte(1000))), 40)

		// So does one in its pause, however long that is.
		ctx, cancel = context.WithTimeout(kit.Ended(t), 300*time.Millisecond)
		defer cancel()
		last, err = run(ctx, prom.Chunks{After: last.Place, Pause: time.Hour}, nil)
		is.True(errors.Is(err, prom.ErrTimeout))
		is.Equal(last.Rows, 10)

		// The transaction that stores a place fails with its chunk.
		broken := errors.New("broken")
		stored := ""
		how := prom.Chunks{After: last.Place, Commit: func(ctx context.Context, p prom.Progress) error {
			if err := places.Create(ctx, &kit.Thing{Name: p.Place}); err != nil || p.Rows < 30 {
				stored = p.Place
				return err
			}
			return broken
		}}
		last, err = run(kit.Ended(t), how, nil)
		is.True(errors.Is(err, broken))
		is.Equal(last.Rows, 20)
		is.Equal(last.Chunk, 0)
		is.Equal(last.Place, stored)
		is.Equal(kit.Count(t, places.Query()), 2)
		is.Equal(kit.Count(t, notes.Where(kit.NoteViews.Gte(1000))), 70)

		last, err = run(kit.Ended(t), prom.Chunks{After: stored, Count: true}, nil)
		is.NoErr(err)
		is.Equal(last.Rows, 30)
		is.Equal(last.Total, 30)
		is.Equal(kit.Count(t, notes.Where(kit.NoteViews.Gte(1000), kit.NoteViews.Lt(2000))), 100) // each once

		_, err = run(kit.Ended(t), prom.Chunks{After: last.Place},
			func(prom.Progress) bool { t.Error("a chunk behind the last"); return true })
		is.NoErr(err)
	})
}

// Ensure that a chunk which fails writes none of its rows, and that those before it stay.
func TestUpdateInChunks_Failed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		users := prom.NewRepo[kit.User](prom.Using(db))
		list := make([]kit.User, 30)
		for i := range list {
			list[i] = kit.User{Name: fmt.Sprintf("u%02d", i), Age: 1}
		}
		is.NoErr(users.CreateMany(kit.Ended(t), list))
		proto := prom.Proto[kit.User]()
		name, age, id := prom.TextOf(proto, &proto.Name), prom.NumberOf(proto, &proto.Age), prom.NumberOf(proto, &proto.ID)
		same := name.SetTo(prom.Case(name, prom.Then[*kit.User, string](id.Eq(list[25].ID), prom.Val(proto, "u00"))))
		_, last, err := progressOf(prom.UpdateInChunks(kit.Ended(t), users.Where(age.Eq(1)), prom.Chunks{Size: 10},
			age.Set(2), same), nil)
		is.True(errors.Is(err, prom.ErrUnique))
		is.Equal(last.Rows, 20)
		is.Equal(kit.Count(t, users.Where(age.Eq(2))), 20)
	})
}

// ticket has a key of two columns, a text and a number, and is deleted softly.
type ticket struct {
	Shop string `prom:"key"`
	No   int    `prom:"key"`
	Paid *bool
	Gone *time.Time `prom:"deleted"`
}

var (
	ticketProto = prom.Proto[ticket]()
	ticketPaid  = prom.NullOf(ticketProto, &ticketProto.Paid)
	ticketNo    = prom.NumberOf(ticketProto, &ticketProto.No)
)

// Ensure that keys of several columns, with texts of which case and accents are in the order of the database, and UUIDs
// are gone through as any other; and that deletes in chunks are what deletes are: soft ones mark the rows, and those
// for good take the marked ones when they are asked for.
func TestDeleteInChunks_Keys(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx, db := kit.Ended(t), kit.Open(t, e.DSN)
		tickets := prom.NewRepo[ticket](prom.Using(db))
		var list []ticket
		for _, shop := range []string{"a", "B", "ä", "b", "Z", "'", " ", "日"} {
			for no := range 5 {
				list = append(list, ticket{Shop: shop, No: no - 2})
			}
		}
		is.NoErr(tickets.CreateMany(ctx, list))
		_, last, err := progressOf(prom.UpdateInChunks(ctx, tickets.Where(ticketPaid.IsNull()), prom.Chunks{Size: 3},
			ticketPaid.Set(true)), nil)
		is.NoErr(err)
		is.Equal(last.Rows, 40)
		_, last, err = progressOf(prom.DeleteInChunks(ctx, tickets.Where(ticketNo.Gte(0)), prom.Chunks{Size: 7}), nil)
		is.NoErr(err)
		is.Equal(last.Rows, 24)
		is.Equal(kit.Count(t, tickets.Query()), 16)
		is.Equal(kit.Count(t, tickets.Query().OnlyDeleted()), 24)
		_, last, err = progressOf(prom.HardDeleteInChunks(ctx, tickets.Query().OnlyDeleted().WithoutWhere(),
			prom.Chunks{Size: 5}), nil)
		is.NoErr(err)
		is.Equal(last.Rows, 24)
		is.Equal(kit.Count(t, tickets.Query().WithDeleted()), 16)

		vouchers := prom.NewRepo[kit.Voucher](prom.Using(db))
		is.NoErr(vouchers.CreateMany(ctx, make([]kit.Voucher, 25)))
		_, last, err = progressOf(prom.DeleteInChunks(ctx, vouchers.Query().WithoutWhere(), prom.Chunks{Size: 10}), nil)
		is.NoErr(err)
		is.Equal(last.Rows, 25)
		is.Equal(kit.Count(t, vouchers.Query()), 0)
	})
}

// Ensure that the loop's body may write on the one connection of a pool, that rows which it inserts, whose keys come
// behind the last one of the beginning, do not make the loop endless, and that rows which no longer fit are left alone.
func TestUpdateInChunks_Meanwhile(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx, db := kit.Ended(t), kit.Open(t, e.With("pool_maxconn=1"))
		notes := kit.Tiles(t, db, 50)
		sizes, last, err := progressOf(prom.UpdateInChunks(ctx, notes.Where(kit.NoteBody.Eq("")), prom.Chunks{Size: 10},
			kit.NoteBody.Set("b")),
			func(p prom.Progress) bool {
				kit.MustIn(ctx, t, notes, kit.Note{Title: "new"})
				if p.Rows == 10 {
					_, err := notes.Where(kit.NoteViews.In(10, 11, 49)).Update(ctx, kit.NoteBody.Set("mine"))
					is.NoErr(err)
				}
				return true
			})
		is.NoErr(err)
		is.Equal(fmt.Sprint(sizes), "[10 10 10 10 7]")
		is.Equal(last.Rows, 47)
		is.Equal(kit.Count(t, notes.Where(kit.NoteTitle.Eq("new"), kit.NoteBody.Eq(""))), 5)
		is.Equal(kit.Count(t, notes.Where(kit.NoteBody.Eq("mine"))), 3)
	})
}

// Ensure that the pause behind a chunk is as long as the share of the time asks for.
func TestUpdateInChunks_Throttled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		notes := kit.Tiles(t, kit.Open(t, e.DSN), 5)
		slow := func(context.Context, prom.Progress) error { time.Sleep(20 * time.Millisecond); return nil }
		run := func(how prom.Chunks) time.Duration {
			how.Size = 1
			began := time.Now()
			_, last, err := progressOf(prom.UpdateInChunks(kit.Ended(t), notes.Where(kit.NoteViews.Gte(0)), how,
				kit.NoteBody.Set("b")), nil)
			is.NoErr(err)
			is.Equal(last.Rows, 5)
			return time.Since(began)
		}
		is.True(run(prom.Chunks{Pause: 30 * time.Millisecond}) >= 5*30*time.Millisecond)
		is.True(run(prom.Chunks{Share: 0.25, Commit: slow}) >= 5*20*time.Millisecond+5*3*20*time.Millisecond)
	})
}

// Ensure that chunks that writers and each other deadlock or find locked are run again as often as is said, and
// update each row once.
func TestUpdateInChunks_Concurrent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		notes := kit.Tiles(t, db, 200)
		err := kit.Together(4, func(i int) error {
			if i == 3 {
				for n := range 100 {
					if _, err := notes.Where(prom.Mod[*kit.Note, int](kit.NoteViews, prom.Val(note, 100)).Eq(n)).Update(kit.Ended(t),
						kit.NoteBody.Set(fmt.Sprint(n))); err != nil {
						return err
					}
				}
				return nil
			}
			_, _, err := progressOf(prom.UpdateInChunks(kit.Ended(t), notes.Where(kit.NoteStars.IsNull()),
				prom.Chunks{Size: 7, Retry: 20},
				kit.NoteStars.Set(1), kit.NoteTitle.Set(fmt.Sprint("by ", i))), nil)
			return err
		})
		is.NoErr(err)
		is.Equal(kit.Count(t, notes.Where(kit.NoteStars.IsNull())), 0)
		var by []string
		for i := range 3 {
			by = append(by, fmt.Sprint("by ", i))
		}
		is.Equal(kit.Count(t, notes.Where(kit.NoteTitle.In(by...))), 67)
		is.True(slices.IsSorted(by))
	})
}

// someVouchers is a query of a few rows of another table.
func someVouchers(tb testing.TB, db *prom.DB) *prom.Query[kit.Voucher] {
	vouchers := prom.NewRepo[kit.Voucher](prom.Using(db))
	kit.MustCreate(tb, vouchers, kit.Voucher{N: 1})
	return vouchers.Query().WithoutWhere()
}
