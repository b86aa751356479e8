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

// Ensure that one or a few fields are read as typed values, and structs by the names of their fields.
// parity: Q22 Q23
func TestPluck(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		q := s.workers.Where(WorkerAge.Eq(22)).OrderBy(WorkerID.Asc())

		ages, err := prom.Pluck(q, WorkerAge).All(ctx)
		is.NoErr(err)
		is.Equal(ages, []int32{22, 22})
		cities, err := prom.Pluck(s.workers.OrderBy(WorkerID.Asc()).Limit(2), prom.OrNull(WorkerCity)).All(ctx)
		is.NoErr(err)
		is.True(*cities[0] == "Rome" && cities[1] == nil)
		owners, err := prom.Pluck(s.tools.Where(ToolCost.Eq(0)), ToolOwner).All(ctx) // int64, the key
		is.NoErr(err)
		is.Equal(len(owners), 1)

		pairs, err := prom.Pluck2(q, WorkerName, WorkerPay).All(ctx)
		is.NoErr(err)
		is.Equal(pairs, []prom.Pair[string, float64]{{A: "w2", B: 3}, {A: "w5", B: 7.5}})
		triples, err := prom.Pluck3(q, WorkerName, prom.Via(WorkerBoss, WorkerName), WorkerRate).All(ctx)
		is.NoErr(err)
		is.Equal(triples, []prom.Triple[string, string, string]{{A: "w2", B: "w0", C: "11.50"},
			{A: "w5", B: "w3", C: "14.50"}})

		type Brief struct {
			Name string
			City *string
			Age  int64 // wider than the model's
		}
		briefs, err := prom.Into[Brief](q).All(ctx)
		is.NoErr(err)
		is.Equal(len(briefs), 2)
		is.True(briefs[0].Name == "w2" && *briefs[0].City == "Oslo" && briefs[0].Age == 22)
		type Wrong struct{ Name, Height string }
		_, err = prom.Into[Wrong](q).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
		type Other struct{ Name int }
		_, err = prom.Into[Other](q).All(ctx)
		is.True(err != nil)

		one, err := prom.Pluck(q, WorkerName).First(ctx)
		is.NoErr(err)
		is.Equal(one, "w2")
		_, err = prom.Pluck(q.Where(WorkerAge.Eq(0)), WorkerName).First(ctx)
		is.True(errors.Is(err, prom.ErrNotFound))
		has, err := prom.Pluck(q, WorkerName).Where(WorkerName.Eq("w5")).Exists(ctx)
		is.NoErr(err)
		is.True(has)

		var streamed []string
		for name, err := range prom.Pluck(s.workers.OrderBy(WorkerID.Desc()), WorkerName).Stream(ctx) {
			is.NoErr(err)
			if streamed = append(streamed, name); len(streamed) == 3 {
				break
			}
		}
		is.Equal(streamed, []string{"w7", "w6", "w5"})
		sql, args, err := prom.Pluck(q, WorkerName).SQL()
		is.NoErr(err)
		is.True(sql != "" && len(args) == 1)
	})
}

// Ensure that distinct values are taken once, in an order, on a page, and when they are counted.
// parity: Q25 B25 B26
func TestDistinct(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		p := prom.Pluck(s.workers.Query(), WorkerAge).Distinct()
		ages, err := p.OrderBy(WorkerAge.Desc()).All(ctx)
		is.NoErr(err)
		is.Equal(ages, []int32{22, 21, 20})
		n, err := p.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
		n, err = p.Limit(5).Offset(1).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 2)
		n, err = p.Offset(10).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 0)
		// An expression with an argument in it, of which there is one in the order too.
		sums, err := prom.Pluck(s.workers.Query(), prom.Plus(WorkerAge, num(1))).Distinct().OrderBy(prom.Plus(WorkerAge,
			num(1)).Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(sums, []int32{21, 22, 23})
		_, err = p.OrderBy(WorkerName.Asc()).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation)) // what SQLite would answer, and PostgreSQL not
	})
}

// Ensure that aggregates have the right results and types, over all rows, none, and groups.
// parity: Q26 Q36 B40
func TestAggregates(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		all, none := s.workers.Query(), s.workers.Where(WorkerAge.Gt(1000))

		sum, err := prom.Scalar(ctx, all, prom.Sum(WorkerAge))
		is.NoErr(err)
		is.Equal(sum, int32(20+21+22+20+21+22+20+21))
		pay, err := prom.Scalar(ctx, all, prom.Sum(WorkerPay))
		is.NoErr(err)
		is.Equal(pay, 42.0)
		avg, err := prom.Scalar(ctx, all, prom.Avg(WorkerAge))
		is.NoErr(err)
		is.Equal(avg, 20.875)
		least, err := prom.Scalar(ctx, all, prom.Min(WorkerRate))
		is.NoErr(err)
		is.Equal(least, "9.50") // as a number, not as a text
		greatest, err := prom.Scalar(ctx, all, prom.Max(WorkerCity))
		is.NoErr(err)
		is.Equal(greatest, "Rome")
		n, err := prom.Pluck3(all, prom.Count(worker), prom.CountOf(WorkerCity), prom.CountDistinct(WorkerCity)).First(ctx)
		is.NoErr(err)
		is.Equal(n, prom.Triple[int64, int64, int64]{A: 8, B: 6, C: 2})
		romans, err := prom.Scalar(ctx, all, prom.Count(worker).Filter(WorkerCity.Eq("Rome"), WorkerAge.Lt(21)))
		is.NoErr(err)
		is.Equal(romans, int64(2))

		_, err = prom.Scalar(ctx, none, prom.Sum(WorkerAge))
		is.True(errors.Is(err, prom.ErrType))
		is.True(strings.Contains(err.Error(), "read a result by OrNull, or another value in its place by OrValue"))
		perhaps, err := prom.Scalar(ctx, none, prom.OrNull(prom.Sum(WorkerAge)))
		is.NoErr(err)
		is.True(perhaps == nil)
		sum, err = prom.Scalar(ctx, none, prom.OrValue(prom.Sum(WorkerAge), 7))
		is.NoErr(err)
		is.Equal(sum, int32(7))
		zero, err := prom.Scalar(ctx, none, prom.Count(worker))
		is.NoErr(err)
		is.Equal(zero, int64(0))
		empty, err := prom.Pluck2(none, prom.Count(worker), prom.OrNull(prom.Max(WorkerName))).First(ctx)
		is.NoErr(err)
		is.True(empty.A == 0 && empty.B == nil)

		type perAge struct {
			Age   int32
			Count int64
			Pay   *float64
			Name  string
		}
		perAgeProto := prom.Proto[perAge]()

		groups := prom.Select(all, perAgeProto,
			prom.Col(&perAgeProto.Age, WorkerAge),
			prom.Col(&perAgeProto.Count, prom.Count(worker)),
			prom.NullCol(&perAgeProto.Pay, prom.Sum(WorkerPay)),
			prom.Col(&perAgeProto.Name, prom.Min(WorkerName)))
		list, err := groups.Having(prom.Count(worker).Gte(3)).OrderBy(prom.Sum(WorkerPay).Desc()).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 2)
		is.True(list[0].Age == 21 && list[0].Count == 3 && *list[0].Pay == 18 && list[0].Name == "w1")
		is.True(list[1].Age == 20 && *list[1].Pay == 13.5)
		count, err := groups.Count(ctx)
		is.NoErr(err)
		is.Equal(count, 3)

		// A group by an expression with an argument, ordered by it, and one by what is not selected.
		bands, err := prom.Pluck2(all, prom.Div(WorkerAge, num(21)),
			prom.Count(worker)).OrderBy(prom.Div(WorkerAge, num(21)).Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(bands, []prom.Pair[int32, int64]{{A: 0, B: 3}, {A: 1, B: 5}})
		counts, err := prom.Pluck(all, prom.Count(worker)).GroupBy(WorkerCity).OrderBy(prom.Count(worker).Asc(),
			prom.Min(WorkerName).Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(counts, []int64{2, 3, 3})
		bossed, err := prom.Pluck2(all, prom.OrNull(prom.Via(WorkerBoss, WorkerName)),
			prom.Count(worker)).OrderBy(prom.Via(WorkerBoss, WorkerName).Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(len(bossed), 3)
		is.True(*bossed[0].A == "w0" && bossed[0].B == 3 && bossed[2].A == nil && bossed[2].B == 2)
	})
}

// Ensure that functions of windows number, compare and sum the rows.
func TestWindows(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		byAge := prom.PartitionBy[*Worker](WorkerAge).OrderBy(WorkerName.Desc())
		inOrder := prom.OrderWindow(WorkerName.Asc())
		ints := func(x prom.Expr[*Worker, int64]) string {
			t.Helper()
			list, err := prom.Pluck(s.workers.OrderBy(WorkerID.Asc()), x).All(ctx)
			is.NoErr(err)
			return fmt.Sprint(list)
		}
		is.Equal(ints(prom.RowNumber(byAge)), "[3 3 2 2 2 1 1 1]")
		is.Equal(ints(prom.Rank(prom.OrderWindow(WorkerAge.Asc()))), "[1 4 7 1 4 7 1 4]")
		is.Equal(ints(prom.DenseRank(prom.OrderWindow(WorkerAge.Asc()))), "[1 2 3 1 2 3 1 2]")
		is.Equal(ints(prom.Over(prom.Count(worker), prom.PartitionBy[*Worker](WorkerCity))), "[3 2 3 3 2 3 3 3]")
		running, err := prom.Pluck(s.workers.OrderBy(WorkerID.Asc()), prom.Over(prom.Sum(WorkerPay), inOrder)).All(ctx)
		is.NoErr(err)
		is.Equal(running, []float64{0, 1.5, 4.5, 9, 15, 22.5, 31.5, 42})
		last, err := prom.Pluck(s.workers.Limit(1), prom.LastValue(WorkerName,
			inOrder.Rows(prom.UnboundedPreceding, prom.UnboundedFollowing))).All(ctx)
		is.NoErr(err)
		is.Equal(last, []string{"w7"})
		around, err := prom.Pluck3(s.workers.Where(WorkerName.In("w0", "w1", "w2")).OrderBy(WorkerID.Asc()),
			prom.OrNull(prom.Lag(WorkerName, 1, inOrder)), WorkerName, prom.OrNull(prom.Lead(WorkerName, 2, inOrder))).All(ctx)
		is.NoErr(err)
		is.True(around[0].A == nil && *around[1].A == "w0" && *around[0].C == "w2" && around[1].C == nil)

		// The best of each group: a window inside, a condition on it outside.
		type ranked struct {
			Name string
			Age  int32
			Rank int64
		}
		rankedProto := prom.Proto[ranked]()

		rank := prom.NumberOf(rankedProto, &rankedProto.Rank)
		name := prom.TextOf(rankedProto, &rankedProto.Name)
		best, err := prom.From(prom.Select(s.workers.Query(), rankedProto,
			prom.Col(&rankedProto.Name, WorkerName),
			prom.Col(&rankedProto.Age, WorkerAge),
			prom.Col(&rankedProto.Rank, prom.RowNumber(byAge)),
		)).Where(rank.Eq(1)).OrderBy(name.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(best, []ranked{{"w5", 22, 1}, {"w6", 20, 1}, {"w7", 21, 1}})
	})
}
