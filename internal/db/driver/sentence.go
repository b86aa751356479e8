package driver

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What an engine says of a statement helps whoever wrote it, and may hold a value: "invalid input syntax for type
// integer: "S3CRET"", "no such column: S3CRET" of a search in FTS5, the text of a trigger. So a sentence is shown when
// it has one of the forms below, and not otherwise:
//
//   - what is in brackets that capture is a name or a piece of SQL, and is shown if the statement's own text has it
//     outside of its literals and comments. Arguments are not in that text, in no mode of the driver;
//   - all else in a form is the engine's own words, types, numbers of columns and parameters, and names of the catalog
//     where the engine says that sentence of nothing else;
//   - a form without $ at its end tells its beginning alone: what follows may be a value;
//   - PostgreSQL's Where is empty, or tells a parameter: with a function or a trigger in it, the sentence may be that of
//     a RAISE, or of SQL that was put together from values.
//
// A server that speaks another language than English has no such form, and its SQLSTATE is shown.

// Form is a form of a sentence, and what is shown when it is one and a name in it is not the statement's: "" is
// nothing. Without brackets it is shown instead of the sentence.
type Form struct {
	Pattern *regexp.Regexp
	Instead string
}

// NewForm returns a form for a regular expression.
func NewForm(pattern, instead string) Form { return Form{regexp.MustCompile(pattern), instead} }

// Sentence returns what may be told of an engine's sentence about a statement, "" for nothing.
func Sentence(forms []Form, text, sql string) string {
	for _, f := range forms {
		m := f.Pattern.FindStringSubmatch(text)
		switch {
		case m == nil:
			continue
		case len(m) == 1 && f.Instead != "":
			return f.Instead
		}
		outside := outsideLiterals(sql)
		for _, name := range m[1:] {
			qualified := strings.Contains(name, ".") && isIn(strings.ReplaceAll(outside, `"."`, "."), name)
			if !qualified && !isIn(outside, name) {
				return f.Instead
			}
		}
		return m[0]
	}
	return ""
}

// outsideLiterals returns a statement in lower case and with blanks for its literals and comments. It returns "" for
// one whose literals are not certain, because of a backslash before a quote or of one that does not end.
func outsideLiterals(sql string) string {
	if strings.Contains(sql, `\'`) {
		return ""
	}
	var b strings.Builder
	for rest := sql; rest != ""; {
		skip, end := 0, ""
		switch {
		case rest[0] == '\'':
			skip, end = 1, "'" // a doubled quote begins a literal again
		case strings.HasPrefix(rest, "--"):
			skip, end = 2, "\n"
		case strings.HasPrefix(rest, "/*"):
			skip, end = 2, "*/"
		case rest[0] == '$' && !endsInWord(b.String()):
			if tag := dollarTag.FindString(rest); tag != "" {
				skip, end = len(tag), tag
			}
		case rest[0] == '"' || rest[0] == '`':
			n := strings.IndexByte(rest[1:], rest[0])
			if n < 0 {
				return ""
			}
			b.WriteString(rest[:n+2])
			rest = rest[n+2:]
			continue
		}
		if end == "" {
			b.WriteByte(rest[0])
			rest = rest[1:]
			continue
		}
		n := strings.Index(rest[skip:], end)
		if n < 0 && end != "\n" || strings.Contains(rest[skip:skip+max(n, 0)], "/*") && end == "*/" {
			return ""
		}
		b.WriteByte(' ')
		if n < 0 {
			break
		}
		rest = rest[skip+n+len(end):]
	}
	return strings.ToLower(b.String())
}

var dollarTag = regexp.MustCompile(`^\$(?:[\pL_][\pL\d_]*)?\$`)

// isIn reports whether a statement, without its literals, has a name: each part of it, as a word of its own.
func isIn(statement, name string) bool {
	if strings.Trim(name, ".") == "" {
		return name != "" && strings.Contains(statement, name)
	}
	for part := range strings.SplitSeq(strings.ToLower(name), ".") {
		if !hasWord(statement, strings.Trim(part, `"`)) {
			return false
		}
	}
	return true
}

func isLetter(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func endsInWord(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return isLetter(r)
}

func hasWord(s, word string) bool {
	if word == "" {
		return false
	}
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return false
		}
		i += from
		first, _ := utf8.DecodeRuneInString(word)
		after, _ := utf8.DecodeRuneInString(s[i+len(word):])
		if !(isLetter(first) && endsInWord(s[:i])) && !(endsInWord(word) && isLetter(after)) {
			return true
		}
		from = i + 1
	}
}
