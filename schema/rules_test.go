package schema_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// Ensure that the rules are those of the tags.
// parity: F16 F19 F20 F21 B33
func TestRules(t *testing.T) {
	t.Parallel()
	type ruled struct {
		Exact   string   `prom:"size=3"`
		Range   string   `prom:"size=2..5"`
		From    string   `prom:"size=2.."`
		To      string   `prom:"size=..5"`
		Min     []byte   `prom:"min=1"`
		Max     *string  `prom:"max=9"`
		Int     int      `prom:"min=-5,max=+5"`
		Uint    uint64   `prom:"min=1"`
		Float   float64  `prom:"min=-0.5,max=1e3"`
		Float32 *float32 `prom:"max=0.1"`
		Free    string   `prom:"nonempty,regex='^[a-c]{1,2}$'"`
		Choice  string   `prom:"choices=red|green|"`
		Number  uint64   `prom:"choices=007|18446744073709551615"`
		None    string
	}
	is := is.New(t)
	tbl := of[ruled](t)
	bound := func(n int64) *schema.Bound { return &schema.Bound{Int: n, Float: float64(n)} }
	for _, tt := range []struct {
		column   string
		min, max *schema.Bound
	}{
		{"exact", bound(3), bound(3)}, {"range", bound(2), bound(5)}, {"from", bound(2), nil}, {"to", nil, bound(5)},
		{"min", bound(1), nil}, {"max", nil, bound(9)}, {"int", bound(-5), bound(5)}, {"uint", bound(1), nil},
		{"float", &schema.Bound{Float: -0.5}, &schema.Bound{Float: 1000}}, {"float32", nil,
			&schema.Bound{Float: float64(float32(0.1))}},
		{"none", nil, nil},
	} {
		c := tbl.Column(tt.column)
		is.Equal(c.Rules.Min, tt.min)
		is.Equal(c.Rules.Max, tt.max)
	}
	is.True(tbl.Column("free").Rules.NonEmpty && !tbl.Column("none").Rules.NonEmpty)
	is.Equal(tbl.Column("free").Rules.Pattern, "^[a-c]{1,2}$")
	is.Equal(tbl.Column("choice").Rules.Choices, []string{"red", "green", ""})
	is.Equal(tbl.Column("number").Rules.Choices, []string{"7", "18446744073709551615"})
	is.Equal(tbl.Column("none").Rules.Choices, nil)
}

// Ensure that a default is the constant as the database stores it, or the function to call.
// parity: F22 B31
func TestDefaults(t *testing.T) {
	t.Parallel()
	type defaulted struct {
		Bool    bool          `prom:"default=true"`
		Int     int8          `prom:"default=-128,min=-128"`
		Uint    uint64        `prom:"default=18446744073709551615"`
		F32     float32       `prom:"default=0.1,min=0.1"`
		F64     *float64      `prom:"default=-1.5,min=-2,max=-1"`
		Text    string        `prom:"default='a, b',size=..4"`
		Empty   string        `prom:"default="`
		Bytes   []byte        `prom:"default=ü,size=2"`
		Decimal string        `prom:"decimal=6.2,default=+0012.5"`
		Minus   string        `prom:"decimal=6.2,default=-00.00"`
		Whole   string        `prom:"decimal=6.0,default=-7"`
		Time    time.Time     `prom:"default=2020-01-02 03:04:05.1234567"`
		Zone    time.Time     `prom:"default=2020-01-02T03:04:05+02:00"`
		Bare    time.Time     `prom:"default=2020-01-02"`
		Date    time.Time     `prom:"date,default=2020-01-02T23:00:00+02:00"`
		Clock   time.Duration `prom:"clock,default=23:59:59.999999"`
		UUID    uuid.UUID     `prom:"default=F47AC10B-58CC-4372-A567-0E02B2C3D479"`
		JSON    []int         `prom:"default='[1,2]'"`
		Now     time.Time     `prom:"default=now"`
		Today   time.Time     `prom:"date,default=now"`
		Random  uuid.UUID     `prom:"default=uuid"`
		NowText string        `prom:"default=now"`
		Status  status        `prom:"default=on"`
		Level   level         `prom:"default=-1"`
		None    int
	}
	is := is.New(t)
	tbl := of[defaulted](t)
	at := func(s string) time.Time {
		at, err := time.Parse(time.RFC3339Nano, s)
		is.NoErr(err)
		return at
	}
	for name, want := range map[string]schema.Value{
		"bool":     schema.BoolValue(true),
		"int":      schema.IntValue(schema.Int16, -128),
		"uint":     schema.UintValue(math.MaxUint64),
		"f32":      schema.FloatValue(schema.Float32, float64(float32(0.1))),
		"f64":      schema.FloatValue(schema.Float64, -1.5),
		"text":     schema.TextValue(schema.Text, "a, b"),
		"empty":    schema.TextValue(schema.Text, ""),
		"bytes":    schema.BytesValue([]byte("ü")),
		"decimal":  schema.TextValue(schema.Decimal, "12.50"),
		"minus":    schema.TextValue(schema.Decimal, "0.00"),
		"whole":    schema.TextValue(schema.Decimal, "-7"),
		"time":     schema.TimeValue(schema.Time, at("2020-01-02T03:04:05.123456Z")),
		"zone":     schema.TimeValue(schema.Time, at("2020-01-02T01:04:05Z")),
		"bare":     schema.TimeValue(schema.Time, at("2020-01-02T00:00:00Z")),
		"date":     schema.TimeValue(schema.Date, at("2020-01-02T00:00:00Z")),
		"clock":    schema.ClockValue(24*time.Hour - time.Microsecond),
		"uuid":     schema.TextValue(schema.UUID, "f47ac10b-58cc-4372-a567-0e02b2c3d479"),
		"json":     schema.ListValue(schema.Int64, []int64{1, 2}),
		"now_text": schema.TextValue(schema.Text, "now"),
		"status":   schema.TextValue(schema.Text, "on"),
		"level":    schema.IntValue(schema.Int16, -1),
	} {
		d := tbl.Column(name).Default
		is.True(d != nil && d.Func == "")
		is.True(d.Literal.Equal(want)) // the constant of this column
	}
	for name, want := range map[string]string{"now": "now", "today": "now", "random": "uuid"} {
		is.Equal(*tbl.Column(name).Default, schema.Default{Func: want})
	}
	is.Equal(tbl.Column("none").Default, nil)
}

// Ensure that a constant of the wrong form is refused for every kind.
func TestParseLiteralErrors(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for k, texts := range map[schema.Kind][]string{
		schema.Null:    {"", "x"},
		schema.Bool:    {"", "yes", "2"},
		schema.Int16:   {"", "32768", "-32769", "1.0", "0x1", "1_0"},
		schema.Int32:   {"2147483648", "x"},
		schema.Int64:   {"9223372036854775808", "-9223372036854775809"},
		schema.Uint64:  {"-1", "18446744073709551616", ""},
		schema.Float32: {"NaN", "1e39", "x"},
		schema.Float64: {"nan", "1e309", ""},
		schema.Decimal: {"", ".", "1.", ".5", "1e5", "NaN", "1,5"},
		schema.Time:    {"", "yesterday", "2020-13-01", "2020-02-30", "03:04"},
		schema.Date:    {"2020-1-1", "x"},
		schema.Clock:   {"24:00:00", "1:2", "", "23:59"},
		schema.UUID:    {"", "x", "f47ac10b58cc4372a5670e02b2c3d479", "{f47ac10b-58cc-4372-a567-0e02b2c3d479}"},
		schema.JSON:    {"", "{", "'a'", "01"},
		schema.Text:    {"a\x00", "\xff"},
	} {
		for _, s := range texts {
			v, err := schema.ParseLiteral(k, s)
			if err == nil || !v.IsNull() {
				t.Errorf("%s: %q became a constant", k, s)
			}
		}
	}
	_, err := schema.ParseLiteral(schema.Int16, "x")
	is.Equal(err.Error(), `"x" is not a constant of kind int16`)
}
