package types_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// slot is a model of a day and an instant, which are the same type in Go.
type slot struct {
	ID   int64      `prom:"key,auto"`
	Day  time.Time  `prom:"date"`
	Last *time.Time `prom:"date"`
	At   time.Time
}

var (
	slotProto = prom.Proto[slot]()
	slotID    = prom.NumberOf(slotProto, &slotProto.ID)
	slotDay   = prom.TimeOf(slotProto, &slotProto.Day)
	slotLast  = prom.NullTimeOf(slotProto, &slotProto.Last)
	slotAt    = prom.TimeOf(slotProto, &slotProto.At)
)

// slotDays is what a query of slots gives, with the two the other way.
type slotDays struct {
	Day time.Time `prom:"date"`
	At  time.Time
}

var (
	slotDaysProto = prom.Proto[slotDays]()
	slotDaysDay   = prom.TimeOf(slotDaysProto, &slotDaysProto.Day)
	slotDaysAt    = prom.TimeOf(slotDaysProto, &slotDaysProto.At)
)

// Ensure that a day beside an instant is the instant at which it begins in UTC, and that an instant goes into a day
// as its day in UTC, on both engines and in any time zone of the session.
// suite: 33
func TestDaysAndInstants(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		dsn := e.DSN
		if e.Name == "postgres" {
			dsn = e.With("timezone=Asia/Tokyo")
		}
		repo := prom.NewRepo[slot](prom.Using(kit.Open(t, dsn)))
		day := func(n int) time.Time { return time.Date(2024, 2, n, 0, 0, 0, 0, time.UTC) }
		ats := []time.Time{day(1), day(2).Add(20 * time.Hour), day(3).Add(-time.Microsecond)} // the days 1, 2 and 2
		for i, at := range ats {
			s := slot{Day: day(i + 1), At: at}
			is.NoErr(repo.Create(ctx, &s))
		}
		ids := func(conds ...prom.Cond[*slot]) string {
			t.Helper()
			list, err := prom.Pluck(repo.Where(conds...).OrderBy(slotID.Asc()), slotID).All(ctx)
			is.NoErr(err)
			return fmt.Sprint(list)
		}
		for what, c := range map[string]struct {
			cond prom.Cond[*slot]
			want string
		}{
			"eq": {prom.Eq(slotDay, slotAt), "[1]"}, "eq turned": {prom.Eq(slotAt, slotDay),
				"[1]"}, "lt": {prom.Lt(slotDay, slotAt), "[2]"},
			"gt": {prom.Gt(slotDay, slotAt), "[3]"}, "same": {prom.Is(slotDay, slotAt),
				"[1]"}, "not same": {prom.IsNot(slotLast, slotAt), "[1 2 3]"},
			"in":         {prom.InQuery(slotDay, prom.Pluck(repo.Query(), slotAt)), "[1]"},
			"in turned":  {prom.InQuery(slotAt, prom.Pluck(repo.Query(), slotDay)), "[1]"},
			"not in":     {prom.Not(prom.InQuery(slotDay, prom.Pluck(repo.Query(), slotAt))), "[2 3]"},
			"sub":        {prom.Eq(slotDay, prom.ScalarSubquery(slotProto, prom.Pluck(repo.Query(), prom.Min(slotAt)))), "[1]"},
			"match":      {prom.Exists(slotProto, repo.Query(), prom.Match(slotAt, slotDay)), "[1]"},
			"coalesce":   {prom.Coalesce(slotLast, slotAt).Eq(ats[1]), "[2]"},
			"case":       {prom.Case(slotAt, prom.Then(slotID.Eq(3), slotDay)).Eq(day(3)), "[3]"},
			"day of all": {prom.Coalesce(slotLast, slotDay).Eq(day(2)), "[2]"},
		} {
			if got := ids(c.cond); got != c.want {
				t.Errorf("%s: %s, want %s", what, got, c.want)
			}
		}

		pairs := prom.From(prom.Select(repo.Query(), slotDaysProto, prom.Col(&slotDaysProto.Day, slotAt),
			prom.Col(&slotDaysProto.At, slotDay)))
		n, err := pairs.Where(slotDaysDay.Eq(day(2)), slotDaysAt.In(day(2), day(3))).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 2)

		_, err = repo.WithoutWhere().Update(ctx, slotDay.SetTo(slotAt), slotLast.SetTo(prom.Coalesce(slotLast, slotAt)))
		is.NoErr(err)
		is.Equal(ids(slotDay.Eq(day(2)), slotLast.In(day(2))), "[2 3]")
		_, err = repo.Where(slotID.Eq(3)).Update(ctx, slotAt.SetTo(slotDay))
		is.NoErr(err)
		is.Equal(ids(slotAt.Eq(day(2))), "[3]")
		is.Equal(ids(slotAt.In(day(2)), prom.Hour(slotAt).Eq(0)), "[3]")
		_, err = prom.InsertSelect(ctx, repo, repo.Where(slotID.Eq(2)), prom.To(slotDay, slotAt), prom.To(slotAt, slotDay),
			prom.To(slotLast, prom.Max(slotAt)))
		is.NoErr(err)
		is.Equal(ids(slotDay.Eq(day(2)), slotAt.Eq(day(2)), slotID.Gt(3)), "[4]")
	})
}
