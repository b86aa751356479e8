package torture

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that two programs which share the sessions of a pooler run their own statements and no others, while a third
// one changes the table: behind each PgBouncer that is there with the default options, which know nothing of it, and
// with those for a PgBouncer that follows prepared statements, whether or not it does; and behind a pooler that cannot
// be told from a server. Calls outside of transactions do not fail, transactions that may be repeated do not either,
// and the first error of one that may not names the option to set.
// suite: 34
func TestPooler(t *testing.T) {
	t.Parallel()
	run := func(name, option string, start func(t *testing.T, e dbtest.Engine) dbtest.Engine) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			straight := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
			e := start(t, straight)
			two := &pooled{name: name, straight: open(t, straight.DSN)}
			for i := range two.programs {
				two.programs[i] = open(t, e.With("pool_maxconn=8&call_timeout=15s"+option))
			}
			two.run(t)
		})
	}
	for _, b := range dbtest.Bouncers(t, 34) {
		start := func(t *testing.T, e dbtest.Engine) dbtest.Engine {
			return dbtest.PgBouncer(t, b, e, 2, behindTimeouts...)
		}
		run("PgBouncer "+b.Version, "", start)
		run("PgBouncer "+b.Version+", cache_statement", "&default_query_exec_mode=cache_statement", start)
	}
	run("a pooler that passes for a server", "",
		func(t *testing.T, e dbtest.Engine) dbtest.Engine { return dbtest.NewPooler(t, e, 3) })
}

// pooled are two programs behind a pooler.
type pooled struct {
	name     string
	straight *prom.DB
	programs [2]*prom.DB

	done, repeated atomic.Int64
	mu             sync.Mutex
	refused        error // the first error of a transaction that is not repeated
}

func (p *pooled) run(t *testing.T) {
	const workers = 16
	calls := dbtest.Size(60, 1000)
	ctx, cancel := within(20 * time.Minute)
	defer cancel()
	begun := time.Now()
	direct := entries(p.straight, "entry")
	mine := []Entry{{Worker: -1, No: -1}, {Worker: -1, No: -2}}
	if err := direct.CreateMany(ctx, mine); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var changer sync.WaitGroup
	changes, raw := 0, plain(t, p.straight)
	changer.Go(func() {
		for _, typ := range cycle(stop, "integer", "bigint") {
			start := time.Now()
			if _, err := raw.ExecContext(ctx, `ALTER TABLE "entry" ALTER COLUMN "half" TYPE `+typ); err != nil {
				t.Error(err)
			}
			changes++
			time.Sleep(max(50*time.Millisecond, 10*time.Since(start))) // it rewrites the table
		}
	})
	err := together(workers, func(worker int) error {
		for no := range calls {
			if err := p.call(ctx, worker, no); err != nil {
				return fmt.Errorf("worker %d, call %d: %w", worker, no, err)
			}
			p.done.Add(1)
		}
		return nil
	})
	close(stop)
	changer.Wait()
	if err != nil {
		t.Fatal(err)
	}
	p.check(t, ctx, mine, workers, calls)
	remedy := "none refused"
	if p.refused != nil {
		remedy = "one refused, which names the option"
		if text := p.refused.Error(); !strings.Contains(text, "default_query_exec_mode=exec") &&
			!strings.Contains(text, "the table changed") {
			t.Errorf("the error of a transaction does not tell the remedy: %v", p.refused)
		}
	}
	dbtest.Reportf(t, 34, "%s: two programs, %d calls, %d changes of the table, 0 errors of calls, transactions: %d repeated, %s, in %v", p.name,
		p.done.Load(), changes, p.repeated.Load(), remedy, time.Since(begun).Round(time.Millisecond))
}

// cycle goes through values again and again until stop is closed.
func cycle(stop <-chan struct{}, values ...string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if !yield(i, values[i%len(values)]) {
				return
			}
		}
	}
}

// call is one call of a worker. The programs take turns at the same text with other values, and at texts of their own.
func (p *pooled) call(ctx context.Context, worker, no int) error {
	program := worker % 2
	db := p.programs[program]
	repo := entries(db, "entry")
	own := entryNo.Eq(-1 - program)
	switch no % 8 {
	case 0, 1, 2: // the one writes worker, the other half, with texts of one form
		set := []prom.Assign[*Entry]{entryWorker.Set(7), entryHalf.Set(9)}[program]
		if n, err := repo.Where(own).Update(ctx, set); err != nil || n != 1 {
			return fmt.Errorf("%d rows were changed: %w", n, err)
		}
	case 3:
		return repo.Create(ctx, &Entry{Worker: worker, No: no})
	case 4:
		rows := make([]Entry, 40)
		for i := range rows {
			rows[i] = Entry{Worker: worker, No: no, Half: i}
		}
		if no%200 == 4 {
			rows = append(rows, make([]Entry, 2990)...) // by COPY
			for i := range rows[40:] {
				rows[40+i] = Entry{Worker: worker, No: no, Half: 40 + i}
			}
		}
		return repo.CreateMany(ctx, rows)
	case 5:
		var b prom.Batch
		of := prom.Queue(&b, repo)
		of.Create(&Entry{Worker: worker, No: no})
		first := of.First(repo.Where(own))
		of.Create(&Entry{Worker: worker, No: no, Half: 1})
		if err := b.Run(ctx); err != nil {
			return err
		}
		if v, err := first.Value(); err != nil {
			return err
		} else if v.No != -1-program {
			return fmt.Errorf("the batch read row %d", v.No)
		}
	case 6:
		v, err := repo.Where(own).First(ctx)
		if err != nil {
			return err
		}
		if v.No != -1-program {
			return fmt.Errorf("row %d was read", v.No)
		}
	case 7:
		return p.transaction(ctx, db, repo, worker, no)
	}
	return nil
}

// transaction writes a pair of rows, after one attempt that may not be repeated.
func (p *pooled) transaction(ctx context.Context, db *prom.DB, repo *prom.Repo[Entry], worker, no int) error {
	runs := 0
	pair := func(ctx context.Context) error {
		runs++
		for half := range 2 {
			if err := repo.Create(ctx, &Entry{Worker: worker, No: no, Half: half}); err != nil {
				return err
			}
		}
		return nil
	}
	err := db.Tx(ctx, pair)
	if err == nil {
		return nil
	}
	p.mu.Lock()
	if p.refused == nil {
		p.refused = err
	}
	p.mu.Unlock()
	runs = 0
	err = db.Tx(ctx, pair, prom.Retry(20))
	p.repeated.Add(int64(runs - 1))
	return err
}

// check looks at what there is.
func (p *pooled) check(t *testing.T, ctx context.Context, mine []Entry, workers, calls int) {
	t.Helper()
	for _, v := range mine {
		got, err := entries(p.straight, "entry").Get(ctx, v.ID)
		if err != nil {
			t.Fatal(err)
		}
		if v.No == -1 && (got.Worker != 7 || got.Half != 0) || v.No == -2 && (got.Half != 9 || got.Worker != -1) {
			t.Errorf("row %d has worker %d and half %d", v.No, got.Worker, got.Half)
		}
	}
	have := halves(t, p.straight, "entry")
	for worker := range workers {
		for no := range calls {
			want := 0
			switch no % 8 {
			case 3:
				want = 1
			case 4:
				if want = 40; no%200 == 4 {
					want = 3030
				}
			case 5, 7:
				want = 2
			}
			for i := range want {
				if n := have[half{worker, no, i}]; n != 1 {
					t.Fatalf("row %d of call %d of worker %d is there %d times", i, no, worker, n)
				}
			}
		}
	}
}
