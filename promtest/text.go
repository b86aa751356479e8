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
	start    int64   // and the greatest number among the rows that were there
	rows     int     // how many there were
	faker    Faker   // nil for none

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
	if s := g.native(); s != "" && g.allows(s) && g.used.take(s) {
		return s, nil
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

// natives are values of types of PostgreSQL that do not take every text; %d is the number of the row.
var natives = map[string]string{
	"inet": "2001:db8::%x", "cidr": "2001:db8::%x/128", "macaddr": "00005e:%06x",
	"macaddr8": "00005efffe:%06x", "interval": "%d hours", "money": "%d.50", "point": "(%d,1)",
	"line": "{1,-1,%d}", "lseg": "[(0,0),(1,%d)]", "box": "(1,%d),(0,0)", "path": "[(0,0),(1,%d)]",
	"polygon": "((0,0),(1,0),(1,%d))", "circle": "<(0,0),%d>", "xml": "<row>%d</row>", "oid": "%d",
	"time with time zone": "10:00:00+00", "timetz": "10:00:00+00", "int4range": "[%d,)", "int8range": "[%d,)",
	"numrange": "[%d,)", "daterange": "[2024-01-01,2024-02-01)", "tsrange": "[2024-01-01,2024-02-01)",
	"tstzrange": "[2024-01-01,2024-02-01)", "int4multirange": "{[%d,)}", "int8multirange": "{[%d,)}",
	"nummultirange": "{[%d,)}", "datemultirange": "{[2024-01-01,2024-02-01)}",
	"tsmultirange": "{[2024-01-01,2024-02-01)}", "tstzmultirange": "{[2024-01-01,2024-02-01)}",
	"tsvector": "'row' '%d'", "tsquery": "'row' | '%d'", "hstore": `"row"=>"%d"`, "ltree": "row.%d",
	"bit varying": "%b", "varbit": "%b", "jsonpath": "$.row[%d]", "pg_lsn": "0/%X",
}

// native makes up a value of the type of PostgreSQL that the tag names; "" for one that takes every text or is not
// known.
func (g *gen) native() string {
	name, size, _ := strings.Cut(strings.ToLower(g.c.SQLType), "(")
	if i := strings.LastIndexByte(name, '.'); i >= 0 { // the type of an extension, with its schema
		name = name[i+1:]
	}
	if name == "bit" {
		n := 1
		_, _ = fmt.Sscanf(size, "%d", &n)
		digits := fmt.Sprintf("%0*b", n, g.n)
		return digits[len(digits)-n:]
	}
	if form := natives[name]; strings.Contains(form, "%") {
		return fmt.Sprintf(form, g.n)
	}
	return natives[name]
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

// named makes a text that suits the column's name, or "" when the name says nothing. A Faker's text gets the number of
// the row only when it knows no other.
func (g *gen) named(try int) string {
	words := g.words()
	i := slices.IndexFunc(names, func(like likeness) bool {
		return slices.ContainsFunc(like.words, func(w string) bool { return slices.Contains(words, w) || w == g.c.Name })
	})
	if g.faker != nil && (i < 0 || !slices.Contains(own, names[i].words[0])) {
		s := g.faker.Fake(g.rng, strings.ToLower(g.c.Name))
		if s != "" && try >= tries/2 {
			s += g.suffix(" ")
		}
		if s != "" {
			return s
		}
	}
	if i < 0 {
		return ""
	}
	return names[i].make(g)
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
