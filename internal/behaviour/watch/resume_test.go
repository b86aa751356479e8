package watch_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// ticket is watched by a key that programs make.
type ticket struct {
	ID      string    `prom:"key"`
	Created time.Time `prom:"created"`
}

// Ensure that each loop over a part of the rows goes on where the last one ended, also when more rows were given lately
// than a cursor holds keys of, and that no row comes again when nothing came late.
func TestWatchLoops(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := kit.Notes(kit.Open(t, e.DSN))
		const rows, each = 2000, 100
		is.NoErr(repo.CreateMany(context.Background(), notes(rows)))
		at, seen := prom.NewWatchCursor(""), map[int64]bool{}
		for loop := range rows / each {
			fresh := 0
			at = prom.NewWatchCursor(at.String())
			for n, err := range prom.Watch(kit.Ended(t), repo.Limit(each), prom.WatchResume(at), prom.WatchFromStart()) {
				is.NoErr(err)
				if !seen[n.ID] {
					fresh++
				}
				seen[n.ID] = true
			}
			if fresh != each {
				t.Fatalf("loop %d gave %d new rows", loop, fresh)
			}
			is.True(len(at.String()) < 20_000)
		}
		is.Equal(len(seen), rows)
		// Nothing is left, before its places settle and after that.
		for range 2 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			for n, err := range prom.Watch(ctx, repo.Query(), append(quick, prom.WatchResume(at))...) {
				is.NoErr(err)
				t.Fatalf("row %d came again", n.ID)
			}
			cancel()
		}
		if e.Name == dbtest.NameSQLite { // where no other test's transaction keeps them from settling
			is.True(len(at.String()) < 200)
		}
	})
}

// notes returns notes that can be stored.
func notes(n int) []kit.Note {
	list := make([]kit.Note, n)
	for i := range list {
		list[i] = kit.Note{Title: "n", Views: i}
	}
	return list
}

// Ensure that with steady work and restarts, some of them before anything can settle, no row is lost or comes twice.
func TestWatchRestarts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := kit.Notes(kit.Open(t, e.DSN))
		ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
		defer cancel()
		var wg sync.WaitGroup
		written := 0
		wg.Go(func() {
			for ; ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
				if err := repo.Create(context.Background(), &kit.Note{Title: "n"}); err != nil {
					t.Error(err)
					return
				}
				written++
			}
		})
		text, seen := "", map[int64]int{}
		round := func(ctx context.Context, limit time.Duration) {
			ctx, cancel := context.WithTimeout(ctx, limit)
			defer cancel()
			at := prom.NewWatchCursor(text)
			for n, err := range prom.Watch(ctx, repo.Query(), prom.WatchEvery(10*time.Millisecond),
				prom.WatchSettle(500*time.Millisecond),
				prom.WatchFromStart(), prom.WatchResume(at)) {
				is.NoErr(err)
				seen[n.ID]++
				text = at.String()
			}
		}
		longest := 0
		for i := 0; ctx.Err() == nil; i++ {
			round(ctx, time.Duration(20+i%7*60)*time.Millisecond)
			longest = max(longest, len(text))
		}
		wg.Wait()
		for i := 0; i < 100 && len(seen) < written; i++ {
			round(context.Background(), 200*time.Millisecond)
		}
		is.Equal(len(seen), written)
		for id, n := range seen {
			if n != 1 {
				t.Fatalf("row %d came %d times", id, n)
			}
		}
		if e.Name == dbtest.NameSQLite {
			is.True(longest < 8_000) // of the keys of half a second
		}
	})
}

// Ensure that a row that is committed late, in the midst of more rows than a cursor holds, comes after a restart though
// loops are short; that what comes again with it are those rows at most, each once; and that loops end with that.
func TestWatchLateInLarge(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := kit.Open(t, dbtest.Postgres(t))
	repo := kit.Notes(db)
	is.NoErr(repo.CreateMany(ctx, notes(10)))
	options := append(quick, prom.WatchFromStart())
	at, seen := prom.NewWatchCursor(""), map[int64]int{}
	loop := func(limit int, wait time.Duration) (rows int) {
		ctx, cancel := context.WithTimeout(ctx, wait)
		defer cancel()
		at = prom.NewWatchCursor(at.String())
		for n, err := range prom.Watch(ctx, repo.Limit(limit), append(options, prom.WatchResume(at))...) {
			is.NoErr(err)
			seen[n.ID]++
			rows++
		}
		return rows
	}
	is.Equal(loop(10, time.Minute), 10)
	late := notes(700)
	is.NoErr(db.Tx(ctx, func(inner context.Context) error {
		if err := repo.CreateMany(inner, late[:350]); err != nil {
			return err
		}
		is.NoErr(repo.CreateMany(ctx, notes(900)))
		for range 9 {
			is.Equal(loop(100, time.Minute), 100)
		}
		is.Equal(len(seen), 910)
		return repo.CreateMany(inner, late[350:])
	}))
	for end := time.Now().Add(time.Minute); len(seen) < 1610 && time.Now().Before(end); {
		loop(90, 5*time.Second)
	}
	is.Equal(len(seen), 1610)
	settled(t, db)
	for loop(100, time.Second) > 0 {
	}
	for id, n := range seen {
		if n > 2 {
			t.Fatalf("row %d came %d times", id, n)
		}
	}
	is.Equal(loop(100, time.Second), 0)
}

// Ensure that rows which are deleted meanwhile do not stop the loops, nor make the others come again and again.
func TestWatchLoopsDelete(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[ticket](prom.Using(kit.Open(t, e.DSN)))
		list := make([]ticket, 1500)
		for i := range list {
			list[i].ID = fmt.Sprintf("%08d", i)
		}
		is.NoErr(repo.CreateMany(ctx, list))
		at, seen := prom.NewWatchCursor(""), map[string]int{}
		for loops := 0; loops < 60; loops++ {
			ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
			at = prom.NewWatchCursor(at.String())
			rows := 0
			for v, err := range prom.Watch(ctx, repo.Limit(100), append(quick, prom.WatchResume(at), prom.WatchFromStart())...) {
				is.NoErr(err)
				rows++
				if seen[v.ID]++; seen[v.ID] > 2 {
					t.Fatalf("%s came a third time", v.ID)
				}
				if rows%2 == 0 {
					is.NoErr(repo.Delete(context.Background(), v))
				}
			}
			cancel()
			if rows == 0 {
				break
			}
		}
		is.Equal(len(seen), len(list))
	})
}

// Ensure that a watch ends without an error at its deadline, wherever that meets it.
func TestWatchDeadline(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := kit.Notes(kit.Open(t, e.DSN))
		is.NoErr(repo.CreateMany(context.Background(), notes(2000)))
		for i := range 300 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i)*50*time.Microsecond)
			for _, err := range prom.Watch(ctx, repo.Query(), prom.WatchFromStart(), prom.WatchEvery(time.Millisecond)) {
				if err != nil {
					t.Errorf("%v (%v)", err, errors.Is(err, prom.ErrTimeout))
				}
			}
			cancel()
		}
	})
}
