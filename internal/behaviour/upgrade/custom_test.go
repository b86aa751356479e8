package upgrade_test

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prom-go/prom"
)

type (
	// Box converts itself, and may hold NULL.
	Box[V any] struct {
		V   V
		Set bool
	}
	// Money is an exact number that converts itself.
	Money struct{ Cents int64 }
	// Roman is a text by its MarshalText.
	Roman int
	// Color is an enum over a text.
	Color string
	// Level is an enum over an integer.
	Level int16
	// Secret is stored as bytes by a codec.
	Secret string
	// Hex is stored as a text by a codec.
	Hex struct{ big.Int }
	// Grams is stored as an integer by a codec.
	Grams struct{ Kilos float64 }
	// Share is stored as a float by a codec.
	Share struct{ Eighths int64 }
	// Answer is stored as a boolean by a codec.
	Answer string
	// Month is stored as a time by a codec.
	Month struct{ Year, Month int }
)

// The colors.
const (
	Red   Color = "red"
	Green Color = "it's green"
	Blue  Color = "blue|?"
)

// Value returns what is stored.
func (b Box[V]) Value() (driver.Value, error) {
	if !b.Set {
		return nil, nil
	}
	return b.V, nil
}

// Scan takes what was stored.
func (b *Box[V]) Scan(src any) error {
	if bytes, ok := src.([]byte); ok {
		if _, ok := any(b.V).(string); ok { // JSON
			src = string(bytes)
		}
	}
	if b.V, b.Set = src.(V); !b.Set && src != nil {
		return fmt.Errorf("a %T is no %T", src, b.V)
	}
	return nil
}

// Value returns the number's text.
func (m Money) Value() (driver.Value, error) { return big.NewRat(m.Cents, 100).FloatString(2), nil }

// Scan reads the number's text.
func (m *Money) Scan(src any) (err error) {
	text, _ := src.(string)
	m.Cents, err = strconv.ParseInt(strings.Replace(text, ".", "", 1), 10, 64)
	return err
}

// MarshalText returns the number as strokes.
func (r Roman) MarshalText() ([]byte, error) { return []byte(strings.Repeat("I", int(r))), nil }

// UnmarshalText counts strokes.
func (r *Roman) UnmarshalText(b []byte) error { *r = Roman(len(b)); return nil }

// Values returns all colors.
func (Color) Values() []Color { return []Color{Red, Green, Blue} }

// Values returns all levels.
func (Level) Values() []Level { return []Level{-1, 0, 7} }

func turned(b []byte) []byte {
	b = slices.Clone(b)
	for i := range b {
		b[i] ^= 0x5a
	}
	return b
}

var (
	_ = prom.RegisterCodec(
		func(s Secret) ([]byte, error) { return turned([]byte(s)), nil },
		func(b []byte) (Secret, error) { return Secret(turned(b)), nil })
	_ = prom.RegisterCodec(
		func(h Hex) (string, error) { return h.Text(16), nil },
		func(s string) (h Hex, err error) {
			if _, ok := h.SetString(s, 16); !ok {
				err = errors.New("no number")
			}
			return h, err
		})
	_ = prom.RegisterCodec(
		func(g Grams) (int64, error) { return int64(g.Kilos * 1000), nil },
		func(n int64) (Grams, error) { return Grams{float64(n) / 1000}, nil })
	_ = prom.RegisterCodec(
		func(s Share) (float64, error) { return float64(s.Eighths) / 8, nil },
		func(f float64) (Share, error) { return Share{int64(f * 8)}, nil })
	_ = prom.RegisterCodec(
		func(a Answer) (bool, error) { return a == "yes", nil },
		func(b bool) (Answer, error) { return map[bool]Answer{true: "yes", false: "no"}[b], nil })
	_ = prom.RegisterCodec(
		func(m Month) (time.Time, error) {
			return time.Date(m.Year, time.Month(m.Month), 1, 0, 0, 0, 0, time.UTC), nil
		},
		func(t time.Time) (Month, error) { return Month{t.Year(), int(t.Month())}, nil })
)

// Custom has types that convert themselves, enums, and types with codecs.
type Custom struct {
	prom.Model
	Text     Box[string]
	Int      Box[int64]     `prom:"type=int"`
	Float    Box[float64]   `prom:"type=float"`
	Bool     Box[bool]      `prom:"type=bool"`
	Bytes    Box[[]byte]    `prom:"type=bytes"`
	Time     Box[time.Time] `prom:"type=time"`
	UUID     Box[string]    `prom:"type=uuid"`
	JSON     Box[string]    `prom:"type=json"`
	NText    Box[string]    `prom:"type=text,null"`
	NInt     Box[int64]     `prom:"type=int,null"`
	NFloat   Box[float64]   `prom:"type=float,null"`
	NBool    Box[bool]      `prom:"type=bool,null"`
	NBytes   Box[[]byte]    `prom:"type=bytes,null"`
	NTime    Box[time.Time] `prom:"type=time,null"`
	NUUID    Box[string]    `prom:"type=uuid,null"`
	NJSON    Box[string]    `prom:"type=json,null"`
	Money    Money          `prom:"decimal=20.2"`
	NMoney   *Money         `prom:"decimal=20.2"`
	Roman    Roman
	NRoman   *Roman
	Color    Color
	NColor   *Color
	Level    Level `prom:"default=7"`
	NLevel   sql.Null[Level]
	Secret   Secret
	NSecret  *Secret
	Secrets  []Secret
	Hex      Hex
	NHex     sql.Null[Hex]
	Grams    Grams `prom:"min=0,max=1000000"`
	NGrams   *Grams
	AllGrams []Grams
	Share    Share
	NShare   *Share
	Answer   Answer
	NAnswer  *Answer
	Month    Month
	NMonth   *Month
	Plain    Secret `prom:"json"`
}

func box[V any](v V) Box[V] { return Box[V]{v, true} }

func hexOf(n int64) Hex { return Hex{*big.NewInt(n)} }

func customRows() []Custom {
	return []Custom{
		{
			Model: meta(1), Text: box(""), Int: box(int64(0)), Float: box(0.0), Bool: box(false), Bytes: box([]byte{}), Time: box(time.Time{}),
			UUID: box(id(1).String()), JSON: box(`{}`), Color: Red, Month: Month{1, 1}, Answer: "no",
		},
		{
			Model: meta(2), Text: box(odd), Int: box(int64(1<<63 - 1)), Float: box(0.1), Bool: box(true), Bytes: box([]byte{0,
				255}),
			Time: box(time.Date(9999, 12, 31, 23, 59, 59, 999999000,
				time.UTC)), UUID: box(id(2).String()), JSON: box(`{"a": [1, null]}`),
			NText: box(""), NInt: box(int64(-1 << 63)), NFloat: box(-1.5), NBool: box(false), NBytes: box([]byte("x")),
			NTime: box(time.Date(2024, 2, 29, 0, 0, 0, 1000, time.UTC)), NUUID: box(id(3).String()), NJSON: box(`[]`),
			Money: Money{-12345}, NMoney: &Money{1}, Roman: 3, NRoman: new(Roman(5)), Color: Green, NColor: new(Blue), Level: -1,
			NLevel: sql.Null[Level]{V: 7, Valid: true}, Secret: odd, NSecret: new(Secret("")), Secrets: []Secret{"a", "",
				odd}, Hex: hexOf(-255),
			NHex: sql.Null[Hex]{V: hexOf(1 << 62),
				Valid: true}, Grams: Grams{1.5}, NGrams: &Grams{-0.001}, AllGrams: []Grams{{0}, {2}},
			Share: Share{3}, NShare: &Share{-9}, Answer: "yes", NAnswer: new(Answer("no")), Month: Month{2024,
				2}, NMonth: &Month{9999, 12},
			Plain: odd,
		},
	}
}
