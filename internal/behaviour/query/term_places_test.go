package query_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// initial is a function of an application's own, as the guide says to make one.
func initial[P any, V prom.Texts](t prom.Term[P, V]) prom.Expr[P, string] {
	return prom.RawExpr[string](*new(P), "upper(substr(?, 1, ?))", t, 1)
}

// larger is one of two terms of any type.
func larger[P, V any](a, b prom.Term[P, V]) prom.Expr[P, V] {
	return prom.RawExpr[V](*new(P), "CASE WHEN ? > ? THEN ? ELSE ? END", a, b, a, b)
}

// Ensure that a function of an application's own takes any term, and stands wherever a term does: nested, through
// references, over aggregates, windows, conditions and subqueries.
func TestRawExpr_Function(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		s := newWorkshop(t, e.DSN)
		show := func(list any, err error) string {
			t.Helper()
			is.NoErr(err)
			return fmt.Sprint(list)
		}
		twice := larger[*Worker, int32](prom.Plus(WorkerAge, num(1)), larger[*Worker, int32](WorkerAge, num(21)))
		is.Equal(s.names(t, twice.Eq(23)), "[w2 w5]")
		is.Equal(s.names(t, initial(WorkerCity).Eq("O"), prom.Not(initial(WorkerName).IsNull())), "[w2 w5 w6]")
		is.Equal(s.names(t, initial(initial(prom.Lower(WorkerCity))).In("R")), "[w0 w3 w7]")
		is.Equal(s.names(t, initial(prom.Via(WorkerBoss, WorkerCity)).Eq("R"),
			prom.Via(WorkerBoss, initial(WorkerCity)).Ne("O")), "[w1 w2 w3 w4 w5 w6]")
		is.Equal(s.names(t, prom.RawExpr[int](worker, "CASE WHEN ? THEN ? ELSE ? END", WorkerAge.Gt(20), 7,
			prom.Val(worker, 8)).Eq(7)), "[w1 w2 w4 w5 w7]")
		oldest := prom.ScalarSubquery(worker, prom.Pluck(s.workers.Query(), prom.Max(WorkerAge)))
		is.Equal(s.names(t, prom.RawExpr[int32](worker, "? - ?", oldest, WorkerAge).Eq(2)), "[w0 w3 w6]")
		is.Equal(s.names(t, prom.InQuery(initial(WorkerName), prom.Pluck(s.workers.Where(WorkerAge.Eq(20)),
			prom.Upper(prom.Substr(WorkerName, 1, 1))))), "[w0 w1 w2 w3 w4 w5 w6 w7]")
		is.Equal(s.names(t, prom.Exists(worker, s.tools.Where(initial(ToolKind).Eq("A")), prom.Match(ToolOwner, WorkerID))),
			"[w0 w3 w5]")

		city := initial(WorkerCity)
		groups := prom.Pluck2(s.workers.Query(), city, larger[*Worker, float64](prom.Max(WorkerPay), prom.Avg(WorkerAge)))
		is.Equal(show(prom.Pluck2(s.workers.Where(WorkerCity.NotNull()), city,
			prom.RawExpr[float64](worker, "2 * ?", prom.Sum(WorkerPay))).OrderBy(city.Desc()).All(ctx)), "[{R 30} {O 39}]")
		is.Equal(show(groups.Where(WorkerCity.NotNull()).Having(prom.RawExpr[int64](worker, "? + ?", prom.Count(worker),
			1).Gt(3)).OrderBy(city.Asc()).Limit(1).All(ctx)), "[{O 21.333333333333332}]")
		is.Equal(show(prom.Pluck(s.workers.OrderBy(city.Asc().NullsFirst(), WorkerID.Desc()).Limit(3), WorkerName).All(ctx)),
			"[w4 w1 w6]")
		is.Equal(show(prom.Pluck(s.workers.OrderBy(WorkerID.Asc()),
			prom.RawExpr[int64](worker, "10 * ?",
				prom.RowNumber(prom.PartitionBy(initial(WorkerCity)).OrderBy(WorkerID.Asc())))).All(ctx)), "[10 10 10 20 20 20 30 30]")
		is.Equal(show(prom.Pluck(s.workers.OrderBy(WorkerID.Asc()).Limit(2),
			prom.Over(prom.Sum(prom.RawExpr[int64](worker, "? * ?", WorkerAge, 2)),
				prom.Window[*Worker]{})).All(ctx)), "[334 334]")
		_, err := s.workers.Where(prom.RawExpr[int64](worker, "2 * ?", prom.Count(worker)).Gt(1)).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation)) // an aggregate in Where, also within SQL
		_, err = s.workers.WithoutWhere().Update(ctx,
			WorkerAge.SetTo(prom.RawExpr[int32](worker, "2 * ?", prom.Max(WorkerAge))))
		is.True(errors.Is(err, prom.ErrValidation))

		// In assignments, batches, upserts and unions.
		var b prom.Batch
		updated := prom.Queue(&b, s.workers).UpdateWhere(s.workers.Where(city.Eq("R")),
			WorkerCity.SetTo(initial(prom.Via(WorkerBoss, WorkerName))),
			WorkerAge.SetTo(larger[*Worker, int32](WorkerAge, oldest)))
		names := prom.BatchAll(&b, prom.Pluck(s.workers.Where(city.Eq("W")), initial(WorkerCity)))
		is.NoErr(s.db.Tx(ctx, b.Run))
		is.Equal(show(updated.Value()), "3")
		is.Equal(show(names.Value()), "[W]") // of w3: the others have no boss
		is.Equal(s.names(t, WorkerAge.Eq(22)), "[w0 w2 w3 w5 w7]")
		both := prom.Union(s.workers.Where(initial(WorkerCity).Eq("W")), s.workers.Where(twice.Eq(22)))
		is.Equal(show(both.Where(initial(WorkerName).Eq("W")).Count(ctx)), "3")
	})
}

// Ensure that ready functions stand wherever a term does, arguments and all.
func TestTermPlaces(t *testing.T) {
	t.Parallel()
	berlin := zone("Europe/Berlin")
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		rows := []Reading{
			{Name: "abc", Part: ptr("b"), At: at("2024-03-30T23:30:00Z"), Price: "1.00", F: 1.5, Lasts: time.Hour, N: 1},
			{Name: "bcd", Part: ptr("b"), At: at("2024-03-31T21:30:00Z"), Price: "2.00", F: 2.5, Lasts: 2 * time.Hour, N: 2},
			{Name: "cde", At: at("2024-03-31T22:30:00Z"), Price: "4.00", F: -2.5, Lasts: -time.Hour, N: 3},
		}
		for i := range rows {
			rows[i].Day = at("2024-03-31T00:00:00Z")
		}
		repo := newReadings(t, e.DSN, rows...)
		ref := prom.NewRef[Reading](1)
		second, err := repo.Get(ctx, 2)
		is.NoErr(err)
		second.Next = &ref
		is.NoErr(repo.Save(ctx, second))
		day := prom.Trunc(prom.InZone(ReadingAt, berlin), prom.UnitDay)
		type perDay struct {
			Day   time.Time
			Rows  int64
			Price string `prom:"decimal=12.4"`
		}
		result := prom.Proto[perDay]()
		days, err := prom.Select(repo.OrderBy(day.Desc()), result, prom.Col(&result.Day, day),
			prom.Col(&result.Rows, prom.Count(reading)),
			prom.Col(&result.Price, prom.AvgDecimal(prom.TimesDecimal(ReadingPrice, constant("1.5")), 2))).
			Having(prom.Greatest(prom.Max(prom.Round(ReadingF, 0)), constant(0.0)).Gte(0)).All(ctx)
		is.NoErr(err)
		is.Equal(len(days), 2)
		is.True(days[0].Day.Equal(at("2024-03-31T22:00:00Z")))
		is.Equal(days[0].Rows, int64(1))
		is.Equal(days[0].Price, "6.00")
		is.True(days[1].Day.Equal(at("2024-03-30T23:00:00Z"))) // both of the day with 23 hours
		is.Equal(days[1].Rows, int64(2))
		is.Equal(days[1].Price, "2.25")

		names := func(q *prom.Query[Reading]) string {
			t.Helper()
			list, err := prom.Pluck(q.OrderBy(ReadingID.Asc()), ReadingName).All(ctx)
			is.NoErr(err)
			return fmt.Sprint(list)
		}
		is.Equal(names(repo.OrderBy(prom.Round(ReadingF, 0).Desc())), "[bcd abc cde]")
		is.Equal(names(repo.OrderBy(prom.PlusDuration(ReadingAt, ReadingLasts).Asc(), ReadingID.Asc())), "[abc cde bcd]")
		is.Equal(names(repo.Where(prom.Contains(ReadingName, ReadingPart)).OrderBy(prom.LPad(ReadingName, 5, "x").Desc())),
			"[bcd abc]")
		is.Equal(names(repo.Where(prom.Not(prom.HasPrefix(ReadingName, ReadingPart)))), "[abc]") // NULL is neither
		is.Equal(names(repo.Where(prom.Or(prom.HasPrefix(ReadingName, ReadingPart), prom.RegexpLike(ReadingName, "^c")))),
			"[bcd cde]")
		is.Equal(names(repo.Where(prom.Via(ReadingNext, prom.Hour(prom.InZone(ReadingAt, berlin))).Eq(0))), "[bcd]")
		is.Equal(names(repo.Where(prom.Via(ReadingNext, prom.Greatest(ReadingN, constant[int32](5))).Eq(5))), "[bcd]")
		is.Equal(names(repo.Where(ReadingNext.Has(prom.RegexpLike(ReadingName, "C$"), ReadingID.Gt(0)))), "[]")
		is.Equal(names(repo.Where(ReadingNext.Has(prom.RegexpLike(ReadingName, "(?i)C$")))), "[bcd]")
		is.Equal(names(repo.Where(prom.Eq(ReadingPrice, prom.ScalarSubquery(reading,
			prom.Pluck(repo.Query(), prom.Max(prom.RoundDecimal(ReadingPrice, 1))))))), "[cde]")
		is.Equal(names(repo.Where(prom.InQuery(prom.Date(ReadingAt), prom.Pluck(repo.Where(ReadingN.Eq(3)), ReadingDay)))),
			"[bcd cde]")
		is.Equal(names(repo.Where(prom.Eq(prom.Date(prom.InZone(ReadingAt, berlin)), ReadingDay))), "[abc bcd]")
		is.Equal(names(repo.Where(prom.Gt(prom.PlusDuration(ReadingAt, constant(time.Hour)),
			constant(at("2024-03-31T22:00:00Z"))))), "[bcd cde]")
		sets, err := prom.Pluck(repo.Query(), day).Distinct().OrderBy(day.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(len(sets), 2)
		running, err := prom.Pluck(repo.OrderBy(ReadingID.Asc()), prom.Over(prom.Sum(prom.Round(ReadingF, 0)),
			prom.PartitionBy(day).OrderBy(ReadingID.Asc()))).All(ctx)
		is.NoErr(err)
		is.Equal(running, []float64{2, 5, -3})
		page, err := repo.OrderBy(prom.Floor(ReadingF).Asc(), ReadingID.Asc()).PageAt(ctx, 2, 1)
		is.NoErr(err)
		is.Equal(len(page.Rows), 2)
		is.Equal(page.Total, 3)
		priced := prom.From(prom.Select(repo.Query(), result, prom.Col(&result.Day, day),
			prom.Col(&result.Rows, prom.Count(reading)), prom.Col(&result.Price, prom.SumDecimal(ReadingPrice))))
		n, err := priced.Where(prom.TimesDecimal(prom.OrderedOf(result, &result.Price), prom.Val(result, "2")).Gte("8"),
			prom.Hour(prom.TimeOf(result, &result.Day)).Gte(22)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)

		// Assignments, also of a day in a zone, in a batch and of an upsert.
		var b prom.Batch
		prom.Queue(&b, repo).UpdateWhere(repo.WithoutWhere(), ReadingDay.SetTo(prom.InZone(ReadingAt, berlin)),
			ReadingDue.SetTo(prom.Trunc(ReadingAt, prom.UnitHour)),
			ReadingF.SetTo(prom.Round(prom.Power(ReadingF, constant(2)), 1)), ReadingN.SetTo(prom.Least(ReadingN,
				constant[int32](2))),
			ReadingLasts.SetTo(prom.DurationBetween(ReadingDay, ReadingAt)), ReadingPart.SetTo(prom.NullIf(ReadingPart,
				constant("b"))))
		counted := prom.Queue(&b, repo).Count(repo.Where(prom.DaysBetween(ReadingDay, ReadingAt).Eq(-1)))
		is.NoErr(b.Run(ctx))
		n, err = counted.Value()
		is.NoErr(err)
		is.Equal(n, 2)
		row, err := repo.Get(ctx, 3)
		is.NoErr(err)
		is.True(row.Day.Equal(at("2024-04-01T00:00:00Z")))
		is.True(row.Due.Equal(at("2024-03-31T22:00:00Z")))
		is.Equal(row.F, 6.3) // 6.25
		is.Equal(row.N, int32(2))
		is.Equal(row.Lasts, 22*time.Hour+30*time.Minute)
		n, err = repo.Where(ReadingPart.NotNull()).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 0)
	})
}
