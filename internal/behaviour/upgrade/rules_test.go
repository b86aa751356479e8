package upgrade_test

import (
	"database/sql"
	"math"
	"strings"
	"time"

	"github.com/prom-go/prom"
)

type (
	// Defaulted has defaults of each kind.
	Defaulted struct {
		prom.Model
		Bool     bool           `prom:"default=true"`
		Int8     int8           `prom:"default=-128"`
		Int16    int16          `prom:"default=-7"`
		Int32    int32          `prom:"default=70000"`
		Int      int            `prom:"default=42"`
		Int64    int64          `prom:"default=-9223372036854775808"`
		Uint32   uint32         `prom:"default=4294967295"`
		Uint64   uint64         `prom:"default=9223372036854775807"`
		Float32  float32        `prom:"default=0.1"`
		Float64  float64        `prom:"default=-1.5e300"`
		Infinite float64        `prom:"default=Inf"`
		Text     string         `prom:"default='it''s, \"é\" \\'"`
		Empty    string         `prom:"default="`
		NoCase   string         `prom:"nocase,default=Word"`
		Choice   string         `prom:"choices=a|b,default=b"`
		Decimal  string         `prom:"decimal=12.2,default=-1.5"`
		Serial   string         `prom:"uuid,default=018fd07a-1234-7abc-8def-000000000009"`
		Bytes    []byte         `prom:"default=bytes"`
		At       time.Time      `prom:"default='2024-02-29 12:00:00.123456'"`
		Day      time.Time      `prom:"date,default=2024-02-29"`
		Clock    time.Duration  `prom:"clock,default=12:34:56.789"`
		Span     time.Duration  `prom:"default=1000000000"`
		Level    Level          `prom:"default=7"`
		Color    Color          `prom:"default='it''s green'"`
		Texts    []string       `prom:"default='[\"a\",\"b, c\"]'"`
		Ints     []int          `prom:"default='[1,2]'"`
		Place    Place          `prom:"default='{\"city\": \"Rome\", \"at\": [1, 2]}'"`
		Any      any            `prom:"default='[]'"`
		NText    *string        `prom:"default=text"`
		NInt     *int           `prom:"default=0"`
		NBool    sql.Null[bool] `prom:"default=false"`
		NDecimal *string        `prom:"decimal=5.5,default=0.5"`
		NTime    *time.Time     `prom:"default=1970-01-01T00:00:00Z"`
		Now      time.Time      `prom:"default=now"`
		Today    time.Time      `prom:"date,default=now"`
		New      prom.UUID      `prom:"default=uuid"`
		NewText  string         `prom:"uuid,default=uuid"`
		NNow     *time.Time     `prom:"default=now"`
		NNew     *prom.UUID     `prom:"default=uuid"`
	}

	// Ruled has rules of each kind.
	Ruled struct {
		prom.Model
		Exact    string           `prom:"size=3"`
		Sized    string           `prom:"size=1..10"`
		From     string           `prom:"size=2.."`
		UpTo     string           `prom:"size=..5"`
		Least    string           `prom:"min=1"`
		Most     string           `prom:"max=4"`
		NSized   *string          `prom:"size=1..3"`
		Bytes    []byte           `prom:"size=2..4"`
		Hash     []byte           `prom:"size=4"`
		MinBytes []byte           `prom:"min=1"`
		Int      int              `prom:"min=-5,max=5"`
		Int8     int8             `prom:"min=0"`
		Int64    int64            `prom:"max=9223372036854775806"`
		Uint16   uint16           `prom:"min=1"`
		Uint64   uint64           `prom:"min=10,max=1000"`
		NInt     *int32           `prom:"min=0,max=150"`
		Float32  float32          `prom:"min=-1.5,max=0.1"`
		Float64  float64          `prom:"min=-1e10,max=1e300"`
		Span     time.Duration    `prom:"min=0,max=1000000000"`
		NonEmpty string           `prom:"nonempty"`
		NonZero  int              `prom:"nonempty"`
		Some     []string         `prom:"nonempty"`
		Choice   string           `prom:"choices=red|it's|b,size=1..10"`
		Number   int              `prom:"choices=1|-2|30"`
		NChoice  *string          `prom:"choices=a|b"`
		Choices  []string         `prom:"choices=a|b"`
		Regex    string           `prom:"regex='^[a-z]{2,5}(,''x'')?$'"`
		NRegex   sql.Null[string] `prom:"regex=^x"`
		Mail     string           `prom:"nocase,max=200,regex='^[^@]+@[^@]+$'"`
	}

	// Shared is embedded, and its fields are columns.
	Shared struct {
		Note string `prom:"note_text,index"`
		Nested
	}
	// Nested is embedded in what is embedded.
	Nested struct {
		Depth *int
	}

	// Named has names of all sorts. An unexported field and one with the tag "-" are no columns.
	Named struct {
		Shared
		Select   string `prom:"select"`
		Unique   int    `prom:"name=unique,unique"`
		Spaced   string `prom:"with space,index"`
		Quoted   string `prom:"a \"quoted\" name"`
		Größe    string
		HTTPCode int
		Emoji    string `prom:"\U0001F600"`
		Long     string `prom:"long_long_long_long_long_long_long_long_long_long_long_long_lon,index"`
		Private  string `prom:"private"`
		Computed int    `prom:"computed"` // which no kept table has
		Left     []byte `prom:"-"`
		left     int
		prom.Model
	}
)

var _ = Named{}.left

// TableName returns the name of the table.
func (Named) TableName() string { return `Odd "table", é` }

func constants() Defaulted {
	return Defaulted{
		Bool: true, Int8: math.MinInt8, Int16: -7, Int32: 70000, Int: 42, Int64: math.MinInt64, Uint32: math.MaxUint32, Uint64: math.MaxInt64,
		Float32: 0.1, Float64: -1.5e300, Infinite: math.Inf(1), Text: `it's, "é" \`, NoCase: "Word", Choice: "b", Decimal: "-1.50", Serial: id(9).String(),
		Bytes: []byte("bytes"), At: time.Date(2024, 2, 29, 12, 0, 0, 123456000, time.UTC), Day: time.Date(2024, 2, 29, 0, 0,
			0, 0, time.UTC),
		Clock: 12*time.Hour + 34*time.Minute + 56*time.Second +
			789*time.Millisecond, Span: time.Second, Level: 7, Color: Green,
		Texts: []string{"a", "b, c"}, Ints: []int{1, 2}, Place: Place{City: "Rome",
			At: [2]float64{1, 2}}, Any: []any{}, NText: new("text"), NInt: new(0),
		NBool: sql.Null[bool]{Valid: true}, NDecimal: new("0.50000"), NTime: new(time.Unix(0, 0).UTC()),
	}
}

func defaultedRows() []Defaulted {
	first := constants()
	first.Model, first.Now, first.Today, first.New, first.NewText, first.NNow, first.NNew =
		meta(1), second(1), day(1), id(1), id(2).String(), new(second(3)), new(id(4))
	other := Defaulted{Model: meta(2), Choice: "a", Decimal: "0.00", Serial: id(3).String(), Color: Blue, Any: 0.0,
		At: second(1), Day: day(3), Now: second(2), Today: day(2), New: id(5),
		NewText: id(6).String(), NText: new(""), NInt: new(1), NBool: sql.Null[bool]{V: true,
			Valid: true}, NDecimal: new("0.00000"), NTime: new(second(4)),
		NNow: new(second(5)), NNew: new(id(7))}
	return []Defaulted{first, other}
}

func ruledRows() []Ruled {
	return []Ruled{
		{
			Model: meta(1), Exact: "äöü", Sized: "a", From: "漢字", Least: "x", Bytes: []byte{0,
				0}, Hash: []byte("hash"), MinBytes: []byte{0}, Int: -5,
			Int64: math.MinInt64, Uint16: 1, Uint64: 10, Float32: -1.5, Float64: -1e10, NonEmpty: " ", NonZero: -1, Some: []string{""}, Choice: "it's",
			Number: -2, Regex: "ab", Mail: "A@b",
		},
		{
			Model: meta(2), Exact: "abc", Sized: strings.Repeat("é",
				10), From: odd, UpTo: "\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600", Least: odd,
			Most: "four", NSized: new("nul"), Bytes: []byte("four"), Hash: []byte{0, 1, 2,
				3}, MinBytes: []byte("long"), Int: 5, Int8: 127,
			Int64: math.MaxInt64 - 1, Uint16: math.MaxUint16, Uint64: 1000, NInt: new(int32(150)), Float32: 0.1, Float64: 1e300, Span: time.Second,
			NonEmpty: odd, NonZero: 1, Some: []string{"a",
				"b"}, Choice: "red", Number: 30, NChoice: new("b"), Choices: []string{"b", "a", "b"},
			Regex: "abcde,'x'", NRegex: sql.Null[string]{V: "xy", Valid: true}, Mail: strings.Repeat("m", 198) + "@m",
		},
	}
}

func namedRows() []Named {
	return []Named{
		{Model: meta(1), Unique: 1},
		{
			Model: meta(2), Shared: Shared{odd,
				Nested{new(7)}}, Select: "select", Unique: 2, Spaced: "spaced", Quoted: "quoted", Größe: "groß",
			HTTPCode: 404, Emoji: "smile", Long: "long", Private: "private",
		},
	}
}

// Indexed has indexes of each kind.
type Indexed struct {
	prom.Model
	Plain  string    `prom:"index"`
	Unique string    `prom:"unique"`
	Desc   int       `prom:"index,desc"`
	UDesc  time.Time `prom:"unique,desc"`
	First  string    `prom:"unique=pair"`
	Second *int      `prom:"unique=pair,desc"`
	Left   string    `prom:"index=sides,nocase"`
	Right  float64   `prom:"index=sides"`
	Folded string    `prom:"nocase,unique"`
	Price  string    `prom:"decimal=12.2,index"`
	Serial prom.UUID `prom:"unique"`
	Kind   string    `prom:"choices=a|b|c"`
	Rank   int       `prom:"index=rank,index=rank_kind"`
	Gone   bool
	Due    *time.Time `prom:"date,index"`
	Blob   []byte     `prom:"unique"`

	_ struct{} `prom:"index=waiting,on='gone, rank desc',where='NOT gone'"`
	_ struct{} `prom:"unique=one_live,on=kind,where='gone AND rank > 10'"`
	_ struct{} `prom:"index=words,on='kind asc',where='kind IN (''a'', ''it''''s'') OR due IS NOT NULL'"`
	_ struct{} `prom:"unique=lowered,on='lower(plain), desc desc'"`
	_ struct{} `prom:"index=computed,on='(rank * 2 + 1) desc, coalesce(second, 0)'"`
	_ struct{} `prom:"index=covering,on='rank desc, kind',include='plain, gone'"`
	_ struct{} `prom:"unique=covered,on='rank, first',include='left'"`
}

func indexedRows() []Indexed {
	rows := make([]Indexed, 6)
	for i := range rows {
		rows[i] = Indexed{
			Model: meta(int64(i + 1)), Plain: string(rune('A'+i)) + "-" +
				odd, Unique: strings.Repeat("u", i), Desc: -i, UDesc: second(int64(i)),
			First: "first", Second: new(i), Left: odd, Right: float64(i) / 3, Folded: strings.Repeat("F",
				i+1), Price: "1.10", Serial: id(byte(i)),
			Kind: string(rune('a' + i%3)), Rank: 9 + i%2, Gone: i == 5, Due: new(day(i + 1)), Blob: []byte{byte(i)},
		}
	}
	rows[0].Second, rows[1].Second = nil, nil // NULLs are not equal
	for i := range rows {
		rows[i].First += string(rune('a' + i/2))
		rows[i].Rank += i
	}
	return rows
}
