package span

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/prom-go/prom/schema"
)

var errText = errors.New("the text is not a range as PostgreSQL writes it, such as [1,10) or empty")

// Parse reads a range, or a multirange, as PostgreSQL writes it (its manual, sections "Range Types", "Range Input/Output"),
// with the bounds that it has: those of whole numbers are not made canonical.
func Parse(s string) (List, error) { return ParseAs(s, schema.Null) }

// ParseAs is [Parse] of a range whose bounds are of a kind, which makes it canonical.
func ParseAs(s string, k schema.Kind) (List, error) {
	s = strings.TrimSpace(s)
	if strings.EqualFold(s, "empty") {
		return nil, nil
	}
	inner, ok := strings.CutPrefix(s, "{")
	if !ok {
		l, rest, err := parseOne(s, k)
		if err == nil && rest != "" {
			err = errText
		}
		return l, err
	}
	if inner, ok = strings.CutSuffix(inner, "}"); !ok {
		return nil, errText
	}
	var all List
	for inner = strings.TrimSpace(inner); inner != ""; {
		l, rest, err := parseOne(inner, k)
		if err != nil {
			return nil, err
		}
		all = append(all, l...)
		if rest = strings.TrimSpace(rest); rest == "" {
			break
		}
		if inner, ok = strings.CutPrefix(rest, ","); !ok {
			return nil, errText
		}
		if inner = strings.TrimSpace(inner); inner == "" {
			return nil, errText
		}
	}
	return Merged(all), nil
}

// parseOne reads the range at the beginning of a text, and returns what is behind it.
func parseOne(s string, k schema.Kind) (List, string, error) {
	if s == "" || s[0] != '[' && s[0] != '(' {
		return nil, "", errText
	}
	lower, rest, err := parseEnd(s[1:])
	if err != nil {
		return nil, "", err
	}
	if rest == "" || rest[0] != ',' {
		return nil, "", errText
	}
	upper, rest, err := parseEnd(rest[1:])
	if err != nil {
		return nil, "", err
	}
	if rest == "" || rest[0] != ']' && rest[0] != ')' {
		return nil, "", errText
	}
	lower.Inclusive, upper.Inclusive = s[0] == '[', rest[0] == ']'
	l, err := New(lower, upper, k)
	return l, rest[1:], err
}

// parseEnd reads a bound. The values of none of the types need a backslash or a quote.
func parseEnd(s string) (End, string, error) {
	i := strings.IndexAny(s, ",)]")
	if i < 0 {
		return End{}, "", errText
	}
	text, rest := s[:i], s[i:]
	if text == "" {
		return End{Unbounded: true}, rest, nil
	}
	if len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	e, err := ParseValue(text)
	return e, rest, err
}

// ParseValue reads a number, or a time or a day in one of the forms in which PostgreSQL and this library write them. A
// time without a zone is one in UTC.
func ParseValue(s string) (End, error) {
	if sign := schema.InfiniteText(s); sign != 0 {
		return End{}, schema.InfiniteError(sign)
	}
	if len(s) < len(time.DateOnly) || s[4] != '-' {
		e, err := parseNumber(s)
		if err != nil {
			err = errText
		}
		return e, err
	}
	layout := time.DateOnly
	if len(s) > len(layout) {
		layout = "2006-01-02 15:04:05"
		if s[10] == 'T' {
			layout = "2006-01-02T15:04:05"
		}
		if i := strings.LastIndexAny(s, "Z+-"); i > 10 {
			layout += map[int]string{1: "Z07:00", 3: "Z07", 6: "Z07:00", 9: "Z07:00:00"}[len(s)-i]
		}
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		return End{}, errText
	}
	if t = t.UTC(); t.Year() < 1 || t.Year() > 9999 {
		return End{}, errTime
	}
	return End{Time: true, N: t.UnixMicro()}, nil
}

// Text writes a range or a multirange whose bounds are of a kind as PostgreSQL does in UTC. It is the one text of its
// value. PostgreSQL ignores the zone in a value of a type without one.
func (l List) Text(k schema.Kind, multi bool) string {
	if len(l) == 0 && !multi {
		return "empty"
	}
	var b []byte
	if multi {
		b = append(b, '{')
	}
	for i, s := range l {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "(["[truth(s.Lower.Inclusive)])
		b = s.Lower.append(b, k)
		b = append(b, ',')
		b = s.Upper.append(b, k)
		b = append(b, ")]"[truth(s.Upper.Inclusive)])
	}
	if multi {
		b = append(b, '}')
	}
	return string(b)
}

func (e End) append(b []byte, k schema.Kind) []byte {
	switch {
	case e.Unbounded:
		return b
	case e.Decimal != "":
		return append(b, e.Decimal...)
	case !e.Time:
		return strconv.AppendInt(b, e.N, 10)
	}
	t := time.UnixMicro(e.N).UTC()
	if k == schema.Date {
		return t.AppendFormat(b, time.DateOnly)
	}
	return t.AppendFormat(append(b, '"'), `2006-01-02 15:04:05.999999+00"`)
}

// Compare is the collation by which SQLite orders ranges and multiranges. What is none comes after all that are, by its
// text.
func Compare(a, b string) int {
	if a == b {
		return 0
	}
	la, errA := Parse(a)
	lb, errB := Parse(b)
	switch {
	case errA != nil && errB != nil:
		return strings.Compare(a, b)
	case errA != nil:
		return 1
	case errB != nil:
		return -1
	}
	return la.Compare(lb)
}
