package dialect

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode"
)

// mostRepeats is how often an advanced regular expression of PostgreSQL repeats an atom by a bound: DUPMAX, as its
// manual says in "Regular Expression Details".
const mostRepeats = 255

// AdvancedRegexp returns a regular expression of Go's package regexp/syntax as an advanced regular expression of
// PostgreSQL that matches the same texts. Both have an own dialect, so the expression is parsed and written anew, of
// those parts alone that mean the same: characters by their numbers, classes as ranges, and constraints for what looks
// around. What PostgreSQL cannot say is an error.
func AdvancedRegexp(pattern string) (string, error) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		var bad *syntax.Error
		if errors.As(err, &bad) { // whose text holds the pattern
			return "", fmt.Errorf("invalid regular expression: %s", bad.Code)
		}
		return "", errors.New("invalid regular expression")
	}
	var w regexpWriter
	w.write(re)
	return w.b.String(), w.err
}

type regexpWriter struct {
	b   strings.Builder
	err error
}

// The constraints of the characters that \b tells apart in Go, which are those of ASCII.
const (
	behind, notBehind = `(?<=[0-9A-Za-z_])`, `(?<![0-9A-Za-z_])`
	ahead, notAhead   = `(?=[0-9A-Za-z_])`, `(?![0-9A-Za-z_])`
)

func (w *regexpWriter) write(re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpEmptyMatch:
		w.b.WriteString("(?:)")
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 {
				w.folded(r)
			} else {
				w.char(r)
			}
		}
	case syntax.OpCharClass:
		w.class(re.Rune)
	case syntax.OpAnyCharNotNL:
		w.b.WriteString(`[^\u000a]`)
	case syntax.OpAnyChar:
		w.b.WriteByte('.')
	case syntax.OpBeginText:
		w.b.WriteByte('^')
	case syntax.OpEndText:
		w.b.WriteByte('$')
	case syntax.OpBeginLine:
		w.b.WriteString(`(?:^|(?<=\u000a))`)
	case syntax.OpEndLine:
		w.b.WriteString(`(?:$|(?=\u000a))`)
	case syntax.OpWordBoundary:
		w.b.WriteString("(?:" + behind + notAhead + "|" + notBehind + ahead + ")")
	case syntax.OpNoWordBoundary:
		w.b.WriteString("(?:" + behind + ahead + "|" + notBehind + notAhead + ")")
	case syntax.OpCapture:
		w.group(re.Sub[0])
	case syntax.OpStar:
		w.repeated(re.Sub[0], "*")
	case syntax.OpPlus:
		w.repeated(re.Sub[0], "+")
	case syntax.OpQuest:
		w.repeated(re.Sub[0], "?")
	case syntax.OpRepeat:
		if re.Min > mostRepeats || re.Max > mostRepeats {
			w.err = errors.New("the regular expression repeats something more than 255 times, which PostgreSQL does not take")
		}
		bound := strconv.Itoa(re.Min)
		switch {
		case re.Max < 0:
			bound += ","
		case re.Max > re.Min:
			bound += "," + strconv.Itoa(re.Max)
		}
		w.repeated(re.Sub[0], "{"+bound+"}")
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if sub.Op == syntax.OpAlternate {
				w.group(sub)
			} else {
				w.write(sub)
			}
		}
	case syntax.OpAlternate:
		for i, sub := range re.Sub {
			if i > 0 {
				w.b.WriteByte('|')
			}
			w.write(sub)
		}
	default: // OpNoMatch
		w.err = errors.New("the regular expression matches no text at all")
	}
}

// repeated writes what is repeated as a group of its own: a constraint alone takes no quantifier.
func (w *regexpWriter) repeated(re *syntax.Regexp, how string) {
	if re.Op == syntax.OpCharClass || re.Op == syntax.OpAnyCharNotNL || re.Op == syntax.OpAnyChar {
		w.write(re)
	} else {
		w.group(re)
	}
	w.b.WriteString(how)
}

func (w *regexpWriter) group(re *syntax.Regexp) {
	w.b.WriteString("(?:")
	w.write(re)
	w.b.WriteByte(')')
}

// char writes a character, by its number if it might be a special one.
func (w *regexpWriter) char(r rune) {
	switch {
	case r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z':
		w.b.WriteRune(r)
	case r <= 0xffff:
		fmt.Fprintf(&w.b, `\u%04x`, r)
	default:
		fmt.Fprintf(&w.b, `\U%08x`, r)
	}
}

// folded writes a character whose case is ignored.
func (w *regexpWriter) folded(r rune) {
	if unicode.SimpleFold(r) == r {
		w.char(r)
		return
	}
	w.b.WriteByte('[')
	w.char(r)
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		w.char(f)
	}
	w.b.WriteByte(']')
}

// class writes a class of characters, given by its ranges. One of all but some is written by those.
func (w *regexpWriter) class(ranges []rune) {
	if len(ranges) == 0 {
		w.err = errors.New("the regular expression has a class without a character")
		return
	}
	w.b.WriteByte('[')
	if last := len(ranges) - 1; ranges[0] == 0 && ranges[last] == unicode.MaxRune && last > 1 {
		w.b.WriteByte('^')
		ranges = ranges[1:last]
		for i := 0; i < len(ranges); i += 2 {
			w.between(ranges[i]+1, ranges[i+1]-1)
		}
	} else {
		for i := 0; i < len(ranges); i += 2 {
			w.between(max(ranges[i], 1), ranges[i+1]) // a text has no NUL
		}
	}
	w.b.WriteByte(']')
}

func (w *regexpWriter) between(low, high rune) {
	w.char(low)
	if high > low {
		w.b.WriteByte('-')
		w.char(high)
	}
}
