package types_test

import (
	"context"
	"slices"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that an enum of the database has one order in all that sorts and compares, pages included: that of its values
// on PostgreSQL, and that of the texts on SQLite; that elements of lists and of ArrayAggDistinct are sorted as texts on
// both; and that ByList has the same order on both. The values of weather are in an order that is neither.
func TestNativeEnumOrder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		days := prom.NewRepo[day](prom.Using(kit.Open(t, e.DSN)))
		values := weather("").Values()
		texts := slices.Sorted(slices.Values(values))
		order := values
		if e.Name == dbtest.NameSQLite {
			order = texts
		}
		is.True(!slices.Equal(values, texts))
		for i := range 9 {
			is.NoErr(days.Create(ctx, &day{Seq: i, Sky: values[i%3], Plan: "walk", List: values}))
		}
		three := func(w []weather) []weather {
			return []weather{w[0], w[0], w[0], w[1], w[1], w[1], w[2], w[2], w[2]}
		}
		skies := func(o ...prom.Order[*day]) []weather {
			got, err := prom.Pluck(days.OrderBy(o...), daySky).All(ctx)
			is.NoErr(err)
			return got
		}
		desc := slices.Clone(order)
		slices.Reverse(desc)
		is.Equal(skies(daySky.Asc()), three(order))
		is.Equal(skies(daySky.Desc()), three(desc))
		is.Equal(skies(prom.ByList(daySky, values...)), three(values)) // the same on both

		var paged []weather // whose conditions compare
		for token := ""; ; {
			page, err := days.OrderBy(daySky.Desc()).KeysetPage(ctx, token, 2)
			is.NoErr(err)
			for _, d := range page.Rows {
				paged = append(paged, d.Sky)
			}
			if token = page.Next; token == "" {
				break
			}
		}
		is.Equal(paged, three(desc))
		var each []weather
		for d, err := range days.OrderBy(daySky.Asc()).Each(ctx) {
			is.NoErr(err)
			each = append(each, d.Sky)
		}
		is.Equal(each, three(order))

		for i, w := range order {
			n, err := days.Where(daySky.Gt(w)).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 3*(2-i))
			n, err = days.Where(daySky.Between(order[0], w)).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 3*(i+1))
		}
		least, err := prom.Scalar(ctx, days.Query(), prom.Min(daySky))
		is.NoErr(err)
		is.Equal(least, order[0])
		most, err := prom.Scalar(ctx, days.Query(), prom.Max(daySky))
		is.NoErr(err)
		is.Equal(most, order[2])
		grouped, err := prom.Scalar(ctx, days.Query(), prom.ArrayAgg(daySky, daySky.Asc()))
		is.NoErr(err)
		is.Equal(grouped, three(order))
		once, err := prom.Scalar(ctx, days.Query(), prom.ArrayAggDistinct(daySky))
		is.NoErr(err)
		is.Equal(once, texts)

		elems, err := prom.Pluck(days.Where(daySeq.Eq(0)), prom.Unnest(dayList)).OrderBy(prom.Unnest(dayList).Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(elems, texts)
	})
}
