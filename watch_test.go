package prom_test

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

var NoteCreated = prom.TimeOf(func(n *Note) *time.Time { return &n.Created })

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
	ctx, cancel := context.WithCancel(ended(t))
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
func begun(t *testing.T, repo *prom.Repo[Note], q *prom.Query[Note], options ...prom.WatchOption) *watching[Note] {
	t.Helper()
	before := mustCreate(t, repo, Note{Title: "before", Views: -1})
	w := watch(t, func(ctx context.Context) iter.Seq2[*Note, error] {
		return q.Watch(ctx, append(append([]prom.WatchOption{}, quick...), options...)...)
	})
	probe := &Note{}
	for given := false; !given; { // those that are made too early were there before
		probe = mustCreate(t, repo, Note{Title: "probe"})
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

// Ensure that new rows come, in order and each once, with the conditions of the query, until the context ends or the limit is
// reached, and that rows which were there do not come. parity: Q65
func TestWatch(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := notes(open(t, e.DSN))
		w := begun(t, repo, repo.Where(NoteViews.Gte(0)))
		list := make([]Note, 150)
		for i := range list {
			list[i] = Note{Title: "n", Views: i%3 - 1}
		}
		is.NoErr(repo.CreateMany(ctx, list))
		for _, n := range list {
			if n.Views >= 0 {
				is.Equal(w.next().ID, n.ID)
			}
		}
		w.none()
		_, err := repo.Where(NoteViews.Lt(0)).Update(ctx, NoteViews.Set(1))
		is.NoErr(err)
		w.none() // what changes is not new
		last := mustCreate(t, repo, Note{Title: "last"})
		is.Equal(w.next().ID, last.ID)
		is.NoErr(w.end())

		n := 0
		for v, err := range repo.Limit(7).Watch(ended(t), prom.WatchFromStart()) {
			is.NoErr(err)
			is.True(v.ID > 0)
			n++
		}
		is.Equal(n, 7)
		ctx, cancel := context.WithCancel(ended(t))
		defer cancel()
		for _, err := range repo.Watch(ctx, prom.WatchFromStart()) {
			is.NoErr(err)
			n++
			cancel()
		}
		is.Equal(n, 8)
		for range repo.Limit(0).Watch(ended(t), prom.WatchFromStart()) {
			t.Error("a row of none")
		}
	})
}

// Ensure that a watch goes on where another ended, by the text of its cursor, and gives each row once, wherever it was left.
// parity: Q65
func TestWatchResume(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := notes(open(t, e.DSN))
		const rows = 300
		list := make([]Note, rows)
		for i := range list {
			list[i] = Note{Title: "n", Views: i}
		}
		is.NoErr(repo.CreateMany(context.Background(), list))
		text, seen := "", map[int64]bool{}
		for len(seen) < rows {
			at := prom.NewCursor(text)
			left := 1 + rand.IntN(40)
			for n, err := range repo.Watch(ended(t), prom.WatchFromStart(), prom.WatchResume(at)) {
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
		late := mustCreate(t, repo, Note{Title: "late"})
		at := prom.NewCursor(text)
		for n, err := range repo.Limit(1).Watch(ended(t), prom.WatchResume(at)) {
			is.NoErr(err)
			is.Equal(n.ID, late.ID)
		}
	})
}

// Ensure that a cursor after more rows than it holds loses none of them, and that the places which it goes through settle.
func TestWatchLargeCursor(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := notes(open(t, e.DSN))
		const rows = 1500
		list := make([]Note, rows)
		for i := range list {
			list[i] = Note{Title: "n", Views: i}
		}
		is.NoErr(repo.CreateMany(context.Background(), list))
		at, n := prom.NewCursor(""), 0
		ctx, cancel := context.WithCancel(ended(t))
		defer cancel()
		for _, err := range repo.Watch(ctx, append(quick, prom.WatchFromStart(), prom.WatchResume(at))...) {
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
				if err := repo.Create(ctx, &Note{Title: "more"}); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				time.Sleep(200 * time.Millisecond)
			}
		})
		for n, err := range repo.Watch(ctx, append(quick, prom.WatchResume(at))...) {
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

// Ensure that a row whose transaction commits late is not lost, though greater ones were given before, and however long the
// transaction is open; and that it comes once. parity: Q65
func TestWatchLateCommit(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := open(t, dbtest.Postgres(t))
	repo := notes(db)
	for name, options := range map[string][]prom.WatchOption{"key": nil, "created": {prom.WatchBy(NoteCreated)}, "told": {prom.WatchTrigger(), prom.WatchEvery(0)}} {
		is := is.New(t)
		w := begun(t, repo, repo.Query(), options...)
		var early, nested *Note
		is.NoErr(db.Tx(ctx, func(inner context.Context) error {
			early = &Note{Title: name}
			if err := repo.Create(inner, early); err != nil {
				return err
			}
			if err := db.Tx(inner, func(inner context.Context) error { // a transaction with a number of its own
				nested = &Note{Title: name}
				return repo.Create(inner, nested)
			}); err != nil {
				return err
			}
			for range 3 {
				n := mustCreate(t, repo, Note{Title: name})
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
		repo := notes(open(t, e.DSN))
		w := begun(t, repo, repo.Query(), prom.WatchBy(NoteCreated), prom.WatchSettle(10*time.Second))
		at := time.Now().Add(time.Minute)
		for i := range 5 {
			n := mustCreate(t, repo, Note{Title: "n", Model: prom.Model{Created: at.Add(-time.Duration(i) * time.Second)}})
			is.Equal(w.next().ID, n.ID)
		}
		w.none()
	})
}

// Ensure that a watch gives each row once while many write in transactions of all lengths, some of which roll back.
func TestWatchManyWriters(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		db := open(t, e.DSN)
		repo := notes(db)
		w := begun(t, repo, repo.Where(NoteViews.Gte(0)), prom.WatchTrigger(), prom.WatchSettle(500*time.Millisecond))
		const writers, each = 8, 30
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() {
				for j := range each {
					err := db.Tx(ended(t), func(ctx context.Context) error {
						views := i*each + j + 1
						if err := repo.Create(ctx, &Note{Title: "n", Views: views}); err != nil {
							return err
						}
						if e.Name == dbtest.NamePostgres {
							time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
						}
						if j%5 == 4 {
							return errUndo
						}
						return nil
					})
					if err != nil && !errors.Is(err, errUndo) {
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

// Ensure that no row is lost when the server ends all connections, again and again, the one that listens too.
func TestWatchReconnects(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := ended(t)
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	name := "watch " + strings.ToLower(t.Name())
	db, other := open(t, e.With("application_name="+strings.ReplaceAll(name, " ", "%20"))), open(t, e.DSN)
	repo, writer := notes(db), notes(other)
	w := begun(t, writer, repo.Query(), prom.WatchTrigger(), prom.WatchEvery(0))
	for i := range 20 {
		n := mustCreate(t, writer, Note{Title: "n", Views: i})
		is.Equal(w.next().ID, n.ID)
		if i%4 == 0 {
			ended := scanOne[int](t, other, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '"+name+"'")
			is.True(ended >= 1)
		}
	}
	is.NoErr(w.end())
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) { // the listener is gone
		listening := scanOne[int](t, other, "SELECT count(*) FROM pg_stat_activity WHERE application_name = '"+name+"' AND query LIKE 'LISTEN%'")
		if listening == 0 {
			break
		}
		is.True(time.Now().Before(end))
	}
	is.NoErr(ctx.Err())
}

// Ensure that the trigger is made once, by however many ask for it, also on tables with unusual names, that it tells at once,
// and that it is not made where nothing may be changed.
func TestWatchTrigger(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	db := open(t, e.DSN)
	for _, table := range []string{"note", `a "b" 'c' $prom$ Ü`, strings.Repeat("long", 15)} {
		is := is.New(t)
		repo := prom.NewRepo[Note](prom.Using(db), prom.Table(table))
		checked := prom.NewRepo[Note](prom.Using(open(t, e.With("install=check"))), prom.Table(table))
		fixed := prom.NewRepo[Note](prom.Using(open(t, e.With("readonly=true"))), prom.Table(table))
		mustCreate(t, repo, Note{Title: "n"})
		is.True(errors.Is(firstError(checked.Watch(ended(t), prom.WatchTrigger())), prom.ErrDrift))
		is.True(errors.Is(firstError(fixed.Watch(ended(t), prom.WatchTrigger())), prom.ErrReadOnly))
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				if err := firstError(repo.Watch(ended(t), prom.WatchTrigger(), prom.WatchFromStart())); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		is.Equal(scanOne[int](t, db, "SELECT count(*) FROM pg_trigger WHERE tgname = 'prom_watch' AND tgrelid = "+
			"to_regclass(quote_ident('"+strings.ReplaceAll(table, "'", "''")+"'))"), 1)
		w := begun(t, repo, checked.Query(), prom.WatchTrigger(), prom.WatchEvery(time.Hour))
		start := time.Now()
		n := mustCreate(t, repo, Note{Title: "n"})
		is.Equal(w.next().ID, n.ID)
		is.True(time.Since(start) < 5*time.Second)
		is.NoErr(w.end())
	}
	is.NoErr(db.Ping(context.Background()))
}

// firstError ranges over a watch until it ends or gives a row.
func firstError[T any](rows iter.Seq2[*T, error]) error {
	for _, err := range rows {
		return err
	}
	return nil
}

// Ensure that a watch by the time of the last update gives rows that change, as often as it finds them changed.
func TestWatchUpdates(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := notes(open(t, e.DSN))
		n := mustCreate(t, repo, Note{Title: "n"})
		w := begun(t, repo, repo.Query(), prom.WatchBy(prom.TimeOf(func(n *Note) *time.Time { return &n.Updated })))
		for i := range 3 {
			n.Views = i + 1
			is.NoErr(repo.Save(context.Background(), n))
			got := w.next()
			is.Equal(got.ID, n.ID)
			is.Equal(got.Views, i+1)
		}
		w.none()
	})
}

// Ensure that a row is new though it has the key of one that was deleted, which SQLite gives again.
func TestWatchKeyAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := notes(open(t, e.DSN))
		w := begun(t, repo, repo.Query())
		for range 4 {
			n := mustCreate(t, repo, Note{Title: "n"})
			is.NoErr(repo.Reload(context.Background(), n))
			got := w.next()
			is.Equal(got.ID, n.ID)
			is.NoErr(repo.Delete(context.Background(), &got))
		}
	})
}

type counted struct {
	ID int `prom:"key,auto"`
}

// Ensure that what cannot be watched is an error that says why, and that a bad cursor is one of a kind of its own.
func TestWatchRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := open(t, e.DSN)
		repo, others := notes(db), prom.NewRepo[keyless](prom.Using(db))
		at := prom.NewCursor("")
		is.NoErr(firstError(repo.Limit(0).Watch(ended(t), prom.WatchResume(at))))
		mustCreate(t, repo, Note{Title: "n"})
		is.NoErr(firstError(repo.Limit(1).Watch(ended(t), prom.WatchFromStart(), prom.WatchResume(at))))
		good := at.String()
		is.True(good != "")
		for name, err := range map[string]error{
			"order":    firstError(repo.OrderBy(NoteTitle.Asc()).Watch(ended(t))),
			"offset":   firstError(repo.Query().Offset(1).Watch(ended(t))),
			"null":     firstError(repo.Watch(ended(t), prom.WatchBy(NoteStars))),
			"model":    firstError(repo.Watch(ended(t), prom.WatchBy(walletCents))),
			"settle":   firstError(repo.Watch(ended(t), prom.WatchSettle(-1))),
			"key":      firstError(others.Watch(ended(t))),
			"value":    firstError(repo.Where(NoteTitle.Eq("\x00")).Watch(ended(t))),
			"cursor":   firstError(repo.Watch(ended(t), prom.WatchResume(prom.NewCursor("SECRET")))),
			"cut":      firstError(repo.Watch(ended(t), prom.WatchResume(prom.NewCursor(good[:len(good)-2])))),
			"other by": firstError(repo.Watch(ended(t), prom.WatchBy(NoteViews), prom.WatchResume(prom.NewCursor(good)))),
			"signed": firstError(prom.NewRepo[Note](prom.Using(db), prom.TokenKey([]byte("a key of 16 bytes"))).
				Watch(ended(t), prom.WatchResume(prom.NewCursor(good)))),
		} {
			if !errors.Is(err, prom.ErrValidation) {
				t.Errorf("%s: %v", name, err)
			} else {
				noSecret(t, err)
			}
		}
		is.NoErr(db.Tx(context.Background(), func(ctx context.Context) error {
			is.True(errors.Is(firstError(repo.Watch(ctx)), prom.ErrValidation))
			return nil
		}))
		var bad *prom.TokenError
		is.True(errors.As(firstError(repo.Watch(ended(t), prom.WatchResume(prom.NewCursor("x")))), &bad))

		// A key that may come again does not tell what is new.
		plain := prom.NewRepo[counted](prom.Using(db))
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		err := firstError(plain.Watch(ctx))
		is.Equal(errors.Is(err, prom.ErrValidation), e.Name == dbtest.NameSQLite)
		mustCreate(t, plain, counted{})
		byKey := prom.WatchBy(prom.NumberOf(func(c *counted) *int { return &c.ID }))
		is.NoErr(firstError(plain.Limit(1).Watch(ended(t), byKey, prom.WatchFromStart())))
	})
}

// Ensure that closing the connection ends a watch with an error, and that one that cannot begin does not wait.
func TestWatchClosed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := open(t, e.DSN)
		repo := notes(db)
		w := begun(t, repo, repo.Query())
		is.NoErr(db.Close())
		select {
		case err := <-w.done:
			is.True(errors.Is(err, prom.ErrClosed))
		case <-time.After(20 * time.Second):
			t.Fatal("the watch goes on")
		}
		nowhere := notes(open(t, "postgres://nobody@127.0.0.1:1/none?connect_timeout=1"))
		start := time.Now()
		is.True(errors.Is(firstError(nowhere.Watch(ended(t))), prom.ErrConnection))
		is.True(time.Since(start) < 20*time.Second)
	})
}

// Ensure that a watch by a key of several columns and by texts compares as the database does.
func TestWatchComposite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := prom.NewRepo[pair](prom.Using(open(t, e.DSN)))
		want, got := make([]pair, 400), []pair{}
		for i := range want {
			want[i] = pair{A: string(rune('a' + i%5)), B: i}
		}
		is.NoErr(repo.CreateMany(context.Background(), want))
		slices.SortFunc(want, func(a, b pair) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
		for p, err := range repo.Limit(400).Watch(ended(t), prom.WatchFromStart()) {
			is.NoErr(err)
			got = append(got, *p)
		}
		is.Equal(got, want)
	})
}

type pair struct {
	A string `prom:"key"`
	B int    `prom:"key"`
}
