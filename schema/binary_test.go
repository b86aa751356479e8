package schema_test

import (
	"math"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// Ensure that values of every kind are read as they were written, one behind the other, and that no part of the bytes
// is a value.
func TestBinary(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	at := time.Date(1969, 2, 3, 4, 5, 6, 7000, time.UTC)
	values := []schema.Value{
		{}, schema.BoolValue(true), schema.BoolValue(false),
		schema.IntValue(schema.Int16, -3), schema.IntValue(schema.Int32, math.MaxInt32), schema.IntValue(schema.Int64,
			math.MinInt64),
		schema.UintValue(math.MaxUint64), schema.FloatValue(schema.Float32, 1.5), schema.FloatValue(schema.Float64,
			math.Inf(-1)),
		schema.TextValue(schema.Text, ""), schema.TextValue(schema.Text, "a\x00ü"), schema.TextValue(schema.Decimal,
			"-12.50"),
		schema.TextValue(schema.UUID, "0190b4a0-0000-7000-8000-000000000000"), schema.TextValue(schema.JSON, `{"a":1}`),
		schema.BytesValue(nil), schema.BytesValue([]byte{0, 255}),
		schema.TimeValue(schema.Time, at), schema.TimeValue(schema.Date, at), schema.ClockValue(25 * time.Hour),
	}
	var all []byte
	for _, v := range values {
		one := v.AppendBinary(nil)
		for i := range one {
			_, _, err := schema.ReadBinary(one[:i])
			is.True(err != nil)
		}
		all = v.AppendBinary(all)
	}
	for _, v := range values {
		got, rest, err := schema.ReadBinary(all)
		is.NoErr(err)
		is.True(got.Equal(v))
		all = rest
	}
	is.Equal(len(all), 0)
}

// Ensure that bytes of any origin are an error, or a value that is written as it was read.
func FuzzReadBinary(f *testing.F) {
	f.Add(schema.TextValue(schema.Text, "abc").AppendBinary(nil))
	f.Add(schema.IntValue(schema.Int64, -1).AppendBinary(nil))
	f.Add(schema.FloatValue(schema.Float64, 2).AppendBinary(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, _, err := schema.ReadBinary(b)
		if err != nil {
			return
		}
		again, rest, err := schema.ReadBinary(v.AppendBinary(nil))
		if err != nil || len(rest) > 0 || !again.Equal(v) {
			t.Errorf("%v is written as %v", v, again)
		}
	})
}
