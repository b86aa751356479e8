package sqltext

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// kind says what a token is.
type kind uint8

const (
	sign    kind = iota // a byte, or two, that is nothing else
	space               // spaces and newlines
	word                // a name, a keyword or a number
	quoted              // '…', "…", `…` or $tag$…$tag$
	comment             // /* … */
	line                // -- and what follows up to the end of the line
	arg                 // ?, which stands for an argument
	mark                // ??, which stands for a question mark
	foreign             // a placeholder of an engine's own: $1, ?1, :a, @a, #a
)

// lexer cuts SQL into tokens.
type lexer struct {
	sql  string
	next int // where the next token begins

	// The token.
	kind kind
	text string

	escaping bool // an E stands directly before the next token
	escaped  bool // the last token but spaces and comments was a text with backslashes
	number   bool // a number stands directly before the next token
	square   int  // how many [ are open
}

// scan goes to the next token, and reports whether there is one.
func (l *lexer) scan() (bool, error) {
	if l.next == len(l.sql) {
		return false, nil
	}
	rest := l.sql[l.next:]
	escaping, escaped, number := l.escaping, l.escaped, l.number
	l.escaping, l.number = false, false
	var n int
	var err error
	switch c := rest[0]; {
	case c == 0:
		err = errors.New("the raw SQL contains a NUL character")
	case number && (c == '$' || c == '\''):
		err = errors.New("the raw SQL has a number directly before a quote; put a space between them")
	case c == '\'':
		if escaped {
			return false, errors.New(`the raw SQL has two texts in a row of which the first is E'…'; join them by ||`)
		}
		l.kind = quoted
		n, err = quote(rest, escaping)
		l.escaped = escaping
		l.text, l.next = rest[:n], l.next+n
		return err == nil, err
	case c == '"' || c == '`':
		l.kind = quoted
		n, err = quote(rest, false)
	case strings.HasPrefix(rest, "--"):
		l.kind, n = line, len(rest)
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			n = end
		}
	case strings.HasPrefix(rest, "/*"):
		l.kind = comment
		n, err = commentEnd(rest)
	case isSpace(c):
		for l.kind = space; n < len(rest) && isSpace(rest[n]); n++ {
		}
	case isWord(c) && c != '$':
		l.kind = word
		digits := isDigit(c)
		for n < len(rest) && isWord(rest[n]) && (rest[n] != '$' || !digits) {
			n++
		}
		l.number, l.escaping = digits, rest[:n] == "E" || rest[:n] == "e"
	default:
		n, err = l.sign(rest)
	}
	if err != nil {
		return false, err
	}
	l.escaped = escaped && (l.kind == space || l.kind == comment || l.kind == line)
	l.text, l.next = rest[:n], l.next+n
	return true, nil
}

// sign reads what begins with a byte that has a meaning of its own, and returns its length.
func (l *lexer) sign(rest string) (int, error) {
	before := byte(0)
	if l.next > 0 {
		before = l.sql[l.next-1]
	}
	named := len(rest) > 1 && isWord(rest[1])
	l.kind = sign
	switch c := rest[0]; {
	case c == '?' && len(rest) > 1 && rest[1] == '?':
		l.kind = mark
		return 2, nil
	case c == '?' && len(rest) > 1 && isDigit(rest[1]):
		l.kind = foreign
	case c == '?':
		l.kind = arg
		return 1, nil
	case c == '$':
		if tag := dollarTag(rest); tag != "" {
			l.kind = quoted
			end := strings.Index(rest[len(tag):], tag)
			if end < 0 {
				return 0, unclosed(tag)
			}
			return len(tag) + end + len(tag), nil
		}
		if named {
			l.kind = foreign
		}
	case strings.HasPrefix(rest, "::") && !strings.HasPrefix(rest, ":::"), strings.HasPrefix(rest, ":="):
		return 2, nil
	case c == ':' && (named && l.square == 0 || strings.HasPrefix(rest, ":::")),
		(c == '@' || c == '#') && named && before != c: // @@ and ## are operators, and variables to no engine
		l.kind = foreign
	case c == '[':
		l.square++
	case c == ']':
		l.square--
	}
	n := 1
	if l.kind == foreign {
		for n < len(rest) && isDigit(rest[n]) {
			n++
		}
		l.number = n > 1
	}
	return n, nil
}

func unclosed(opening string) error {
	return fmt.Errorf("the raw SQL has an opening %s without its end", opening)
}

// quote returns the length of the quoted text with which s begins. With escapes a backslash makes the next character an
// ordinary one.
func quote(s string, escapes bool) (int, error) {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && escapes:
			i++
		case s[i] != s[0]:
		case i+1 < len(s) && s[i+1] == s[0]:
			i++
		default:
			return i + 1, nil
		}
	}
	return 0, unclosed(s[:1])
}

// commentEnd returns the length of the comment with which s begins.
func commentEnd(s string) (int, error) {
	end := strings.Index(s[2:], "*/")
	if end < 0 {
		return 0, unclosed("/*")
	}
	if strings.Contains(s[2:2+end], "/*") { // by the first */ it ends on SQLite, and by the second on PostgreSQL
		return 0, errors.New("the raw SQL has a comment in a comment")
	}
	return 2 + end + 2, nil
}

// dollarTag returns the opening $tag$ of PostgreSQL's dollar quotes, or "".
func dollarTag(s string) string {
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '$':
			return s[:i+1]
		case !isWord(c), i == 1 && isDigit(c):
			return ""
		}
	}
	return ""
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isWord reports whether c may stand within a name.
func isWord(c byte) bool {
	return c == '_' || c == '$' || isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}
