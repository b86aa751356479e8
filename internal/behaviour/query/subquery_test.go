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

// Ensure that subqueries are values of comparisons, semi-joins go to any depth, and joins lead through references.
// parity: Q17 G10
func TestSubqueries(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		s := newWorkshop(t, e.DSN)
		all := s.workers.Query()
		maxPay := prom.ScalarSubquery(worker, prom.Pluck(all, prom.Max(WorkerPay)))
		tests := map[string]struct {
			cond prom.Cond[*Worker]
			want string
		}{
			"eq": {prom.Eq(WorkerPay, maxPay), "[w7]"},
			"lt": {prom.Lt(WorkerPay, prom.ScalarSubquery(worker, prom.Pluck(all, prom.Avg(WorkerPay)))),
				"[w0 w1 w2 w3]"},
			"none": {prom.Gte(WorkerPay, prom.ScalarSubquery(worker, prom.Pluck(all.Where(WorkerAge.Eq(0)), WorkerPay))),
				"[]"},
			"in":         {prom.InQuery(WorkerID, prom.Pluck(s.tools.Where(ToolKind.Eq("saw")), ToolOwner)), "[w0 w1 w4 w6]"},
			"in page":    {prom.InQuery(WorkerID, prom.Pluck(s.tools.OrderBy(ToolCost.Desc()).Limit(2), ToolOwner)), "[w5 w6]"},
			"not in":     {prom.Not(prom.InQuery(WorkerID, prom.Pluck(s.tools.Query(), ToolOwner))), "[w2 w7]"},
			"exists":     {prom.Exists(worker, s.tools.Where(ToolCost.Gt(30)), prom.Match(ToolOwner, WorkerID)), "[w4 w5 w6]"},
			"not exists": {prom.Not(prom.Exists(worker, s.tools.Query(), prom.Match(ToolOwner, WorkerID))), "[w2 w7]"},
			"exists any": {prom.Exists(worker, s.tools.Where(ToolCost.Gt(3000))), "[]"},
			"two links": {prom.Exists(worker, s.workers.Where(WorkerName.Eq("w1")), prom.Match(WorkerAge, WorkerAge),
				prom.Match(WorkerCity, WorkerCity)), "[]"},
			"self": {prom.Exists(worker, s.workers.Where(WorkerName.Eq("w1")), prom.Match(WorkerAge, WorkerAge)),
				"[w1 w4 w7]"},
			"has":     {WorkerBoss.Has(WorkerName.Eq("w3")), "[w4 w5 w6]"},
			"has any": {WorkerBoss.Has(), "[w1 w2 w3 w4 w5 w6]"},
			"has not": {prom.Not(WorkerBoss.Has(WorkerName.Eq("w3"))), "[w0 w1 w2 w3 w7]"},
			"has has": {WorkerBoss.Has(WorkerBoss.Has(WorkerName.Eq("w0"))), "[w4 w5 w6]"},
			"has or": {prom.Or(WorkerBoss.Has(WorkerAge.Eq(20), WorkerName.Eq("w0")), WorkerName.Eq("w7")),
				"[w1 w2 w3 w7]"},
			"deep": {prom.Exists(worker,
				s.tools.Where(ToolOwner.Has(WorkerBoss.Has(prom.Exists(worker, s.tools.Where(ToolCost.Eq(10)),
					prom.Match(ToolOwner, WorkerID))))), prom.Match(ToolOwner, WorkerID)), "[w1 w3]"},
			"via":      {prom.Via(WorkerBoss, WorkerAge).Eq(20), "[w1 w2 w3 w4 w5 w6]"},
			"via via":  {prom.Via(WorkerBoss, prom.Via(WorkerBoss, WorkerName)).Eq("w0"), "[w4 w5 w6]"},
			"via null": {prom.Via(WorkerBoss, prom.Via(WorkerBoss, WorkerName)).IsNull(), "[w0 w1 w2 w3 w7]"},
			"via two": {prom.Gt(WorkerPay, prom.Times(prom.Via(WorkerBoss, WorkerPay), prom.Val(worker, 1.5))),
				"[w1 w2 w3 w5 w6]"},
			"via in": {prom.InQuery(prom.Via(WorkerBoss, WorkerID), prom.Pluck(s.tools.Where(ToolCost.Eq(30)), ToolOwner)),
				"[w4 w5 w6]"},
			"descendants": {prom.DescendantsOf(WorkerBoss, WorkerName.Eq("w3")), "[w4 w5 w6]"},
			"all below":   {prom.DescendantsOf(WorkerBoss, WorkerName.Eq("w0")), "[w1 w2 w3 w4 w5 w6]"},
			"ancestors":   {prom.AncestorsOf(WorkerBoss, WorkerName.In("w5", "w7")), "[w0 w3]"},
			"not below":   {prom.Not(prom.DescendantsOf(WorkerBoss, WorkerName.Eq("w0"))), "[w0 w7]"},
			"boss's tool": {prom.DescendantsOf(WorkerBoss, prom.Exists(worker, s.tools.Where(ToolCost.Eq(30)),
				prom.Match(ToolOwner, WorkerID))), "[w4 w5 w6]"},
		}
		for name, tt := range tests {
			if got := s.names(t, tt.cond); got != tt.want {
				t.Errorf("%s: %s, not %s", name, got, tt.want)
			}
			n, err := s.workers.Where(tt.cond).Count(context.Background())
			if err != nil || fmt.Sprint(n) != fmt.Sprint(len(tt.want)/3) {
				t.Errorf("%s: counted %d, %v", name, n, err)
			}
		}
		is := is.New(t)
		// A circle ends.
		ctx := context.Background()
		w5, err := s.workers.Where(WorkerName.Eq("w5")).First(ctx)
		is.NoErr(err)
		n, err := s.workers.Where(WorkerName.Eq("w0")).Update(ctx, WorkerBoss.Set(w5.ID))
		is.NoErr(err)
		is.Equal(n, 1)
		is.Equal(s.names(t, prom.DescendantsOf(WorkerBoss, WorkerName.Eq("w3"))), "[w0 w1 w2 w3 w4 w5 w6]")
		is.Equal(s.names(t, prom.AncestorsOf(WorkerBoss, WorkerName.Eq("w4"))), "[w0 w3 w5]")
	})
}

// Ensure that the tables of subqueries and joins are created when they are missing, however nested, in a transaction
// too; and that a subquery of another connection is refused. parity: A6 B22
func TestSubqueries_Install(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		workers, tools := prom.NewRepo[Worker](prom.Using(db)), prom.NewRepo[Tool](prom.Using(db))
		notes := kit.Notes(db)
		is.NoErr(workers.Install(ctx))
		for _, in := range []func(fn func(ctx context.Context) error) error{
			func(fn func(ctx context.Context) error) error { return db.Tx(ctx, fn) },
			func(fn func(ctx context.Context) error) error { return fn(ctx) },
		} {
			is.NoErr(in(func(ctx context.Context) error {
				list, err := workers.Where(prom.InQuery(WorkerID,
					prom.Pluck(tools.Where(prom.Exists(tool, notes.Query(), prom.Match(kit.NoteID, prom.Via(ToolOwner, WorkerID)))),
						ToolOwner))).All(ctx)
				if err == nil && len(list) != 0 {
					t.Error("rows from nowhere")
				}
				return err
			}))
			is.NoErr(prom.UnsafeDrop(ctx, tools))
		}
		_, err := workers.Where(prom.Exists(worker, notes.Query(), prom.Match(kit.NoteID, WorkerID))).Delete(ctx)
		is.NoErr(err)

		other := prom.NewRepo[Tool](prom.Using(kit.Open(t, dbtest.Memory())))
		_, err = workers.Where(prom.InQuery(WorkerID, prom.Pluck(other.Query(), ToolOwner))).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = workers.Where(prom.InQuery(WorkerID, prom.Pluck(tools.Query(), ToolOwner))).All(ctx)
		is.NoErr(err)
		_, err = workers.Where(prom.InQuery(WorkerID, prom.Pluck(other.Query(), ToolOwner))).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation)) // with the text of the one before in the cache
	})
}

// Ensure that queries are put together as sets, with pages of their own and an order, a page and a count of the whole.
// parity: Q47 B29
func TestSets(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		names := func(q *prom.Query[Worker]) string {
			t.Helper()
			list, err := q.All(ctx)
			is.NoErr(err)
			out := make([]string, len(list))
			for i := range list {
				out[i] = list[i].Name
				is.Equal(len(s.workers.Modified(&list[i])), 0) // rows like any other
			}
			n, err := q.Count(ctx)
			is.NoErr(err)
			is.Equal(n, len(list))
			return fmt.Sprint(out)
		}
		age := func(n int32) *prom.Query[Worker] { return s.workers.Where(WorkerAge.Eq(n)) }
		byName := WorkerName.Asc()
		is.Equal(names(prom.Union(age(20), age(21), age(20)).OrderBy(byName)), "[w0 w1 w3 w4 w6 w7]")
		is.Equal(names(prom.UnionAll(age(22), age(22)).OrderBy(byName)), "[w2 w2 w5 w5]")
		is.Equal(names(prom.Intersect(s.workers.Where(WorkerAge.Lte(21)),
			s.workers.Where(WorkerCity.Eq("Rome"))).OrderBy(byName)), "[w0 w3 w7]")
		is.Equal(names(prom.Except(s.workers.Query(), age(20), age(21)).OrderBy(byName)), "[w2 w5]")
		// Members with an order and a limit of their own.
		top := prom.Union(s.workers.OrderBy(WorkerName.Desc()).Limit(2), s.workers.OrderBy(byName).Limit(1))
		is.Equal(names(top.OrderBy(byName)), "[w0 w6 w7]")
		is.Equal(names(top.Where(WorkerName.Ne("w6")).OrderBy(WorkerName.Desc()).Limit(5).Offset(1)), "[w0]")
		// Sets of sets are taken from the left.
		is.Equal(names(prom.Intersect(prom.Union(age(20), age(21)), s.workers.Where(WorkerCity.IsNull())).OrderBy(byName)),
			"[w1 w4]")
		is.Equal(names(prom.Union(age(22), prom.Intersect(age(21), s.workers.Where(WorkerCity.IsNull()))).OrderBy(byName)),
			"[w1 w2 w4 w5]")
		is.Equal(names(s.workers.Where(prom.InQuery(WorkerID, prom.Pluck(top, WorkerID))).OrderBy(byName)), "[w0 w6 w7]")
		seen := 0
		for _, err := range top.Each(ctx) {
			is.NoErr(err)
			seen++
		}
		is.Equal(seen, 3)
		_, err := top.Update(ctx, WorkerAge.Set(1))
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = top.WithoutWhere().Delete(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
	})
}
