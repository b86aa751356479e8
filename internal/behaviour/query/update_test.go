package query_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that all values which an update assigns are computed from the rows as they were before it, whatever of their
// own table they are computed from.
func TestUpdate_RowsBefore(t *testing.T) {
	t.Parallel()
	hundred := num(100)
	older := prom.Plus(prom.Via(WorkerBoss, WorkerAge), hundred)
	link := prom.Match(WorkerID, prom.Via(WorkerBoss, WorkerID))
	updates := map[string]struct {
		assign func(workers *prom.Repo[Worker]) prom.Assign[*Worker]
		want   string
	}{
		"via": {func(*prom.Repo[Worker]) prom.Assign[*Worker] { return WorkerAge.SetTo(older) }, "[1 101 102 103]"},
		"via of via": {func(*prom.Repo[Worker]) prom.Assign[*Worker] {
			return WorkerAge.SetTo(prom.OrValue(prom.Via(WorkerBoss, older), -1))
		}, "[1 -1 101 102]"},
		"a linked sum": {func(workers *prom.Repo[Worker]) prom.Assign[*Worker] {
			sum := prom.Pluck(workers.Query(), prom.Sum(WorkerAge))
			return WorkerAge.SetTo(prom.Plus(prom.CorrelatedSubquery(sum, link), hundred))
		}, "[1 101 102 103]"},
		"a sum": {func(workers *prom.Repo[Worker]) prom.Assign[*Worker] {
			return WorkerAge.SetTo(prom.Plus(WorkerAge, prom.ScalarSubquery(worker,
				prom.Pluck(workers.Query(), prom.Sum(WorkerAge)))))
		}, "[1 12 13 14]"},
		"a linked sum in a case": {func(workers *prom.Repo[Worker]) prom.Assign[*Worker] {
			boss := prom.Exists(worker, workers.Where(WorkerAge.Gt(100)), link)
			return WorkerAge.SetTo(prom.Case(hundred, prom.Then(boss, num(0))))
		}, "[1 100 100 100]"},
		"raw SQL": {func(*prom.Repo[Worker]) prom.Assign[*Worker] {
			return WorkerAge.SetTo(prom.RawExpr[int32](worker, "(Select b.age + ? FROM worker AS b WHERE b._id = worker.boss)",
				100))
		}, "[1 101 102 103]"},
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		db, workers := chainOfWorkers(t, e.DSN)
		q := workers.Where(WorkerBoss.NotNull())
		for name, tt := range updates {
			ways := map[string]func(ctx context.Context) (int, error){
				"Update": func(ctx context.Context) (int, error) { return q.Update(ctx, tt.assign(workers)) },
				"UpdateReturning": func(ctx context.Context) (int, error) {
					list, err := prom.UpdateReturning(ctx, q, tt.assign(workers))
					return len(list), err
				},
				"UpdateWhere": func(ctx context.Context) (int, error) {
					var b prom.Batch
					n := prom.Queue(&b, workers).UpdateWhere(q, tt.assign(workers))
					if err := b.Run(ctx); err != nil {
						return 0, err
					}
					return n.Value()
				},
				"Claim": func(ctx context.Context) (int, error) {
					list, err := prom.Claim(ctx, q.OrderBy(WorkerID.Asc()), 10, tt.assign(workers))
					return len(list), err
				},
			}
			for way, update := range ways {
				kit.RolledBack(t, db, func(ctx context.Context) {
					is := is.New(t)
					n, err := update(ctx)
					is.NoErr(err)
					is.Equal(n, 3)
					ages, err := prom.Pluck(workers.OrderBy(WorkerID.Asc()), WorkerAge).All(ctx)
					is.NoErr(err)
					if got := fmt.Sprint(ages); got != tt.want {
						t.Errorf("%s by %s: %s, not %s", name, way, got, tt.want)
					}
				})
			}
		}
	})
}

// Ensure that an update, a delete and a copy choose their rows by the table as it was before.
func TestUpdate_ChosenBefore(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		db, workers := chainOfWorkers(t, e.DSN)
		equals := prom.CorrelatedSubquery(prom.Pluck(workers.Query(), prom.Count(worker)), prom.Match(WorkerPay, WorkerPay))
		q := workers.Where(equals.Eq(4)) // all rows, until one of them is written
		ways := map[string]func(ctx context.Context) (int, error){
			"update": func(ctx context.Context) (int, error) { return q.Update(ctx, WorkerPay.SetTo(prom.Float(WorkerAge))) },
			"delete": q.Delete,
			"copy": func(ctx context.Context) (int, error) {
				return prom.InsertSelect(ctx, workers, q, prom.To(WorkerName, WorkerName), prom.To(WorkerAge, WorkerAge),
					prom.To(WorkerPay, WorkerPay), prom.To(WorkerRate, WorkerRate))
			},
		}
		for way, write := range ways {
			kit.RolledBack(t, db, func(ctx context.Context) {
				if n, err := write(ctx); err != nil || n != 4 {
					t.Errorf("%s: %d rows, %v", way, n, err)
				}
			})
		}
	})
}

// chainOfWorkers makes the workers a to d, aged 1 to 4, each the boss of the next.
func chainOfWorkers(tb testing.TB, dsn string) (*prom.DB, *prom.Repo[Worker]) {
	tb.Helper()
	db := kit.Open(tb, dsn)
	workers := prom.NewRepo[Worker](prom.Using(db))
	var boss *prom.Ref[Worker]
	for i, name := range []string{"a", "b", "c", "d"} {
		w := Worker{Name: name, Boss: boss, Age: int32(i + 1), Rate: "1"}
		if err := workers.Create(context.Background(), &w); err != nil {
			tb.Fatal(err)
		}
		ref := prom.NewRef[Worker](w.ID)
		boss = &ref
	}
	return db, workers
}
