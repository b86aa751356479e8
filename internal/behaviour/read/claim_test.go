package read_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// task is a job of a queue, with a key of two columns.
type task struct {
	Queue string `prom:"key"`
	ID    int    `prom:"key"`
	State string
	By    *int
	Rank  *int
	Tries int
	At    time.Time `prom:"updated"`

	_ struct{} `prom:"index=open,on='state, id'"`
}

var (
	taskProto = prom.Proto[task]()
	taskQueue = prom.TextOf(taskProto, &taskProto.Queue)
	taskID    = prom.NumberOf(taskProto, &taskProto.ID)
	taskState = prom.TextOf(taskProto, &taskProto.State)
	taskBy    = prom.NullNumberOf(taskProto, &taskProto.By)
	taskRank  = prom.NullNumberOf(taskProto, &taskProto.Rank)
	taskTries = prom.NumberOf(taskProto, &taskProto.Tries)
)

func tasks(t *testing.T, db *prom.DB, n int) *prom.Repo[task] {
	t.Helper()
	repo := prom.NewRepo[task](prom.Using(db))
	list := make([]task, n)
	for i := range list {
		list[i] = task{Queue: string(rune('a' + i%3)), ID: i, State: "new"}
		if i%4 > 0 {
			list[i].Rank = new(i % 4)
		}
	}
	if err := repo.CreateMany(context.Background(), list); err != nil {
		t.Fatal(err)
	}
	return repo
}

// Ensure that a claim takes the first rows of the query's order, changed by its assignments, and returns them in that
// order.
func TestClaim(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := tasks(t, kit.Open(t, e.DSN), 12)
		q := repo.Where(taskState.Eq("new"), prom.Or(taskQueue.Eq("a"), taskQueue.Eq("b"), taskQueue.Eq("c"))).
			OrderBy(taskRank.Desc().NullsLast(), taskQueue.Asc(), taskID.Desc())
		want, err := q.All(ctx)
		is.NoErr(err)
		for _, size := range []int{5, 1, 0, 99} {
			var none prom.Assign[*task] // assigns nothing
			list, err := prom.Claim(ctx, q, size, taskState.Set("taken"), none, taskBy.Set(7), taskTries.Add(1))
			is.NoErr(err)
			is.Equal(len(list), min(size, len(want)))
			for i, got := range list {
				is.Equal(got.ID, want[i].ID)
				is.Equal(got.Queue, want[i].Queue)
				is.Equal(got.State, "taken")
				is.Equal(*got.By, 7)
				is.Equal(got.Tries, 1)
				is.True(!got.At.Before(want[i].At))
			}
			want = want[len(list):]
		}
		n, err := repo.Where(taskTries.Eq(1)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 12)
	})
}

// Ensure that rows which another transaction has locked are passed over, that a claim in a transaction is undone with
// it, and that it makes a table that is missing.
func TestClaimInTx(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		db := kit.Open(t, e.DSN)
		empty := prom.NewRepo[task](prom.Using(db), prom.Table("none yet"))
		list, err := prom.Claim(ctx, empty.WithoutWhere(), 3, taskState.Set("taken"))
		is.NoErr(err)
		is.Equal(len(list), 0)
		repo := tasks(t, db, 4)
		q := repo.Where(taskState.Eq("new")).OrderBy(taskID.Asc())
		kit.RolledBack(t, db, func(inner context.Context) {
			list, err := prom.Claim(inner, q, 2, taskState.Set("taken"))
			is.NoErr(err)
			is.Equal(len(list), 2)
			if e.Name == dbtest.NamePostgres { // on SQLite it would wait for this transaction
				list, err = prom.Claim(ctx, q, 3, taskState.Set("taken"))
				is.NoErr(err)
				is.Equal(len(list), 2)
				is.Equal(list[0].ID, 2)
			}
		})
		list, err = prom.Claim(ctx, q, 4, taskState.Set("taken"))
		is.NoErr(err)
		is.Equal(list[0].ID, 0)
	})
}

// Ensure that each of many jobs goes to one of many workers.
func TestClaimWorkers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		const jobs, workers = 10_000, 16
		db := kit.Open(t, e.DSN)
		repo := tasks(t, db, jobs)
		q := repo.Where(taskState.Eq("new")).OrderBy(taskID.Asc())
		got := make([][]int, workers)
		var wg sync.WaitGroup
		for w := range workers {
			wg.Go(func() {
				for n := 90 + w; ; {
					list, err := prom.Claim(kit.Ended(t), q, n, taskState.Set("taken"), taskBy.Set(w))
					if err != nil {
						t.Error(err)
						return
					}
					if len(list) == 0 {
						return
					}
					for _, task := range list {
						got[w] = append(got[w], task.ID)
					}
				}
			})
		}
		wg.Wait()
		all := slices.Concat(got...)
		slices.Sort(all)
		if !slices.Equal(all, kit.UpTo(jobs)) {
			t.Fatalf("%d claims of %d jobs, or one twice", len(all), jobs)
		}
		n, err := repo.Where(taskBy.IsNull()).Count(context.Background())
		if err != nil || n > 0 {
			t.Fatal("jobs without a worker", n, err)
		}
	})
}

// Ensure that a claim which cannot be is an error before any SQL.
func TestClaimRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := tasks(t, db, 1)
		q := repo.Where(taskState.Eq("new"))
		set := taskState.Set("taken")
		for name, err := range map[string]error{
			"limit": kit.ErrOf(prom.Claim(ctx, q.Limit(1), 1, set)), "offset": kit.ErrOf(prom.Claim(ctx, q.Offset(1), 1,
				set)), "lock": kit.ErrOf(prom.Claim(ctx, q.ForUpdate(), 1, set)),
			"negative": kit.ErrOf(prom.Claim(ctx, q, -1, set)), "nothing": kit.ErrOf(prom.Claim(ctx, q,
				1)), "all rows": kit.ErrOf(prom.Claim(ctx, repo.Query(), 1, set)),
			"twice": kit.ErrOf(prom.Claim(ctx, q, 1, set, set)), "value": kit.ErrOf(prom.Claim(ctx, q, 1,
				taskState.Set("\x00"))), "union": kit.ErrOf(prom.Claim(ctx, prom.Union(q, q), 1, set)),
			"key": kit.ErrOf(prom.Claim(ctx, prom.NewRepo[kit.Keyless](prom.Using(db)).WithoutWhere(), 1)),
		} {
			if !errors.Is(err, prom.ErrValidation) {
				t.Errorf("%s: %v", name, err)
			}
		}
		fixed := prom.NewRepo[task](prom.Using(kit.Open(t, e.With("readonly=true"))))
		if _, err := prom.Claim(ctx, fixed.WithoutWhere(), 1, set); !errors.Is(err, prom.ErrReadOnly) {
			t.Error(err)
		}
	})
}
