package types_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"net/netip"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type (
	namedInt   int8
	namedText  string
	namedFloat float32
	namedBool  bool
	namedBytes []byte
	namedUUID  [16]byte
)

// numberCells has numbers of every type.
type numberCells struct {
	prom.Model
	AA1 int8
	AA2 *int8
	AA3 sql.Null[int8]
	AB1 int16
	AB2 *int16
	AB3 sql.Null[int16]
	AC1 int32
	AC2 *int32
	AC3 sql.Null[int32]
	AD1 int64
	AD2 *int64
	AD3 sql.Null[int64]
	AE1 int
	AE2 *int
	AE3 sql.Null[int]
	AF1 uint8
	AF2 *uint8
	AF3 sql.Null[uint8]
	AG1 uint16
	AG2 *uint16
	AG3 sql.Null[uint16]
	AH1 uint32
	AH2 *uint32
	AH3 sql.Null[uint32]
	AI1 uint64
	AI2 *uint64
	AI3 sql.Null[uint64]
	AJ1 uint
	AJ2 *uint
	AJ3 sql.Null[uint]
	AK1 float32
	AK2 *float32
	AK3 sql.Null[float32]
	AL1 float64
	AL2 *float64
	AL3 sql.Null[float64]
	AM1 bool
	AM2 *bool
	AM3 sql.Null[bool]
	AN1 namedInt
	AN2 *namedInt
	AN3 sql.Null[namedInt]
	AO1 namedFloat
	AO2 *namedFloat
	AO3 sql.Null[namedFloat]
	AP1 namedBool
	AP2 *namedBool
	AP3 sql.Null[namedBool]
}

// Ensure that numbers of every type are stored exactly, extremes and infinities too, and refused where they cannot be.
// parity: FT B12
// suite: 19
func TestNumbers(t *testing.T) {
	t.Parallel()
	inf, nan := math.Inf(1), math.NaN()
	eachType[numberCells](t, 19, []typed{
		kept[int8](0, 1, -1, math.MinInt8, math.MaxInt8),
		kept[int16](0, 1, -1, math.MinInt16, math.MaxInt16),
		kept[int32](0, 1, -1, math.MinInt32, math.MaxInt32),
		kept[int64](0, 1, -1, math.MinInt64, math.MaxInt64, 1<<53+1, -1<<53-1),
		kept(0, 1, -1, math.MinInt, math.MaxInt),
		kept[uint8](0, 1, math.MaxUint8),
		kept[uint16](0, 1, math.MaxUint16),
		kept[uint32](0, 1, math.MaxUint32),
		kept[uint64](0, 1, math.MaxInt64, 1<<53+1),
		kept[uint](0, 1, math.MaxInt64),
		refusedOn[uint64](dbtest.NameSQLite, prom.ErrType, math.MaxInt64+1, math.MaxUint64),
		refusedOn[uint](dbtest.NameSQLite, prom.ErrType, math.MaxInt64+1, math.MaxUint),
		kept[float32](0, 1, -1, 0.1, math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32, float32(inf),
			float32(-inf)),
		kept(0, 1, -1, 0.1, 1e21, 1.0/3, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 0x1p-1022, inf, -inf,
			math.Pi),
		keptAs(func(float64) float64 { return 0 }, math.Copysign(0, -1)), // SQLite has no negative zero
		keptAs(func(float32) float32 { return 0 }, float32(math.Copysign(0, -1))),
		refused(nan),
		refused(float32(nan)),
		kept(true, false),
		kept[namedInt](0, -128, 127),
		kept[namedFloat](0, 0.1, math.MaxFloat32),
		kept[namedBool](true, false),
	})
}

var texts = []string{
	"", " ", "a", "  spaces  ", "\t\n\r", `'`, `"`, `''`, `\`, `\\'`, "`", "?", "??", "$1", ":a", "@a", "%", "_", `\%`, "*", "[a]", "--", "/*", ";", "$tag$x$tag$",
	"NULL", "null", "true", "0", "007", "1e5", "9223372036854775808", "2020-01-01", "{}", "[1]", "{a,b}",
	"e\u0301", "\u00e9", "ß", "İ", "ﬃ", "\u202eright to left", "שלום", "👩‍👩‍👧", "\U0010ffff", "\ufeffbom", "\u0001\u007f\u0085\u2028", "\ufffd",
	strings.Repeat("x", 100_000), strings.Repeat("👩", 50_000),
}

// textCells has what travels as text or bytes.
type textCells struct {
	prom.Model
	AA1 string
	AA2 *string
	AA3 sql.Null[string]
	AB1 namedText
	AB2 *namedText
	AB3 sql.Null[namedText]
	AC1 []byte
	AC2 *[]byte
	AC3 sql.Null[[]byte]
	AD1 namedBytes
	AD2 *namedBytes
	AD3 sql.Null[namedBytes]
	AE1 netip.Addr
	AE2 *netip.Addr
	AE3 sql.Null[netip.Addr]
}

// Ensure that texts and bytes are stored exactly, whatever they hold, and that a text that no engine could hold is
// refused. suite: 21
func TestTexts(t *testing.T) {
	t.Parallel()
	eachType[textCells](t, 21, []typed{
		kept(texts...),
		kept[namedText]("", "a'b", "ü"),
		refused("\x00", "a\x00b", "\xff", "a\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80"),
		refused(namedText("\x00"), "\xff"),
		kept([]byte{}, []byte{0}, []byte("a\x00b"), []byte{0xff, 0xfe}, []byte(`\x00`), []byte("'"),
			[]byte(strings.Repeat("\x00\xff", 50_000))),
		keptAs(func([]byte) []byte { return []byte{} }, []byte(nil)),
		kept(namedBytes{1, 2, 0}),
		kept(netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("fe80::1%eth0"),
			netip.Addr{}),
	})
}

// largeCells has a large text and large bytes.
type largeCells struct {
	prom.Model
	A1 string
	A2 *string
	A3 sql.Null[string]
	B1 []byte
	B2 *[]byte
	B3 sql.Null[[]byte]
}

// Ensure that a text of ten megabytes, and bytes of one, come back.
// suite: 21
func TestLargeText(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("0123456789abcdé", 10<<20/16)
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		k := keeper[largeCells]{repo: prom.NewRepo[largeCells](prom.Using(kit.Open(t, e.DSN)))}
		k.add(kept(large))
		k.add(kept([]byte(large[:1<<20])))
		is.NoErr(k.one(0))
		dbtest.Reportf(t, 21, "%d bytes of text", len(large))
	})
}

// uuidCells has UUIDs.
type uuidCells struct {
	prom.Model
	AA1 prom.UUID
	AA2 *prom.UUID
	AA3 sql.Null[prom.UUID]
	AB1 namedUUID
	AB2 *namedUUID
	AB3 sql.Null[namedUUID]
	AC1 [16]byte
	AC2 *[16]byte
	AC3 sql.Null[[16]byte]
}

// Ensure that UUIDs are stored in any of their forms. parity: B30
func TestUUIDs(t *testing.T) {
	t.Parallel()
	eachType[uuidCells](t, 0, []typed{
		kept(prom.NewUUID(), prom.UUID{15: 1}, prom.UUID{0xff, 15: 0xff}),
		kept(namedUUID{1, 2, 3}),
		kept([16]byte{0: 0x80, 15: 9}),
	})
}

type point struct {
	X, Y int     `json:",omitempty"`
	Name string  `json:"name"`
	To   *point  `json:"to,omitempty"`
	List []point `json:"list"`
}

// jsonCells has what is stored as JSON.
type jsonCells struct {
	prom.Model
	AA1 point
	AA2 *point
	AA3 sql.Null[point]
	AB1 map[string]int
	AB2 *map[string]int
	AB3 sql.Null[map[string]int]
	AC1 [][]string
	AC2 *[][]string
	AC3 sql.Null[[][]string]
	AD1 []point
	AD2 *[]point
	AD3 sql.Null[[]point]
	AE1 []uint64
	AE2 *[]uint64
	AE3 sql.Null[[]uint64]
	AF1 [3]uint16
	AF2 *[3]uint16
	AF3 sql.Null[[3]uint16]
	AG1 any
	AG2 *any
	AG3 sql.Null[any]
	AH1 map[string]float64
	AH2 *map[string]float64
	AH3 sql.Null[map[string]float64]
	AI1 [1]float64
	AI2 *[1]float64
	AI3 sql.Null[[1]float64]
	AJ1 json.RawMessage
	AJ2 *json.RawMessage
	AJ3 sql.Null[json.RawMessage]
}

// Ensure that structs, maps, slices and anything else are stored as JSON, and that what JSON cannot say exactly is
// refused.
func TestJSON(t *testing.T) {
	t.Parallel()
	eachType[jsonCells](t, 0, []typed{
		kept(point{}, point{X: 1, Name: `"<>&'?\` + "\u2028", To: &point{Y: -1}, List: []point{{X: 2}}}),
		kept(map[string]int{}, map[string]int{"b": 1, "a": 2, "": 3, "?": 4}),
		keptAs(func(map[string]int) map[string]int { return map[string]int{} }, nil),
		kept([][]string{}, [][]string{{"", "a", "\ufffd"}, {`\ufffd`, `\u0000`}}),
		keptAs(func([]point) []point { return []point{} }, nil),
		kept([]uint64{0, math.MaxUint64}),
		kept([3]uint16{1, 2, 65535}),
		kept[any](true, 1.5, "x", []any{1.0, nil}, map[string]any{"a": map[string]any{"b": []any{}}}),
		kept(map[string]float64{"a": math.MaxFloat64, "b": 0.1, "c": 5e-324}),
		refused([][]string{{"a\x00"}}, [][]string{{"a\xff"}}),
		refused(map[string]int{"a\x00": 1}, map[string]int{"\xff": 1}),
		refused(point{To: &point{List: []point{{Name: "\xc3"}}}}),
		refused([1]float64{math.Inf(1)}, [1]float64{math.NaN()}),
		refused[any](func() {}, map[string]any{"a": "\xff"}),
		refused(json.RawMessage(`{`), json.RawMessage(`"`+"\xff"+`"`), json.RawMessage(`"\u0000"`)),
	})
}

type rawCell struct {
	prom.Model
	Value   json.RawMessage
	Pointer *json.RawMessage
}

// Ensure that JSON that is kept as text comes back with the same meaning; engines write it in their own way.
func TestRawJSON(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[rawCell](prom.Using(kit.Open(t, e.DSN)))
		for _, text := range []string{`null`, `1`, `"a"`, `[]`, `{"b":[1,2.50,{"c":null}],"a":"\ufffd?"}`,
			`[12345678901234567890]`} {
			c := rawCell{Value: json.RawMessage(text)}
			is.NoErr(repo.Create(ctx, &c))
			is.Equal(len(repo.Modified(&c)), 0)
			got, err := repo.Get(ctx, c.ID)
			is.NoErr(err)
			var a, b any
			is.NoErr(json.Unmarshal(got.Value, &a))
			is.NoErr(json.Unmarshal([]byte(text), &b))
			is.Equal(a, b)
			is.Equal(got.Pointer, nil)
		}
	})
}
