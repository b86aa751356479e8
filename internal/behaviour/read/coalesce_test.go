package read_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// atOnce calls fn in n goroutines that begin together, and returns the first error that fn returned.
func atOnce(n int, fn func(i int) error) error {
	var wg sync.WaitGroup
	begin := make(chan struct{})
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			<-begin
			errs[i] = fn(i)
		})
	}
	close(begin)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// held holds up the reads of a table until the function that it returns is called, so that calls of Get gather behind
// those that are on their way.
func held(t *testing.T, e dbtest.Engine, table string) (release func()) {
	t.Helper()
	other := kit.Open(t, e.With("#holder"))
	tx, err := kit.SQLDB(t, other).Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	release = func() { once.Do(func() { _ = tx.Rollback() }) }
	t.Cleanup(release)
	return release
}

// Ensure that Gets of many goroutines have each the row that they ask for, or their own ErrNotFound, by the option and
// by the context, for keys of integers, UUIDs and texts, and for those that are never shared.
func TestCoalesce(t *testing.T) {
	t.Parallel()
	type folded struct {
		Name string `prom:"key,nocase"`
		N    int
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		const rows, calls = 40, 200
		is := is.New(t)
		db := kit.Open(t, e.With("pool_maxconn=2"))
		ints := prom.NewRepo[kit.Note](prom.Using(db), prom.BatchGets())
		ids := prom.NewRepo[kit.Voucher](prom.Using(db))
		texts := prom.NewRepo[word](prom.Using(db), prom.BatchGets())
		folds := prom.NewRepo[folded](prom.Using(db), prom.Table("folded"), prom.BatchGets())
		stops := prom.NewRepo[stop](prom.Using(db), prom.BatchGets())
		ns, vs, ws, fs, ss := make([]kit.Note, rows), make([]kit.Voucher, rows), make([]word, rows), make([]folded,
			rows), make([]stop, rows)
		for i := range rows {
			ns[i], vs[i], ws[i] = kit.Note{Title: "t", Views: i}, kit.Voucher{N: i}, word{Word: fmt.Sprint("Word's \\ ", i),
				N: i}
			fs[i], ss[i] = folded{Name: fmt.Sprint("NAME", i), N: i}, stop{Line: "a", Day: time.Unix(0, 0).UTC(), Nr: i,
				Name: fmt.Sprint(i)}
		}
		is.NoErr(errors.Join(ints.CreateMany(kit.Ended(t), ns), ids.CreateMany(kit.Ended(t), vs),
			texts.CreateMany(kit.Ended(t), ws),
			folds.CreateMany(kit.Ended(t), fs), stops.CreateMany(kit.Ended(t), ss)))
		shared := prom.WithBatchGets(kit.Ended(t))
		is.NoErr(atOnce(calls, func(i int) error {
			n := i % (rows + 10) // the last 10 are not there
			var got int
			var err error
			switch i % 5 {
			case 0:
				key := int64(1_000_000 + i)
				if n < rows {
					key = ns[n].ID
				}
				var v *kit.Note
				if v, err = ints.Get(kit.Ended(t), key); err == nil {
					got = v.Views
				}
			case 1:
				key := prom.NewUUID()
				if n < rows {
					key = vs[n].ID
				}
				var v *kit.Voucher
				if v, err = ids.Get(shared, key); err == nil {
					got = v.N
				}
			case 2:
				var v *word
				if v, err = texts.Get(kit.Ended(t), fmt.Sprint("Word's \\ ", n)); err == nil {
					got = v.N
				}
			case 3:
				var v *folded
				if v, err = folds.Get(kit.Ended(t), fmt.Sprint("name", n)); err == nil {
					got = v.N
				}
			case 4:
				var v *stop
				if v, err = stops.Get(shared, "a", time.Unix(0, 0).UTC(), n); err == nil {
					got = v.Nr
				}
			}
			switch {
			case n >= rows && !errors.Is(err, prom.ErrNotFound):
				return fmt.Errorf("call %d: got %v, want not found", i, err)
			case n < rows && (err != nil || got != n):
				return fmt.Errorf("call %d: got %d, %v", i, got, err)
			}
			return nil
		}))
	})
}

// Ensure that calls which wait for the same row have each a value of their own, which nobody else sees change, and that
// many calls are few statements.
func TestCoalesceShares(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	const calls = 50
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	var log kit.Statements
	repo := prom.NewRepo[kit.Deep](prom.Using(kit.Open(t, e.DSN, log.Option())), prom.BatchGets())
	one, two := kit.MustCreate(t, repo, kit.NewDeep()), kit.MustCreate(t, repo, kit.NewDeep())
	release := held(t, e, "deep")
	log.Take()
	time.AfterFunc(100*time.Millisecond, release)
	got := make([]*kit.Deep, calls)
	is.NoErr(atOnce(calls, func(i int) (err error) {
		got[i], err = repo.Get(kit.Ended(t), []int64{one.ID, two.ID}[i%2])
		return err
	}))
	if n := len(log.Take()); n > 5 {
		t.Errorf("%d calls were %d statements", calls, n)
	}
	for i, d := range got {
		is.Equal(d.ID, []int64{one.ID, two.ID}[i%2])
		is.Equal(len(repo.Modified(d)), 0)
		d.Name, d.Tags[0], d.Marks["m"], d.Blob[0], *d.Stars = "changed", "changed", i, byte(i), i
		d.Any.(map[string]any)["list"].([]any)[0] = "changed"
	}
	for i, d := range got {
		is.True(*d.Stars == i && d.Blob[0] == byte(i) && d.Marks["m"] == i)
		is.Equal(len(repo.Modified(d)) > 4, true)
		d.Stars = nil
	}
	fresh, err := repo.Get(kit.Ended(t), one.ID)
	is.NoErr(err)
	is.Equal(fresh.Tags, kit.NewDeep().Tags)
	got[0].Name = "saved"
	is.NoErr(repo.Save(kit.Ended(t), got[0]))
}

// Ensure that each caller is canceled with its own context at once, and that the others get their rows; and that a
// group which nobody waits for any more ends its statement.
func TestCoalesceContexts(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	db := kit.Open(t, e.With("pool_max_conns=3"))
	repo := prom.NewRepo[kit.Item](prom.Using(db), prom.BatchGets())
	item := kit.MustCreate(t, repo, kit.Item{Name: "item"})
	release := held(t, e, "item")
	clock := dbtest.NewClock(t)
	long, cancelLong := context.WithCancel(kit.Ended(t))
	defer cancelLong()
	var early atomic.Int64
	done := make(chan error, 1)
	go func() {
		done <- atOnce(60, func(i int) error {
			ctx := long
			if i%3 == 0 {
				short, cancel := context.WithTimeout(kit.Ended(t), time.Duration(20+i)*time.Millisecond)
				defer cancel()
				ctx = short
			}
			start := time.Now()
			v, err := repo.Get(ctx, item.ID)
			switch {
			case i%3 != 0 && (err != nil || v.Name != "item"):
				return fmt.Errorf("call %d: %v", i, err)
			case i%3 == 0 && !errors.Is(err, prom.ErrTimeout):
				return fmt.Errorf("call %d, whose time is over: %v", i, err)
			case i%3 == 0 && clock.Since(start) > 5*time.Second:
				return fmt.Errorf("call %d waited for %s", i, clock.Since(start))
			case i%3 == 0:
				early.Add(1)
			}
			return nil
		})
	}()
	for early.Load() < 20 {
		select {
		case err := <-done:
			t.Fatalf("ended with %v after %d", err, early.Load())
		case <-time.After(time.Millisecond):
		}
	}
	release()
	is.NoErr(<-done)

	release = held(t, e, "item")
	ctx, cancel := context.WithTimeout(kit.Ended(t), 50*time.Millisecond)
	defer cancel()
	is.True(errors.Is(atOnce(20, func(int) error { _, err := repo.Get(ctx, item.ID); return err }), prom.ErrTimeout))
	kit.Idle(t, db) // while the table is held still
	release()
	_, err := repo.Get(kit.Ended(t), item.ID)
	is.NoErr(err)
}

// Ensure that the errors of a shared statement reach all who wait for it, each with an error of its own, and that a row
// which cannot be read is the error of those who asked for it alone.
func TestCoalesceErrors(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	db, other := kit.Open(t, e.With("install=off")), kit.Open(t, e.DSN)
	is.NoErr(kit.Notes(other).CreateMany(kit.Ended(t), []kit.Note{{Title: "a", Views: 1}, {Title: "b", Views: 2},
		{Title: "bad"}}))
	kit.RunSQL(t, other, "ALTER TABLE note ALTER COLUMN views DROP NOT NULL; UPDATE note SET views = NULL WHERE title = 'bad'")
	repo := prom.NewRepo[kit.Note](prom.Using(db), prom.BatchGets())
	release := held(t, e, "note")
	time.AfterFunc(100*time.Millisecond, release)
	is.NoErr(atOnce(40, func(i int) error {
		v, err := repo.Get(kit.Ended(t), int64(1+i%3))
		switch {
		case i%3 == 2 && !errors.Is(err, prom.ErrType):
			return fmt.Errorf("the row that cannot be read: %v", err)
		case i%3 < 2 && (err != nil || v.Views != 1+i%3):
			return fmt.Errorf("row %d: %v", 1+i%3, err)
		}
		return nil
	}))

	kit.RunSQL(t, other, "DROP TABLE note")
	var mu sync.Mutex
	seen := map[*prom.Error]bool{}
	is.NoErr(atOnce(40, func(int) error {
		_, err := repo.Get(kit.Ended(t), int64(1))
		var pe *prom.Error
		if !errors.Is(err, prom.ErrNoTable) || !errors.As(err, &pe) || pe.Table != "note" || pe.Op != "get" {
			return fmt.Errorf("without a table: %w", err)
		}
		mu.Lock()
		defer mu.Unlock()
		if seen[pe] {
			return errors.New("two callers have the same error")
		}
		seen[pe] = true
		return nil
	}))
	auto := prom.NewRepo[kit.Note](prom.Using(other), prom.BatchGets())
	is.NoErr(atOnce(40, func(int) error { // and is installed where it may be
		if _, err := auto.Get(kit.Ended(t), int64(1)); !errors.Is(err, prom.ErrNotFound) {
			return err
		}
		return nil
	}))
}

// Ensure that callers are told when the server goes away, and served when it is back.
func TestCoalesceBroken(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	p, e := dbtest.NewProxy(t, dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)})
	repo := prom.NewRepo[kit.Item](prom.Using(kit.Open(t, e.With("pool_max_conns=2"))), prom.BatchGets())
	item := kit.MustCreate(t, repo, kit.Item{Name: "item"})
	release := held(t, dbtest.Engine{DSN: e.DSN}, "item")
	var cuts sync.WaitGroup
	cuts.Go(func() {
		for range 3 { // each statement is tried again once
			time.Sleep(50 * time.Millisecond)
			p.Cut()
		}
		release() // whose connection is cut too
	})
	_ = atOnce(30, func(int) error { _, err := repo.Get(kit.Ended(t), item.ID); return err }) // returns at all
	cuts.Wait()
	for range 3 { // the pool finds its dead connections by using them
		if err := atOnce(30, func(int) error { _, err := repo.Get(kit.Ended(t), item.ID); return err }); err == nil {
			break
		}
	}
	is.NoErr(atOnce(30, func(int) error { _, err := repo.Get(kit.Ended(t), item.ID); return err }))
}

// Ensure that a Get in a transaction sees the transaction's own rows and never shares a statement with others.
func TestCoalesceInTx(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[kit.Item](prom.Using(db), prom.BatchGets())
		is.NoErr(repo.Install(kit.Ended(t)))
		is.NoErr(db.Tx(prom.WithBatchGets(kit.Ended(t)), func(ctx context.Context) error {
			item := kit.MustIn(ctx, t, repo, kit.Item{Name: "item"})
			return atOnce(20, func(i int) error {
				inside := ctx
				if i%2 == 0 {
					inside = prom.WithBatchGets(context.Background())
				}
				v, err := repo.Get(inside, item.ID)
				switch {
				case i%2 == 0 && !errors.Is(err, prom.ErrNotFound):
					return fmt.Errorf("outside the transaction: %w", err)
				case i%2 == 1 && (err != nil || v.Name != "item"):
					return fmt.Errorf("inside the transaction: %w", err)
				}
				return nil
			})
		}))
	})
}
