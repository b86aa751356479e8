package dialect_test

import (
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/dialect"
)

// Ensure that regular expressions are written for PostgreSQL by what means the same there, and that what it cannot say
// is refused with a text that does not hold the pattern.
func TestAdvancedRegexp(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"":                   "(?:)",
		"ab.c":               `ab[^\u000a]c`,
		"(?s)a.c":            `a.c`,
		`^\d+$`:              `^[0-9]+$`,
		`a-b\.c`:             `a\u002db\u002ec`,
		"(?i)k":              "[Kk\\u212a]",
		"[^a-c]":             "[^a-c]",
		"[]^-]":              `[\u002d\u005d-\u005e]`,
		"(ab|c)*?d{2,3}":     "(?:(?:ab|c))*(?:d){2,3}",
		"x{2,}y{3}":          "(?:x){2,}(?:y){3}",
		"ab|":                "ab|(?:)",
		"(?m)^é$":            `(?:^|(?<=\u000a))\u00e9(?:$|(?=\u000a))`,
		"😀":                  `\U0001f600`,
		`***:x`:              "",
		`a{256}`:             "",
		`[^\x00-\x{10FFFF}]`: "",
		"(":                  "",
		`\1`:                 "",
		`(?=a)`:              "",
	} {
		is := is.New(t)
		got, err := dialect.AdvancedRegexp(pattern)
		if want == "" {
			is.True(err != nil) // refused
			continue
		}
		is.NoErr(err)
		is.Equal(got, want)
	}
}
