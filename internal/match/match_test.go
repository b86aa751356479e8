package match

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/matryer/is"
)

func never() bool { return false }

// Ensure that all ways find what package strings and regular expressions find.
func FuzzMatch(f *testing.F) {
	for _, s := range []string{"", "a", "A", "%", "_", `\`, "%a%", "a_%b", "%_", "_%_", "%a_c%_", "ü_", `\%%\_`, "%ab%ab",
		"é%é", "日_"} {
		f.Add("xay", s)
		f.Add("aabxab", s)
		f.Add("日本é%é_b", s)
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, text, pattern string) {
		if !utf8.ValidString(text) || !utf8.ValidString(pattern) || len(text) > 1000 || len(pattern) > 100 {
			t.Skip()
		}
		for _, fold := range []bool{false, true} {
			text, plain := text, pattern
			if fold {
				text, plain = lower(text), lower(pattern)
			}
			for way, want := range map[Way]bool{Contains: strings.Contains(text, plain), Suffix: strings.HasSuffix(text, plain),
				Like: expression(plain).MatchString(text)} {
				m := New(way, fold)
				for range 2 {
					if got, stopped := m.Match(text, pattern, never); got != want || stopped {
						t.Errorf("%d fold=%t: %q in %q: %t", way, fold, pattern, text, got)
					}
				}
			}
		}
	})
}

// expression is a pattern of Like as a regular expression.
func expression(pattern string) *regexp.Regexp {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '%':
			b.WriteString(".*")
		case c == '_':
			b.WriteString(".")
		case c == '\\' && i+1 < len(pattern):
			i++
			fallthrough
		default:
			_, size := utf8.DecodeRuneInString(pattern[i:])
			b.WriteString(regexp.QuoteMeta(pattern[i : i+size]))
			i += size - 1
		}
	}
	return regexp.MustCompile("(?s)^(?:" + b.String() + ")$")
}

// Ensure that a long pattern in a long text takes no time that grows with both, and that one of which any character may
// be each can be stopped.
func TestMatchLong(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	text := strings.Repeat("a", 8<<20)
	part := strings.Repeat("a", 5000) + "b"
	start := time.Now()
	for _, m := range []*Matcher{New(Contains, false), New(Contains, true), New(Suffix, true)} {
		ok, stopped := m.Match(text, part, never)
		is.True(!ok && !stopped)
	}
	ok, stopped := New(Like, true).Match(text, "%"+part+"%"+part+"%", never)
	is.True(!ok && !stopped)
	is.True(time.Since(start) < 20*time.Second) // some hours, letter by letter

	asked := 0
	ok, stopped = New(Like, false).Match(text, "%"+strings.Repeat("_a", 5000)+"b%",
		func() bool { asked++; return asked == 3 })
	is.True(!ok && stopped)
	is.Equal(asked, 3)
}
