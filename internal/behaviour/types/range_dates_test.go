package types_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// holiday has ranges of days and sets of them.
type holiday struct {
	ID   int64                       `prom:"key"`
	Days prom.Range[time.Time]       `prom:"date"`
	Free prom.MultiRange[time.Time]  `prom:"type=datemultirange"`
	Own  *prom.MultiRange[time.Time] `prom:"date"`
	Text string                      `prom:"type=daterange"`
}

var (
	holidayOf   = prom.Proto[holiday]()
	holidayDays = prom.RangeOf(holidayOf, &holidayOf.Days)
	holidayFree = prom.OrderedOf(holidayOf, &holidayOf.Free)
	holidayID   = prom.NumberOf(holidayOf, &holidayOf.ID)
)

// Ensure that multiranges of days are stored, read, compared, searched, dumped and restored as days on both engines, in
// a table that prom makes and in one of others; and that ranges of days survive JSON, though their type does not tell
// that they are of days.
func TestDateRanges(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2024, 2, 27+n, 0, 0, 0, 0, time.UTC) }
	for _, others := range []bool{false, true} {
		dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
			is := is.New(t)
			ctx := context.Background()
			db := kit.Open(t, e.DSN)
			if others && e.Name == dbtest.NamePostgres {
				kit.RunSQL(t, db, `CREATE TABLE holiday (id bigint PRIMARY KEY, days daterange NOT NULL, free datemultirange NOT NULL,
					own datemultirange, text daterange NOT NULL)`)
			}
			repo := prom.NewRepo[holiday](prom.Using(db))
			free := prom.MultiRange[time.Time]{prom.ClosedRange(day(5), day(6)), prom.NewRange(day(0), day(2)), prom.NewRange(day(2), day(3)), {}}
			row := holiday{ID: 1, Days: prom.ClosedRange(day(0), day(2)), Free: free, Own: &free, Text: "[2024-02-28,2024-03-02)"}
			is.NoErr(repo.Create(ctx, &row))
			is.NoErr(repo.CreateMany(ctx, []holiday{{ID: 2, Text: "empty"},
				{ID: 3, Days: prom.RangeFrom(day(9)), Free: prom.MultiRange[time.Time]{prom.UnboundedRange[time.Time]()}, Text: "(,)"}}))
			want := prom.MultiRange[time.Time]{prom.NewRange(day(0), day(3)), prom.NewRange(day(5), day(7))}
			check := func(got *holiday) {
				t.Helper()
				is.Equal(got.Days, prom.NewRange(day(0), day(3)))
				is.Equal(got.Free, want)
				is.Equal(*got.Own, want)
				is.Equal(got.Text, "[2024-02-28,2024-03-02)")
			}
			got, err := repo.Get(ctx, 1)
			is.NoErr(err)
			check(got)
			text := "SELECT CAST(free AS text) || CAST(days AS text) FROM holiday WHERE id = 1"
			is.Equal(kit.ScanOne[string](t, db, text), "{[2024-02-27,2024-03-01),[2024-03-03,2024-03-05)}[2024-02-27,2024-03-01)")
			for i, c := range []prom.Cond[*holiday]{holidayFree.Eq(want), holidayDays.Contains(day(1)), holidayDays.Overlaps(prom.NewRange(day(-5), day(1))),
				prom.RangeContains(holidayFree, prom.Val(holidayOf, day(6))), prom.RangeOverlaps(holidayFree, prom.Val(holidayOf, prom.MultiRange[time.Time]{prom.NewRange(day(6), day(8))}))} {
				ids, err := prom.Pluck(repo.Where(c), holidayID).OrderBy(holidayID.Asc()).All(ctx)
				is.NoErr(err)
				is.True(len(ids) > 0 && ids[0] == 1)
				is.Equal(len(ids) == 2, i > 2) // the set of all days has them too
			}
			n, err := repo.Where(prom.RangeContains(holidayFree, prom.Val(holidayOf, day(3)))).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 1)

			// The type of the field is that of a range of instants: its text has times, and stands for the same days.
			data, err := json.Marshal(got)
			is.NoErr(err)
			is.True(bytes.Contains(data, []byte(`"Days":"[\"2024-02-27 00:00:00+00\",\"2024-03-01 00:00:00+00\")"`)))
			var back holiday
			is.NoErr(json.Unmarshal(data, &back))
			_, err = repo.Where(holidayID.Eq(1)).Delete(ctx)
			is.NoErr(err)
			is.NoErr(repo.Create(ctx, &back))
			got, err = repo.Get(ctx, 1)
			is.NoErr(err)
			check(got)
			is.NoErr(json.Unmarshal([]byte(`{"Days": "[2024-02-27,2024-02-29]", "Free": "{[2024-02-27,2024-02-29],[2024-03-03,2024-03-04]}"}`), &back))
			is.NoErr(repo.Save(ctx, &back))
			got, err = repo.Get(ctx, 1)
			is.NoErr(err)
			check(got)

			var dump bytes.Buffer
			is.NoErr(prom.Dump(ctx, &dump, repo))
			is.True(bytes.Contains(dump.Bytes(), []byte("[2024-02-27,2024-03-01)")))
			is.True(!bytes.Contains(dump.Bytes(), []byte("00:00:00")))
			_, err = repo.Query().WithoutWhere().Delete(ctx)
			is.NoErr(err)
			is.NoErr(prom.Restore(ctx, &dump, repo))
			got, err = repo.Get(ctx, 1)
			is.NoErr(err)
			check(got)
			plan, err := prom.Plan(ctx, repo)
			is.NoErr(err)
			is.Equal(plan.Steps, nil)
		})
	}
}
