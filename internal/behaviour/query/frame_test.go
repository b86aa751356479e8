package query_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Gauge is a row in windows whose order has gaps, equal numbers and NULLs.
type Gauge struct {
	prom.Model
	Place *int32
	Level *float64
	Value int
}

var (
	gauge      = prom.Proto[Gauge]()
	GaugeID    = prom.NumberOf(gauge, &gauge.ID)
	GaugePlace = prom.NullNumberOf(gauge, &gauge.Place)
	GaugeLevel = prom.NullNumberOf(gauge, &gauge.Level)
	GaugeValue = prom.NumberOf(gauge, &gauge.Value)
)

func newGauges(tb testing.TB, dsn string) (*prom.Repo[Gauge], []Gauge) {
	tb.Helper()
	repo := prom.NewRepo[Gauge](prom.Using(kit.Open(tb, dsn)))
	rows := make([]Gauge, 11)
	for i, place := range []int{-1, 3, 1, 1, 9, -1, 4, 2, 9, 9, 15} {
		rows[i].Value = 1 << i // a sum tells of which values it is
		if place >= 0 {
			n, f := int32(place), float64(place)/2
			rows[i].Place, rows[i].Level = &n, &f
		}
	}
	if err := repo.CreateMany(context.Background(), rows); err != nil {
		tb.Fatal(err)
	}
	return repo, rows
}

// framed returns the rows that a frame shows of the row at a place, by SQL's rules, of rows in the order of a window.
func framed(rows []Gauge, at int, unit string, low, high prom.FrameBound, exclude prom.FrameExclusion,
	desc bool) (seen []Gauge) {
	same := func(a, b Gauge) bool {
		if unit == "rows" { // in an order that has no equal ones
			return a.ID == b.ID
		}
		return a.Place == b.Place || a.Place != nil && b.Place != nil && *a.Place == *b.Place
	}
	group := make([]int, len(rows))
	for i := 1; i < len(rows); i++ {
		group[i] = group[i-1]
		if !same(rows[i-1], rows[i]) {
			group[i]++
		}
	}
	now := rows[at]
	within := func(i int) bool {
		distance := i - at
		switch {
		case unit == "rows":
		case unit == "groups":
			distance = group[i] - group[at]
		case now.Place == nil || rows[i].Place == nil: // the bounds that are numbers are as far as the present row's equals
			clip := func(b prom.FrameBound) prom.FrameBound {
				if now.Place == nil && b != prom.UnboundedPreceding && b != prom.UnboundedFollowing {
					return prom.CurrentRow
				}
				return b
			}
			if same(now, rows[i]) {
				return true
			}
			if i < at {
				return clip(low) == prom.UnboundedPreceding
			}
			return clip(high) == prom.UnboundedFollowing
		default:
			distance = int(*rows[i].Place) - int(*now.Place)
			if desc {
				distance = -distance
			}
		}
		return prom.FrameBound(distance) >= low && prom.FrameBound(distance) <= high
	}
	for i, r := range rows {
		switch {
		case !within(i):
		case exclude == prom.ExcludeCurrentRow && i == at, exclude == prom.ExcludeGroup &&
			same(now, r), exclude == prom.ExcludeTies && i != at && same(now, r):
		default:
			seen = append(seen, r)
		}
	}
	return seen
}

// Ensure that every frame shows on both engines the rows that SQL says, in both directions, with equal rows and NULLs.
func TestFrames(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		repo, rows := newGauges(t, e.DSN)
		bounds := []prom.FrameBound{prom.UnboundedPreceding, -2, -1, prom.CurrentRow, 1, 3, prom.UnboundedFollowing}
		for _, desc := range []bool{false, true} {
			order := prom.OrderWindow[*Gauge](GaugePlace.Asc())
			compare := func(a, b Gauge) int {
				switch {
				case a.Place == b.Place:
					return cmp.Compare(a.ID, b.ID)
				case a.Place == nil:
					return 1
				case b.Place == nil:
					return -1
				}
				return cmp.Or(cmp.Compare(*a.Place, *b.Place), cmp.Compare(a.ID, b.ID))
			}
			if desc {
				order = prom.OrderWindow[*Gauge](GaugePlace.Desc())
			}
			sorted := slices.Clone(rows)
			slices.SortFunc(sorted, func(a, b Gauge) int {
				if desc && (a.Place != b.Place && (a.Place == nil || b.Place == nil || *a.Place != *b.Place)) {
					return -compare(a, b)
				}
				return compare(a, b)
			})
			for i, low := range bounds[:len(bounds)-1] {
				for _, high := range bounds[max(i, 1):] {
					for exclude := prom.ExcludeNothing; exclude <= prom.ExcludeTies; exclude++ {
						for unit, w := range map[string]prom.Window[*Gauge]{
							"range": order.Range(low, high), "groups": order.Groups(low,
								high), "rows": order.OrderBy(GaugeID.Asc()).Rows(low, high),
						} {
							if low > high {
								continue
							}
							got, err := prom.Pluck2(repo.Query(), GaugeID, prom.OrValue(prom.Over(prom.Sum(GaugeValue), w.Exclude(exclude)),
								0)).All(ctx)
							if err != nil {
								t.Fatalf("%s %d %d %d: %v", unit, low, high, exclude, err)
							}
							sums := map[int64]int{}
							for _, r := range got {
								sums[r.A] = r.B
							}
							for at, r := range sorted {
								want := 0
								for _, s := range framed(sorted, at, unit, low, high, exclude, desc) {
									want += s.Value
								}
								if sums[r.ID] != want {
									t.Fatalf("%s from %d to %d, exclusion %d, desc %t, row %d: %b, not %b", unit, low, high, exclude, desc, r.ID,
										sums[r.ID], want)
								}
							}
						}
					}
				}
			}
		}
	})
}

// Ensure that ranges are counted by floats and by computed numbers too, and that frames hold in groups, in partitions,
// in subqueries, in orders and pages.
func TestFrames_Places(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo, _ := newGauges(t, e.DSN)
		there := repo.Where(GaugePlace.NotNull())
		count := func(w prom.Window[*Gauge]) string {
			t.Helper()
			list, err := prom.Pluck(there.OrderBy(GaugePlace.Asc(), GaugeID.Asc()), prom.Over(prom.Count(gauge), w)).All(ctx)
			is.NoErr(err)
			return fmt.Sprint(list)
		}
		// Places 1 1 2 3 4 9 9 9 15, levels half of it.
		is.Equal(count(prom.OrderWindow(GaugeLevel.Asc()).Range(-1, 1)), "[4 4 5 5 3 3 3 3 1]")
		is.Equal(count(prom.OrderWindow(prom.Times(GaugePlace, prom.Val(gauge, int32(10))).Asc()).Range(-20,
			prom.CurrentRow)), "[2 2 3 4 3 3 3 3 1]")
		is.Equal(count(prom.PartitionBy[*Gauge](prom.Mod(GaugePlace,
			prom.Val(gauge, int32(2)))).OrderBy(GaugePlace.Asc()).Groups(-1, -1)), "[0 0 0 2 1 1 1 1 3]")

		// In an order, with a page.
		around := prom.Over(prom.Sum(GaugeValue), prom.OrderWindow(GaugeID.Asc()).Rows(-1, 1).Exclude(prom.ExcludeCurrentRow))
		ids, err := prom.Pluck2(repo.Query(), GaugeID, around).OrderBy(around.Desc()).Limit(3).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(ids), "[{10 1280} {9 640} {11 512}]")

		// Of groups, and outside of a subquery.
		totals, err := prom.Pluck2(there, GaugePlace, prom.Over(prom.Sum(prom.Count(gauge)),
			prom.OrderWindow(GaugePlace.Asc()).Rows(-1, 0))).
			OrderBy(GaugePlace.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(totals), "[{1 2} {2 3} {3 2} {4 2} {9 4} {15 4}]")
		type moving struct {
			ID  int64
			Sum int
		}
		m := prom.Proto[moving]()
		sums := prom.From(prom.Select(there, m, prom.Col(&m.ID, GaugeID),
			prom.Col(&m.Sum, prom.Over(prom.Sum(GaugeValue), prom.OrderWindow(GaugeID.Asc()).Rows(-2, 0)))))
		sum := prom.NumberOf(m, &m.Sum)
		n, err := sums.Where(sum.Gt(100)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 4)
	})
}

// Ensure that ranges of time show the rows within it, to the microsecond, of instants, days and computed ones, with
// NULLs among them and in both directions.
func TestFrames_Time(t *testing.T) {
	t.Parallel()
	type Visit struct {
		prom.Model
		At *time.Time
		On time.Time `prom:"date"`
	}
	visit := prom.Proto[Visit]()
	visitID, visitAt, visitOn := prom.NumberOf(visit, &visit.ID), prom.NullTimeOf(visit, &visit.At), prom.TimeOf(visit,
		&visit.On)
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[Visit](prom.Using(kit.Open(t, e.DSN)))
		begin := time.Date(2024, 3, 30, 23, 30, 0, 0, time.UTC)
		var rows []Visit
		for _, after := range []time.Duration{0, time.Hour, time.Hour, 2 * time.Hour, 2*time.Hour + time.Microsecond,
			26 * time.Hour, 49 * time.Hour, -100 * 365 * 24 * time.Hour} {
			at := begin.Add(after)
			rows = append(rows, Visit{At: &at, On: at})
		}
		rows = append(rows, Visit{On: begin}, Visit{On: begin})
		is.NoErr(repo.CreateMany(ctx, rows))
		all := func(w prom.Window[*Visit]) string {
			t.Helper()
			list, err := prom.Pluck(repo.OrderBy(visitID.Asc()), prom.Over(prom.Count(visit), w)).All(ctx)
			is.NoErr(err)
			return fmt.Sprint(list)
		}
		const hour, ever = time.Hour, time.Duration(prom.UnboundedPreceding)
		is.Equal(all(prom.OrderWindow(visitAt.Asc()).RangeTime(-hour, 0)), "[1 3 3 3 2 1 1 1 2 2]")
		is.Equal(all(prom.OrderWindow(visitAt.Asc()).RangeTime(-hour-time.Microsecond, 0)), "[1 3 3 3 4 1 1 1 2 2]")
		is.Equal(all(prom.OrderWindow(visitAt.Desc()).RangeTime(-hour, hour)), "[3 4 4 4 2 1 1 1 2 2]")
		is.Equal(all(prom.OrderWindow(visitAt.Asc()).RangeTime(ever, -hour)), "[1 2 2 4 4 6 7 0 10 10]")
		is.Equal(all(prom.OrderWindow(visitAt.Asc()).RangeTime(0, 0)), "[1 2 2 1 1 1 1 1 2 2]")
		is.Equal(all(prom.OrderWindow(visitOn.Asc()).RangeTime(-24*hour, 0)), "[3 7 7 7 7 5 2 1 3 3]")
		is.Equal(all(prom.PartitionBy[*Visit](prom.Day(visitOn)).OrderBy(prom.OrValue(visitAt,
			begin).Asc()).RangeTime(-time.Minute, time.Minute)), "[3 2 2 2 2 1 1 1 3 3]")
		for _, w := range []prom.Window[*Visit]{
			prom.OrderWindow(visitID.Asc()).RangeTime(-hour, 0), prom.OrderWindow(visitAt.Asc(), visitOn.Asc()).RangeTime(-hour,
				0), prom.Window[*Visit]{}.RangeTime(-hour, 0),
			prom.OrderWindow(prom.Year(visitOn).Asc()).RangeTime(-hour, 0), prom.OrderWindow(visitAt.Asc()).RangeTime(hour, 0),
		} {
			_, err := prom.Pluck(repo.Query(), prom.Over(prom.Count(visit), w)).All(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
		}
	})
}

// Ensure that PercentRank, CumeDist, NthValue, LagOr and LeadOr give what SQL says.
func TestWindows_Functions(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo, _ := newGauges(t, e.DSN)
		rows := repo.Where(GaugePlace.Lt(9)).OrderBy(GaugePlace.Asc(), GaugeID.Asc()) // 1 1 2 3 4
		byPlace := prom.OrderWindow(GaugePlace.Asc())
		total := byPlace.OrderBy(GaugeID.Asc())
		ranks, err := prom.Pluck2(rows, prom.PercentRank(byPlace), prom.CumeDist(byPlace)).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(ranks), "[{0 0.4} {0 0.4} {0.5 0.6} {0.75 0.8} {1 1}]")
		one, err := prom.Pluck2(repo.Where(GaugePlace.Eq(15)), prom.PercentRank(byPlace), prom.CumeDist(byPlace)).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(one), "[{0 1}]")

		second, err := prom.Pluck(rows, prom.OrNull(prom.NthValue(GaugePlace, 2, total))).All(ctx)
		is.NoErr(err)
		is.True(second[0] == nil && *second[1] == 1 && *second[4] == 1)
		third, err := prom.Pluck(rows, prom.NthValue(GaugePlace, 3,
			total.Rows(prom.UnboundedPreceding, prom.UnboundedFollowing))).All(ctx)
		is.NoErr(err)
		is.Equal(third, []int32{2, 2, 2, 2, 2})

		steps, err := prom.Pluck2(rows, prom.Minus(GaugePlace, prom.LagOr(GaugePlace, 1, prom.Val(gauge, int32(0)), total)),
			prom.LeadOr(GaugePlace, 2, prom.Neg(GaugePlace), total)).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(steps), "[{1 2} {0 3} {1 4} {1 -3} {1 -4}]")
		// NULL is a value that is there.
		nulls, err := prom.Pluck(repo.OrderBy(GaugeID.Asc()).Limit(2),
			prom.OrNull(prom.LagOr(GaugePlace, 1, prom.Val(gauge, int32(7)), prom.OrderWindow(GaugeID.Asc())))).All(ctx)
		is.NoErr(err)
		is.True(*nulls[0] == 7 && nulls[1] == nil)
	})
}

// Ensure that a frame that cannot be is refused before any SQL, with the way out.
func TestFrames_Errors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		repo, _ := newGauges(t, e.DSN)
		byID := prom.OrderWindow(GaugeID.Asc())
		for hint, list := range map[string][]prom.Window[*Gauge]{
			"lower bound": {
				byID.Rows(1, 0), byID.Range(prom.CurrentRow, -1), byID.Groups(prom.UnboundedFollowing, prom.UnboundedFollowing),
				byID.Rows(prom.UnboundedPreceding, prom.UnboundedPreceding), byID.Rows(prom.UnboundedFollowing,
					prom.UnboundedPreceding),
			},
			"OrderBy": {prom.Window[*Gauge]{}.Groups(-1, 1), prom.PartitionBy[*Gauge](GaugePlace).Groups(prom.UnboundedPreceding,
				prom.CurrentRow)},
			"one integer": {
				byID.OrderBy(GaugePlace.Asc()).Range(-1, 1), prom.Window[*Gauge]{}.Range(-1, prom.CurrentRow),
				prom.OrderWindow(prom.TimeOf(gauge, &gauge.Created).Asc()).Range(-1, prom.CurrentRow),
			},
		} {
			for i, w := range list {
				_, err := prom.Pluck(repo.Query(), prom.Over(prom.Count(gauge), w)).All(context.Background())
				if !errors.Is(err, prom.ErrValidation) || !strings.Contains(err.Error(), hint) {
					t.Errorf("%s %d: %v", hint, i, err)
				}
			}
		}
		for _, w := range []prom.Window[*Gauge]{byID.Range(prom.CurrentRow, prom.UnboundedFollowing),
			prom.Window[*Gauge]{}.Range(prom.UnboundedPreceding, prom.CurrentRow)} {
			if _, err := prom.Pluck(repo.Query(), prom.Over(prom.Count(gauge), w)).All(context.Background()); err != nil {
				t.Error(err)
			}
		}
		if _, err := prom.Pluck(repo.Query(), prom.NthValue(GaugeValue, 0, byID)).All(context.Background()); !errors.Is(err,
			prom.ErrValidation) {
			t.Error(err)
		}
	})
}
