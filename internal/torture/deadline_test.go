package torture

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// write is a way to write. It begins with rows that prepare makes under a number, and has happened when the rows of
// done are so many.
type write struct {
	name    string
	prepare int // rows of the number
	do      func(ctx context.Context, db *prom.DB, repo *prom.Repo[Entry], no int) error
	done    int  // rows of the number with half 1, when it has happened
	gone    bool // it has happened when no rows of the number are there
}

var writes = []write{
	{name: "Create", done: 1, do: func(ctx context.Context, _ *prom.DB, repo *prom.Repo[Entry], no int) error {
		return repo.Create(ctx, &Entry{No: no, Half: 1})
	}},
	{name: "CreateMany of 2", done: 2, do: createMany(2)},
	{name: "CreateMany of 40", done: 40, do: createMany(40)},
	{name: "CreateMany of 3000", done: 3000, do: createMany(3000)},
	{name: "Save", prepare: 1, done: 1, do: func(ctx context.Context, _ *prom.DB, repo *prom.Repo[Entry], no int) error {
		v, err := repo.Where(entryNo.Eq(no)).First(ctx)
		if err != nil {
			return err
		}
		v.Half = 1
		return repo.Save(ctx, v)
	}},
	{name: "a batch of 30 creates", done: 30, do: func(ctx context.Context, _ *prom.DB, repo *prom.Repo[Entry],
		no int) error {
		var b prom.Batch
		for range 30 {
			prom.Queue(&b, repo).Create(&Entry{No: no, Half: 1})
		}
		return b.Run(ctx)
	}},
	{name: "an update by query", prepare: 5, done: 5, do: func(ctx context.Context, _ *prom.DB, repo *prom.Repo[Entry],
		no int) error {
		_, err := repo.Where(entryNo.Eq(no)).Update(ctx, entryHalf.Set(1))
		return err
	}},
	{name: "a claim", prepare: 5, done: 5, do: func(ctx context.Context, _ *prom.DB, repo *prom.Repo[Entry],
		no int) error {
		_, err := prom.Claim(ctx, repo.Where(entryNo.Eq(no), entryHalf.Eq(0)).OrderBy(entryWorker.Asc()), 5, entryHalf.Set(1))
		return err
	}},
	{name: "a delete by query", prepare: 5, gone: true, do: func(ctx context.Context, _ *prom.DB, repo *prom.Repo[Entry],
		no int) error {
		_, err := repo.Where(entryNo.Eq(no)).Delete(ctx)
		return err
	}},
	{name: "raw SQL", prepare: 5, done: 5, do: func(ctx context.Context, db *prom.DB, repo *prom.Repo[Entry],
		no int) error {
		_, err := prom.RawExec(ctx, db, `UPDATE "`+repo.Schema().Name+`" SET "half" = 1 WHERE "no" = ?`, no)
		return err
	}},
	{name: "a transaction", done: 2, do: func(ctx context.Context, db *prom.DB, repo *prom.Repo[Entry], no int) error {
		return db.Tx(ctx, func(ctx context.Context) error {
			if err := repo.Create(ctx, &Entry{No: no, Half: 1}); err != nil {
				return err
			}
			return repo.CreateMany(ctx, []Entry{{No: no, Half: 1}})
		})
	}},
}

func createMany(n int) func(ctx context.Context, db *prom.DB, repo *prom.Repo[Entry], no int) error {
	return func(ctx context.Context, _ *prom.DB, repo *prom.Repo[Entry], no int) error {
		rows := make([]Entry, n)
		for i := range rows {
			rows[i] = Entry{No: no, Half: 1}
		}
		return repo.CreateMany(ctx, rows)
	}
}

// Ensure that a write whose context ends has stored nothing, or all of it and an error of the class ErrOutcomeUnknown,
// at whatever moment the context ends; on SQLite, nothing.
// suite: 33
func TestDeadline(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		db := open(t, e.With("pool_max_conns=4"))
		ended, happened := 0, 0
		for i, w := range writes {
			t.Run(w.name, func(t *testing.T) {
				n, m := endsAtMoments(t, e, db, fmt.Sprint("entry_", i), w)
				ended, happened = ended+n, happened+m
			})
		}
		dbtest.Reportf(t, 33, "%d ways to write, %d ended with their context, of which %d had happened and said that they may have", len(writes), ended, happened)
	})
}

// endsAtMoments has writes end at moments that are spread over their time, and looks at the outcome of each when all
// have ended.
func endsAtMoments(t *testing.T, e dbtest.Engine, db *prom.DB, table string, w write) (ended, happened int) {
	ctx := context.Background()
	const moments = 60
	repo, no := entries(db, table), 0
	var took time.Duration
	prepare := func(no int) {
		if w.prepare > 0 {
			rows := make([]Entry, w.prepare)
			for i := range rows {
				rows[i] = Entry{No: no, Worker: i}
			}
			if err := repo.CreateMany(ctx, rows); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 5 {
		no++
		prepare(no)
		start := time.Now()
		if err := w.do(ctx, db, repo, no); err != nil {
			t.Fatal(err)
		}
		took = time.Since(start) // the last, when everything is prepared
	}
	told := map[int]error{}
	rounds, step := dbtest.Size(2, 20), 1
	if w.done > 100 {
		rounds, step = dbtest.Size(1, 3), dbtest.Size(4, 1)
	}
	for range rounds {
		for moment := 0; moment < moments; moment += step {
			no++
			prepare(no)
			inner, cancel := context.WithTimeout(ctx, took*time.Duration(moment+1)*3/(2*moments))
			told[no] = w.do(inner, db, repo, no)
			cancel()
		}
	}
	time.Sleep(100 * time.Millisecond) // for what the server is still doing
	have, all := map[int]int{}, map[int]int{}
	for h, n := range halves(t, db, table) {
		all[h.no] += n
		if h.half == 1 {
			have[h.no] += n
		}
	}
	for no, err := range told {
		done := have[no] == w.done && w.done > 0
		nothing := have[no] == 0 && all[no] == w.prepare
		if w.gone {
			done = all[no] == 0
		}
		switch {
		case err == nil && !done:
			t.Errorf("%d of %d rows, and no error", have[no], w.done)
		case err == nil:
		case !errors.Is(err, prom.ErrTimeout) && !errors.Is(err, prom.ErrCanceled) && !errors.Is(err, prom.ErrOutcomeUnknown):
			t.Errorf("another error: %v", err)
		case nothing:
			ended++
		case done && errors.Is(err, prom.ErrOutcomeUnknown) && e.Name == dbtest.NamePostgres:
			ended, happened = ended+1, happened+1
		default:
			t.Errorf("%d of %d rows: %v", have[no], w.done, err)
		}
	}
	return ended, happened
}
