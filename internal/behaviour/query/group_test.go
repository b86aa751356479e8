package query_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that functions of windows are about groups where rows are grouped.
func TestGroup_Windows(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		workers := s.workers.Where(WorkerCity.NotNull()) // three each in Rome and Oslo
		sum := prom.Sum(WorkerPay)                       // 15 in Rome, 19.5 in Oslo
		most := prom.OrderWindow(sum.Desc())
		list, err := prom.Pluck3(workers, WorkerCity, sum, prom.Rank(most)).OrderBy(WorkerCity.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(list), "[{Oslo 19.5 1} {Rome 15 2}]")

		// The aggregate is in the window alone.
		ranks, err := prom.Pluck2(workers, WorkerCity, prom.RowNumber(most)).OrderBy(prom.RowNumber(most).Desc()).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(ranks), "[{Rome 2} {Oslo 1}]")

		// An aggregate over a window of groups, and a window in the order of what they are grouped by.
		shares, err := prom.Pluck3(workers, WorkerCity, prom.Div(sum, prom.Over(prom.Sum(sum), prom.Window[*Worker]{})),
			prom.Lag(prom.OrNull(sum), 1, prom.OrderWindow(WorkerCity.Asc()))).OrderBy(WorkerCity.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprintf("%.3f %.3f", shares[0].B, shares[1].B), "0.565 0.435")
		is.True(shares[0].C == nil && *shares[1].C == 19.5)

		one, err := prom.Pluck2(workers, sum, prom.RowNumber(prom.Window[*Worker]{})).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(one), "[{34.5 1}]")
		n, err := prom.Pluck2(workers, WorkerCity, prom.Rank(most)).Having(sum.Gt(16)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
	})
}

// Ensure that an aggregate or a window where there can be none is refused before any SQL, alike on both engines and
// with the way out.
func TestGroup_Errors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		sum, row := prom.Sum(WorkerPay), prom.RowNumber(prom.OrderWindow(WorkerPay.Desc()))
		all := func(conds ...prom.Cond[*Worker]) error { _, err := s.workers.Where(conds...).All(ctx); return err }
		projected := func(p prom.Projection[Worker, prom.Pair[float64, int64]]) error { _, err := p.All(ctx); return err }
		ages := prom.Pluck2(s.workers.Query(), prom.Max(WorkerPay), prom.Count(worker)).GroupBy(WorkerAge)
		update := func(a prom.Assign[*Worker]) error { _, err := s.workers.WithoutWhere().Update(ctx, a); return err }
		_, deleted := s.workers.Where(row.Gt(1)).Delete(ctx)
		tests := map[string]struct {
			err  error
			hint string
		}{
			"a window in Where": {all(row.Lte(3)), "From"},
			"a window inside Where": {all(prom.Or(WorkerAge.Eq(1), prom.Not(prom.Plus(row, row).Gt(2)))),
				"From"},
			"a window in a relation":         {all(WorkerBoss.Has(row.Lte(3))), "From"},
			"a window in Where of a delete":  {deleted, "From"},
			"a window on the right":          {all(prom.Gt(prom.Val(worker, int64(3)), row)), "From"},
			"an aggregate in Where":          {all(sum.Gt(3)), "Having"},
			"an aggregate in Where, grouped": {projected(ages.Where(sum.Gt(3))), "Having"},
			"a window in Having":             {projected(ages.Having(row.Gt(1))), "From"},
			"groups by an aggregate":         {projected(ages.GroupBy(sum)), "From"},
			"groups by a window":             {projected(ages.GroupBy(row)), "From"},
			"an aggregate of aggregates": {projected(prom.Pluck2(s.workers.Query(), prom.Max(sum),
				prom.Count(worker))), "From"},
			"an aggregate of a window": {projected(prom.Pluck2(s.workers.Query(), sum, prom.Max(row))),
				"From"},
			"a window of a window": {projected(prom.Pluck2(s.workers.Query(), WorkerPay,
				prom.Rank(prom.OrderWindow(row.Asc())))), "From"},
			"an order of rows": {projected(prom.Pluck2(s.workers.Query(), WorkerPay,
				WorkerID).OrderBy(sum.Asc())), "GroupBy"},
			"an order of another column": {projected(ages.OrderBy(WorkerName.Asc())), "GroupBy"},
			"a window of another column": {projected(prom.Pluck2(s.workers.Query(), sum,
				row).GroupBy(WorkerAge)), "GroupBy"},
			"Having of another column": {projected(ages.Having(WorkerName.Eq("w1"))), "GroupBy"},
			"another column in an aggregate's expression": {projected(prom.Pluck2(s.workers.Query(), prom.Plus(sum, WorkerPay),
				prom.Count(worker))), "GroupBy"},
			"an aggregate assigned": {update(WorkerPay.SetTo(sum)), "Sub"},
			"a window assigned":     {update(WorkerID.SetTo(row)), "Sub"},
		}
		for name, tt := range tests {
			if !errors.Is(tt.err, prom.ErrValidation) || !strings.Contains(fmt.Sprint(tt.err), tt.hint) {
				t.Errorf("%s: %v", name, tt.err)
			}
		}
		is := is.New(t)
		is.Equal(len(s.names(t)), len("[w0 w1 w2 w3 w4 w5 w6 w7]"))

		// What the hints lead to.
		type numbered struct {
			Name string
			Row  int64
		}
		numberedProto := prom.Proto[numbered]()

		name, no := prom.TextOf(numberedProto, &numberedProto.Name), prom.NumberOf(numberedProto, &numberedProto.Row)
		rows := prom.Select(s.workers.Query(), numberedProto, prom.Col(&numberedProto.Name, WorkerName),
			prom.Col(&numberedProto.Row, row))
		first, err := prom.Pluck(prom.From(rows).Where(no.Lte(3)).OrderBy(no.Asc()), name).All(ctx)
		is.NoErr(err)
		is.Equal(first, []string{"w7", "w6", "w5"})
		byKey, err := prom.Pluck2(s.workers.OrderBy(WorkerName.Desc()), WorkerName,
			prom.Count(worker)).GroupBy(WorkerID).Having(WorkerAge.Gt(20)).All(ctx)
		is.NoErr(err) // a key tells all of its row
		is.Equal(len(byKey), 5)
	})
}
