package dialect

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TextQuery is a query of full-text search as users write it: words, "phrases", OR, -not, and prefix*. Its syntax is
// that of websearch_to_tsquery of PostgreSQL's manual, section "Parsing Queries", with prefixes added.
type TextQuery struct {
	Text string      // as it was written
	Any  [][]TextArg // one of these, of each all; empty for a query without words, which matches nothing
}

// TextArg is a word or a phrase of a query.
type TextArg struct {
	Words  []string // of a phrase; a word by itself is one
	Prefix bool     // the last word is the beginning of one
	Not    bool     // no row with it
}

// The limits of a query, in bytes. PostgreSQL refuses a word of more than 2046 bytes, which may have grown in lower
// case.
const (
	maxTextQuery = 16 << 10
	maxTextWord  = 1 << 10
)

// ParseTextQuery reads a query. No text is a syntax error: what has no meaning, such as punctuation, is left out.
func ParseTextQuery(s string) (TextQuery, error) {
	q := TextQuery{Text: s}
	switch {
	case len(s) > maxTextQuery:
		return q, fmt.Errorf("a full-text query has at most %d bytes", maxTextQuery)
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return q, errors.New("a full-text query must be valid UTF-8 without zero bytes")
	}
	var all []TextArg
	or := false // the next operand begins another alternative
	for s != "" {
		var a TextArg
		var word bool
		if a, word, s = nextTextArg(s); len(a.Words) == 0 {
			continue
		}
		if word && !a.Not && !a.Prefix && strings.EqualFold(a.Words[0], "or") && len(all) > 0 && !or && hasWords(s) {
			or = true
			continue
		}
		for _, w := range a.Words {
			if len(w) > maxTextWord {
				return q, fmt.Errorf("a word of a full-text query has at most %d bytes", maxTextWord)
			}
		}
		if or {
			q.Any, all, or = append(q.Any, all), nil, false
		}
		all = append(all, a)
	}
	if len(all) > 0 {
		q.Any = append(q.Any, all)
	}
	return q, nil
}

// nextTextArg cuts the first word or phrase off, and reports whether it is a word. It has no words where there are
// none.
func nextTextArg(s string) (a TextArg, word bool, rest string) {
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	if text, not := strings.CutPrefix(s, "-"); not {
		a.Not, s = true, strings.TrimLeft(text, "-")
	}
	if text, quoted := strings.CutPrefix(s, `"`); quoted {
		s, rest, _ = strings.Cut(text, `"`) // a phrase that is not closed goes on to the end
		if after, prefix := strings.CutPrefix(rest, "*"); prefix {
			a.Prefix, rest = true, after
		}
	} else {
		word = true
		end := strings.IndexFunc(s, func(r rune) bool { return r == '"' || unicode.IsSpace(r) })
		if end < 0 {
			end = len(s)
		}
		s, rest = s[:end], s[end:]
		s, a.Prefix = strings.CutSuffix(s, "*")
	}
	for w := range strings.FieldsSeq(s) {
		if hasWords(w) {
			a.Words = append(a.Words, w)
		}
	}
	return a, word, rest
}

// Inverted reports whether the query matches rows for what they do not have alone: one of its
// alternatives is made of negations.
func (q *TextQuery) Inverted() bool {
	return slices.ContainsFunc(q.Any, func(args []TextArg) bool {
		return !slices.ContainsFunc(args, func(a TextArg) bool { return !a.Not })
	})
}

// hasWords reports whether a text has a word: a letter or a digit of some script.
func hasWords(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.Co) })
}

// TextUse is what a query uses a full-text index for.
type TextUse uint8

// The uses of a full-text index.
const (
	TextMatch    TextUse = iota // a condition
	TextRank                    // a number, which is greater for rows that match better
	TextHeadline                // a part of Document, with the words of the query marked
)

// TextSearch is a use of a full-text index in a query.
type TextSearch struct {
	Use      TextUse   // a condition, a rank or a headline
	Index    int       // the position of the index in the table's; -1 for Vector
	Vector   string    // a column of the type tsvector, by its name
	Language string    // the text search configuration
	Document string    // of TextHeadline: the column, by its name
	Query    TextQuery // the query as the user wrote it
	Words    TextQuery // the query without stop words, for an engine that has none
	Start    string    // of TextHeadline: stands before a word that matches
	Stop     string    // of TextHeadline: stands after a word that matches
	MaxWords int       // of TextHeadline; 0 for all of the document
}
