package scan

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/matryer/is"
)

// Ensure that a value of another type is converted when nothing is lost, and refused otherwise.
func TestConvert(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	type id int
	five := int8(5)
	u := uuid.UUID{1}
	for column, values := range map[string][]any{
		"_id": {5, int8(5), uint64(5), id(5), 5.0, float32(5)}, "count": {5, int64(5), 5.0, &five}, "big": {5, uint8(5), 5.0},
		"rate": {5, 5.0, float32(5), uint8(5), id(5)}, "part": {5, 5.0, uint64(5)},
	} {
		for _, x := range values {
			v, err := codec(t, column).Convert(x)
			is.NoErr(err)
			is.True(v.Int() == 5 || v.Float() == 5)
		}
	}
	v, err := codec(t, "key").Convert([16]byte(u))
	is.NoErr(err)
	is.Equal(v.Text(), u.String())
	for _, x := range []any{nil, (*int8)(nil)} {
		v, err := codec(t, "count").Convert(x)
		is.NoErr(err)
		is.True(v.IsNull())
	}
	for column, values := range map[string][]any{
		"_id": {5.5, uint64(math.MaxUint64), "5", true, math.NaN(), math.Inf(1), 1e19, -9.3e18, struct{}{}, []int{5},
			func() {}},
		"count": {128, -129, uint8(200), 127.5, 200.0},
		"big":   {-1, -1.0, 1e20, "1"},
		"rate":  {int64(math.MaxInt64), uint64(math.MaxUint64), 1<<53 + 1, "1", math.NaN()},
		"part":  {1e39, 1<<24 + 1},
		"name":  {5, []byte("a"), "\x00", "\xff"},
		"on":    {1, "true"},
		"at":    {"2024-01-01", 5, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"key":   {"x", [15]byte{}, 5},
	} {
		for _, x := range values {
			var broken Violations
			if _, err := codec(t, column).Convert(x); !errors.As(err, &broken) {
				t.Errorf("%s takes the %T %v: %v", column, x, x, err)
			}
		}
	}
}

// Ensure that texts, such as those of filters, are read by the type of the column.
func TestParse(t *testing.T) {
	t.Parallel()
	for column, forms := range map[string]map[string]any{
		"_id": {"5": int64(5), "-1": int64(-1)}, "count": {"127": int64(127)}, "big": {"18446744073709551615": uint64(math.MaxUint64)}, "rate": {"1e3": 1000.0, "-0.5": -0.5},
		"name": {"": "", "5": "5", "it's": "it's"}, "on": {"true": true,
			"0": false}, "price": {"1.5": "1.50"}, "key": {"0190D3A4-7C61-7F06-8C4C-0D1CBE5A3F11": "0190d3a4-7c61-7f06-8c4c-0d1cbe5a3f11"},
		"addr": {"2001:DB8::1": "2001:db8::1"}, "at": {"2024-02-29": time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
			"2024-02-29T01:00:00+01:00": time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)},
		"hour": {"01:00:00": time.Hour}, "tags": {`["a"]`: []string{"a"}}, "stars": {"7": int64(7)}, "null": {"x": "x"},
	} {
		for text, want := range forms {
			is := is.New(t)
			v, err := codec(t, column).Parse(text)
			is.NoErr(err)
			is.Equal(v.Any(), want)
		}
	}
	for column, texts := range map[string][]string{
		"_id": {"", "x", "1.5", "9223372036854775808", " 1"}, "count": {"128", "-129"}, "big": {"-1",
			"18446744073709551616"}, "rate": {"NaN", "x", "1e999"}, "part": {"1e39"},
		"name": {"\x00", "\xff"}, "on": {"maybe", ""}, "price": {"1.234", "1e3", ""}, "key": {"x",
			""}, "addr": {"x"}, "at": {"yesterday", "2024-02-30", "0000-01-01"},
		"hour": {"24:00:00", "-1:00"}, "tags": {"[", `{"a":1}`}, "stars": {"", "null"},
	} {
		for _, text := range texts {
			var broken Violations
			if v, err := codec(t, column).Parse(text); !errors.As(err, &broken) {
				t.Errorf("%s takes %q as %v: %v", column, text, v.Any(), err)
			}
		}
	}
}
