package query_test

import (
	"math"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// constant is one beside terms of readings.
func constant[V any](v V) prom.Expr[*Reading, V] { return prom.Val(reading, v) }

// each asks for the values of terms on both engines.
func each(t *testing.T, rows []Reading, tests map[string]struct {
	shown shown
	want  string
}) {
	t.Helper()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		repo := newReadings(t, e.DSN, rows...)
		for name, tt := range tests {
			if got := tt.shown(t, repo); got != tt.want {
				t.Errorf("%s: %s, not %s", name, got, tt.want)
			}
		}
	})
}

// Ensure that functions of numbers give the same on both engines: halves, infinities, NULL, what does not fit and what
// is no number.
func TestNumberFunctions(t *testing.T) {
	t.Parallel()
	null := prom.Null[float64](reading)
	row := Reading{N: -25, Big: math.MaxInt64, U: 15, F: 2.675, F32: 2.675, Wild: ptr(math.Inf(1))}
	each(t, []Reading{row}, map[string]struct {
		shown shown
		want  string
	}{
		"round int":         {show(prom.Round(ReadingN, 2)), "-25"},
		"round to tens":     {show(prom.Round(ReadingN, -1)), "-30"},
		"round up":          {show(prom.Round(ReadingU, -1)), "20"},
		"round to nothing":  {show(prom.Round(ReadingN, -5)), "0"},
		"round too far":     {show(prom.Round(ReadingBig, -19)), "type"},
		"round big":         {show(prom.Round(ReadingBig, 0)), "9223372036854775807"},
		"round float":       {show(prom.Round(ReadingF, 2)), "2.68"},
		"round float32":     {show(prom.Round(ReadingF32, 0)), "3"},
		"round half":        {show(prom.Round(constant(2.5), 0)), "3"},
		"round minus half":  {show(prom.Round(constant(-2.5), 0)), "-3"},
		"round below half":  {show(prom.Round(constant(0.49999999999999994), 0)), "0"},
		"round large":       {show(prom.Round(constant(1e300), 2)), "1e+300"},
		"round long":        {show(prom.Round(constant(123456789012344.5), 0)), "1.23456789012345e+14"},
		"round float tens":  {show(prom.Round(constant(1250.0), -2)), "1300"},
		"round over":        {show(prom.Round(constant(1.7e308), -308)), "type"},
		"round null":        {show(prom.Round(null, 1)), "NULL"},
		"round no":          {show(prom.Round(ReadingF, 1001)), "validation"},
		"round sum":         {show(prom.Round(prom.Plus(ReadingF, constant(0.001)), 1)), "2.7"},
		"ceil":              {show(prom.Ceil(ReadingF)), "3"},
		"ceil of minus":     {show(prom.Ceil(constant(-0.5))), "0"},
		"ceil int":          {show(prom.Ceil(ReadingN)), "-25"},
		"floor":             {show(prom.Floor(prom.Neg(ReadingF))), "-3"},
		"floor of infinity": {show(prom.Floor(ReadingWild)), "+Inf"},
		"ceil null":         {show(prom.Ceil(null)), "NULL"},
		"sign":              {show(prom.Sign(ReadingN)), "-1"},
		"sign of infinity":  {show(prom.Sign(ReadingWild)), "1"},
		"sign of 0":         {show(prom.Sign(constant(0))), "0"},
		"sign of unsigned":  {show(prom.Sign(ReadingU)), "1"},
		"sign of null":      {show(prom.Sign(null)), "NULL"},
		"power":             {show(prom.Power(ReadingN, constant(2))), "625"},
		"power of root":     {show(prom.Power(constant(16), constant(0.5))), "4"},
		"power of zero":     {show(prom.Power(constant(0), constant(-1))), "type"},
		"power of minus":    {show(prom.Power(ReadingN, constant(0.5))), "type"},
		"power too great":   {show(prom.Power(ReadingBig, constant(100))), "type"},
		"power too small":   {show(prom.Power(ReadingBig, constant(-100))), "type"},
		"power of infinity": {show(prom.Power(ReadingWild, constant(-1))), "0"},
		"power null":        {show(prom.Power(null, constant(0))), "NULL"},
		"sqrt":              {show(prom.Sqrt(ReadingU)), "3.872983346207417"},
		"sqrt of minus":     {show(prom.Sqrt(ReadingN)), "type"},
		"sqrt null":         {show(prom.Sqrt(null)), "NULL"},
		"int":               {show(prom.Int(prom.Neg(ReadingF))), "-2"},
		"int of int":        {show(prom.Int(ReadingN)), "-25"},
		"int of unsigned":   {show(prom.Int(ReadingU)), "15"},
		"int of infinity":   {show(prom.Int(ReadingWild)), "type"},
		"int too great":     {show(prom.Int(constant(9.3e18))), "type"},
		"int null":          {show(prom.Int(null)), "NULL"},
		"null":              {show(prom.Null[string](reading)), "NULL"},
		"null plus":         {show(prom.Plus(prom.Null[int32](reading), ReadingN)), "NULL"},
		"nested":            {show(prom.Round(prom.Sqrt(prom.Plus(ReadingU, constant(uint(1)))), 0)), "4"},
	})
}

// Ensure that the greatest and the least of terms leave NULLs out, and compare as the kinds do.
func TestGreatest(t *testing.T) {
	t.Parallel()
	row := Reading{Name: "b", Any: "C", N: 3, Big: 1 << 60, F: 2.5, Price: "9.50", At: at("2024-03-31T00:00:00Z"),
		Day: at("2024-03-31T00:00:00Z"), Cost: ptr("10.0001")}
	each(t, []Reading{row}, map[string]struct {
		shown shown
		want  string
	}{
		"ints":          {show(prom.Greatest(ReadingN, constant[int32](2), constant[int32](7))), "7"},
		"least":         {show(prom.Least(ReadingN, constant[int32](2), constant[int32](7))), "2"},
		"big":           {show(prom.Greatest(ReadingBig, constant[int64](1<<60+1))), "1152921504606846977"},
		"floats":        {show(prom.Least(ReadingF, ReadingWild)), "2.5"},
		"nulls":         {show(prom.Greatest(ReadingWild, prom.Null[float64](reading))), "NULL"},
		"one":           {show(prom.Greatest(ReadingN)), "3"},
		"texts":         {show(prom.Greatest(ReadingName, ReadingPart, constant("B"))), "b"},
		"no case":       {show(prom.Least(ReadingAny, ReadingName)), "C"}, // by bytes
		"decimals":      {show(prom.Greatest(ReadingPrice, ReadingCost)), "10.0001"},
		"decimal const": {show(prom.Least(ReadingPrice, constant("10.5"))), "9.50"},
		"times": {show(prom.Greatest(ReadingAt, ReadingDue, constant(at("2024-03-31T00:00:00.000001Z")))),
			"2024-03-31T00:00:00.000001Z"},
		"day and time": {show(prom.Least(ReadingDay, constant(at("2024-03-31T00:00:01Z")))), "2024-03-31T00:00:00Z"},
		"bools":        {show(prom.Greatest[*Reading, bool](ReadingN.Eq(3), ReadingN.Eq(4))), "true"},
		"nullif":       {show(prom.NullIf(ReadingN, constant[int32](3))), "NULL"},
		"nullif other": {show(prom.NullIf(ReadingN, constant[int32](4))), "3"},
		"nullif null":  {show(prom.NullIf(ReadingN, prom.Null[int32](reading))), "3"},
		"null nullif":  {show(prom.NullIf(ReadingPart, ReadingName)), "NULL"},
		"nullif value": {show(prom.NullIf(ReadingPrice, constant("9.5"))), "NULL"}, // by value
		"nullif fold":  {show(prom.NullIf(ReadingAny, constant("c"))), "NULL"},
		"null in case": {show(prom.Case(prom.Null[string](reading), prom.Then(ReadingN.Eq(3), ReadingPrice))), "9.50"},
		"through none": {show(prom.Via(ReadingNext, prom.Greatest(ReadingN, constant[int32](2)))), "NULL"},
	})
}
