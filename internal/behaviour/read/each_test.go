package read_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

var note = prom.Proto[kit.Note]()

// walk lists the views of the rows that a loop gets.
func walk(ctx context.Context, q *prom.Query[kit.Note], body func(*kit.Note) error) (got []int, err error) {
	for n, err := range q.Each(ctx) {
		if err != nil {
			return got, err
		}
		got = append(got, n.Views)
		if body != nil {
			if err := body(n); err != nil {
				return got, err
			}
		}
	}
	return got, nil
}

// Ensure that a loop gets every row once, with a limit and an offset the same rows as All, in the order of the key or
// the one asked for. parity: Q34 Q62
func TestEach(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		db := kit.Open(t, e.DSN)
		for _, n := range []int{0, 1, 63, 64, 65, 576, 577, 5000} {
			is := is.New(t)
			repo := prom.NewRepo[kit.Note](prom.Using(db), prom.Table(fmt.Sprintf("note %d", n)))
			list := make([]kit.Note, n)
			for i := range list {
				list[i] = kit.Note{Title: fmt.Sprintf("n%04d", i), Views: i}
			}
			is.NoErr(repo.CreateMany(kit.Ended(t), list))
			got, err := walk(kit.Ended(t), repo.Query(), nil)
			is.NoErr(err)
			is.True(slices.Equal(got, kit.UpTo(n)))
			got, err = walk(kit.Ended(t), repo.OrderBy(kit.NoteViews.Desc()), nil)
			is.NoErr(err)
			slices.Reverse(got)
			is.True(slices.Equal(got, kit.UpTo(n)))
			for _, page := range [][2]int{{0, 0}, {1, 0}, {64, 0}, {65, 3}, {100, 4990}, {10_000, 1}} {
				for _, q := range []*prom.Query[kit.Note]{repo.Limit(page[0]).Offset(page[1]),
					repo.OrderBy(kit.NoteViews.Asc()).Limit(page[0]).Offset(page[1])} {
					got, err := walk(kit.Ended(t), q, nil)
					is.NoErr(err)
					want := kit.UpTo(n)[min(n, page[1]):]
					is.True(slices.Equal(got, want[:min(len(want), page[0])]))
				}
			}
		}
	})
}

// Ensure that the body of a loop may save, delete and create rows of the table, outside a transaction and in one, on a
// pool of one connection, and sees neither a row twice nor those that it creates. parity: Q59 suite: 15
func TestEachWrites(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		for name, inTx := range map[string]bool{"outside": false, "inside": true} {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				ctx := kit.Ended(t)
				db := kit.Open(t, e.With("pool_maxconn=1"))
				repo := prom.NewRepo[kit.Note](prom.Using(db), prom.Table(name))
				const rows = 700
				list := make([]kit.Note, rows)
				for i := range list {
					list[i] = kit.Note{Title: "t", Views: i}
				}
				is.NoErr(repo.CreateMany(ctx, list))
				seen := 0
				body := func(ctx context.Context) error {
					_, err := walk(ctx, repo.Query(), func(n *kit.Note) error {
						seen++
						if n.Views%2 == 0 {
							return repo.Delete(ctx, n)
						}
						n.Body = "seen"
						return errors.Join(repo.Save(ctx, n), repo.Create(ctx, &kit.Note{Title: "new", Views: -1}))
					})
					return err
				}
				if inTx {
					is.NoErr(db.Tx(ctx, body))
				} else {
					is.NoErr(body(ctx))
				}
				is.Equal(seen, rows)
				is.Equal(kit.Count(t, repo.Where(kit.NoteViews.Lt(0))), rows/2)
				is.Equal(kit.Count(t, repo.Where(prom.Raw(note, "body = 'seen'"))), rows/2)
				is.Equal(kit.Count(t, repo.Query()), rows)
			})
		}
		dbtest.Reportf(t, 15, "a pool of 1: loops over 700 rows that save, create and delete")
	})
}

// Ensure that a loop in an order that its body changes ends, and gets each row once.
func TestEachChangedOrder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		repo := kit.Tiles(t, kit.Open(t, e.With("pool_maxconn=1")), 600)
		seen := map[int64]int{}
		_, err := walk(ctx, repo.OrderBy(kit.NoteViews.Asc(), kit.NoteTitle.Desc()), func(n *kit.Note) error {
			seen[n.ID]++
			n.Views += 10_000 // to the end of the order
			return repo.Save(ctx, n)
		})
		is.NoErr(err)
		is.Equal(len(seen), 600)
		for _, times := range seen {
			is.Equal(times, 1)
		}
		// what is saved leaves the condition
		got, err := walk(ctx, repo.Where(kit.NoteViews.Gte(10_000)), func(n *kit.Note) error {
			n.Views -= 10_000
			return repo.Save(ctx, n)
		})
		is.NoErr(err)
		is.Equal(len(got), 600)
	})
}

// Ensure that a loop can be left early and panic, and that the error of a statement in its midst reaches it, each
// without leaving a connection in use.
func TestEachEnds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.With("pool_maxconn=1"))
		repo := kit.Tiles(t, db, 1000)
		for i := range 20 {
			got, err := walk(kit.Ended(t), repo.Query(), func(n *kit.Note) error {
				if n.Views == 50*i {
					return errors.ErrUnsupported
				}
				return nil
			})
			is.Equal(err, errors.ErrUnsupported)
			is.Equal(len(got), 50*i+1)
		}
		is.Equal(kit.PanicText(func() {
			_, _ = walk(kit.Ended(t), repo.Query(), func(*kit.Note) error { panic("in the loop") })
		}), "in the loop")

		ctx, cancel := context.WithCancel(kit.Ended(t))
		got, err := walk(ctx, repo.Query(), func(n *kit.Note) error {
			if n.Views == 100 {
				cancel()
			}
			return nil
		})
		is.True(errors.Is(err, prom.ErrCanceled) && errors.Is(err, context.Canceled))
		is.True(len(got) > 100 && len(got) < 1000)
		_, err = walk(kit.Ended(t), repo.Limit(-1), nil)
		is.True(errors.Is(err, prom.ErrValidation))
		is.Equal(kit.Count(t, repo.Query()), 1000)
	})
}

// Ensure that a missing table is installed by a loop, too. parity: A2
func TestEachInstalls(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		for _, q := range []*prom.Query[kit.Note]{kit.Notes(kit.Open(t, e.DSN)).Query(),
			kit.Notes(kit.Open(t, e.DSN)).OrderBy(kit.NoteViews.Asc())} {
			got, err := walk(kit.Ended(t), q, nil)
			is.NoErr(err)
			is.Equal(len(got), 0)
		}
	})
}

type stop struct {
	Line string    `prom:"key"`
	Day  time.Time `prom:"key,date"`
	Nr   int       `prom:"key"`
	Name string
}

var stopProto = prom.Proto[stop]()

var stopName = prom.TextOf(stopProto, &stopProto.Name)

type word struct {
	Word string `prom:"key"`
	N    int
}

var wordProto = prom.Proto[word]()

var wordN = prom.NumberOf(wordProto, &wordProto.N)

// Ensure that loops go by keys of any type, composite ones too, and that a model without a key is a clear error.
// parity: F4
func TestEachKeys(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		db := kit.Open(t, e.DSN)
		stops, words, tokens := prom.NewRepo[stop](prom.Using(db)), prom.NewRepo[word](prom.Using(db)), prom.NewRepo[kit.Voucher](prom.Using(db))
		const rows = 650
		ss, ws, ts := make([]stop, rows), make([]word, rows), make([]kit.Voucher, rows)
		for i := range rows {
			ss[i] = stop{Line: string(rune('a' + i%3)), Day: time.Unix(int64(i%5)*86400, 0).UTC(), Nr: i,
				Name: fmt.Sprint(i % 7)}
			ws[i] = word{Word: strings.Repeat("%'ä", i%4) + fmt.Sprint(i), N: -i}
			ts[i] = kit.Voucher{N: i}
		}
		is.NoErr(errors.Join(stops.CreateMany(ctx, ss), words.CreateMany(ctx, ws), tokens.CreateMany(ctx, ts)))
		for _, q := range []*prom.Query[stop]{stops.Query(), stops.OrderBy(stopName.Asc())} {
			seen := map[int]bool{}
			for s, err := range q.Each(ctx) {
				is.NoErr(err)
				is.True(!seen[s.Nr])
				seen[s.Nr] = true
			}
			is.Equal(len(seen), rows)
		}
		for _, q := range []*prom.Query[word]{words.Query(), words.OrderBy(wordN.Asc())} {
			seen := map[string]bool{}
			for w, err := range q.Each(ctx) {
				is.NoErr(err)
				is.True(!seen[w.Word])
				seen[w.Word] = true
				w.N = 1
				is.NoErr(words.Save(ctx, w))
			}
			is.Equal(len(seen), rows)
		}
		last := prom.UUID{}
		n := 0
		for tok, err := range tokens.Each(ctx) {
			is.NoErr(err)
			is.True(tok.ID.String() > last.String())
			last = tok.ID
			n++
		}
		is.Equal(n, rows)

		for _, err := range prom.NewRepo[kit.Keyless](prom.Using(db)).Each(ctx) {
			is.True(err != nil && strings.Contains(err.Error(), "key") && strings.Contains(err.Error(), "keyless"))
			n++
		}
		is.Equal(n, rows+1)
	})
}

// Ensure that walking 100,000 rows takes no more memory than walking a few. parity: Q62
func TestEachMemory(t *testing.T) { //nolint:paralleltest // it measures the heap
	db := kit.Open(t, dbtest.SQLite(t))
	repo := prom.NewRepo[kit.Note](prom.Using(db))
	is := is.New(t)
	is.NoErr(repo.Install(context.Background()))
	std, err := db.SQL(context.Background())
	is.NoErr(err)
	_, err = std.Exec(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
		INSERT INTO note (title, body, views, at, _created, _updated) SELECT 't', '', i, '2024-01-01', '2024-01-01', '2024-01-01' FROM n`)
	is.NoErr(err)
	flat(t, repo.Each(context.Background()), 100_000)
}

// flat makes sure that a walk over n values keeps no more than 4 MiB alive at any time.
func flat[T any](t *testing.T, walk iter.Seq2[*T, error], n int) {
	t.Helper()
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	is := is.New(t)
	before, most, seen := heap(), uint64(0), 0
	for _, err := range walk {
		is.NoErr(err)
		if seen++; seen%20_000 == 0 {
			most = max(most, heap())
		}
	}
	is.Equal(seen, n)
	if most > before+4<<20 {
		t.Errorf("the heap grew by %d KiB", (most-before)>>10)
	}
}
