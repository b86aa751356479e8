package schema_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// Ensure that names in Go become the names that people expect.
func TestSnake(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, tt := range [][2]string{
		{"", ""}, {"A", "a"}, {"ID", "id"}, {"UserID", "user_id"}, {"HTTPServer", "http_server"}, {"MyHTTPServer",
			"my_http_server"},
		{"userID", "user_id"}, {"User", "user"}, {"XMLHTTPRequest", "xmlhttp_request"}, {"Model2D", "model2_d"}, {"Area51",
			"area51"},
		{"V2", "v2"}, {"Foo_Bar", "foo_bar"}, {"snake_case", "snake_case"}, {"ÄrgerÜber", "ärger_über"}, {"ÜBER",
			"über"}, {"日本", "日本"},
		{"ABc", "a_bc"}, {"aB", "a_b"}, {"__X", "__x"}, {"I8", "i8"},
	} {
		is.Equal(schema.Snake(tt[0]), tt[1])
	}
}

// Ensure that what cannot be an identifier is refused with the reason, and everything else is not.
// parity: A18 B15 B41
func TestCheckName(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, name := range []string{"a", "select", "CamelCase", " ", "a b", "1st", `"`, `"; DROP TABLE x; --`, "'", `\`,
		"$1", "a.b", "😀", "ü", "\n",
		"\u202e", strings.Repeat("x", 63), strings.Repeat("ü", 31)} {
		is.NoErr(schema.CheckName(name))
	}
	for name, want := range map[string]string{
		"":                       "the name is empty",
		"a?":                     "question mark",
		"a\x00":                  "NUL",
		"\xff":                   "UTF-8",
		strings.Repeat("x", 64):  "64 bytes long; PostgreSQL would truncate it to 63",
		strings.Repeat("ü", 32):  "64 bytes long",
		strings.Repeat("x", 999): "999 bytes long",
	} {
		err := schema.CheckName(name)
		is.True(err != nil)
		is.True(strings.Contains(err.Error(), want))
	}
}

// Ensure that the name of an index begins with the table's, fits, and stays apart from others that were cut.
// parity: X2
func TestIndexName(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(schema.IndexName("post", "author"), "post_author")
	is.Equal(schema.IndexName(strings.Repeat("t", 31), strings.Repeat("i", 31)),
		strings.Repeat("t", 31)+"_"+strings.Repeat("i", 31))
	long := strings.Repeat("t", 40)
	seen := map[string]bool{}
	for _, name := range []string{"a23456789012345678901234567890", "b23456789012345678901234567890",
		"a234567890123456789012345678901", strings.Repeat("ü", 30), strings.Repeat("ü", 31)} {
		got := schema.IndexName(long, name)
		is.True(len(got) <= schema.MaxName)
		is.True(utf8.ValidString(got))
		is.True(strings.HasPrefix(got, long+"_"))
		is.Equal(got, schema.IndexName(long, name))
		is.True(!seen[got])
		seen[got] = true
	}
	for cut := range 8 { // a cut within a rune
		got := schema.IndexName(strings.Repeat("x", 40+cut)+strings.Repeat("😀", 10), "i")
		is.True(len(got) <= schema.MaxName && utf8.ValidString(got))
	}
}

func TestKind(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	seen := map[string]bool{}
	for k := schema.Null; k <= schema.Any; k++ {
		is.True(k.String() != "" && !seen[k.String()])
		seen[k.String()] = true
	}
	is.Equal((schema.Any + 1).String(), "kind?")
	is.True(schema.Uint64.Integer() && schema.Int16.Integer() && !schema.Float32.Integer() && !schema.Bool.Integer())
	is.True(schema.Decimal.Number() && schema.Float32.Number() && schema.Int64.Number() && !schema.Text.Number() &&
		!schema.Time.Number())
}
