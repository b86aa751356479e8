package query_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that decimals are computed with exactly, to the same digits on both engines.
func TestDecimalFunctions(t *testing.T) {
	t.Parallel()
	row := Reading{Price: "9999999999.99", Cost: ptr("-0.0625"), Paid: euros{"12.50"}, N: -7, F: 2.675, U: 12}
	none := prom.Null[string](reading)
	each(t, []Reading{row}, map[string]struct {
		shown shown
		want  string
	}{
		"plus":           {show(prom.PlusDecimal(ReadingPrice, ReadingCost)), "9999999999.9275"},
		"minus":          {show(prom.MinusDecimal(ReadingPrice, ReadingCost)), "10000000000.0525"},
		"times":          {show(prom.TimesDecimal(ReadingPrice, ReadingCost)), "-624999999.999375"},
		"times constant": {show(prom.TimesDecimal(ReadingPrice, constant("1.175"))), "11749999999.98825"},
		"constant":       {show(prom.MinusDecimal(constant("0"), ReadingPrice)), "-9999999999.99"},
		"digits of one":  {show(prom.PlusDecimal(ReadingPrice, constant("0.000000"))), "9999999999.990000"},
		"constants":      {show(prom.PlusDecimal(constant("0.1"), constant("0.2"))), "0.3"},
		"large": {show(prom.TimesDecimal(prom.TimesDecimal(ReadingPrice, ReadingPrice),
			prom.TimesDecimal(ReadingPrice, ReadingPrice))), "9999999999960000000000059999999999960000.00000001"},
		"div":            {show(prom.DivDecimal(constant("2"), constant("3"), 5)), "0.66667"},
		"div half":       {show(prom.DivDecimal(constant("1"), constant("8"), 2)), "0.13"},
		"div minus half": {show(prom.DivDecimal(constant("-1"), constant("8"), 2)), "-0.13"},
		"div below half": {show(prom.DivDecimal(constant("0.1249999999999999999999999999999999"), constant("1"), 2)),
			"0.12"},
		"div whole": {show(prom.DivDecimal(ReadingPrice, ReadingCost, 0)), "-160000000000"},
		"div long": {show(prom.DivDecimal(constant("1"), constant("7"), 40)),
			"0.1428571428571428571428571428571428571429"},
		"div by 0":        {show(prom.DivDecimal(ReadingPrice, constant("0.00"), 2)), "NULL"},
		"div null":        {show(prom.DivDecimal(ReadingPrice, none, 2)), "NULL"},
		"neg":             {show(prom.NegDecimal(ReadingCost)), "0.0625"},
		"abs":             {show(prom.AbsDecimal(ReadingCost)), "0.0625"},
		"abs null":        {show(prom.AbsDecimal(none)), "NULL"},
		"round":           {show(prom.RoundDecimal(ReadingCost, 3)), "-0.063"},
		"round more":      {show(prom.RoundDecimal(ReadingCost, 6)), "-0.062500"},
		"round to tens":   {show(prom.RoundDecimal(ReadingPrice, -3)), "10000000000"},
		"round to 0":      {show(prom.RoundDecimal(ReadingCost, 0)), "0"},
		"of int":          {show(prom.DecimalOf[string](ReadingN, 0)), "-7"},
		"of int, digits":  {show(prom.DecimalOf[string](ReadingN, 2)), "-7.00"},
		"of unsigned":     {show(prom.DecimalOf[string](ReadingU, 1)), "12.0"},
		"of float":        {show(prom.DecimalOf[string](ReadingF, 2)), "2.68"},
		"of float, exact": {show(prom.DecimalOf[string](ReadingF, 6)), "2.675000"},
		"of own type":     {show(prom.DecimalOf[euros](ReadingN, 2)), "-7.00"},
		"by a number":     {show(prom.TimesDecimal(ReadingPrice, prom.DecimalOf[string](ReadingN, 0))), "-69999999999.93"},
		"own type":        {show(prom.TimesDecimal(ReadingPaid, constant(euros{"1.1"}))), "13.750"},
		"own type by":     {show(prom.DivDecimal(ReadingPaid, prom.DecimalOf[euros](ReadingU, 0), 3)), "1.042"},
		"compared": {showCond(prom.Gt(prom.PlusDecimal(ReadingPrice, constant("0.01")),
			prom.TimesDecimal(ReadingPrice, constant("1")))), "true"},
		"by value":        {showCond(prom.PlusDecimal(ReadingPrice, constant("0.010")).Eq("10000000000")), "true"},
		"more digits":     {showCond(prom.TimesDecimal(ReadingCost, constant("1")).Lt("-0.0624999")), "true"},
		"in":              {showCond(prom.NegDecimal(ReadingCost).In("1", "0.06250")), "true"},
		"of a text":       {show(prom.PlusDecimal(ReadingName, ReadingName)), "validation"},
		"of no number":    {show(prom.PlusDecimal(ReadingPrice, constant("x"))), "validation"},
		"of an int":       {show(prom.NegDecimal(ReadingN)), "validation"},
		"scale":           {show(prom.DivDecimal(ReadingPrice, ReadingPrice, -1)), "validation"},
		"scale too great": {show(prom.DivDecimal(ReadingPrice, ReadingPrice, 1001)), "validation"},
	})
}

// Ensure that sums and averages of decimals are exact, rounded once, in groups, windows, filtered and once for equal
// values, and that an average that Go computes is the same.
func TestDecimalAggregates(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		prices := []string{"0.01", "0.02", "0.01", "1000000.00", "-3.33", "0.00", "7.77"}
		rows := make([]Reading, len(prices))
		for i, p := range prices {
			rows[i] = Reading{Price: p, N: int32(i % 3), Paid: euros{p}}
		}
		rows[1].Cost, rows[2].Cost = ptr("0.0001"), ptr("0.0002")
		repo := newReadings(t, e.DSN, rows...)

		sum := new(big.Rat)
		for _, p := range prices {
			r, _ := new(big.Rat).SetString(p)
			sum.Add(sum, r)
		}
		mean := sum.Quo(sum, big.NewRat(int64(len(prices)), 1))
		for _, scale := range []int{0, 2, 6, 30} {
			got, err := prom.Scalar(ctx, repo.Query(), prom.AvgDecimal(ReadingPrice, scale))
			is.NoErr(err)
			is.Equal(got, mean.FloatString(scale))
			own, err := prom.Scalar(ctx, repo.Query(), prom.AvgDecimal(ReadingPaid, scale))
			is.NoErr(err)
			is.Equal(own.text, mean.FloatString(scale))
		}
		one := func(x prom.Expr[*Reading, string], want string) {
			t.Helper()
			got, err := prom.Scalar(ctx, repo.Query(), x)
			is.NoErr(err)
			is.Equal(got, want)
		}
		one(prom.AvgDecimal(ReadingCost, 4), "0.0002") // 0.00015: a half
		one(prom.AvgDecimal(prom.NegDecimal(ReadingCost), 4), "-0.0002")
		one(prom.AvgDecimal(ReadingPrice, 3).Filter(ReadingN.Eq(1)), "-1.655")
		one(prom.AvgDecimal(prom.Case(prom.Null[string](reading), prom.Then(ReadingN.Lt(1), ReadingPrice)), 2), "333335.93")
		one(prom.SumDecimal(prom.TimesDecimal(ReadingPrice, prom.DecimalOf[string](ReadingN, 0))), "-3.29")
		one(prom.Max(prom.NegDecimal(ReadingPrice)), "3.33")
		one(prom.RoundDecimal(prom.DivDecimal(prom.SumDecimal(ReadingPrice), prom.DecimalOf[string](prom.Count(reading), 0),
			6), 1), "142857.8")
		none, err := prom.Scalar(ctx, repo.Where(ReadingN.Eq(9)), prom.OrNull(prom.AvgDecimal(ReadingPrice, 2)))
		is.NoErr(err)
		is.True(none == nil)

		groups, err := prom.Pluck2(repo.OrderBy(prom.AvgDecimal(ReadingPrice, 2).Desc()), ReadingN,
			prom.AvgDecimal(ReadingPrice, 2)).
			Having(prom.AvgDecimal(ReadingPrice, 2).Gt("-1")).All(ctx)
		is.NoErr(err)
		is.Equal(len(groups), 2)
		is.Equal(groups[0].B, "333335.93")
		is.Equal(groups[1].B, "0.01")
		running, err := prom.Pluck(repo.OrderBy(ReadingID.Asc()), prom.Over(prom.AvgDecimal(ReadingPrice, 3),
			prom.OrderWindow(ReadingID.Asc()))).All(ctx)
		is.NoErr(err)
		is.Equal(running[:4], []string{"0.010", "0.015", "0.013", "250000.010"})

		// The scale is a part of the statement.
		again, err := prom.Scalar(ctx, repo.Query(), prom.AvgDecimal(ReadingPrice, 7))
		is.NoErr(err)
		is.Equal(again, mean.FloatString(7))
	})
}

// Ensure that an assignment rounds a computed decimal to its column, and refuses what does not fit, on both engines.
func TestDecimalSet(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		repo := newReadings(t, e.DSN, Reading{Price: "10.05", Cost: ptr("3.3333"), Paid: euros{"0.05"}},
			Reading{Price: "-10.05", Paid: euros{"0.15"}})
		n, err := repo.WithoutWhere().Update(ctx, ReadingPrice.SetTo(prom.TimesDecimal(ReadingPrice, constant("1.1"))),
			ReadingPaid.SetTo(prom.TimesDecimal(ReadingPaid, constant(euros{"1.1"}))),
			ReadingCost.SetTo(prom.PlusDecimal(ReadingCost, constant("0.00005"))))
		is.NoErr(err)
		is.Equal(n, 2)
		rows, err := repo.OrderBy(ReadingID.Asc()).All(ctx)
		is.NoErr(err)
		// 11.055, 0.055, 3.33335
		is.Equal([]string{rows[0].Price, rows[0].Paid.text, *rows[0].Cost}, []string{"11.06", "0.06", "3.3334"})
		is.Equal([]string{rows[1].Price, rows[1].Paid.text}, []string{"-11.06", "0.17"})
		is.True(rows[1].Cost == nil)

		_, err = repo.WithoutWhere().Update(ctx, ReadingPrice.SetTo(prom.TimesDecimal(ReadingPrice, constant("1000000000"))))
		is.True(errors.Is(err, prom.ErrType))
		_, err = repo.Where(ReadingID.Eq(1)).Update(ctx, ReadingPrice.SetTo(ReadingCost)) // another scale
		is.NoErr(err)
		_, err = repo.Where(ReadingID.Eq(1)).Update(ctx, ReadingCost.SetTo(prom.Null[string](reading)))
		is.NoErr(err)
		row, err := repo.Get(ctx, 1)
		is.NoErr(err)
		is.Equal(row.Price, "3.33")
		is.True(row.Cost == nil)
		is.Equal(len(repo.Modified(row)), 0)
	})
}
