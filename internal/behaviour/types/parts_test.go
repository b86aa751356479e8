package types_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that the parts of a time are those of Go in UTC, weeks those of ISO 8601, on both engines, with any operator.
// parity: Q18
func TestDateParts(t *testing.T) {
	t.Parallel()
	times := []time.Time{
		time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2024, 2, 29, 12, 30, 45, 0, time.UTC), time.Date(2023, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2021, 1, 3, 1, 2, 3, 999_500_000, time.UTC), time.Date(2020, 12, 31, 0, 0, 0, 1000, time.UTC),
		time.Date(2018, 12, 31, 5, 59, 59, 999_499_000, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2024, 7, 1, 0, 30, 0, 0, time.FixedZone("", 14*3600)), time.Date(2026, 1, 1, 0, 0, 0, 0,
			time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	week := func(t time.Time) int { _, w := t.ISOWeek(); return w }
	parts := map[string]struct {
		of   func(prom.Term[*moment, time.Time]) prom.Expr[*moment, int]
		want func(time.Time) int
		day  bool // a day has it too
	}{
		"year":    {prom.Year[*moment], time.Time.Year, true},
		"quarter": {prom.Quarter[*moment], func(t time.Time) int { return (int(t.Month()) + 2) / 3 }, true},
		"month":   {prom.Month[*moment], func(t time.Time) int { return int(t.Month()) }, true},
		"week":    {prom.Week[*moment], week, true},
		"day":     {prom.Day[*moment], time.Time.Day, true},
		"weekday": {prom.DayOfWeek[*moment], func(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }, true},
		"yearday": {prom.DayOfYear[*moment], time.Time.YearDay, true},
		"hour":    {prom.Hour[*moment], time.Time.Hour, false},
		"minute":  {prom.Minute[*moment], time.Time.Minute, false},
		"second":  {prom.Second[*moment], time.Time.Second, false},
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := prom.NewRepo[moment](prom.Using(kit.Open(t, e.DSN)))
		for _, at := range times {
			m := moment{At: at, Day: at.UTC()}
			is.NoErr(repo.Create(context.Background(), &m))
			this := momentAt.Eq(at)
			for name, part := range parts {
				want := part.want(at.UTC())
				fields := []prom.Expr[*moment, int]{part.of(momentAt), part.of(prom.Coalesce(momentAt))}
				if part.day {
					fields = append(fields, part.of(momentDay))
				}
				for _, f := range fields {
					if kit.Count(t, repo.Where(this, f.Eq(want), f.In(want, 77), f.NotIn(77), f.Gt(want-1), f.Gte(want), f.Lt(want+1),
						f.Lte(want), f.Ne(want+1), f.Between(want, want))) != 1 {
						t.Errorf("%s of %v is not %d", name, at.UTC(), want)
					}
				}
			}
		}
		list, err := repo.OrderBy(prom.Month(momentAt).Desc(), prom.Year(momentAt).Asc()).All(context.Background())
		is.NoErr(err)
		is.True(slices.IsSortedFunc(list, func(a, b moment) int {
			if c := int(b.At.Month()) - int(a.At.Month()); c != 0 {
				return c
			}
			return a.At.Year() - b.At.Year()
		}))
	})
}
