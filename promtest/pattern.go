package promtest

import (
	"regexp/syntax"
	"strings"
)

// fromPattern makes a text from the column's regular expression, or "" when it has none. What it makes need not match,
// as when the expression looks at the words around, so it is checked afterwards.
func (g *gen) fromPattern(try int) string {
	if g.pattern == nil {
		return ""
	}
	re, err := syntax.Parse(g.c.Rules.Pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	var b strings.Builder
	g.write(&b, re.Simplify(), 1+try) // the longer it takes, the longer the texts
	return b.String()
}

func (g *gen) write(b *strings.Builder, re *syntax.Regexp, more int) {
	times := func(low, high int) {
		for range low + g.rng.IntN(high-low+1) {
			g.write(b, re.Sub[0], more)
		}
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		b.WriteRune(g.oneOf(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte(byte('a' + g.rng.IntN(26)))
	case syntax.OpStar:
		times(0, more)
	case syntax.OpPlus:
		times(1, 1+more)
	case syntax.OpQuest:
		times(0, 1)
	case syntax.OpRepeat:
		high := re.Max
		if high < 0 {
			high = re.Min + more
		}
		times(re.Min, high)
	case syntax.OpAlternate:
		g.write(b, re.Sub[g.rng.IntN(len(re.Sub))], more)
	default: // a capture, a concatenation, or a place between characters
		for _, sub := range re.Sub {
			g.write(b, sub, more)
		}
	}
}

// oneOf picks a character of a class, given as pairs of the first and the last of its ranges: one that can be printed
// if there is one.
func (g *gen) oneOf(pairs []rune) rune {
	var list []rune
	for i := 0; i+1 < len(pairs); i += 2 {
		for r := max(pairs[i], ' '); r <= min(pairs[i+1], '~'); r++ {
			list = append(list, r)
		}
	}
	if list == nil {
		if len(pairs) == 0 {
			return ' '
		}
		return pairs[0]
	}
	return pick(g.rng, list)
}
