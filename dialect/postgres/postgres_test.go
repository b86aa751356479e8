package postgres_test

import (
	"strings"
	"testing"

	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/schema"
)

// Ensure that a quoted name reads back as the name, and nothing of it escapes from the quotes.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "a", `a"b`, `"`, `""`, `"; DROP TABLE x; --`, "ü", `\"`, "a\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got, rest := readQuoted(postgres.Dialect{}.Quote(name), '"', false)
		if got != name || rest != "" {
			t.Errorf("%q reads back as %q and leaves %q", name, got, rest)
		}
	})
}

// Ensure that a constant is one token with the value that it was made from, whether standard_conforming_strings is on
// or off.
func FuzzLiteral(f *testing.F) {
	for _, s := range []string{"", "a", "it's", `\`, `\'`, `\\'`, `'; DROP TABLE x; --`, "$$", "ü😀", "a\nb",
		`\x41\101\n`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "\x00") {
			t.Skip("PostgreSQL has no such text")
		}
		lit := postgres.Dialect{}.Literal(schema.TextValue(schema.Text, s))
		for _, conforming := range []bool{true, false} {
			text, escapes := strings.CutPrefix(lit, "E")
			got, rest := readQuoted(text, '\'', escapes || !conforming)
			if got != s || rest != "" {
				t.Errorf("%q reads back as %q and leaves %q", s, got, rest)
			}
		}
	})
}

// readQuoted reads a quoted token as PostgreSQL's lexer does and returns what it holds and what follows it. Of the
// escapes it knows only the one that a constant needs, \\.
func readQuoted(s string, quote byte, escapes bool) (value, rest string) {
	var b strings.Builder
	if s == "" || s[0] != quote {
		return "", s
	}
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == quote && i+1 < len(s) && s[i+1] == quote:
			i++
			b.WriteByte(quote)
		case s[i] == quote:
			return b.String(), s[i+1:]
		case s[i] == '\\' && escapes:
			if i+1 == len(s) || s[i+1] != '\\' {
				return b.String(), s[i:]
			}
			i++
			b.WriteByte('\\')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), "no end"
}
