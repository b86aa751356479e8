package query_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Sample is a row of a group with a value of each type that lists have.
type Sample struct {
	prom.Model
	Station prom.Ref[Station]
	Name    *string
	Code    string `prom:"nocase"`
	Count   *int32
	Level   *float64
	Short   float32
	Price   string `prom:"decimal=10.2"`
	Valid   *bool
	At      time.Time
	On      time.Time `prom:"date"`
	Token   prom.UUID
	Bytes   []byte
}

// Station has samples.
type Station struct {
	prom.Model
	Name    string
	Samples prom.Many[Sample]
}

var (
	station        = prom.Proto[Station]()
	StationName    = prom.TextOf(station, &station.Name)
	StationSamples = prom.ManyOf(station, &station.Samples)

	sample        = prom.Proto[Sample]()
	SampleID      = prom.NumberOf(sample, &sample.ID)
	SampleStation = prom.RefOf(sample, &sample.Station)
	SampleName    = prom.NullTextOf(sample, &sample.Name)
	SampleCode    = prom.TextOf(sample, &sample.Code)
	SampleCount   = prom.NullNumberOf(sample, &sample.Count)
	SampleLevel   = prom.NullNumberOf(sample, &sample.Level)
	SampleShort   = prom.NumberOf(sample, &sample.Short)
	SamplePrice   = prom.OrderedOf(sample, &sample.Price)
	SampleValid   = prom.NullOf(sample, &sample.Valid)
	SampleAt      = prom.TimeOf(sample, &sample.At)
	SampleOn      = prom.TimeOf(sample, &sample.On)
	SampleToken   = prom.FieldOf(sample, &sample.Token)
	SampleBytes   = prom.FieldOf(sample, &sample.Bytes)
)

// collection is a set of samples: four at "north", two at "south" of which one is all NULL, none at "west".
type collection struct {
	sites   *prom.Repo[Station]
	samples *prom.Repo[Sample]
	rows    []Sample
}

func newCollection(tb testing.TB, dsn string) collection {
	tb.Helper()
	ctx := context.Background()
	db := kit.Open(tb, dsn)
	s := collection{sites: prom.NewRepo[Station](prom.Using(db)), samples: prom.NewRepo[Sample](prom.Using(db))}
	sites := []Station{{Name: "north"}, {Name: "south"}, {Name: "west"}}
	if err := s.sites.CreateMany(ctx, sites); err != nil {
		tb.Fatal(err)
	}
	at := time.Date(2024, 2, 29, 12, 0, 0, 1000, time.UTC)
	for i, name := range []string{"b", "it's", "a", "b", `"q",\`} {
		count, level, valid := int32(i%3*10), float64(i)+0.1, i != 2
		s.rows = append(s.rows, Sample{
			Station: prom.NewRef[Station](sites[i/4].ID), Name: &name, Code: strings.Repeat("Xx"[i%2:i%2+1],
				1), Count: &count, Level: &level, Short: 0.1,
			Price: fmt.Sprintf("%d.50", 10-i), Valid: &valid, At: at.Add(time.Duration(i) * time.Hour), On: at.AddDate(0, 0,
				-i).Truncate(24 * time.Hour), Token: prom.UUID{15: byte(i + 2)},
			Bytes: []byte{byte(i)},
		})
	}
	s.rows = append(s.rows, Sample{Station: prom.NewRef[Station](sites[1].ID), Price: "0.00", At: at,
		On: at.Truncate(24 * time.Hour), Token: prom.UUID{15: 1}})
	if err := s.samples.CreateMany(ctx, s.rows); err != nil {
		tb.Fatal(err)
	}
	return s
}

// bySite returns an aggregate of the samples of each site, in the order of the sites.
func bySite[V any](t *testing.T, s collection, x prom.Expr[*Sample, V], conds ...prom.Cond[*Sample]) string {
	t.Helper()
	list, err := prom.Pluck2(s.samples.Where(conds...), prom.Via(SampleStation, StationName),
		x).OrderBy(prom.Via(SampleStation, StationName).Asc()).All(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	values := []V{}
	for _, r := range list {
		values = append(values, r.B)
	}
	return fmt.Sprintf("%v", values)
}

// Ensure that lists and texts of values are in the order that is asked for, or else in their own, with NULL left out,
// for every type that a list may have.
func TestArrayAgg(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		s := newCollection(t, e.DSN)
		is.Equal(bySite(t, s, prom.ArrayAgg(SampleName)), `[[a b b it's] ["q",\]]`)
		is.Equal(bySite(t, s, prom.ArrayAgg(SampleName, SampleID.Desc())), `[[b a it's b] ["q",\]]`)
		is.Equal(bySite(t, s, prom.ArrayAgg(SampleName, prom.OrValue(SampleValid, false).Asc(), SampleAt.Desc())),
			`[[a b it's b] ["q",\]]`)
		is.Equal(bySite(t, s, prom.ArrayAggDistinct(SampleName)), `[[a b it's] ["q",\]]`)
		is.Equal(bySite(t, s, prom.ArrayAggDistinct(prom.Concat(SampleName, prom.Val(sample, "!")))),
			`[[a! b! it's!] ["q",\!]]`)
		is.Equal(bySite(t, s, prom.ArrayAgg(SampleCount)), "[[0 0 10 20] [10]]")
		is.Equal(bySite(t, s, prom.ArrayAgg(SampleCount, SampleCount.Desc())), "[[20 10 0 0] [10]]")
		is.Equal(bySite(t, s, prom.ArrayAggDistinct(SampleCount)), "[[0 10 20] [10]]")
		is.Equal(bySite(t, s, prom.ArrayAgg(prom.Plus(SampleCount, prom.Val(sample, int32(1))))), "[[1 1 11 21] [11]]")
		is.Equal(bySite(t, s, prom.ArrayAgg(SampleLevel)), "[[0.1 1.1 2.1 3.1] [4.1]]")
		is.Equal(bySite(t, s, prom.ArrayAggDistinct(SampleShort)), "[[0.1] [0 0.1]]")
		is.Equal(bySite(t, s, prom.ArrayAgg(SamplePrice)), "[[7.50 8.50 9.50 10.50] [0.00 6.50]]")
		is.Equal(bySite(t, s, prom.ArrayAggDistinct(SamplePrice)), "[[7.50 8.50 9.50 10.50] [0.00 6.50]]")
		is.Equal(bySite(t, s, prom.ArrayAgg(prom.OrValue(SampleValid, true))), "[[false true true true] [true true]]")
		is.Equal(bySite(t, s, prom.ArrayAggDistinct(SampleValid)), "[[false true] [true]]")
		is.Equal(bySite(t, s, prom.ArrayAgg(SampleAt)),
			fmt.Sprint([][]time.Time{{s.rows[0].At, s.rows[1].At, s.rows[2].At, s.rows[3].At}, {s.rows[5].At, s.rows[4].At}}))
		is.Equal(bySite(t, s, prom.ArrayAgg(SampleOn, SampleOn.Desc())),
			fmt.Sprint([][]time.Time{{s.rows[0].On, s.rows[1].On, s.rows[2].On, s.rows[3].On}, {s.rows[5].On, s.rows[4].On}}))
		is.Equal(bySite(t, s, prom.ArrayAgg(SampleToken)),
			fmt.Sprint([][]prom.UUID{{s.rows[0].Token, s.rows[1].Token, s.rows[2].Token, s.rows[3].Token},
				{s.rows[5].Token, s.rows[4].Token}}))
		is.Equal(bySite(t, s, prom.ArrayAggDistinct(prom.Lower(SampleCode))), "[[x] [ x]]")
		is.Equal(bySite(t, s, prom.ArrayAgg(prom.Hour(SampleAt))), "[[12 13 14 15] [12 16]]")
		is.Equal(bySite(t, s, prom.ArrayAgg(SampleCount).Filter(SampleValid.Eq(true))), "[[0 0 10] [10]]")
		is.Equal(bySite(t, s, prom.ArrayAgg(SampleCount).Filter(SampleCount.Gt(100))), "[[] []]")
		is.Equal(bySite(t, s, prom.ArrayAgg(SampleCount.Gt(5))), "[[false false true true] [true]]")

		is.Equal(bySite(t, s, prom.StringAgg(SampleName, ", ")), `[a, b, b, it's "q",\]`)
		is.Equal(bySite(t, s, prom.StringAgg(SampleName, "", SampleID.Asc())), `[bit'sab "q",\]`)
		is.Equal(bySite(t, s, prom.StringAggDistinct(SampleName, "|")), `[a|b|it's "q",\]`)
		is.Equal(bySite(t, s, prom.StringAggDistinct(prom.Concat(prom.Val(sample, "?"), SampleName), "$1")),
			`[?a$1?b$1?it's ?"q",\]`)
		is.Equal(bySite(t, s, prom.OrValue(prom.StringAgg(SampleName, "; ").Filter(SampleCount.Gt(0)), "none"),
			SampleCount.Gt(0)), `[a; it's "q",\]`)
		is.Equal(bySite(t, s, prom.OrValue(prom.StringAgg(SampleName, "; ").Filter(SampleCount.Gt(10)), "none")), `[a none]`)
	})
}

// Ensure that aggregates hold in conditions and orders of groups, over relations with and without rows, over no rows at
// all, over windows and in subqueries.
func TestAggregates_Places(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newCollection(t, e.DSN)
		names := prom.StringAgg(SampleName, "+")
		groups, err := prom.Pluck2(s.samples.Query(), SampleStation, names).Having(names.Ne("x"),
			prom.ArrayAgg(SampleCount).Eq([]int32{0, 0, 10, 20})).OrderBy(names.Desc()).All(ctx)
		is.NoErr(err)
		is.True(len(groups) == 1 && groups[0].B == "a+b+b+it's")
		byNames, err := prom.Pluck(s.samples.Query(), SampleStation).GroupBy(SampleStation).OrderBy(names.Desc()).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(byNames), "[1 2]")

		of := func(x any, err error) string {
			t.Helper()
			is.NoErr(err)
			return fmt.Sprint(x)
		}
		sites := s.sites.OrderBy(StationName.Asc())
		is.Equal(of(prom.Pluck(sites, prom.AggregateOf(StationSamples, prom.ArrayAgg(SampleName, SampleID.Asc()))).All(ctx)),
			`[[b it's a b] ["q",\] []]`)
		is.Equal(of(prom.Pluck(sites, prom.OrValue(prom.AggregateOf(StationSamples, names), "-")).All(ctx)),
			`[a+b+b+it's "q",\ -]`)
		is.Equal(of(prom.Pluck(sites, prom.OrValue(prom.AggregateOf(StationSamples, prom.SumDistinct(SampleCount)),
			-1)).All(ctx)), `[30 10 -1]`)
		is.Equal(of(prom.Pluck(s.sites.Where(prom.AggregateOf(StationSamples, prom.BoolAnd(SampleValid)).Eq(true)),
			StationName).All(ctx)), `[south]`)
		is.Equal(of(prom.Pluck(s.sites.OrderBy(prom.AggregateOf(StationSamples, prom.StddevPop(SampleCount)).Desc()),
			StationName).All(ctx)), `[west north south]`)

		none := s.samples.Where(SampleID.Lt(0))
		list, err := prom.Scalar(ctx, none, prom.ArrayAgg(SampleName))
		is.NoErr(err)
		is.True(list != nil && len(list) == 0)
		text, err := prom.Scalar(ctx, none, prom.OrNull(names))
		is.NoErr(err)
		is.True(text == nil)
		for _, x := range []prom.Expr[*Sample, float64]{
			prom.VarPop(SampleCount), prom.VarSamp(SampleCount), prom.StddevPop(SampleCount), prom.StddevSamp(SampleCount), prom.AvgDistinct(SampleCount),
		} {
			v, err := prom.Scalar(ctx, none, prom.OrNull(x))
			is.NoErr(err)
			is.True(v == nil)
		}

		byID := prom.OrderWindow(SampleID.Asc())
		is.Equal(of(prom.Pluck(s.samples.OrderBy(SampleID.Asc()).Limit(3),
			prom.Over(prom.ArrayAgg(SampleName), byID)).All(ctx)), "[[b] [b it's] [b it's a]]")
		is.Equal(of(prom.Pluck(s.samples.OrderBy(SampleID.Asc()).Limit(3),
			prom.Over(prom.StringAgg(SampleName, "-"), byID.Rows(-1, 0))).All(ctx)), "[b b-it's it's-a]")
		is.Equal(of(prom.Pluck(s.samples.OrderBy(SampleID.Asc()).Limit(3),
			prom.OrValue(prom.Over(prom.VarSamp(SampleCount), byID.Rows(-1, 0)), -1)).All(ctx)), "[-1 50 50]")

		// As the rows of another query.
		type summary struct {
			Station string
			Names   []string
			Spread  *float64
		}
		proto := prom.Proto[summary]()
		summaries := prom.From(prom.Select(s.samples.Query(), proto,
			prom.Col(&proto.Station, prom.Via(SampleStation, StationName)),
			prom.Col(&proto.Names, prom.ArrayAgg(SampleName)), prom.NullCol(&proto.Spread, prom.VarSamp(SampleCount))))
		summaryNames := prom.ListOf(proto, &proto.Names)
		found, err := summaries.Where(summaryNames.Has("it's"), summaryNames.Len().Gt(3)).All(ctx)
		is.NoErr(err)
		is.True(len(found) == 1 && found[0].Station == "north" && len(found[0].Names) == 4 && *found[0].Spread > 91)
		is.Equal(of(prom.Pluck2(summaries, prom.Unnest(summaryNames), prom.Count(proto)).OrderBy(prom.Count(proto).Desc(),
			prom.Unnest(summaryNames).Asc()).Limit(2).All(ctx)), "[{b 2} {\"q\",\\ 1}]")

		// Of a model's own columns, by a subquery.
		many := prom.InQuery(SampleID, prom.Pluck(s.samples.Query(),
			prom.Max(SampleID)).GroupBy(SampleStation).Having(prom.VarPop(SampleCount).Gt(1)))
		is.Equal(of(s.samples.Where(many).Count(ctx)), "1")
		n, err := s.samples.Where(SampleStation.Has(StationName.Eq("north"))).Update(ctx,
			SampleName.SetTo(prom.CorrelatedSubquery(
				prom.Pluck(s.samples.Query(), prom.StringAgg(SampleName, "/")), prom.Match(SampleStation, SampleStation))))
		is.NoErr(err)
		is.Equal(n, 4)
		is.Equal(of(s.samples.Where(SampleName.Eq("a/b/b/it's")).Count(ctx)), "4")
	})
}

// Ensure that sums and averages of distinct values, and booleans of all rows, are as SQL has them.
func TestAggregates_Distinct(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		s := newCollection(t, e.DSN)
		is.Equal(bySite(t, s, prom.SumDistinct(SampleCount)), "[30 10]") // 0 10 20 0
		is.Equal(bySite(t, s, prom.AvgDistinct(SampleCount)), "[10 10]")
		is.Equal(bySite(t, s, prom.SumDistinct(SampleCount).Filter(SampleCount.Lt(15))), "[10 10]")
		is.Equal(bySite(t, s, prom.BoolAnd(SampleValid)), "[false true]")
		is.Equal(bySite(t, s, prom.BoolOr(SampleValid)), "[true true]")
		is.Equal(bySite(t, s, prom.BoolOr(SampleCount.Gt(15))), "[true false]")
		is.Equal(bySite(t, s, prom.BoolAnd(SampleCount.NotNull())), "[true false]")
	})
}

// Ensure that variances and standard deviations keep their digits where a naive sum of squares has none left, and are
// NULL or an error where they are no number.
func TestAggregates_Variance(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		type Reading struct {
			prom.Model
			Value float64
		}
		repo := prom.NewRepo[Reading](prom.Using(db))
		reading := prom.Proto[Reading]()
		value := prom.NumberOf(reading, &reading.Value)
		id := prom.NumberOf(reading, &reading.ID)
		for _, tt := range []struct {
			values    []float64
			pop, samp float64 // negative for NULL
		}{
			{[]float64{2, 4, 4, 4, 5, 5, 7, 9}, 4, 32.0 / 7},
			{[]float64{7.25}, 0, -1},
			{[]float64{1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}, 22.5, 30},
			{[]float64{1e15 + 1, 1e15 + 2, 1e15 + 3}, 2.0 / 3, 1},
			{[]float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, 0, 0},
			{[]float64{-1e-200, 1e-200}, 0, 0},
			{[]float64{1e150, -1e150}, 1e300, 2e300},
			{[]float64{5e-324, 0, -3, 3}, 4.5, 6},
			{[]float64{1, math.Inf(1), 2}, -1, -1},
		} {
			if _, err := repo.WithoutWhere().Delete(ctx); err != nil {
				t.Fatal(err)
			}
			rows := make([]Reading, len(tt.values))
			for i, v := range tt.values {
				rows[i].Value = v
			}
			if err := repo.CreateMany(ctx, rows); err != nil {
				t.Fatal(err)
			}
			root := func(v float64) float64 {
				if v < 0 {
					return v
				}
				return math.Sqrt(v)
			}
			for i, x := range []prom.Expr[*Reading, float64]{prom.VarPop(value), prom.VarSamp(value), prom.StddevPop(value),
				prom.StddevSamp(value)} {
				want := []float64{tt.pop, tt.samp, root(tt.pop), root(tt.samp)}[i]
				// Of all rows, and over a window through which a row far away has gone.
				got, err := prom.Scalar(ctx, repo.Query(), prom.OrNull(x))
				if err != nil {
					t.Fatal(err)
				}
				if v := orElse(got, -1); math.Abs(v-want) > 1e-12*math.Abs(want)+1e-16 {
					t.Errorf("%d of %v: %v, not %v", i, tt.values, v, want)
				}
				if math.IsInf(tt.values[min(1, len(tt.values)-1)], 0) || tt.values[0] > 1e100 {
					continue
				}
				far := Reading{Value: 1e100}
				if err := repo.Create(ctx, &far); err != nil {
					t.Fatal(err)
				}
				w := prom.OrderWindow(value.Desc()).Rows(1, prom.UnboundedFollowing)
				list, err := prom.Pluck(repo.OrderBy(id.Desc()).Limit(1), prom.OrNull(prom.Over(x, w))).All(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if v := orElse(list[0], -1); math.Abs(v-want) > 1e-12*math.Abs(want)+1e-16 {
					t.Errorf("%d over %v: %v, not %v", i, tt.values, v, want)
				}
				if err := repo.Delete(ctx, &far); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := repo.Create(ctx, &Reading{Value: 1e200}); err != nil {
			t.Fatal(err)
		}
		if _, err := prom.Scalar(ctx, repo.Where(value.Lt(math.MaxFloat64)), prom.StddevPop(value)); !errors.Is(err,
			prom.ErrType) {
			t.Errorf("a spread beyond all floats: %v", err)
		}
	})
}

// Ensure that lists of what is no element, distinct texts of no certain case, and a list with two orders are refused
// before any SQL, with the way out.
func TestAggregates_Errors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		s := newCollection(t, e.DSN)
		byID := prom.OrderWindow(SampleID.Asc())
		failed := func(_ any, err error) error { return err }
		for hint, err := range map[string]error{
			"codec":  failed(prom.Pluck(s.samples.Query(), prom.ArrayAgg(SampleBytes)).All(ctx)),
			"OrNull": failed(prom.Pluck(s.samples.Query(), prom.ArrayAgg(prom.OrNull(SampleCount))).All(ctx)),
			"Lower":  failed(prom.Pluck(s.samples.Query(), prom.ArrayAggDistinct(SampleCode)).All(ctx)),
			"without DISTINCT": failed(prom.Pluck(s.samples.Query(), prom.Over(prom.StringAggDistinct(SampleName, ""),
				byID)).All(ctx)),
			"order the window": failed(prom.Pluck(s.samples.Query(), prom.Over(prom.ArrayAgg(SampleName, SampleID.Asc()),
				byID)).All(ctx)),
			"From": failed(prom.Pluck(s.samples.Query(), prom.ArrayAgg(SampleName,
				prom.Max(SampleID).Asc())).All(ctx)),
			"Having": failed(s.samples.Where(prom.StringAgg(SampleName, "").Eq("")).All(ctx)),
			"NUL":    failed(prom.Pluck(s.samples.Query(), prom.StringAgg(SampleName, "\x00")).All(ctx)),
		} {
			if !errors.Is(err, prom.ErrValidation) || !strings.Contains(err.Error(), hint) {
				t.Errorf("%s: %v", hint, err)
			}
		}
	})
}

// orElse returns what a pointer leads to, or another value when it is nil.
func orElse[V any](p *V, other V) V {
	if p == nil {
		return other
	}
	return *p
}
