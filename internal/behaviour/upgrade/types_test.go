package upgrade_test

import (
	"database/sql"
	"encoding/json"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"time"

	"github.com/prom-go/prom"
)

type (
	// Every has a column of each type that is one value, and that cannot be NULL.
	Every struct {
		prom.Model
		Bool     bool
		Int8     int8
		Int16    int16
		Uint8    uint8
		Int32    int32
		Uint16   uint16
		Int      int
		Int64    int64
		Uint32   uint32
		Span     time.Duration
		Uint     uint
		Uint64   uint64
		Float32  float32
		Float64  float64
		Text     string
		NoCase   string `prom:"nocase"`
		Decimal  string `prom:"decimal=12.2"`
		Digits   string `prom:"decimal=60.20"`
		Serial   string `prom:"uuid"`
		UUID     prom.UUID
		Bytes    []byte
		At       time.Time
		Day      time.Time     `prom:"date"`
		Clock    time.Duration `prom:"clock"`
		Addr     netip.Addr
		Place    Place
		Map      map[string]any
		Places   map[string]Place
		Matrix   [][]int
		Array    [3]int
		Any      any
		Raw      json.RawMessage
		Texts    []string `prom:"json"`
		TextJSON string   `prom:"json"`
	}

	// EveryPointer has the columns of Every as pointers.
	EveryPointer struct {
		prom.Model
		Bool     *bool
		Int8     *int8
		Int16    *int16
		Uint8    *uint8
		Int32    *int32
		Uint16   *uint16
		Int      *int
		Int64    *int64
		Uint32   *uint32
		Span     *time.Duration
		Uint     *uint
		Uint64   *uint64
		Float32  *float32
		Float64  *float64
		Text     *string
		NoCase   *string `prom:"nocase"`
		Decimal  *string `prom:"decimal=12.2"`
		Digits   *string `prom:"decimal=60.20"`
		Serial   *string `prom:"uuid"`
		UUID     *prom.UUID
		Bytes    *[]byte
		At       *time.Time
		Day      *time.Time     `prom:"date"`
		Clock    *time.Duration `prom:"clock"`
		Addr     *netip.Addr
		Place    *Place
		Map      *map[string]any
		Places   *map[string]Place
		Matrix   *[][]int
		Array    *[3]int
		Any      *any
		Raw      *json.RawMessage
		Texts    *[]string `prom:"json"`
		TextJSON *string   `prom:"json"`
	}

	// EveryNull has the columns of Every as sql.Null.
	EveryNull struct {
		prom.Model
		Bool     sql.Null[bool]
		Int8     sql.Null[int8]
		Int16    sql.Null[int16]
		Uint8    sql.Null[uint8]
		Int32    sql.Null[int32]
		Uint16   sql.Null[uint16]
		Int      sql.Null[int]
		Int64    sql.NullInt64
		Uint32   sql.Null[uint32]
		Span     sql.Null[time.Duration]
		Uint     sql.Null[uint]
		Uint64   sql.Null[uint64]
		Float32  sql.Null[float32]
		Float64  sql.NullFloat64
		Text     sql.NullString
		NoCase   sql.Null[string] `prom:"nocase"`
		Decimal  sql.Null[string] `prom:"decimal=12.2"`
		Digits   sql.Null[string] `prom:"decimal=60.20"`
		Serial   sql.Null[string] `prom:"uuid"`
		UUID     sql.Null[prom.UUID]
		Bytes    sql.Null[[]byte]
		At       sql.NullTime
		Day      sql.Null[time.Time]     `prom:"date"`
		Clock    sql.Null[time.Duration] `prom:"clock"`
		Addr     sql.Null[netip.Addr]
		Place    sql.Null[Place]
		Map      sql.Null[map[string]any]
		Places   sql.Null[map[string]Place]
		Matrix   sql.Null[[][]int]
		Array    sql.Null[[3]int]
		Any      sql.Null[any]
		Raw      sql.Null[json.RawMessage]
		Texts    sql.Null[[]string] `prom:"json"`
		TextJSON sql.Null[string]   `prom:"json"`
	}

	// Place is stored as JSON.
	Place struct {
		City  string         `json:"city"`
		At    [2]float64     `json:"at"`
		Since time.Time      `json:"since,omitzero"`
		Tags  map[string]int `json:"tags,omitempty"`
		Near  *Place         `json:"near,omitempty"`
	}

	// Listed has lists of all elements, that can be NULL and that cannot.
	Listed struct {
		prom.Model
		Texts     []string
		Ints      []int
		Int64s    []int64
		Int32s    []int32
		Int16s    []int16
		Int8s     []int8
		Uint16s   []uint16
		Uint32s   []uint32
		Float64s  []float64
		Float32s  []float32
		Bools     []bool
		Times     []time.Time
		UUIDs     []prom.UUID
		Days      []time.Time     `prom:"date"`
		Clocks    []time.Duration `prom:"clock"`
		Spans     []time.Duration
		Serials   []string `prom:"uuid"`
		Decimals  []string `prom:"decimal=12.2"`
		Colors    []Color
		NTexts    *[]string
		NInts     *[]int
		NInt32s   *[]int32
		NFloat64s *[]float64
		NBools    *[]bool
		NTimes    *[]time.Time
		NUUIDs    *[]prom.UUID
		NDays     *[]time.Time `prom:"date"`
		NDecimals *[]string    `prom:"decimal=12.2"`
		NColors   sql.Null[[]Color]
	}

	// Huge has numbers that PostgreSQL alone can hold.
	Huge struct {
		prom.Model
		Uint    uint
		Uint64  uint64
		NUint   *uint
		NUint64 sql.Null[uint64]
	}
)

const (
	longDigits = "1234567890123456789012345678901234567890.12345678901234567890"
	odd        = "é ß Ж 漢字 \U0001F600 e\u0301 ' \" \\ ; -- ? $1 % _ \t\r\n\u2028 \u00a0 <a&b> \u0001"
)

// second returns a moment of 2024 with nanoseconds, which are cut when it is stored.
func second(n int64) time.Time { return time.Date(2024, 2, 29, 12, 0, int(n), 123456789, time.UTC) }

// day returns a day of 2024.
func day(n int) time.Time { return time.Date(2024, 1, n, 0, 0, 0, 0, time.UTC) }

// id returns a UUID.
func id(n byte) prom.UUID {
	return prom.UUID{0x01, 0x8f, 0xd0, 0x7a, 0x12, 0x34, 0x7a, 0xbc, 0x8d, 0xef, 0, 0, 0, 0, 0, n}
}

// meta returns what row n of a model has.
func meta(n int64) prom.Model {
	return prom.Model{ID: n, Created: second(n), Updated: second(n).Add(time.Hour)}
}

// deep returns JSON that is nested.
func deep(n int) any {
	if n == 0 {
		return []any{nil, true, 0.1, odd}
	}
	return map[string]any{"n": float64(n), "in": []any{deep(n - 1)}}
}

func everyRows() []Every {
	return []Every{
		{ // the zero values, where they can be stored
			Model: meta(1), Decimal: "0.00", Digits: "0.00000000000000000000", Serial: id(1).String(), UUID: id(1), Addr: netip.IPv4Unspecified(),
			Map: map[string]any{}, Places: map[string]Place{}, Any: "", Raw: json.RawMessage(`""`), Day: time.Time{},
		},
		{ // the least
			Model: meta(2), Bool: true, Int8: math.MinInt8, Int16: math.MinInt16, Int32: math.MinInt32, Int: math.MinInt, Int64: math.MinInt64,
			Span: math.MinInt64, Float32: -math.MaxFloat32, Float64: math.Inf(-1), Text: " ", NoCase: "ÉCOLE", Decimal: "-9999999999.99",
			Digits: "-" + longDigits, Serial: "00000000-0000-0000-0000-000000000001", UUID: prom.UUID{15: 1}, Bytes: []byte{0},
			At: time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), Day: time.Date(1, 1, 1, 0, 0, 0, 0,
				time.UTC), Clock: time.Microsecond,
			Addr: netip.MustParseAddr("::1"), Place: Place{}, Map: map[string]any{"": nil}, Places: map[string]Place{"": {City: odd}},
			Matrix: [][]int{{}, {math.MinInt64}}, Array: [3]int{-1, 0,
				1}, Any: false, Raw: json.RawMessage(`{"bb":[1,2.50,-0.001],"a":1}`),
			Texts: []string{"", odd}, TextJSON: "",
		},
		{ // the greatest
			Model: meta(3), Bool: true, Int8: math.MaxInt8, Int16: math.MaxInt16, Uint8: math.MaxUint8, Int32: math.MaxInt32, Uint16: math.MaxUint16,
			Int: math.MaxInt, Int64: math.MaxInt64, Uint32: math.MaxUint32, Span: math.MaxInt64, Uint: math.MaxInt64, Uint64: math.MaxInt64,
			Float32: math.MaxFloat32, Float64: math.MaxFloat64, Text: strings.Repeat("long ",
				300), NoCase: "école", Decimal: "9999999999.99",
			Digits: longDigits, Serial: "ffffffff-ffff-ffff-ffff-ffffffffffff", UUID: id(255), Bytes: []byte(strings.Repeat("\x00\xff\\x'", 50)),
			At:  time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC),
			Day: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), Clock: 24*time.Hour - time.Microsecond,
			Addr: netip.MustParseAddr("2001:db8::ff00:42:8329"),
			Place: Place{City: "Ürümqi", At: [2]float64{43.8, -87.6}, Since: second(0).Truncate(time.Microsecond),
				Tags: map[string]int{"b": 1, "a": 2}, Near: &Place{City: odd}},
			Map: map[string]any{"deep": deep(30)}, Places: map[string]Place{"x": {City: "X"},
				"é": {Tags: map[string]int{odd: 1 << 53}}},
			Matrix: [][]int{{1, 2}, {3}}, Array: [3]int{math.MaxInt64, 2,
				3}, Any: deep(3), Raw: json.RawMessage(`{"b":1,"a":[],"b":2}`),
			Texts: []string{"a", "b"}, TextJSON: odd,
		},
		{ // what is between
			Model: meta(4), Int8: -1, Int16: 300, Uint8: 200, Int32: 70000, Uint16: 40000, Int: 1 << 53, Int64: 1<<53 +
				1, Uint32: 3 << 30,
			Span: 90 * time.Minute, Uint: 1 << 53, Uint64: 1<<53 +
				1, Float32: 0.1, Float64: 0.1, Text: odd, NoCase: odd, Decimal: "-0.01",
			Digits: "0.00000000000000000001", Serial: id(4).String(), UUID: id(4), Bytes: []byte("bytes"),
			At:  time.Date(2024, 2, 29, 23, 59, 59, 999999500, time.FixedZone("far", 14*3600)),
			Day: time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC), Clock: 12*time.Hour + 34*time.Minute + 56*time.Second +
				789*time.Millisecond,
			Addr: netip.MustParseAddr("192.0.2.1"), Place: Place{City: "São Paulo"}, Map: map[string]any{"a": 1.5, "b": []any{},
				"c": map[string]any{}},
			Places: map[string]Place{}, Matrix: [][]int{}, Any: 1e300, Raw: json.RawMessage(`null`), Texts: []string{}, TextJSON: "null",
		},
		{
			Model: meta(5), Float32: math.SmallestNonzeroFloat32, Float64: math.SmallestNonzeroFloat64, Decimal: "10.00", Digits: "100.00000000000000000000",
			Serial: id(5).String(), UUID: id(5), At: time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC), Day: day(31),
			Addr: netip.MustParseAddr("fe80::1%eth0"), Map: map[string]any{}, Places: map[string]Place{}, Any: []any{},
			Raw: json.RawMessage(`[1e3,12345678901234567890]`),
		},
	}
}

// nullable returns the rows as a model whose fields are pointers to those of Every, or a sql.Null of them, and one
// row whose are all NULL.
func nullable[D any]() []D {
	from := everyRows()
	rows := make([]D, len(from)+1)
	for i := range rows {
		to := reflect.ValueOf(&rows[i]).Elem()
		to.FieldByName("Model").Set(reflect.ValueOf(meta(int64(i + 1))))
		if i == len(from) {
			break
		}
		for f := range to.Type().Fields() {
			src, dst := reflect.ValueOf(from[i]).FieldByIndex(f.Index), to.FieldByIndex(f.Index)
			switch {
			case f.Anonymous:
			case dst.Kind() == reflect.Pointer:
				dst.Set(reflect.New(src.Type()))
				dst.Elem().Set(src)
			default:
				dst.Field(0).Set(src)
				dst.Field(1).SetBool(true)
			}
		}
	}
	return rows
}

func listedRows() []Listed {
	times := []time.Time{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), second(1),
		time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)}
	days := []time.Time{day(1), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), day(1)}
	return []Listed{
		{Model: meta(1)}, // a nil slice comes back as an empty list
		{
			Model: meta(2), Texts: []string{"", odd, "NULL", "{a,b}", "a,b"}, Ints: []int{math.MinInt, 0,
				math.MaxInt}, Int64s: []int64{math.MaxInt64},
			Int32s: []int32{math.MinInt32, math.MaxInt32}, Int16s: []int16{math.MinInt16,
				math.MaxInt16}, Int8s: []int8{math.MinInt8, math.MaxInt8},
			Uint16s: []uint16{0, math.MaxUint16}, Uint32s: []uint32{0, math.MaxUint32},
			Float64s: []float64{math.Inf(1), math.Inf(-1), 0.1, math.MaxFloat64, math.SmallestNonzeroFloat64},
			Float32s: []float32{0.1, math.MaxFloat32}, Bools: []bool{true, false, true}, Times: times, UUIDs: []prom.UUID{id(1),
				{}, id(2)}, Days: days,
			Clocks: []time.Duration{0, time.Hour, 24*time.Hour - time.Microsecond}, Spans: []time.Duration{math.MinInt64,
				time.Second},
			Serials: []string{id(1).String(), "ffffffff-ffff-ffff-ffff-ffffffffffff"}, Decimals: []string{"0.00",
				"-9999999999.99", "0.10"},
			Colors: []Color{Red, Green}, NTexts: &[]string{"a"}, NInts: &[]int{1,
				2}, NInt32s: &[]int32{3}, NFloat64s: &[]float64{1.5},
			NBools: &[]bool{false}, NTimes: &times, NUUIDs: &[]prom.UUID{id(3)}, NDays: &days, NDecimals: &[]string{"1.50"},
			NColors: sql.Null[[]Color]{V: []Color{Blue}, Valid: true},
		},
		{
			Model: meta(3), Texts: []string{"one"}, NTexts: &[]string{}, NInts: &[]int{}, NInt32s: &[]int32{}, NFloat64s: &[]float64{}, NBools: &[]bool{},
			NTimes: &[]time.Time{}, NUUIDs: &[]prom.UUID{}, NDays: &[]time.Time{}, NDecimals: &[]string{}, NColors: sql.Null[[]Color]{Valid: true},
		},
	}
}

func hugeRows() []Huge {
	return []Huge{
		{Model: meta(1)},
		{Model: meta(2), Uint: math.MaxUint, Uint64: math.MaxUint64, NUint: new(uint(math.MaxUint)),
			NUint64: sql.Null[uint64]{V: 1 << 63, Valid: true}},
	}
}
