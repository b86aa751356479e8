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

type meter struct {
	prom.Model
	N    int64
	F    float64
	G    float32
	Null *float64
}

var (
	meterProto = prom.Proto[meter]()
	meterN     = prom.NumberOf(meterProto, &meterProto.N)
	meterF     = prom.NumberOf(meterProto, &meterProto.F)
	meterG     = prom.NumberOf(meterProto, &meterProto.G)
	meterNull  = prom.NullNumberOf(meterProto, &meterProto.Null)
)

// Ensure that a computed number which does not fit is an error, whatever it is computed for, and that what is no number
// is NULL.
func TestOverflow(t *testing.T) {
	t.Parallel()
	type (
		ints   = prom.Expr[*meter, int64]
		floats = prom.Expr[*meter, float64]
	)
	n := func(v int64) ints { return prom.Val(meterProto, v) }
	f := func(v float64) floats { return prom.Val(meterProto, v) }
	inf := math.Inf(1)
	intTests := map[string]struct {
		of   int64
		x    ints
		want *int64 // nil for an error
	}{
		"plus":                 {math.MaxInt64 - 1, prom.Plus(meterN, n(1)), new(int64(math.MaxInt64))},
		"plus, beyond":         {math.MaxInt64, prom.Plus(meterN, n(1)), nil},
		"plus, below":          {math.MinInt64, prom.Plus(meterN, n(-1)), nil},
		"plus of nothing":      {math.MinInt64, prom.Plus(meterN, n(0)), new(int64(math.MinInt64))},
		"minus":                {math.MinInt64 + 1, prom.Minus(meterN, n(1)), new(int64(math.MinInt64))},
		"minus, below":         {math.MinInt64, prom.Minus(meterN, n(1)), nil},
		"minus, beyond":        {0, prom.Minus(meterN, n(math.MinInt64)), nil},
		"times":                {1 << 31, prom.Times(meterN, n(-1<<32)), new(int64(math.MinInt64))},
		"times, beyond":        {1 << 32, prom.Times(meterN, n(1<<31)), nil},
		"times -1":             {math.MinInt64, prom.Times(meterN, n(-1)), nil},
		"-1 times":             {-1, prom.Times(meterN, n(math.MinInt64)), nil},
		"times 0":              {math.MinInt64, prom.Times(meterN, n(0)), new(int64(0))},
		"div":                  {math.MinInt64, prom.Div(meterN, n(-1)), nil},
		"div, cut":             {-7, prom.Div(meterN, n(2)), new(int64(-3))},
		"neg":                  {math.MinInt64, prom.Neg(meterN), nil},
		"abs":                  {math.MinInt64, prom.Abs(meterN), nil},
		"beyond, and back":     {math.MaxInt64, prom.Minus(prom.Plus(meterN, n(1)), n(1)), nil},
		"a sum of two rows":    {math.MaxInt64, prom.Sum(meterN), nil},
		"a sum beyond and one": {math.MaxInt64 / 2, prom.Plus(prom.Sum(meterN), n(2)), nil},
	}
	floatTests := map[string]struct {
		of   float64
		x    floats
		want *float64 // nil for an error, NaN for NULL
	}{
		"plus":                    {1e308, prom.Plus(meterF, f(7e307)), new(1.7e308)},
		"plus, beyond":            {1e308, prom.Plus(meterF, f(1e308)), nil},
		"minus, beyond":           {-1e308, prom.Minus(meterF, f(1e308)), nil},
		"times, beyond":           {1e300, prom.Times(meterF, f(1e300)), nil},
		"times, too small":        {1e-300, prom.Times(meterF, f(1e-300)), nil},
		"times 0":                 {1e-300, prom.Times(meterF, f(0)), new(0.0)},
		"div, beyond":             {1e300, prom.Div(meterF, f(1e-300)), nil},
		"div, too small":          {1e-300, prom.Div(meterF, f(1e300)), nil},
		"div by infinity":         {1, prom.Div(meterF, f(inf)), new(0.0)},
		"infinity":                {inf, prom.Plus(meterF, f(1)), new(inf)},
		"infinity times":          {inf, prom.Times(meterF, f(-2)), new(-inf)},
		"infinity minus itself":   {inf, prom.Minus(meterF, meterF), new(math.NaN())},
		"infinity and minus it":   {inf, prom.Plus(meterF, f(-inf)), new(math.NaN())},
		"infinity times 0":        {inf, prom.Times(meterF, f(0)), new(math.NaN())},
		"infinity by itself":      {inf, prom.Div(meterF, meterF), new(math.NaN())},
		"by 0":                    {1, prom.Div(meterF, f(0)), new(math.NaN())},
		"a sum of no number":      {inf, prom.Sum(prom.Times(meterF, prom.Float(meterN))), new(math.NaN())},
		"an average of no number": {inf, prom.Avg(prom.Times(meterF, prom.Float(meterN))), new(math.NaN())},
		"infinities over a window": {inf, prom.Over(prom.Sum(prom.Times(meterF, prom.Float(meterN))),
			prom.Window[*meter]{}), new(math.NaN())},
		"an integer as a float":      {1, prom.Float(meterN), new(1.0)},
		"a sum that is infinite":     {inf, prom.Sum(meterF), new(inf)},
		"with a filter":              {inf, prom.Sum(meterF).Filter(meterN.Eq(-1)), new(inf)},
		"infinity, and what follows": {inf, prom.OrValue(prom.Minus(meterF, meterF), 5), new(5.0)},
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		meters := prom.NewRepo[meter](prom.Using(db))
		if err := meters.Install(ctx); err != nil {
			t.Fatal(err)
		}
		// store leaves two rows: N is as given, or else 1 and -1.
		store := func(is *is.I, ctx context.Context, n *int64, f float64) {
			is.Helper()
			a, b := meter{N: 1, F: f}, meter{N: -1, F: f}
			if n != nil {
				a.N, b.N = *n, *n
			}
			is.NoErr(meters.CreateMany(ctx, []meter{a, b}))
		}
		for name, tt := range intTests {
			kit.RolledBack(t, db, func(ctx context.Context) {
				is := is.New(t)
				store(is, ctx, &tt.of, 0)
				err := db.Tx(ctx, func(ctx context.Context) error {
					got, err := prom.Pluck(meters.Query(), tt.x).All(ctx)
					if err == nil && (tt.want == nil || got[0] != *tt.want) {
						t.Errorf("%s: %d", name, got)
					}
					return err
				})
				checkOverflow(t, name, tt.want == nil, err)
				if name != "a sum of two rows" && name != "a sum beyond and one" {
					err = db.Tx(ctx, func(ctx context.Context) error { _, err := meters.Where(tt.x.Gt(0)).All(ctx); return err })
					checkOverflow(t, name+", in a condition", tt.want == nil, err)
					_, err = meters.WithoutWhere().Update(ctx, meterN.SetTo(tt.x))
					checkOverflow(t, name+", assigned", tt.want == nil, err)
				}
			})
		}
		for name, tt := range floatTests {
			kit.RolledBack(t, db, func(ctx context.Context) {
				is := is.New(t)
				store(is, ctx, nil, tt.of)
				err := db.Tx(ctx, func(ctx context.Context) error {
					got, err := prom.Pluck(meters.OrderBy(meterN.Desc()).Limit(5), prom.OrNull(tt.x)).All(ctx)
					if err == nil && (tt.want == nil || math.IsNaN(*tt.want) != (got[0] == nil) ||
						got[0] != nil && *got[0] != *tt.want) {
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
			_, err := meters.WithoutWhere().Update(ctx, meterF.Add(math.MaxFloat64))
			checkOverflow(t, "Add", true, err)
			_, err = meters.WithoutWhere().Update(ctx, meterF.Sub(-math.MaxFloat64))
			checkOverflow(t, "Sub", true, err)
			_, err = meters.WithoutWhere().Update(ctx, meterF.Sub(math.MaxFloat64), meterG.Set(math.MaxFloat32))
			is.NoErr(err)
			_, err = meters.WithoutWhere().Update(ctx, meterG.Add(math.MaxFloat32))
			checkOverflow(t, "Add of a float32", true, err)
			_, err = meters.WithoutWhere().Update(ctx, meterG.SetTo(prom.Times(meterG, prom.Val(meterProto, float32(2)))))
			checkOverflow(t, "a float32 assigned", true, err)
			n, err := meters.Where(meterF.Eq(0), meterG.Eq(math.MaxFloat32)).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 2)

			_, err = meters.WithoutWhere().Update(ctx, meterF.Set(inf), meterG.Set(float32(inf)), meterNull.Set(inf))
			is.NoErr(err)
			_, err = meters.WithoutWhere().Update(ctx, meterF.Add(1), meterG.Sub(1), meterNull.Sub(inf))
			is.NoErr(err)
			g, err := meters.Query().First(ctx)
			is.NoErr(err)
			is.True(math.IsInf(g.F, 1) && math.IsInf(float64(g.G), 1) && g.Null == nil)
			err = second(meters.WithoutWhere().Update(ctx, meterF.Sub(inf)))
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
