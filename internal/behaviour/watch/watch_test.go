package watch_test

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

var NoteCreated = prom.TimeOf(note, &note.Created)

// watching runs a watch in a goroutine of its own. The loop ends with the test at the latest.
type watching[T any] struct {
	t    *testing.T
	rows chan T
	done chan error
	stop func()
}

// watch begins a watch.
func watch[T any](t *testing.T, watch func(ctx context.Context) iter.Seq2[*T, error]) *watching[T] {
	t.Helper()
	ctx, cancel := context.WithCancel(kit.Ended(t))
	w := &watching[T]{t: t, rows: make(chan T), done: make(chan error, 1), stop: cancel}
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		for v, err := range watch(ctx) {
			if err != nil {
				w.done <- err
				return
			}
			select {
			case w.rows <- *v:
			case <-ctx.Done():
			}
		}
		w.done <- nil
	}()
	t.Cleanup(func() { cancel(); <-finished })
	return w
}

// next returns the next row.
func (w *watching[T]) next() T {
	w.t.Helper()
	select {
	case v := <-w.rows:
		return v
	case err := <-w.done:
		w.t.Fatal("the watch ended", err)
	case <-time.After(20 * time.Second):
		w.t.Fatal("no row came")
	}
	panic("unreachable")
}

// none makes sure that no row comes.
func (w *watching[T]) none() {
	w.t.Helper()
	select {
	case v := <-w.rows:
		w.t.Fatalf("a row came that was not to come: %+v", v)
	case err := <-w.done:
		w.t.Fatal("the watch ended", err)
	case <-time.After(300 * time.Millisecond):
	}
}

// settled waits until all transactions of the server that run now have ended, those of other tests too: before that, a
// place of a watch on PostgreSQL does not settle, and a row that is changed meanwhile so that the conditions hold is
// new to it.
func settled(t *testing.T, db *prom.DB) {
	t.Helper()
	if db.Dialect().Name() == dbtest.NameSQLite {
		return
	}
	number := kit.ScanOne[int64](t, db, `SELECT txid_current()`)
	oldest := func() int64 { return kit.ScanOne[int64](t, db, `SELECT txid_snapshot_xmin(txid_current_snapshot())`) }
	for end := time.Now().Add(time.Minute); oldest() <= number; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("a transaction does not end")
		}
	}
}

// end ends the watch, by its context, and returns its error.
func (w *watching[T]) end() error {
	w.t.Helper()
	w.stop()
	select {
	case err := <-w.done:
		return err
	case <-time.After(20 * time.Second):
		w.t.Fatal("the watch does not end")
	}
	return nil
}

// quick are the options of tests that wait for places to settle.
var quick = []prom.WatchOption{prom.WatchEvery(10 * time.Millisecond), prom.WatchSettle(50 * time.Millisecond)}

// begun returns a watch that has begun: it was given a row that is made for that.
func begun(t *testing.T, repo *prom.Repo[kit.Note], q *prom.Query[kit.Note],
	options ...prom.WatchOption) *watching[kit.Note] {
	t.Helper()
	before := kit.MustCreate(t, repo, kit.Note{Title: "before", Views: -1})
	w := watch(t, func(ctx context.Context) iter.Seq2[*kit.Note, error] {
		return prom.Watch(ctx, q, append(append([]prom.WatchOption{}, quick...), options...)...)
	})
	probe := &kit.Note{}
	for given := false; !given; { // those that are made too early were there before
		probe = kit.MustCreate(t, repo, kit.Note{Title: "probe"})
		select {
		case n := <-w.rows:
			if n.ID == before.ID {
				t.Fatal("a row that was there is no new row")
			}
			for n.ID != probe.ID {
				n = w.next()
			}
			given = true
		case err := <-w.done:
			t.Fatal("the watch ended", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return w
}

// Ensure that new rows come, in order and each once, with the conditions of the query, until the context ends or the
// limit is reached, and that rows which were there do not come. parity: Q65
func TestWatch(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := kit.Notes(db)
		w := begun(t, repo, repo.Where(kit.NoteViews.Gte(0)))
		list := make([]kit.Note, 150)
		for i := range list {
			list[i] = kit.Note{Title: "n", Views: i%3 - 1}
		}
		is.NoErr(repo.CreateMany(ctx, list))
		for _, n := range list {
			if n.Views >= 0 {
				is.Equal(w.next().ID, n.ID)
			}
		}
		w.none()
		settled(t, db)
		w.none()
		_, err := repo.Where(kit.NoteViews.Lt(0)).Update(ctx, kit.NoteViews.Set(1))
		is.NoErr(err)
		w.none() // what changes is not new
		last := kit.MustCreate(t, repo, kit.Note{Title: "last"})
		is.Equal(w.next().ID, last.ID)
		is.NoErr(w.end())

		n := 0
		for v, err := range prom.Watch(kit.Ended(t), repo.Limit(7), prom.WatchFromStart()) {
			is.NoErr(err)
			is.True(v.ID > 0)
			n++
		}
		is.Equal(n, 7)
		ctx, cancel := context.WithCancel(kit.Ended(t))
		defer cancel()
		for _, err := range prom.Watch(ctx, repo.Query(), prom.WatchFromStart()) {
			is.NoErr(err)
			n++
			cancel()
		}
		is.Equal(n, 8)
		for range prom.Watch(kit.Ended(t), repo.Limit(0), prom.WatchFromStart()) {
			t.Error("a row of none")
		}
	})
}

// Ensure that a watch goes on where another ended, by the text of its cursor, and gives each row once, wherever it was
// left. parity: Q65
func TestWatchResume(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := kit.Notes(kit.Open(t, e.DSN))
		const rows = 300
		list := make([]kit.Note, rows)
		for i := range list {
			list[i] = kit.Note{Title: "n", Views: i}
		}
		is.NoErr(repo.CreateMany(context.Background(), list))
		text, seen := "", map[int64]bool{}
		for len(seen) < rows {
			at := prom.NewWatchCursor(text)
			left := 1 + rand.IntN(40)
			for n, err := range prom.Watch(kit.Ended(t), repo.Query(), prom.WatchFromStart(), prom.WatchResume(at)) {
				is.NoErr(err)
				is.True(!seen[n.ID])
				seen[n.ID] = true
				text = at.String()
				if left--; left == 0 || len(seen) == rows {
					break
				}
			}
			is.Equal(at.String(), text)
		}
		// What comes while nobody watches comes afterwards.
		late := kit.MustCreate(t, repo, kit.Note{Title: "late"})
		at := prom.NewWatchCursor(text)
		for n, err := range prom.Watch(kit.Ended(t), repo.Limit(1), prom.WatchResume(at)) {
			is.NoErr(err)
			is.Equal(n.ID, late.ID)
		}
	})
}

// Ensure that a cursor after more rows than it holds loses none of them, and that the places which it goes through
// settle.
func TestWatchLargeCursor(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := kit.Notes(kit.Open(t, e.DSN))
		const rows = 1500
		list := make([]kit.Note, rows)
		for i := range list {
			list[i] = kit.Note{Title: "n", Views: i}
		}
		is.NoErr(repo.CreateMany(context.Background(), list))
		at, n := prom.NewWatchCursor(""), 0
		ctx, cancel := context.WithCancel(kit.Ended(t))
		defer cancel()
		for _, err := range prom.Watch(ctx, repo.Query(), append(quick, prom.WatchFromStart(), prom.WatchResume(at))...) {
			is.NoErr(err)
			if n++; n == 1000 {
				break
			}
		}
		is.True(len(at.String()) < 40_000)
		seen := map[int64]bool{}
		var wg sync.WaitGroup
		wg.Go(func() { // rows that come one by one, between which places settle
			for ctx.Err() == nil {
				if err := repo.Create(ctx, &kit.Note{Title: "more"}); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				time.Sleep(200 * time.Millisecond)
			}
		})
		for n, err := range prom.Watch(ctx, repo.Query(), append(quick, prom.WatchResume(at))...) {
			is.NoErr(err)
			if seen[n.ID] = true; len(seen) > 500 && len(at.String()) < 400 { // of a few rows that have not settled
				cancel()
			}
		}
		wg.Wait()
		is.True(ctx.Err() == context.Canceled)
		for _, n := range list[1000:] {
			is.True(seen[n.ID])
		}
	})
}

// Ensure that a row whose transaction commits late is not lost, though greater ones were given before, and however long
// the transaction is open; and that it comes once. parity: Q65
func TestWatchLateCommit(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := kit.Open(t, dbtest.Postgres(t))
	repo := kit.Notes(db)
	for name, options := range map[string][]prom.WatchOption{"key": nil, "created": {prom.WatchBy(NoteCreated)},
		"told": {prom.WatchTrigger(), prom.WatchEvery(0)}} {
		is := is.New(t)
		w := begun(t, repo, repo.Query(), options...)
		var early, nested *kit.Note
		is.NoErr(db.Tx(ctx, func(inner context.Context) error {
			early = &kit.Note{Title: name}
			if err := repo.Create(inner, early); err != nil {
				return err
			}
			if err := db.Tx(inner, func(inner context.Context) error { // a transaction with a number of its own
				nested = &kit.Note{Title: name}
				return repo.Create(inner, nested)
			}); err != nil {
				return err
			}
			for range 3 {
				n := kit.MustCreate(t, repo, kit.Note{Title: name})
				is.True(n.ID > nested.ID)
				is.Equal(w.next().ID, n.ID)
				w.none() // longer than it takes to settle
			}
			return nil
		}))
		is.Equal(w.next().ID, early.ID)
		is.Equal(w.next().ID, nested.ID)
		w.none()
		is.NoErr(w.end())
	}
	is.NoErr(db.Ping(ctx))
}

// Ensure that a row with a smaller value comes when it is inserted within the time to settle, on both engines.
func TestWatchLateValue(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := kit.Notes(kit.Open(t, e.DSN))
		w := begun(t, repo, repo.Query(), prom.WatchBy(NoteCreated), prom.WatchSettle(10*time.Second))
		at := time.Now().Add(time.Minute)
		for i := range 5 {
			n := kit.MustCreate(t, repo, kit.Note{Title: "n",
				Model: prom.Model{Created: at.Add(-time.Duration(i) * time.Second)}})
			is.Equal(w.next().ID, n.ID)
		}
		w.none()
	})
}

// Ensure that a watch gives each row once while many write in transactions of all lengths, some of which roll back.
func TestWatchManyWriters(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		db := kit.Open(t, e.DSN)
		repo := kit.Notes(db)
		w := begun(t, repo, repo.Where(kit.NoteViews.Gte(0)), prom.WatchTrigger(), prom.WatchSettle(500*time.Millisecond))
		const writers, each = 8, 30
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() {
				for j := range each {
					err := db.Tx(kit.Ended(t), func(ctx context.Context) error {
						views := i*each + j + 1
						if err := repo.Create(ctx, &kit.Note{Title: "n", Views: views}); err != nil {
							return err
						}
						if e.Name == dbtest.NamePostgres {
							time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
						}
						if j%5 == 4 {
							return kit.ErrUndo
						}
						return nil
					})
					if err != nil && !errors.Is(err, kit.ErrUndo) {
						t.Error(err)
					}
				}
			})
		}
		seen := map[int]bool{}
		for range writers * each * 4 / 5 {
			n := w.next()
			if seen[n.Views] {
				t.Fatal("a row came twice")
			}
			seen[n.Views] = true
		}
		wg.Wait()
		w.none()
	})
}
