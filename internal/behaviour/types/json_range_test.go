package types_test

import (
	"context"
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a number at a path which the type that is asked for does not hold, or a document of another form, is
// NULL and fails no query, and that those at the limits are read, on both engines.
func TestJSONRange(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		passes := prom.NewRepo[pass](prom.Using(kit.Open(t, e.DSN)))
		store := func(docs ...string) {
			t.Helper()
			is.NoErr(prom.UnsafeClear(ctx, passes))
			for _, doc := range docs {
				kit.MustCreate(t, passes, pass{Raw: json.RawMessage(`{"n":` + doc + `}`)})
			}
		}
		store("1e400", "-1e400", "1e131071", "1e-400", "-1e-16383", "5e-324", "2e-324", "1.7976931348623157e308",
			"-1.7976931348623157e308", "1.797693134862315907e308", "7", "2.50", `"7"`, "null", "[7]", "9223372036854775808")
		inf, max := (*float64)(nil), math.MaxFloat64
		float := func(f float64) *float64 { return &f }
		want(t, passes, prom.OrNull(prom.JSONNumber(passRaw, "n")), inf, inf, inf, float(0), float(0), float(5e-324),
			float(0), &max, float(-max), inf, float(7), float(2.5),
			inf, inf, inf, float(1<<63))
		is.Equal(kit.Count(t, passes.Where(prom.JSONNumber(passRaw, "n").Gt(6))), 3)

		store("1e39", "-3.4028234663852886e38", "3.4028235677973367e38", "1e-300", "1.5")
		single := func(f float32) *float32 { return &f }
		want(t, passes, prom.OrNull(prom.JSONPath[float32](passRaw, "n")), nil, single(-math.MaxFloat32), nil, single(0),
			single(1.5))

		store("127", "128", "-128", "-129", "255", "256", "0", "-1", "1e2", "1.5", "32767", "32768", "-32768", "65535",
			"65536", "2147483647", "-2147483648", "2147483648", "4294967295", "4294967296",
			"9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e400", `"1"`)
		whole(t, passes, func(n int64) bool { return n == int64(int8(n)) }, prom.OrNull(prom.JSONPath[int8](passRaw, "n")))
		whole(t, passes, func(n int64) bool { return n == int64(int16(n)) }, prom.OrNull(prom.JSONPath[int16](passRaw, "n")))
		whole(t, passes, func(n int64) bool { return n == int64(int32(n)) }, prom.OrNull(prom.JSONPath[int32](passRaw, "n")))
		whole(t, passes, func(n int64) bool { return n == int64(uint8(n)) }, prom.OrNull(prom.JSONPath[uint8](passRaw, "n")))
		whole(t, passes, func(n int64) bool { return n == int64(uint16(n)) },
			prom.OrNull(prom.JSONPath[uint16](passRaw, "n")))
		whole(t, passes, func(n int64) bool { return n == int64(uint32(n)) },
			prom.OrNull(prom.JSONPath[uint32](passRaw, "n")))
		whole(t, passes, func(int64) bool { return true }, prom.OrNull(prom.JSONPath[int64](passRaw, "n")))

		store(`{"A":1}`, `[1,2]`, `"text"`, `7`, `null`, `true`)
		object := map[string]int{"A": 1}
		want(t, passes, prom.OrNull(prom.JSONPath[map[string]int](passRaw, "n")), &object, nil, nil, nil, new(map[string]int),
			nil)
		want(t, passes, prom.OrNull(prom.JSONPath[struct{ A int }](passRaw, "n")), &struct{ A int }{1}, nil, nil, nil,
			new(struct{ A int }), nil)
		want(t, passes, prom.OrNull(prom.JSONPath[[2]int](passRaw, "n")), nil, &[2]int{1, 2}, nil, nil, new([2]int), nil)
		docs, err := prom.Pluck(passes.Query(), prom.JSONPath[any](passRaw, "n")).All(ctx)
		is.NoErr(err)
		is.Equal(len(docs), 6)
	})
}

// want compares what an expression gives for the rows, in the order of their keys.
func want[V any](t *testing.T, passes *prom.Repo[pass], e prom.Expr[*pass, *V], values ...*V) {
	t.Helper()
	got, err := prom.Pluck(passes.OrderBy(passKey.Asc()), e).All(context.Background())
	if err != nil {
		t.Error(err)
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], values[i]) {
			t.Errorf("row %d is %v, want %v", i, reflect.Indirect(reflect.ValueOf(got[i])),
				reflect.Indirect(reflect.ValueOf(values[i])))
		}
	}
}

var passKey = prom.NumberOf(passProto, &passProto.ID)

// whole compares what a narrow type reads with the whole numbers that it holds.
func whole[V int8 | int16 | int32 | int64 | uint8 | uint16 | uint32](t *testing.T, passes *prom.Repo[pass],
	holds func(int64) bool, e prom.Expr[*pass, *V]) {
	t.Helper()
	all, err := prom.Pluck(passes.OrderBy(passKey.Asc()),
		prom.OrNull(prom.JSONInt(passRaw, "n"))).All(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	values, some := make([]*V, len(all)), 0
	for i, n := range all {
		if n != nil && holds(*n) {
			v := V(*n)
			values[i] = &v
			some++
		}
	}
	if some < 3 {
		t.Errorf("%d numbers are held", some)
	}
	want(t, passes, e, values...)
}
