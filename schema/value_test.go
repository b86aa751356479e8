package schema_test

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// distinct are values no two of which are equal.
func distinct() []schema.Value {
	at := time.Date(2020, 1, 2, 3, 4, 5, 6000, time.UTC)
	return []schema.Value{
		{},
		schema.BoolValue(false), schema.BoolValue(true),
		schema.IntValue(schema.Int16, 0), schema.IntValue(schema.Int16, -1), schema.IntValue(schema.Int32,
			-1), schema.IntValue(schema.Int64, -1),
		schema.UintValue(0), schema.UintValue(math.MaxUint64),
		schema.FloatValue(schema.Float32, 1.5), schema.FloatValue(schema.Float64, 1.5), schema.FloatValue(schema.Float64, 0),
		schema.FloatValue(schema.Float64, math.Inf(1)), schema.FloatValue(schema.Float64, math.Inf(-1)),
		schema.TextValue(schema.Text, ""), schema.TextValue(schema.Text, "1"), schema.TextValue(schema.Decimal, "1"),
		schema.TextValue(schema.UUID, "1"), schema.TextValue(schema.JSON, "1"),
		schema.BytesValue(nil), schema.BytesValue([]byte("1")), schema.BytesValue([]byte("2")),
		schema.TimeValue(schema.Time, at), schema.TimeValue(schema.Date, at), schema.TimeValue(schema.Time,
			at.Add(time.Microsecond)),
		schema.ClockValue(time.Hour), schema.ClockValue(0),
		schema.ListValue(schema.Bool, []bool{true}), schema.ListValue(schema.Bool, []bool{false}),
		schema.ListValue(schema.Int64, []int64{}), schema.ListValue(schema.Int64, []int64{1}), schema.ListValue(schema.Int32,
			[]int64{1}),
		schema.ListValue(schema.Int64, []int64{1, 2}), schema.ListValue(schema.Int64, []int64{2, 1}),
		schema.ListValue(schema.Uint64, []uint64{1}), schema.ListValue(schema.Uint64, []uint64{2}),
		schema.ListValue(schema.Float64, []float64{1}), schema.ListValue(schema.Float64, []float64{2}),
		schema.ListValue(schema.Text, []string{"a"}), schema.ListValue(schema.Text,
			[]string{"b"}), schema.ListValue(schema.Text, []string{}),
		schema.ListValue(schema.Bytes, [][]byte{{1}}), schema.ListValue(schema.Bytes,
			[][]byte{{2}}), schema.ListValue(schema.Bytes, [][]byte{{1}, {}}),
		schema.ListValue(schema.Time, []int64{1}),
	}
}

// Ensure that a value equals itself made again, and no other.
// parity: M14
func TestValueEqual(t *testing.T) {
	t.Parallel()
	a, b := distinct(), distinct()
	for i := range a {
		for j := range b {
			if a[i].Equal(b[j]) != (i == j) {
				t.Errorf("%s %v and %s %v: Equal is %t", a[i], a[i].Any(), b[j], b[j].Any(), i != j)
			}
		}
	}
	is := is.New(t)
	is.True(schema.FloatValue(schema.Float64, math.Copysign(0, -1)).Equal(schema.FloatValue(schema.Float64, 0)))
	is.True(!math.Signbit(schema.FloatValue(schema.Float64, math.Copysign(0, -1)).Float()))
	is.True(schema.FloatValue(schema.Float64, math.NaN()).Equal(schema.FloatValue(schema.Float64, math.NaN())))
	is.True(schema.BytesValue(nil).Equal(schema.BytesValue([]byte{})))
}

// Ensure that values keep what they were made from.
// parity: F28
func TestValue(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.True(schema.Value{}.IsNull() && schema.Value{}.Any() == nil && schema.Value{}.Kind() == schema.Null)
	is.Equal(schema.IntValue(schema.Int64, math.MinInt64).Int(), int64(math.MinInt64))
	is.Equal(schema.UintValue(math.MaxUint64).Uint(), uint64(math.MaxUint64))
	is.Equal(schema.TextValue(schema.JSON, "{}").Text(), "{}")
	is.Equal(schema.BoolValue(true).Bool(), true)
	is.Equal(schema.ClockValue(time.Hour+1500).Clock(), time.Hour+time.Microsecond)
	is.True(schema.BytesValue(nil).Bytes() != nil)
	is.Equal(schema.TextValue(schema.Text, "x").Bytes(), nil)

	zone := time.FixedZone("east", 5*3600)
	at := time.Date(2020, 1, 2, 3, 4, 5, 999_999_999, zone)
	v := schema.TimeValue(schema.Time, at)
	is.Equal(v.Time(), time.Date(2020, 1, 1, 22, 4, 5, 999_999_000, time.UTC))
	// the day where the time was taken
	is.Equal(schema.TimeValue(schema.Date, at).Time(), time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC))
	old := time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	is.Equal(schema.TimeValue(schema.Time, old).Time(), old.Truncate(time.Microsecond)) // cut, not rounded
	for _, year := range []int{-4712, 0, 1, 9999, 10000} {
		at := time.Date(year, 2, 28, 1, 2, 3, 0, time.UTC)
		is.Equal(schema.TimeValue(schema.Time, at).Time(), at)
	}

	for _, v := range distinct() {
		if v.IsList() {
			is.Equal(v.Any(), v.List())
			is.Equal(v.String(), "list of "+v.Kind().String())
			continue
		}
		is.Equal(v.String(), v.Kind().String()) // never what it holds
		want := map[schema.Kind]string{
			schema.Bool: "bool", schema.Int16: "int64", schema.Int32: "int64", schema.Int64: "int64", schema.Uint64: "uint64",
			schema.Float32: "float64", schema.Float64: "float64", schema.Bytes: "[]uint8", schema.Time: "time.Time", schema.Date: "time.Time",
			schema.Clock: "time.Duration",
		}[v.Kind()]
		if want == "" {
			want = "string"
		}
		if !v.IsNull() {
			is.Equal(reflect.TypeOf(v.Any()).String(), want)
		}
	}
}

// Ensure that what is zero is told from what is not.
func TestValueIsZero(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, v := range []schema.Value{
		{}, schema.BoolValue(false), schema.IntValue(schema.Int16, 0), schema.UintValue(0), schema.FloatValue(schema.Float64,
			0),
		schema.TextValue(schema.Text, ""), schema.BytesValue(nil), schema.ClockValue(0), schema.TimeValue(schema.Time,
			time.Time{}),
		schema.TimeValue(schema.Date, time.Time{}), schema.TextValue(schema.UUID, ""), schema.TextValue(schema.UUID,
			strings.Repeat("0", 8)+"-0000-0000-0000-"+strings.Repeat("0", 12)),
		schema.TextValue(schema.Decimal, "0"), schema.TextValue(schema.Decimal, "-0.00"),
	} {
		is.True(v.IsZero())
	}
	for _, v := range []schema.Value{
		schema.BoolValue(true), schema.IntValue(schema.Int16, -1), schema.FloatValue(schema.Float64,
			5e-324), schema.TextValue(schema.Text, "0"),
		schema.BytesValue([]byte{0}), schema.TimeValue(schema.Time, time.Unix(0, 0)), schema.TimeValue(schema.Date,
			time.Unix(0, 0)),
		schema.TextValue(schema.UUID, "f47ac10b-58cc-4372-a567-0e02b2c3d479"), schema.TextValue(schema.Decimal,
			"0.01"), schema.TextValue(schema.JSON, "null"),
		schema.ListValue(schema.Int64, []int64{}), schema.ListValue(schema.Decimal, []string{}), schema.ListValue(schema.UUID,
			[]string{}), schema.ListValue(schema.Bytes, [][]byte{}),
	} {
		is.True(!v.IsZero())
	}
}
