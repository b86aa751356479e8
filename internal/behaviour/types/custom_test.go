package types_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// money is an exact number of a type of its own, by driver.Valuer and sql.Scanner.
type money struct{ cents *big.Int }

func cents(n int64) money { return money{big.NewInt(n)} }

func (m money) Value() (driver.Value, error) {
	if m.cents == nil {
		return "0", nil
	}
	return new(big.Rat).SetFrac(m.cents, big.NewInt(100)).FloatString(2), nil
}

func (m *money) Scan(src any) error {
	text, ok := src.(string)
	r, isNumber := new(big.Rat).SetString(text)
	if !ok || !isNumber {
		return fmt.Errorf("a %T is no money", src)
	}
	r.Mul(r, big.NewRat(100, 1))
	if !r.IsInt() {
		return errors.New("a part of a cent")
	}
	m.cents = r.Num()
	return nil
}

// hidden is a text that the database sees turned around: a value that is changed on its way there and back.
type hidden struct{ text string }

func (h hidden) Value() (driver.Value, error) { return turned(h.text), nil }

func (h *hidden) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("a %T is no text", src)
	}
	h.text = turned(text)
	return nil
}

func turned(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

// level is an enum by its method, and size one by its tag.
type level int

func (level) Values() []level { return []level{1, 2, 3} }

type color string

func (color) Values() []color { return []color{"red", "it's green", "blue?"} }

type goods struct {
	prom.Model
	Price  string  `prom:"decimal=30.10"`
	Paid   money   `prom:"decimal=20.2"`
	Tip    *money  `prom:"decimal=20.2"`
	Rate   *string `prom:"decimal=5.5"`
	Hidden hidden
	Where  netip.Addr
	From   *netip.Addr
	Serial string           `prom:"uuid"`
	Old    *string          `prom:"uuid"`
	Level  level            `prom:"default=1"`
	Color  *color           // a nullable enum
	Shade  sql.Null[color]  `prom:"private"`
	Size   string           `prom:"choices=S|M|L,default=M"`
	Number sql.Null[uint16] `prom:"choices=1|2|65535"`
}

var (
	goodsProto  = prom.Proto[goods]()
	goodsPrice  = prom.OrderedOf(goodsProto, &goodsProto.Price)
	goodsPaid   = prom.OrderedOf(goodsProto, &goodsProto.Paid)
	goodsHidden = prom.FieldOf(goodsProto, &goodsProto.Hidden)
	goodsWhere  = prom.FieldOf(goodsProto, &goodsProto.Where)
	goodsSerial = prom.TextOf(goodsProto, &goodsProto.Serial)
	goodsLevel  = prom.NumberOf(goodsProto, &goodsProto.Level)
	goodsColor  = prom.NullTextOf(goodsProto, &goodsProto.Color)
)

const aSerial = "0190d3a4-7c61-7f06-8c4c-0d1cbe5a3f11"

// ware returns goods that can be stored.
func ware(change func(*goods)) *goods {
	g := &goods{Price: "1", Paid: cents(0), Serial: aSerial, Level: 1, Size: "M", Where: netip.MustParseAddr("::1")}
	if change != nil {
		change(g)
	}
	return g
}

// Ensure that decimals are stored with every digit, come back in one form on both engines and are compared by value,
// and that a number that would have to be rounded is refused. parity: B12
func TestDecimals(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[goods](prom.Using(kit.Open(t, e.DSN)))
		stored := map[string]string{
			"0": "0.0000000000", "-0": "0.0000000000", "+1.5": "1.5000000000", "007": "7.0000000000", "10": "10.0000000000",
			"12345678901234567890.0123456789": "12345678901234567890.0123456789", "-0.0000000001": "-0.0000000001",
			"9": "9.0000000000", "-12345678901234567890": "-12345678901234567890.0000000000", "1.10000000000000000": "1.1000000000",
		}
		for text, want := range stored {
			g := ware(func(g *goods) { g.Price = text })
			is.NoErr(repo.Create(ctx, g))
			got, err := repo.Get(ctx, g.ID)
			is.NoErr(err)
			is.Equal(g.Price, want)
			is.Equal(got.Price, want)
			is.Equal(len(repo.Modified(got)), 0)
			got.Price = text
			is.Equal(len(repo.Modified(got)), 0) // 1.5 and 1.50 are the same number
			n, err := repo.Where(goodsPrice.Eq(text), goodsPrice.In("8888", text)).Count(ctx)
			is.NoErr(err)
			is.True(n >= 1)
		}
		n, err := repo.Where(goodsPrice.Gt("9"), goodsPrice.Lte("10.00")).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1) // 10: by value, not as texts
		list, err := repo.OrderBy(goodsPrice.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(list[0].Price, "-12345678901234567890.0000000000")
		is.Equal(list[len(list)-1].Price, "12345678901234567890.0123456789")
		for _, text := range []string{"", "x", "1e5", ".5", "1.", "--1", " 1", "1,5", "0.00000000001",
			"123456789012345678901", "NaN", "Infinity", "١"} {
			is.True(errors.Is(repo.Create(ctx, ware(func(g *goods) { g.Price = text })), prom.ErrValidation))
			_, err := repo.Where(goodsPrice.Eq(text)).Count(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
		}
	})
}

// Ensure that a type's own Valuer and Scanner are used on the way to the database, from it, and in conditions and
// assignments. parity: F45
func TestScanner(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[goods](prom.Using(kit.Open(t, e.DSN)))
		tip := cents(-5)
		g := ware(func(g *goods) { g.Paid, g.Tip, g.Hidden = cents(math.MaxInt64), &tip, hidden{"añb"} })
		is.NoErr(repo.Create(ctx, g))
		got, err := repo.Where(goodsPaid.Gte(cents(math.MaxInt64)), goodsHidden.Eq(hidden{"añb"}),
			prom.Raw(goodsProto, "hidden = 'bña'")).First(ctx)
		is.NoErr(err)
		is.Equal(got.Paid.cents.String(), "9223372036854775807")
		is.Equal(got.Tip.cents.String(), "-5")
		is.Equal(got.Hidden, hidden{"añb"})
		is.Equal(len(repo.Modified(got)), 0)

		got.Tip.cents.SetInt64(7) // in place
		is.Equal(repo.Modified(got), []string{"tip"})
		is.NoErr(repo.Save(ctx, got))
		n, err := repo.Where(goodsPaid.In(cents(1), cents(math.MaxInt64))).Update(ctx, goodsPaid.Set(cents(250)),
			goodsHidden.Set(hidden{"x"}))
		is.NoErr(err)
		is.Equal(n, 1)
		is.NoErr(repo.Reload(ctx, g))
		is.Equal([]string{g.Paid.cents.String(), g.Tip.cents.String(), g.Hidden.text}, []string{"250", "7", "x"})

		huge := money{new(big.Int).Exp(big.NewInt(10), big.NewInt(30), nil)}
		is.True(errors.Is(repo.Create(ctx, ware(func(g *goods) { g.Paid = huge })), prom.ErrValidation))
		_, err = repo.WithoutWhere().Update(ctx, goodsPaid.Set(huge))
		is.True(errors.Is(err, prom.ErrValidation))
	})
}

// Ensure that texts that are UUIDs and types that write themselves as texts are kept in canonical form, and found in
// any.
func TestTextForms(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[goods](prom.Using(kit.Open(t, e.DSN)))
		upper := strings.ToUpper(aSerial)
		addr := netip.MustParseAddr("2001:DB8:0::1")
		g := ware(func(g *goods) { g.Serial, g.Old, g.Where, g.From = upper, &upper, addr, &addr })
		is.NoErr(repo.Create(ctx, g))
		is.Equal([]string{g.Serial, *g.Old}, []string{aSerial, aSerial})
		got, err := repo.Where(goodsSerial.Eq(upper), goodsSerial.In(aSerial), goodsSerial.HasPrefix("0190"),
			goodsWhere.Eq(addr),
			prom.Raw(goodsProto, `"where" = '2001:db8::1'`)).First(ctx)
		is.NoErr(err)
		is.Equal([]netip.Addr{got.Where, *got.From}, []netip.Addr{addr, addr})
		is.True(errors.Is(repo.Create(ctx, ware(func(g *goods) { g.Serial = "no" })), prom.ErrValidation))
		is.True(errors.Is(repo.Create(ctx, ware(func(g *goods) { g.Serial = "" })), prom.ErrValidation))
		_, err = repo.Where(goodsSerial.Eq("no")).Count(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
	})
}

// Ensure that an enum takes its values and no other, and that a nullable one can be NULL. parity: F20 F33 B19
func TestEnums(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[goods](prom.Using(kit.Open(t, e.DSN)))
		green := color("it's green")
		g := ware(func(g *goods) {
			g.Level, g.Color, g.Shade = 3, &green, sql.Null[color]{V: "blue?", Valid: true}
			g.Number = sql.Null[uint16]{V: 65535, Valid: true}
		})
		is.NoErr(repo.Create(ctx, g))
		got, err := repo.Where(goodsLevel.Eq(3), goodsColor.Eq(green), goodsColor.In("red", green)).First(ctx)
		is.NoErr(err)
		is.Equal([]any{got.Level, *got.Color, got.Shade.V, got.Number.V},
			[]any{level(3), green, color("blue?"), uint16(65535)})

		got.Color, got.Shade.Valid, got.Number.Valid = nil, false, false
		is.NoErr(repo.Save(ctx, got))
		is.NoErr(repo.Reload(ctx, got))
		is.True(got.Color == nil && !got.Shade.Valid && !got.Number.Valid)

		pink := color("pink")
		bad := ware(func(g *goods) { g.Level, g.Color, g.Size = 0, &pink, "" })
		var broken prom.Violations
		err = repo.Create(ctx, bad)
		is.True(errors.As(err, &broken))
		is.Equal(len(broken), 3) // all of them at once
		is.True(!strings.Contains(err.Error(), "pink"))
		_, err = repo.WithoutWhere().Update(ctx, goodsColor.Set("pink"))
		is.True(errors.Is(err, prom.ErrValidation))
		n, err := repo.Where(goodsColor.Eq("pink")).Count(ctx)
		is.NoErr(err) // a condition may ask for what no row can be
		is.Equal(n, 0)
	})
}

// oldNulls has the Null types from before sql.Null.
type oldNulls struct {
	prom.Model
	S sql.NullString
	B sql.NullBool
	I sql.NullInt64
	J sql.NullInt32
	K sql.NullInt16
	Y sql.NullByte
	F sql.NullFloat64
	T sql.NullTime
}

// Ensure that the Null types of database/sql are stored as what is in them, or as NULL.
func TestOldNulls(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[oldNulls](prom.Using(kit.Open(t, e.DSN)))
		full := oldNulls{
			S: sql.NullString{String: "a", Valid: true}, B: sql.NullBool{Bool: true, Valid: true},
			I: sql.NullInt64{Int64: math.MinInt64, Valid: true}, J: sql.NullInt32{Int32: math.MinInt32, Valid: true},
			K: sql.NullInt16{Int16: math.MinInt16, Valid: true}, Y: sql.NullByte{Byte: 255, Valid: true},
			F: sql.NullFloat64{Float64: 0.1, Valid: true}, T: sql.NullTime{Time: time.Unix(0, 1000).UTC(), Valid: true},
		}
		zeros := oldNulls{S: sql.NullString{Valid: true}, B: sql.NullBool{Valid: true}, I: sql.NullInt64{Valid: true},
			Y: sql.NullByte{Valid: true}}
		for _, v := range []oldNulls{full, zeros, {}} {
			want := v
			is.NoErr(repo.Create(ctx, &v))
			got, err := repo.Get(ctx, v.ID)
			is.NoErr(err)
			got.Model = prom.Model{}
			is.Equal(*got, want)
		}
	})
}

// Ensure that a value of a custom type that a column cannot hold exactly is refused when it is assigned by the column's
// name.
func TestFieldByName_Custom(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := prom.NewRepo[goods](prom.Using(kit.Open(t, e.DSN)))
		paid, err := prom.FieldByName(repo, "paid")
		is.NoErr(err)
		_, err = repo.WithoutWhere().Update(context.Background(), paid.Set("1.005"))
		is.True(errors.Is(err, prom.ErrValidation)) // neither rounded nor stored, on both engines
	})
}
