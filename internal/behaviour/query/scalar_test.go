package query_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that an aggregate is about the rows of the query's page, in its order, wherever it is asked for.
func TestScalar_Page(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		items := kit.Items(kit.Open(t, e.DSN))
		for _, no := range []int{1, 2, 4, 8, 16} {
			if err := items.Create(ctx, &kit.Item{Name: fmt.Sprint(no), No: no}); err != nil {
				t.Fatal(err)
			}
		}
		all := items.Query()
		pages := map[string]struct {
			q                 *prom.Query[kit.Item]
			sum, count, least int64
		}{
			"all":               {all, 31, 5, 1},
			"an order":          {all.OrderBy(kit.ItemNo.Desc()), 31, 5, 1},
			"a limit":           {all.OrderBy(kit.ItemNo.Asc()).Limit(2), 3, 2, 1},
			"a limit backwards": {all.OrderBy(kit.ItemNo.Desc()).Limit(2), 24, 2, 8},
			"an offset":         {all.OrderBy(kit.ItemNo.Asc()).Offset(1), 30, 4, 2},
			"a page":            {all.OrderBy(prom.Neg(kit.ItemNo).Desc()).Limit(2).Offset(2), 12, 2, 4},
			"a condition": {items.Where(kit.ItemNo.Gt(1)).OrderBy(kit.ItemNo.Asc()).Limit(3).Where(kit.ItemNo.Ne(4)),
				26, 3, 2},
			"only": {all.OrderBy(kit.ItemNo.Asc()).Limit(2).Only(kit.ItemName), 3, 2, 1},
			"a union": {prom.Union(items.Where(kit.ItemNo.Lt(3)),
				items.Where(kit.ItemNo.Gt(10))).OrderBy(kit.ItemNo.Desc()).Limit(2), 18, 2, 2},
			"a page beyond others": {all.OrderBy(kit.ItemNo.Asc()).Limit(1000), 31, 5, 1},
		}
		for name, tt := range pages {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				sum, err := prom.Scalar(ctx, tt.q, prom.Sum(kit.ItemNo))
				is.NoErr(err)
				is.Equal(int64(sum), tt.sum) // Scalar
				count, err := prom.Scalar(ctx, tt.q, prom.Count(item))
				is.NoErr(err)
				is.Equal(count, tt.count) // CountRows
				n, err := tt.q.Count(ctx)
				is.NoErr(err)
				is.Equal(int64(n), tt.count) // Count

				both, err := prom.Pluck2(tt.q, prom.Sum(kit.ItemNo), prom.Min(kit.ItemNo)).All(ctx)
				is.NoErr(err)
				is.Equal(len(both), 1)
				is.Equal([]int{both[0].A, both[0].B}, []int{int(tt.sum), int(tt.least)}) // Pluck2
				n, err = prom.Pluck(tt.q, prom.Sum(kit.ItemNo)).Count(ctx)
				is.NoErr(err)
				is.Equal(n, 1)

				first, err := items.Where(kit.ItemNo.Eq(1),
					prom.Eq(prom.ScalarSubquery(item, prom.Pluck(tt.q, prom.Sum(kit.ItemNo))), prom.Val(item, int(tt.sum)))).Count(ctx)
				is.NoErr(err)
				is.Equal(first, 1) // Sub
				n, err = items.Where(prom.InQuery(kit.ItemNo, prom.Pluck(tt.q, prom.Min(kit.ItemNo)))).Count(ctx)
				is.NoErr(err)
				is.Equal(n, 1) // InQuery of an aggregate
				n, err = items.Where(prom.InQuery(kit.ItemNo, prom.Pluck(tt.q, kit.ItemNo))).Count(ctx)
				is.NoErr(err)
				is.Equal(int64(n), tt.count) // InQuery
			})
		}
	})
}

// Ensure that a linked subquery takes its page of the rows that are linked, also for an aggregate.
func TestLinkedSub_Page(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		s := newWorkshop(t, e.DSN)
		mine := prom.Match(prom.Via(WorkerBoss, WorkerName), WorkerName)
		oldest := s.workers.OrderBy(WorkerName.Desc()).Limit(2)
		pays := prom.Pluck2(prom.Union(s.workers.Where(prom.Not(WorkerBoss.Has())),
			s.workers.Where(WorkerName.Eq("w3"))).OrderBy(WorkerName.Asc()), WorkerName,
			prom.OrNull(prom.CorrelatedSubquery(prom.Pluck(oldest, prom.Sum(WorkerPay)), mine)))
		list, err := pays.All(context.Background())
		is.NoErr(err)
		is.Equal(len(list), 3)
		is.Equal(*list[0].B, 3+4.5) // of w2 and w3, for w0
		is.Equal(*list[1].B, 7.5+9) // of w5 and w6, for w3
		is.Equal(list[2].B, nil)
		is.Equal(s.names(t, prom.Exists(worker, s.workers.Query().Offset(2), mine)), "[w0 w3]")
		is.Equal(s.names(t, prom.Exists(worker, s.workers.Query().Offset(3), mine)), "[]")
		is.Equal(s.names(t, prom.Exists(worker, s.workers.Query().Limit(0), mine)), "[]")
	})
}

// Ensure that the page of a projected query is one of its rows, and the page of the projection one of the groups; and
// that groups are ordered by what they have.
func TestProjection_PageOfRows(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		five := s.workers.OrderBy(WorkerName.Asc()).Limit(5) // Rome, nil, Oslo, Rome, nil
		byCity := prom.Pluck2(five, prom.OrNull(WorkerCity), prom.Count(worker))
		list, err := byCity.OrderBy(WorkerCity.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 3)
		is.Equal([]int64{list[0].B, list[1].B, list[2].B}, []int64{1, 2, 2})
		list, err = byCity.OrderBy(WorkerCity.Asc()).Limit(1).Offset(1).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 1)
		is.Equal(*list[0].A, "Rome")
		n, err := byCity.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
		n, err = byCity.Having(prom.Count(worker).Gt(1)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 2)
		cities, err := prom.Pluck(s.workers.OrderBy(WorkerName.Asc()).Limit(2),
			prom.OrValue(WorkerCity, "-")).GroupBy(WorkerCity).All(ctx)
		is.NoErr(err)
		is.Equal(len(cities), 2)
		n, err = prom.Pluck(s.workers.OrderBy(WorkerName.Asc()).Limit(5), WorkerCity).Distinct().Count(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
		byBoss, err := prom.Pluck2(five, prom.OrValue(prom.Via(WorkerBoss, WorkerName), "-"), prom.Max(WorkerAge)).
			Where(prom.Via(WorkerBoss, WorkerName).NotNull()).OrderBy(prom.Max(WorkerAge).Asc()).All(ctx) // w1 to w5
		is.NoErr(err)
		is.Equal(fmt.Sprint(byBoss), "[{w0 22} {w3 22}]")

		_, err = prom.Pluck2(s.workers.OrderBy(WorkerName.Asc()), WorkerAge, prom.Count(worker)).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation)) // an order of what groups do not have
		byKey, err := prom.Pluck2(s.workers.OrderBy(WorkerName.Desc()), WorkerID, prom.Count(worker)).All(ctx)
		is.NoErr(err)
		is.Equal(byKey[0].A, int64(8))
	})
}
