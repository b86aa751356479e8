package watch_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

var note = prom.Proto[kit.Note]()

// Ensure that no row is lost when the server ends all connections, again and again, the one that listens too.
func TestWatchReconnects(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	name := "watch " + strings.ToLower(t.Name())
	db, other := kit.Open(t, e.With("application_name="+strings.ReplaceAll(name, " ", "%20"))), kit.Open(t, e.DSN)
	repo, writer := kit.Notes(db), kit.Notes(other)
	w := begun(t, writer, repo.Query(), prom.WatchTrigger(), prom.WatchEvery(0))
	for i := range 20 {
		n := kit.MustCreate(t, writer, kit.Note{Title: "n", Views: i})
		is.Equal(w.next().ID, n.ID)
		if i%4 == 0 {
			ended := kit.ScanOne[int](t, other,
				"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '"+name+"'")
			is.True(ended >= 1)
		}
	}
	is.NoErr(w.end())
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) { // the listener is gone
		listening := kit.ScanOne[int](t, other,
			"SELECT count(*) FROM pg_stat_activity WHERE application_name = '"+name+"' AND query LIKE 'LISTEN%'")
		if listening == 0 {
			break
		}
		is.True(time.Now().Before(end))
	}
	is.NoErr(ctx.Err())
}

// Ensure that the trigger is made once, by however many ask for it, also on tables with unusual names, that it tells at
// once, and that it is not made where nothing may be changed.
func TestWatchTrigger(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	db := kit.Open(t, e.DSN)
	for _, table := range []string{"note", `a "b" 'c' $prom$ Ü`, strings.Repeat("long", 15)} {
		is := is.New(t)
		repo := prom.NewRepo[kit.Note](prom.Using(db), prom.Table(table))
		checked := prom.NewRepo[kit.Note](prom.Using(kit.Open(t, e.With("install=check"))), prom.Table(table))
		fixed := prom.NewRepo[kit.Note](prom.Using(kit.Open(t, e.With("readonly=true"))), prom.Table(table))
		kit.MustCreate(t, repo, kit.Note{Title: "n"})
		is.True(errors.Is(kit.FirstError(prom.Watch(kit.Ended(t), checked.Query(), prom.WatchTrigger())), prom.ErrDrift))
		is.True(errors.Is(kit.FirstError(prom.Watch(kit.Ended(t), fixed.Query(), prom.WatchTrigger())), prom.ErrReadOnly))
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				if err := kit.FirstError(prom.Watch(kit.Ended(t), repo.Query(), prom.WatchTrigger(),
					prom.WatchFromStart())); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		is.Equal(kit.ScanOne[int](t, db, "SELECT count(*) FROM pg_trigger WHERE tgname = 'prom_watch' AND tgrelid = "+
			"to_regclass(quote_ident('"+strings.ReplaceAll(table, "'", "''")+"'))"), 1)
		w := begun(t, repo, checked.Query(), prom.WatchTrigger(), prom.WatchEvery(time.Hour))
		clock, start := dbtest.NewClock(t), time.Now()
		n := kit.MustCreate(t, repo, kit.Note{Title: "n"})
		is.Equal(w.next().ID, n.ID)
		is.True(clock.Since(start) < 5*time.Second)
		is.NoErr(w.end())
	}
	is.NoErr(db.Ping(context.Background()))
}

// Ensure that a watch by the time of the last update gives rows that change, as often as it finds them changed.
func TestWatchUpdates(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := kit.Notes(kit.Open(t, e.DSN))
		n := kit.MustCreate(t, repo, kit.Note{Title: "n"})
		w := begun(t, repo, repo.Query(), prom.WatchBy(prom.TimeOf(note, &note.Updated)))
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
		repo := kit.Notes(kit.Open(t, e.DSN))
		w := begun(t, repo, repo.Query())
		for range 4 {
			n := kit.MustCreate(t, repo, kit.Note{Title: "n"})
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

var countedProto = prom.Proto[counted]()

// Ensure that what cannot be watched is an error that says why, and that a bad cursor is one of a kind of its own.
func TestWatchRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		repo, others := kit.Notes(db), prom.NewRepo[kit.Keyless](prom.Using(db))
		at := prom.NewWatchCursor("")
		is.NoErr(kit.FirstError(prom.Watch(kit.Ended(t), repo.Limit(0), prom.WatchResume(at))))
		kit.MustCreate(t, repo, kit.Note{Title: "n"})
		is.NoErr(kit.FirstError(prom.Watch(kit.Ended(t), repo.Limit(1), prom.WatchFromStart(), prom.WatchResume(at))))
		good := at.String()
		is.True(good != "")
		for name, err := range map[string]error{
			"order":  kit.FirstError(prom.Watch(kit.Ended(t), repo.OrderBy(kit.NoteTitle.Asc()))),
			"offset": kit.FirstError(prom.Watch(kit.Ended(t), repo.Query().Offset(1))),
			"null":   kit.FirstError(prom.Watch(kit.Ended(t), repo.Query(), prom.WatchBy(kit.NoteStars))),
			"model":  kit.FirstError(prom.Watch(kit.Ended(t), repo.Query(), prom.WatchBy(kit.ItemNo))),
			"settle": kit.FirstError(prom.Watch(kit.Ended(t), repo.Query(), prom.WatchSettle(-1))),
			"key":    kit.FirstError(prom.Watch(kit.Ended(t), others.Query())),
			"value":  kit.FirstError(prom.Watch(kit.Ended(t), repo.Where(kit.NoteTitle.Eq("\x00")))),
			"cursor": kit.FirstError(prom.Watch(kit.Ended(t), repo.Query(), prom.WatchResume(prom.NewWatchCursor("SECRET")))),
			"cut": kit.FirstError(prom.Watch(kit.Ended(t), repo.Query(),
				prom.WatchResume(prom.NewWatchCursor(good[:len(good)-2])))),
			"other by": kit.FirstError(prom.Watch(kit.Ended(t), repo.Query(), prom.WatchBy(kit.NoteViews),
				prom.WatchResume(prom.NewWatchCursor(good)))),
			"signed": kit.FirstError(prom.Watch(kit.Ended(t), prom.NewRepo[kit.Note](prom.Using(db),
				prom.TokenKey([]byte("a key of 16 bytes"))).Query(),
				prom.WatchResume(prom.NewWatchCursor(good)))),
		} {
			if !errors.Is(err, prom.ErrValidation) {
				t.Errorf("%s: %v", name, err)
			} else {
				kit.NoSecret(t, err)
			}
		}
		is.NoErr(db.Tx(context.Background(), func(ctx context.Context) error {
			is.True(errors.Is(kit.FirstError(prom.Watch(ctx, repo.Query())), prom.ErrValidation))
			return nil
		}))
		var bad *prom.TokenError
		is.True(errors.As(kit.FirstError(prom.Watch(kit.Ended(t), repo.Query(), prom.WatchResume(prom.NewWatchCursor("x")))),
			&bad))

		// A key that may come again does not tell what is new.
		plain := prom.NewRepo[counted](prom.Using(db))
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		err := kit.FirstError(prom.Watch(ctx, plain.Query()))
		is.Equal(errors.Is(err, prom.ErrValidation), e.Name == dbtest.NameSQLite)
		kit.MustCreate(t, plain, counted{})
		byKey := prom.WatchBy(prom.NumberOf(countedProto, &countedProto.ID))
		is.NoErr(kit.FirstError(prom.Watch(kit.Ended(t), plain.Limit(1), byKey, prom.WatchFromStart())))
	})
}

// Ensure that closing the connection ends a watch with an error, and that one that cannot begin does not wait.
func TestWatchClosed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		repo := kit.Notes(db)
		w := begun(t, repo, repo.Query())
		is.NoErr(db.Close())
		select {
		case err := <-w.done:
			is.True(errors.Is(err, prom.ErrClosed))
		case <-time.After(20 * time.Second):
			t.Fatal("the watch goes on")
		}
		nowhere := kit.Notes(kit.Open(t, "postgres://nobody@127.0.0.1:1/none?connect_timeout=1"))
		clock, start := dbtest.NewClock(t), time.Now()
		is.True(errors.Is(kit.FirstError(prom.Watch(kit.Ended(t), nowhere.Query())), prom.ErrConnection))
		is.True(clock.Since(start) < 20*time.Second)
	})
}

// Ensure that a watch by a key of several columns and by texts compares as the database does.
func TestWatchComposite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := prom.NewRepo[pair](prom.Using(kit.Open(t, e.DSN)))
		want, got := make([]pair, 400), []pair{}
		for i := range want {
			want[i] = pair{A: string(rune('a' + i%5)), B: i}
		}
		is.NoErr(repo.CreateMany(context.Background(), want))
		slices.SortFunc(want, func(a, b pair) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
		for p, err := range prom.Watch(kit.Ended(t), repo.Limit(400), prom.WatchFromStart()) {
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
