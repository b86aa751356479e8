package query_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
)

// Worker and Tool are what the tests of expressions, projections and subqueries are about.
type Worker struct {
	prom.Model
	Name string
	Boss *prom.Ref[Worker]
	Age  int32
	Pay  float64
	City *string
	Rate string `prom:"decimal=8.2"`
}

type Tool struct {
	prom.Model
	Owner prom.Ref[Worker]
	Kind  string
	Cost  int
}

var (
	worker     = prom.Proto[Worker]()
	tool       = prom.Proto[Tool]()
	WorkerID   = prom.NumberOf(worker, &worker.ID)
	WorkerName = prom.TextOf(worker, &worker.Name)
	WorkerBoss = prom.NullRefOf(worker, &worker.Boss)
	WorkerAge  = prom.NumberOf(worker, &worker.Age)
	WorkerPay  = prom.NumberOf(worker, &worker.Pay)
	WorkerCity = prom.NullTextOf(worker, &worker.City)
	WorkerRate = prom.OrderedOf(worker, &worker.Rate)

	ToolOwner = prom.RefOf(tool, &tool.Owner)
	ToolKind  = prom.TextOf(tool, &tool.Kind)
	ToolCost  = prom.NumberOf(tool, &tool.Cost)
)

// workshop is a database of workers w0 to w7 and their tools. w1 to w3 work for w0, w4 to w6 for w3, and w7 for nobody;
// w2 and w7 have no tool, and the others one each, w0 two.
type workshop struct {
	db      *prom.DB
	workers *prom.Repo[Worker]
	tools   *prom.Repo[Tool]
}

func newWorkshop(tb testing.TB, dsn string, options ...prom.OpenOption) workshop {
	tb.Helper()
	ctx := context.Background()
	db := kit.Open(tb, dsn, options...)
	s := workshop{db, prom.NewRepo[Worker](prom.Using(db)), prom.NewRepo[Tool](prom.Using(db))}
	rome, oslo := "Rome", "Oslo"
	cities := []*string{&rome, nil, &oslo, &rome, nil, &oslo, &oslo, &rome}
	bosses := []int{-1, 0, 0, 0, 3, 3, 3, -1}
	var ids []int64
	for i, city := range cities {
		w := Worker{Name: fmt.Sprintf("w%d", i), Age: int32(20 + i%3), Pay: float64(i) * 1.5, City: city,
			Rate: fmt.Sprintf("%d.50", 9+i)}
		if bosses[i] >= 0 {
			boss := prom.NewRef[Worker](ids[bosses[i]])
			w.Boss = &boss
		}
		if err := s.workers.Create(ctx, &w); err != nil {
			tb.Fatal(err)
		}
		ids = append(ids, w.ID)
	}
	for i, owner := range []int{0, 0, 1, 3, 4, 5, 6} {
		tool := Tool{Owner: prom.NewRef[Worker](ids[owner]), Kind: []string{"saw", "axe"}[i%2], Cost: 10 * i}
		if err := s.tools.Create(ctx, &tool); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

// names returns the names of workers, in their order.
func (s workshop) names(tb testing.TB, conds ...prom.Cond[*Worker]) string {
	tb.Helper()
	list, err := prom.Pluck(s.workers.Where(conds...), WorkerName).OrderBy(WorkerID.Asc()).All(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return fmt.Sprint(list)
}
