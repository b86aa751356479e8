package query_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

func num(n int32) prom.Expr[*Worker, int32] { return prom.Val(worker, n) }

func text(s string) prom.Expr[*Worker, string] { return prom.Val(worker, s) }

// Ensure that terms are compared with each other, and computed with, alike on both engines.
// parity: Q5 Q6 B17
func TestExpr(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		s := newWorkshop(t, e.DSN)
		tests := map[string]struct {
			cond prom.Cond[*Worker]
			want string
		}{
			"plus":     {prom.Plus(WorkerAge, num(1)).Gt(22), "[w2 w5]"},
			"minus":    {prom.Eq(prom.Minus(WorkerAge, num(20)), num(1)), "[w1 w4 w7]"},
			"times":    {prom.Times(num(2), WorkerAge).Between(42, 43), "[w1 w4 w7]"},
			"div":      {prom.Div(WorkerAge, num(11)).Eq(2), "[w2 w5]"},
			"div 0":    {prom.Div(WorkerAge, prom.Minus(WorkerAge, num(20))).IsNull(), "[w0 w3 w6]"},
			"mod":      {prom.Mod(WorkerAge, num(7)).Ne(0), "[w0 w2 w3 w5 w6]"},
			"neg abs":  {prom.Abs(prom.Neg(WorkerAge)).In(20, 99), "[w0 w3 w6]"},
			"float":    {prom.Gt(prom.Float(WorkerAge), WorkerPay), "[w0 w1 w2 w3 w4 w5 w6 w7]"},
			"concat":   {prom.Concat(WorkerName, WorkerCity).Eq("w3Rome"), "[w3]"},
			"upper":    {prom.Upper(WorkerName).In("W1", "W2"), "[w1 w2]"},
			"lower":    {prom.Lower(WorkerCity).Eq("oslo"), "[w2 w5 w6]"},
			"length":   {prom.Length(WorkerCity).Eq(4), "[w0 w2 w3 w5 w6 w7]"},
			"replace":  {prom.Replace(WorkerName, "w", "'?$1").Eq("'?$17"), "[w7]"},
			"substr":   {prom.Substr(WorkerName, 2, 1).Gte("6"), "[w6 w7]"},
			"trim":     {prom.Trim(prom.Concat(text("  "), WorkerName)).Eq("w4"), "[w4]"},
			"coalesce": {prom.Coalesce(WorkerCity, WorkerName).Eq("w4"), "[w4]"},
			"or value": {prom.OrValue(WorkerCity, "none").Eq("none"), "[w1 w4]"},
			"case": {prom.Case(text("old"), prom.Then(WorkerAge.Lt(21), text("young")),
				prom.Then(WorkerAge.Eq(21), text("mid"))).Ne("old"), "[w0 w1 w3 w4 w6 w7]"},
			"two terms": {prom.Lt(WorkerPay, prom.Float(prom.Minus(WorkerAge, num(19)))), "[w0 w1]"},
			"same":      {prom.Is(WorkerCity, WorkerCity), "[w0 w1 w2 w3 w4 w5 w6 w7]"},
			"not same":  {prom.IsNot(WorkerCity, prom.Val(worker, "Rome")), "[w1 w2 w4 w5 w6]"},
			"raw":       {prom.RawExpr[int64](worker, "length(name || ?)", "abc").Eq(5), "[w0 w1 w2 w3 w4 w5 w6 w7]"},
			"truth":     {prom.Truth[*Worker](WorkerAge.Eq(22)), "[w2 w5]"},
			"decimals": {prom.Case(WorkerRate, prom.Then(WorkerAge.Gt(20), prom.Val(worker, "0.00"))).Lt("10"),
				"[w0 w1 w2 w4 w5 w7]"},
			"no decimal": {prom.Coalesce(WorkerRate, prom.Val(worker, "1")).Eq("10.5"), "[w1]"},
			"decimal":    {prom.Gt(WorkerRate, prom.Val(worker, "9.50")), "[w1 w2 w3 w4 w5 w6 w7]"},
			"null":       {prom.OrNull(WorkerCity).Eq(nil), "[w1 w4]"},
			"not in":     {prom.Upper(WorkerName).NotIn(), "[w0 w1 w2 w3 w4 w5 w6 w7]"},
		}
		for name, tt := range tests {
			if got := s.names(t, tt.cond); got != tt.want {
				t.Errorf("%s: %s, not %s", name, got, tt.want)
			}
			if got := s.names(t, prom.Not(prom.Not(tt.cond))); got != tt.want {
				t.Errorf("%s, negated twice: %s", name, got)
			}
		}
	})
}

// Ensure that what cannot be computed is an error that says why, before any SQL where that can be known.
func TestExpr_Errors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		invalid := func(conds ...prom.Cond[*Worker]) {
			t.Helper()
			_, err := s.workers.Where(conds...).All(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
		}
		invalid(prom.OrNull(WorkerAge).Gt(nil))
		invalid(prom.Substr(WorkerName, 0, 1).Eq("x"))
		invalid(prom.Replace(WorkerName, "\x00", "").Eq("x"))
		invalid(prom.Val(worker, "a\x00").Eq("x"))
		invalid(prom.RawExpr[int](worker, "age + ?").Eq(1))
		invalid(prom.Upper(WorkerName).Filter(WorkerAge.Eq(1)).Eq("x"))
		invalid(prom.Over(prom.CountDistinct(WorkerName), prom.Window[*Worker]{}).Eq(1))
		invalid(prom.InQuery(WorkerID, prom.Pluck(s.tools.Limit(-1), ToolOwner)))

		// A result beyond the type that it is read into.
		_, err := prom.Pluck(s.workers.Query(), prom.Times(WorkerAge, num(math.MaxInt32))).All(ctx)
		is.True(errors.Is(err, prom.ErrType))
		// And beyond what it is stored in.
		_, err = s.workers.WithoutWhere().Update(ctx, WorkerAge.SetTo(prom.Times(WorkerAge, num(math.MaxInt32))))
		is.True(errors.Is(err, prom.ErrType))
		_, err = prom.Pluck(s.workers.Query(), WorkerCity).All(ctx)
		is.True(errors.Is(err, prom.ErrType))
		is.Equal(s.names(t), "[w0 w1 w2 w3 w4 w5 w6 w7]")
	})
}

// Ensure that assignments take expressions and subqueries, and reach through references.
// parity: Q43 Q44
func TestSetTo(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)

		n, err := s.workers.Where(WorkerCity.NotNull()).Update(ctx,
			WorkerPay.SetTo(prom.Times(WorkerPay, prom.Val(worker, 2.0))), WorkerCity.SetTo(prom.Concat(WorkerName, text("@"),
				WorkerCity)))
		is.NoErr(err)
		is.Equal(n, 6)
		is.Equal(s.names(t, WorkerPay.Eq(9), WorkerCity.Eq("w3@Rome")), "[w3]")

		// From a subquery, the same for all rows.
		_, err = s.workers.Where(WorkerName.Eq("w0")).Update(ctx,
			WorkerAge.SetTo(prom.ScalarSubquery(worker, prom.Pluck(s.workers.Query(), prom.Max(WorkerAge)))))
		is.NoErr(err)
		is.Equal(s.names(t, WorkerAge.Eq(22)), "[w0 w2 w5]")

		// Through a reference, each row its own.
		n, err = s.workers.Where(prom.Via(WorkerBoss, WorkerName).Eq("w3")).Update(ctx,
			WorkerCity.SetTo(prom.Via(WorkerBoss, prom.Upper(WorkerName))))
		is.NoErr(err)
		is.Equal(n, 3)
		is.Equal(s.names(t, WorkerCity.Eq("W3")), "[w4 w5 w6]")

		n, err = s.workers.Where(WorkerBoss.Has(WorkerBoss.Has())).Delete(ctx)
		is.True(err == nil && n == 3 || errors.Is(err, prom.ErrForeignKey))
	})
}

// Ensure an order by a list of values: in the list's order, others behind, NULLs where they are told to be.
// parity: Q27 Q28
func TestOrders(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		s := newWorkshop(t, e.DSN)
		tests := []struct {
			orders []prom.Order[*Worker]
			want   string
		}{
			{[]prom.Order[*Worker]{prom.ByList(WorkerName, "w5", "w2"), WorkerName.Desc()}, "[w5 w2 w7 w6 w4 w3 w1 w0]"},
			{[]prom.Order[*Worker]{prom.ByList(WorkerCity, "Oslo"), WorkerID.Asc()}, "[w2 w5 w6 w0 w3 w7 w1 w4]"},
			{[]prom.Order[*Worker]{prom.ByList(WorkerCity, "Oslo").NullsFirst(), WorkerID.Asc()}, "[w1 w4 w2 w5 w6 w0 w3 w7]"},
			{[]prom.Order[*Worker]{prom.ByList(WorkerCity), WorkerID.Desc()}, "[w7 w6 w5 w3 w2 w0 w4 w1]"},
			{[]prom.Order[*Worker]{WorkerCity.Asc(), WorkerID.Asc()}, "[w2 w5 w6 w0 w3 w7 w1 w4]"},
			{[]prom.Order[*Worker]{WorkerCity.Asc().NullsFirst(), WorkerID.Asc()}, "[w1 w4 w2 w5 w6 w0 w3 w7]"},
			{[]prom.Order[*Worker]{WorkerCity.Desc().NullsLast(), WorkerID.Asc()}, "[w0 w3 w7 w2 w5 w6 w1 w4]"},
			{[]prom.Order[*Worker]{prom.Minus(num(0), WorkerAge).Asc(), WorkerID.Desc()}, "[w5 w2 w7 w4 w1 w6 w3 w0]"},
			{[]prom.Order[*Worker]{prom.Via(WorkerBoss, WorkerName).Desc(), WorkerID.Asc()}, "[w0 w7 w4 w5 w6 w1 w2 w3]"},
			{[]prom.Order[*Worker]{prom.Concat(WorkerCity, text("x")).Asc(), WorkerID.Asc(), {}}, "[w2 w5 w6 w0 w3 w7 w1 w4]"},
			{[]prom.Order[*Worker]{WorkerRate.Desc()}, "[w7 w6 w5 w4 w3 w2 w1 w0]"},
		}
		for i, tt := range tests {
			is := is.New(t)
			list, err := s.workers.OrderBy(tt.orders...).All(context.Background())
			is.NoErr(err)
			var names []string
			for _, w := range list {
				names = append(names, w.Name)
			}
			if got := fmt.Sprint(names); got != tt.want {
				t.Errorf("%d: %s, not %s", i, got, tt.want)
			}
		}
		is := is.New(t)
		list, err := s.workers.OrderBy(prom.Random(worker)).All(context.Background())
		is.NoErr(err)
		is.Equal(len(list), 8)
	})
}
