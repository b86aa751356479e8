package span

import (
	"math"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// Ensure that a text is read into the one form of its value, as PostgreSQL's canonical functions make it, or refused.
func TestParseAs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		kind schema.Kind
		want string // "" for an error
	}{
		{"[1,4]", schema.Int32, "[1,5)"},
		{" (1,2) ", schema.Int32, "empty"},
		{"(1,1]", schema.Int64, "empty"},
		{"[1,1]", schema.Int64, "[1,2)"},
		{"EMPTY", schema.Int64, "empty"},
		{"[,]", schema.Int64, "(,)"},
		{"(3,)", schema.Int64, "[4,)"},
		{"(2147483647,2147483647)", schema.Int32, "empty"},
		{"[2147483647,]", schema.Int32, "[2147483647,)"},
		{"(2147483647,]", schema.Int32, ""},
		{"[1,2147483647]", schema.Int32, ""},
		{"[1,2147483648)", schema.Int32, ""},
		{"[1,9223372036854775807]", schema.Int64, ""},
		{"[1,9223372036854775808)", schema.Int64, ""},
		{"[1.5,2)", schema.Int64, ""},
		{"[2,1]", schema.Int64, ""},
		{"[01.50,2.0]", schema.Decimal, "[1.5,2]"},
		{"[-0.0,99999999999999999999.10)", schema.Decimal, "[0,99999999999999999999.1)"},
		{"[NaN,1)", schema.Decimal, ""},
		{"[2024-02-28,2024-02-29]", schema.Date, "[2024-02-28,2024-03-01)"},
		{"[2024-02-28,9999-12-31]", schema.Date, ""},
		{"[2024-02-28,infinity)", schema.Date, ""},
		{`["2024-01-01 09:00:00.50+09","2024-01-01 00:30:00-01:30"]`, schema.Time, `["2024-01-01 00:00:00.5+00","2024-01-01 02:00:00+00"]`},
		{`["2024-01-01 00:19:32+00:19:32",)`, schema.Time, `["2024-01-01 00:00:00+00",)`},
		{`["0001-01-01 00:00:00 BC",)`, schema.Time, ""},
		{`[2024-01-01T00:00:00.000001Z,)`, schema.Time, `["2024-01-01 00:00:00.000001+00",)`},
		{"[1,2)", schema.Time, ""},
		{"[1,2", schema.Int64, ""},
		{"[1,2)x", schema.Int64, ""},
		{"[1)", schema.Int64, ""},
		{"", schema.Int64, ""},
		{"1,2", schema.Int64, ""},
		{"{}", schema.Int64, "{}"},
		{"{[5,6],[1,2],(2,4), (9,9)}", schema.Int64, "{[1,4),[5,7)}"},
		{"{[5,6),[1,2),(,0)}", schema.Int64, "{(,0),[1,2),[5,6)}"},
		{"{[1,2),}", schema.Int64, ""},
		{"{[1,2)", schema.Int64, ""},
	} {
		is := is.New(t)
		l, err := ParseAs(c.text, c.kind)
		got := ""
		if err == nil {
			got = l.Text(c.kind, c.text != "" && c.text[0] == '{')
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q (%v)", c.text, got, c.want, err)
		}
		if again, err := ParseAs(got, c.kind); c.want != "" {
			is.NoErr(err)
			is.Equal(again, l)
		}
	}
}

// Ensure that the order of texts is the one that PostgreSQL's range_cmp has, and is a total one.
func TestCompare(t *testing.T) {
	t.Parallel()
	for _, ordered := range [][]string{
		{"empty", "(,1)", "(,2)", "(,)", "[1,2)", "[1,10)", "[1,)", "[2,3)", "[10,11)"},
		{"(,1)", "(,1]", "(,)", "[1,1]", "[1,1.5)", "[1,1.5]", "(1,1.5)", "(1,)"},
		{"empty", "(,2024-01-01)", "[2024-01-01,2024-01-03)", "[2024-01-01,2024-02-01)", "[2024-01-02,)"},
		{`["2024-01-01 00:00:00+00",)`, `["2024-01-01 00:00:00.5+00",)`, `["2024-01-01 00:00:01+00",)`},
		{"{}", "{[1,2)}", "{[1,2),[5,6)}", "{[1,3)}"},
		{"[1,2)", "nonsense", "worse"},
	} {
		for i, a := range ordered {
			for j, b := range ordered {
				want := 0
				if i != j {
					want = 1 - 2*truth(i < j)
				}
				if got := Compare(a, b); got != want {
					t.Errorf("%s with %s: %d, want %d", a, b, got, want)
				}
			}
		}
	}
}

// Ensure that bounds are read into the types of fields or refused.
func TestFill(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	of := func(text string) List {
		l, err := Parse(text)
		is.NoErr(err)
		return l
	}
	var small schema.Range[int32]
	is.NoErr(Fill(&small, of("[-5,2147483647)")))
	is.Equal(small, schema.Range[int32]{Lower: -5, Upper: math.MaxInt32})
	is.True(Fill(&small, of("[1,2147483648)")) != nil)
	is.True(Fill(&small, of("[1,2.5)")) != nil)
	is.True(Fill(&small, of("[2024-01-01,)")) != nil)
	is.True(Fill(&small, of("{[1,2),[4,5)}")) != nil)
	var times schema.Range[time.Time]
	is.True(Fill(&times, of("[1,2)")) != nil)
	is.NoErr(Fill(&times, of("(,2024-01-01]")))
	is.Equal(times, schema.Range[time.Time]{Upper: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), UpperInclusive: true, LowerUnbounded: true})
}

// Ensure that no text makes the reader panic, and that what it reads is written as it is read.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"[1,2)", "empty", `["2024-01-01 00:00:00+00",)`, "{[1,2),(3,4]}", "[,", "{", `["",")`, "[2024-01-01,2024-01-02T]"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, k := range []schema.Kind{schema.Int32, schema.Decimal, schema.Time, schema.Date} {
			l, err := ParseAs(text, k)
			if err != nil {
				continue
			}
			multi := len(l) > 1
			again, err := ParseAs(l.Text(k, multi), k)
			if err != nil || again.Compare(l) != 0 {
				t.Fatalf("%q is read as %v, and as %v, %v when it is written", text, l, again, err)
			}
		}
	})
}
