package types_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type gauge struct {
	prom.Model
	N    int64
	F    float64
	G    float32
	Null *float64
}

var (
	gaugeN    = prom.NumberOf(func(g *gauge) *int64 { return &g.N })
	gaugeF    = prom.NumberOf(func(g *gauge) *float64 { return &g.F })
	gaugeG    = prom.NumberOf(func(g *gauge) *float32 { return &g.G })
	gaugeNull = prom.NullNumberOf(func(g *gauge) **float64 { return &g.Null })
)

// Ensure that a computed number which does not fit is an error, whatever it is computed for, and that what is no number is NULL.
func TestOverflow(t *testing.T) {
	t.Parallel()
	type (
		ints   = prom.Expr[gauge, int64]
		floats = prom.Expr[gauge, float64]
	)
	n := func(v int64) ints { return prom.Val[gauge](v) }
	f := func(v float64) floats { return prom.Val[gauge](v) }
	inf := math.Inf(1)
	intTests := map[string]struct {
		of   int64
		x    ints
		want *int64 // nil for an error
	}{
		"plus":                 {math.MaxInt64 - 1, prom.Plus(gaugeN, n(1)), new(int64(math.MaxInt64))},
		"plus, beyond":         {math.MaxInt64, prom.Plus(gaugeN, n(1)), nil},
		"plus, below":          {math.MinInt64, prom.Plus(gaugeN, n(-1)), nil},
		"plus of nothing":      {math.MinInt64, prom.Plus(gaugeN, n(0)), new(int64(math.MinInt64))},
		"minus":                {math.MinInt64 + 1, prom.Minus(gaugeN, n(1)), new(int64(math.MinInt64))},
		"minus, below":         {math.MinInt64, prom.Minus(gaugeN, n(1)), nil},
		"minus, beyond":        {0, prom.Minus(gaugeN, n(math.MinInt64)), nil},
		"times":                {1 << 31, prom.Times(gaugeN, n(-1<<32)), new(int64(math.MinInt64))},
		"times, beyond":        {1 << 32, prom.Times(gaugeN, n(1<<31)), nil},
		"times -1":             {math.MinInt64, prom.Times(gaugeN, n(-1)), nil},
		"-1 times":             {-1, prom.Times(gaugeN, n(math.MinInt64)), nil},
		"times 0":              {math.MinInt64, prom.Times(gaugeN, n(0)), new(int64(0))},
		"div":                  {math.MinInt64, prom.Div(gaugeN, n(-1)), nil},
		"div, cut":             {-7, prom.Div(gaugeN, n(2)), new(int64(-3))},
		"neg":                  {math.MinInt64, prom.Neg(gaugeN), nil},
		"abs":                  {math.MinInt64, prom.Abs(gaugeN), nil},
		"beyond, and back":     {math.MaxInt64, prom.Minus(prom.Plus(gaugeN, n(1)), n(1)), nil},
		"a sum of two rows":    {math.MaxInt64, prom.Sum(gaugeN), nil},
		"a sum beyond and one": {math.MaxInt64 / 2, prom.Plus(prom.Sum(gaugeN), n(2)), nil},
	}
	floatTests := map[string]struct {
		of   float64
		x    floats
		want *float64 // nil for an error, NaN for NULL
	}{
		"plus":                       {1e308, prom.Plus(gaugeF, f(7e307)), new(1.7e308)},
		"plus, beyond":               {1e308, prom.Plus(gaugeF, f(1e308)), nil},
		"minus, beyond":              {-1e308, prom.Minus(gaugeF, f(1e308)), nil},
		"times, beyond":              {1e300, prom.Times(gaugeF, f(1e300)), nil},
		"times, too small":           {1e-300, prom.Times(gaugeF, f(1e-300)), nil},
		"times 0":                    {1e-300, prom.Times(gaugeF, f(0)), new(0.0)},
		"div, beyond":                {1e300, prom.Div(gaugeF, f(1e-300)), nil},
		"div, too small":             {1e-300, prom.Div(gaugeF, f(1e300)), nil},
		"div by infinity":            {1, prom.Div(gaugeF, f(inf)), new(0.0)},
		"infinity":                   {inf, prom.Plus(gaugeF, f(1)), new(inf)},
		"infinity times":             {inf, prom.Times(gaugeF, f(-2)), new(-inf)},
		"infinity minus itself":      {inf, prom.Minus(gaugeF, gaugeF), new(math.NaN())},
		"infinity and minus it":      {inf, prom.Plus(gaugeF, f(-inf)), new(math.NaN())},
		"infinity times 0":           {inf, prom.Times(gaugeF, f(0)), new(math.NaN())},
		"infinity by itself":         {inf, prom.Div(gaugeF, gaugeF), new(math.NaN())},
		"by 0":                       {1, prom.Div(gaugeF, f(0)), new(math.NaN())},
		"a sum of no number":         {inf, prom.Sum(prom.Times(gaugeF, prom.Float(gaugeN))), new(math.NaN())},
		"an average of no number":    {inf, prom.Avg(prom.Times(gaugeF, prom.Float(gaugeN))), new(math.NaN())},
		"infinities over a window":   {inf, prom.Over(prom.Sum(prom.Times(gaugeF, prom.Float(gaugeN))), prom.Window[gauge]{}), new(math.NaN())},
		"an integer as a float":      {1, prom.Float(gaugeN), new(1.0)},
		"a sum that is infinite":     {inf, prom.Sum(gaugeF), new(inf)},
		"with a filter":              {inf, prom.Sum(gaugeF).Filter(gaugeN.Eq(-1)), new(inf)},
		"infinity, and what follows": {inf, prom.OrValue(prom.Minus(gaugeF, gaugeF), 5), new(5.0)},
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		gauges := prom.NewRepo[gauge](prom.Using(db))
		if err := gauges.Install(ctx); err != nil {
			t.Fatal(err)
		}
		// store leaves two rows: N is as given, or else 1 and -1.
		store := func(is *is.I, ctx context.Context, n *int64, f float64) {
			is.Helper()
			a, b := gauge{N: 1, F: f}, gauge{N: -1, F: f}
			if n != nil {
				a.N, b.N = *n, *n
			}
			is.NoErr(gauges.CreateMany(ctx, []gauge{a, b}))
		}
		for name, tt := range intTests {
			kit.RolledBack(t, db, func(ctx context.Context) {
				is := is.New(t)
				store(is, ctx, &tt.of, 0)
				err := db.Tx(ctx, func(ctx context.Context) error {
					got, err := prom.Pluck(gauges.Query(), tt.x).All(ctx)
					if err == nil && (tt.want == nil || got[0] != *tt.want) {
						t.Errorf("%s: %d", name, got)
					}
					return err
				})
				checkOverflow(t, name, tt.want == nil, err)
				if name != "a sum of two rows" && name != "a sum beyond and one" {
					err = db.Tx(ctx, func(ctx context.Context) error { _, err := gauges.Where(tt.x.Gt(0)).All(ctx); return err })
					checkOverflow(t, name+", in a condition", tt.want == nil, err)
					_, err = gauges.AllRows().Update(ctx, gaugeN.SetTo(tt.x))
					checkOverflow(t, name+", assigned", tt.want == nil, err)
				}
			})
		}
		for name, tt := range floatTests {
			kit.RolledBack(t, db, func(ctx context.Context) {
				is := is.New(t)
				store(is, ctx, nil, tt.of)
				err := db.Tx(ctx, func(ctx context.Context) error {
					got, err := prom.Pluck(gauges.OrderBy(gaugeN.Desc()).Limit(5), prom.OrNull(tt.x)).All(ctx)
					if err == nil && (tt.want == nil || math.IsNaN(*tt.want) != (got[0] == nil) || got[0] != nil && *got[0] != *tt.want) {
						t.Errorf("%s: %v", name, got)
					}
					return err
				})
				checkOverflow(t, name, tt.want == nil, err)
			})
		}
		is := is.New(t)
		kit.RolledBack(t, db, func(ctx context.Context) {
			store(is, ctx, nil, math.MaxFloat64)
			_, err := gauges.AllRows().Update(ctx, gaugeF.Add(math.MaxFloat64))
			checkOverflow(t, "Add", true, err)
			_, err = gauges.AllRows().Update(ctx, gaugeF.Sub(-math.MaxFloat64))
			checkOverflow(t, "Sub", true, err)
			_, err = gauges.AllRows().Update(ctx, gaugeF.Sub(math.MaxFloat64), gaugeG.Set(math.MaxFloat32))
			is.NoErr(err)
			_, err = gauges.AllRows().Update(ctx, gaugeG.Add(math.MaxFloat32))
			checkOverflow(t, "Add of a float32", true, err)
			_, err = gauges.AllRows().Update(ctx, gaugeG.SetTo(prom.Times(gaugeG, prom.Val[gauge](float32(2)))))
			checkOverflow(t, "a float32 assigned", true, err)
			n, err := gauges.Where(gaugeF.Eq(0), gaugeG.Eq(math.MaxFloat32)).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 2)

			_, err = gauges.AllRows().Update(ctx, gaugeF.Set(inf), gaugeG.Set(float32(inf)), gaugeNull.Set(inf))
			is.NoErr(err)
			_, err = gauges.AllRows().Update(ctx, gaugeF.Add(1), gaugeG.Sub(1), gaugeNull.Sub(inf))
			is.NoErr(err)
			g, err := gauges.Query().One(ctx)
			is.NoErr(err)
			is.True(math.IsInf(g.F, 1) && math.IsInf(float64(g.G), 1) && g.Null == nil)
			err = second(gauges.AllRows().Update(ctx, gaugeF.Sub(inf)))
			is.True(errors.Is(err, prom.ErrNotNull)) // infinity minus infinity, where a number must be
		})
	})
}

func second(_ int, err error) error { return err }

func checkOverflow(t *testing.T, name string, overflows bool, err error) {
	t.Helper()
	if overflows != errors.Is(err, prom.ErrType) || !overflows && err != nil {
		t.Errorf("%s: the error is %v", name, err)
	}
}
