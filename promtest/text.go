package promtest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/prom-go/prom/schema"
)

// gen makes up a value for a column.
type gen struct {
	rng      *rand.Rand
	c        *schema.Column
	n        int // of the row
	distinct bool
	used     *values // when distinct: those of the table's other rows

	pattern *regexp.Regexp
}

// words are the words of the column's name, in lower case.
func (g *gen) words() []string {
	return strings.FieldsFunc(strings.ToLower(g.c.Name), func(r rune) bool { return r == '_' || r == ' ' || r == '-' })
}

// lengths returns the least and the greatest length of a text or bytes, near what is wanted.
func (g *gen) lengths(low, high int) (int, int) {
	if b := g.c.Rules.Min; b != nil && int(b.Int) > low {
		low = int(b.Int)
	}
	high = max(low, high)
	if b := g.c.Rules.Max; b != nil && int(b.Int) < high {
		high = int(b.Int)
	}
	return min(low, high), high
}

// tries is how often a text is made before another way is tried.
const tries = 60

// text makes up a text that the rules of the column allow: one of its choices, else one that suits its name, one made
// from its regular expression, a few words, or just letters.
func (g *gen) text() (any, error) {
	if list := g.c.Rules.Choices; list != nil {
		return g.choice(list)
	}
	if p := g.c.Rules.Pattern; p != "" {
		g.pattern = regexp.MustCompile(p)
	}
	for _, way := range []func(try int) string{g.named, g.fromPattern, g.phrase, g.letters} {
		for try := range tries {
			s := way(try)
			if s == "" {
				break
			}
			if g.allows(s) && g.used.take(s) {
				return s, nil
			}
		}
	}
	if g.c.Rules.Max != nil && g.c.Rules.Max.Int == 0 {
		return "", nil
	}
	if g.pattern != nil {
		return nil, fmt.Errorf("no text was found that matches %s and the other rules", g.pattern)
	}
	return nil, errors.New("no text was found that the rules allow and no other row has")
}

func (g *gen) allows(s string) bool {
	n := int64(utf8.RuneCountInString(s))
	if r := g.c.Rules; r.Min != nil && n < r.Min.Int || r.Max != nil && n > r.Max.Int {
		return false
	}
	return g.pattern == nil || g.pattern.MatchString(s)
}

func (g *gen) choice(list []string) (string, error) {
	if !g.distinct {
		return pick(g.rng, list), nil
	}
	for _, s := range list {
		if g.used.take(s) {
			return s, nil
		}
	}
	return "", errors.New("there are no more different choices")
}

// suffix is the number of the row behind a separator, when its value must differ from others'.
func (g *gen) suffix(separator string) string {
	if !g.distinct {
		return ""
	}
	return separator + strconv.Itoa(g.n)
}

// named makes a text that suits the column's name, or "" when the name says nothing.
func (g *gen) named(int) string {
	words := g.words()
	for _, like := range names {
		if slices.ContainsFunc(like.words, func(w string) bool { return slices.Contains(words, w) || w == g.c.Name }) {
			return like.make(g)
		}
	}
	return ""
}

// phrase makes a few words.
func (g *gen) phrase(try int) string {
	words := []string{pick(g.rng, adjectives)}
	for range 1 + try%3 {
		words = append(words, pick(g.rng, nouns))
	}
	return strings.Join(words, " ") + g.suffix(" ")
}

// letters makes a text of letters that is as long as it must be. One that must differ begins with the number of its
// row.
func (g *gen) letters(int) string {
	low, high := g.lengths(1, 12)
	n := low + g.rng.IntN(high-low+1)
	var b strings.Builder
	b.WriteString(strings.ToLower(strconv.FormatInt(int64(g.number()), 36)))
	if g.number() == 0 {
		b.Reset()
	}
	for b.Len() < n {
		b.WriteByte(byte('a' + g.rng.IntN(26)))
	}
	if s := b.String(); len(s) <= high {
		return s
	}
	return b.String()[b.Len()-high:]
}

func pick[E any](rng *rand.Rand, list []E) E { return list[rng.IntN(len(list))] }
