package query_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Pick is a row of groups.
type Pick struct {
	ID       int64 `prom:"key"`
	Owner    *prom.Ref[Worker]
	Tag      string `prom:"nocase"`
	Points   *int
	PromRank int   // as a name inside the statement might be
	Mates    int64 `prom:"computed"`
}

var (
	pick       = prom.Proto[Pick]()
	pickID     = prom.NumberOf(pick, &pick.ID)
	pickOwner  = prom.NullRefOf(pick, &pick.Owner)
	pickTag    = prom.TextOf(pick, &pick.Tag)
	pickPoints = prom.NullNumberOf(pick, &pick.Points)
	pickRank   = prom.NumberOf(pick, &pick.PromRank)
)

// Ensure that a query takes the first rows of each group, in its own order, with its conditions before and those of the
// result behind; that they are values of the model, with what belongs to them; and that what is said of the result is
// about all of them.
func TestLimitBy(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		picks := prom.NewRepo[Pick](prom.Using(s.db))
		workers, err := s.workers.OrderBy(WorkerID.Asc()).All(ctx)
		is.NoErr(err)
		// 1 w0 x 5, 2 w0 X 5, 3 w1 y –, 4 – y 7, 5 – x 9, 6 w0 y 4, 7 w1 Y 1
		for i, owner := range []int{0, 0, 1, -1, -1, 0, 1} {
			p := Pick{ID: int64(i + 1), Tag: []string{"x", "X", "y", "y", "x", "y", "Y"}[i], PromRank: 7 - i}
			if owner >= 0 {
				ref := prom.RefTo(&workers[owner])
				p.Owner = &ref
			}
			if n := []int{5, 5, 0, 7, 9, 4, 1}[i]; n > 0 {
				p.Points = &n
			}
			is.NoErr(picks.Create(ctx, &p))
		}
		all := picks.Query()
		best := picks.OrderBy(pickPoints.Desc().NullsLast())
		tests := map[string]struct {
			q    *prom.Query[Pick]
			want string
		}{
			"one":         {prom.LimitBy(best, 1, pickOwner), "[1 5 7]"}, // NULL is a group, and the key breaks ties
			"two":         {prom.LimitBy(best, 2, pickOwner), "[1 2 3 4 5 7]"},
			"none":        {prom.LimitBy(best, 0, pickOwner), "[]"},
			"no order":    {prom.LimitBy(all, 1, pickOwner), "[1 3 4]"},
			"nulls":       {prom.LimitBy(picks.OrderBy(pickPoints.Desc()), 1, pickOwner), "[1 3 5]"},
			"nocase":      {prom.LimitBy(picks.OrderBy(pickID.Desc()), 1, pickTag), "[5 7]"},
			"several":     {prom.LimitBy(picks.OrderBy(pickID.Desc()), 1, pickTag, pickOwner), "[2 4 5 6 7]"},
			"by a term":   {prom.LimitBy(best, 1, prom.Mod(pickID, prom.Val(pick, int64(2)))), "[4 5]"},
			"by a parent": {prom.LimitBy(best, 1, prom.Via(pickOwner, WorkerCity)), "[1 5]"},
			"a parent": {prom.LimitBy(picks.Where(pickOwner.NotNull()).OrderBy(prom.Via(pickOwner, WorkerName).Desc(),
				pickID.Asc()), 1, pickTag), "[1 3]"},
			"before":      {prom.LimitBy(best.Where(pickPoints.Lt(9)), 1, pickOwner), "[1 4 7]"},
			"behind":      {prom.LimitBy(best, 1, pickOwner).Where(pickPoints.Lt(9)), "[1 7]"},
			"behind by":   {prom.LimitBy(best, 1, pickOwner).Where(pickOwner.Has(WorkerName.Eq("w1"))), "[7]"},
			"own rank":    {prom.LimitBy(picks.OrderBy(pickRank.Asc()), 1, pickOwner).Where(pickRank.Gt(1)), "[5 6]"},
			"page before": {prom.LimitBy(picks.OrderBy(pickID.Desc()).Limit(4), 1, pickOwner), "[5 6 7]"},
			"offset":      {prom.LimitBy(picks.OrderBy(pickID.Desc()).Offset(1), 1, pickOwner), "[3 5 6]"},
			"union": {prom.LimitBy(prom.Union(picks.Where(pickID.Lt(3)),
				picks.Where(pickID.Eq(7))).OrderBy(pickID.Desc()), 1, pickOwner), "[2 7]"},
			"of first":   {prom.LimitBy(prom.LimitBy(best, 1, pickOwner).OrderBy(pickID.Desc()), 1, pickTag), "[5 7]"},
			"in a union": {prom.Union(prom.LimitBy(best, 1, pickOwner), picks.Where(pickID.Eq(2))), "[1 2 5 7]"},
			"in a query": {picks.Where(prom.Not(prom.InQuery(pickID, prom.Pluck(prom.LimitBy(best, 1, pickOwner), pickID)))),
				"[2 3 4 6]"},
			"linked": {picks.Where(prom.Exists(pick, prom.LimitBy(best, 1, pickOwner), prom.Match(pickTag, pickTag),
				prom.Match(pickOwner, pickOwner))), "[1 2 3 7]"},
			"in a relation": {prom.LimitBy(picks.Where(pickOwner.Has(WorkerAge.Eq(20))).OrderBy(pickID.Desc()), 1, pickOwner),
				"[6]"},
		}
		for name, tt := range tests {
			ids, err := prom.Pluck(tt.q, pickID).OrderBy(pickID.Asc()).All(ctx)
			if err != nil || fmt.Sprint(ids) != tt.want {
				t.Errorf("%s: %v, %v, not %s", name, ids, err, tt.want)
			}
			n, err := tt.q.Count(ctx)
			if err != nil || n != len(ids) {
				t.Errorf("%s: counted %d, %v", name, n, err)
			}
		}

		// Values of the model, with relations and computed fields, in an order and by pages.
		mates := prom.CorrelatedSubquery(prom.Pluck(all, prom.Count(pick)), prom.Match(pickOwner, pickOwner))
		q := prom.LimitBy(best.With(pickOwner).Compute(prom.Col(&pick.Mates, mates)), 1, pickOwner).OrderBy(pickID.Desc())
		list, err := q.All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 3)
		owner, ok := list[0].Owner.Get()
		is.True(ok && owner.Name == "w1" && list[0].Mates == 2 && list[0].ID == 7)
		is.True(list[1].Owner == nil && list[1].Mates == 0)
		n := 3
		list[2].Points = &n
		is.NoErr(picks.Save(ctx, &list[2])) // rows like any other
		page, err := q.PageAt(ctx, 2, 2)
		is.NoErr(err)
		is.Equal(page.Total, 3)
		is.Equal(page.Rows[0].ID, int64(2)) // since 1 has less now
		some, err := prom.LimitBy(best.Only(pickTag), 1, pickOwner).OrderBy(pickID.Asc()).All(ctx)
		is.NoErr(err)
		is.True(some[0].Tag == "X" && some[0].Points == nil)
		sum, err := prom.Scalar(ctx, prom.LimitBy(best, 1, pickOwner), prom.Sum(pickPoints))
		is.NoErr(err)
		is.Equal(sum, 15)

		// What it is not for, and what is wrong.
		_, err = prom.LimitBy(best, 1, pickOwner).Where(pickID.Gt(0)).Delete(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
		is.NoErr(s.db.Tx(ctx, func(ctx context.Context) error {
			_, err := prom.LimitBy(best, 1, pickOwner).ForUpdate().All(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
			_, err = prom.LimitBy(best.ForUpdate(), 1, pickOwner).All(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
			return nil
		}))
		_, err = prom.LimitBy(best, -1, pickOwner).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = prom.LimitBy(best, 1, prom.Count(pick)).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = prom.LimitBy(picks.OrderBy(prom.Count(pick).Desc()), 1, pickOwner).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
		deleted, err := picks.Where(prom.Not(prom.InQuery(pickID, prom.Pluck(prom.LimitBy(best, 1, pickOwner),
			pickID)))).Delete(ctx)
		is.NoErr(err)
		is.Equal(deleted, 4)
	})
}

// Ensure that the rest of what is asked for by groups is one line each: distinct values in the order of another term,
// aggregates over a page, and one result that there is.
func TestOneLiners(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		all := s.workers.Query()
		// Cities by their best paid.
		cities, err := prom.Pluck(all,
			prom.OrValue(WorkerCity, "-")).GroupBy(WorkerCity).OrderBy(prom.Max(WorkerPay).Desc()).All(ctx)
		is.NoErr(err)
		is.Equal(cities, []string{"Rome", "Oslo", "-"})
		ages, err := prom.Pluck(all, WorkerAge).GroupBy(WorkerAge).OrderBy(prom.Min(WorkerName).Desc()).Limit(2).All(ctx)
		is.NoErr(err)
		is.Equal(ages, []int32{22, 21})
		_, err = prom.Pluck(all.OrderBy(WorkerPay.Desc()), WorkerAge).Distinct().All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))

		// The sum over the three best paid, by a column of the row that they refer to, too.
		top := s.workers.OrderBy(WorkerPay.Desc()).Limit(3)
		sum, err := prom.Scalar(ctx, top, prom.Sum(WorkerPay))
		is.NoErr(err)
		is.Equal(sum, 10.5+9+7.5)
		boss, err := prom.Scalar(ctx, s.workers.Where(WorkerBoss.NotNull()).OrderBy(prom.Via(WorkerBoss, WorkerName).Desc(),
			WorkerID.Asc()).Limit(4), prom.Sum(prom.Via(WorkerBoss, WorkerPay)))
		is.NoErr(err)
		is.Equal(boss, 3*4.5)

		one, err := prom.Pluck(s.workers.Where(WorkerName.Eq("w3")), WorkerAge).One(ctx)
		is.NoErr(err)
		is.Equal(one, int32(20))
		_, err = prom.Pluck(s.workers.Where(WorkerName.Eq("nobody")), WorkerAge).One(ctx)
		is.True(errors.Is(err, prom.ErrNotFound))
		_, err = prom.Pluck(all, WorkerAge).One(ctx)
		is.True(errors.Is(err, prom.ErrTooManyRows))
		one, err = prom.Pluck(all.OrderBy(WorkerPay.Desc()), WorkerAge).Limit(1).One(ctx) // one is all there is on its page
		is.NoErr(err)
		is.Equal(one, int32(21))
		_, err = all.One(ctx)
		is.True(errors.Is(err, prom.ErrTooManyRows))
	})
}
