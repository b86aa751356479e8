package sqltext

import (
	"errors"
	"fmt"
	"strings"
)

// Fragment cuts a piece of a statement, such as a condition, at its arguments, and returns the text around them: one
// more than there are. A question mark stands for an argument, and ?? for a question mark itself. What would end the
// piece within the statement, or take something of it from outside, is refused: a parenthesis, quote or comment that it
// does not open and close itself, a semicolon, and a placeholder of an engine's own, which would take the argument of
// another piece.
func Fragment(sql string) (parts []string, err error) {
	var b strings.Builder
	var open []byte
	l, empty := lexer{sql: sql}, true
	for {
		more, err := l.scan()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		if err := l.refused(); err != nil {
			return nil, err
		}
		empty = empty && l.kind == space
		switch l.kind {
		case arg:
			parts = append(parts, b.String())
			b.Reset()
			continue
		case mark:
			b.WriteByte('?')
			continue
		case sign:
			if open, err = nest(open, l.text[0]); err != nil {
				return nil, err
			}
		}
		if l.kind == quoted && len(open) > 0 && open[len(open)-1] == ']' && strings.Contains(l.text, "]") {
			return nil, errors.New("the raw SQL has a ] in a quoted text between [ and ], where SQLite ends a name; " +
				"pass the text as an argument")
		}
		b.WriteString(l.text)
	}
	if empty {
		return nil, errors.New("the raw SQL is empty")
	}
	if len(open) > 0 {
		return nil, unclosed(string(opening(open[len(open)-1])))
	}
	return append(parts, b.String()), nil
}

// refused returns an error for a token that no piece of a statement may hold.
func (l *lexer) refused() error {
	switch {
	case l.kind == foreign:
		return foreignError(l.sql[l.next-len(l.text):])
	case l.kind == line:
		return errors.New("the raw SQL has the comment --, which would hide what comes after it; use /* */")
	case l.kind == quoted && l.text[0] == '`':
		return errors.New("the raw SQL has a backquote, which PostgreSQL does not support; quote names with \"")
	case l.kind == sign && l.text == ";":
		return errors.New("the raw SQL has a semicolon, which would end the statement")
	}
	return nil
}

// foreignError says that SQL has a placeholder of an engine's own.
func foreignError(at string) error {
	n := 1
	for n < len(at) && isWord(at[n]) {
		n++
	}
	what := "the raw SQL has %s, which an engine would read as a placeholder; "
	switch at[0] {
	case '$', '?':
		what += "numbered placeholders are not used here: a question mark stands for the next argument"
	default:
		what += "a question mark stands for an argument, and an operator is followed by a space"
	}
	return fmt.Errorf(what, at[:n])
}

// nest notes what opens and closes. It returns what is open then, as what closes it.
func nest(open []byte, c byte) ([]byte, error) {
	switch c {
	case '(':
		return append(open, ')'), nil
	case '[':
		return append(open, ']'), nil
	case ')', ']':
		if len(open) == 0 || open[len(open)-1] != c {
			return nil, fmt.Errorf("the raw SQL has a closing %c without its opening %c", c, opening(c))
		}
		return open[:len(open)-1], nil
	}
	return open, nil
}

func opening(closing byte) byte {
	if closing == ')' {
		return '('
	}
	return '['
}

// Terms cuts a list at its commas, but for those in parentheses and quotes. It holds no arguments, and nothing that
// [Fragment] refuses.
func Terms(sql string) (list []string, err error) {
	if err = Closed(sql); err != nil {
		return nil, err
	}
	depth, begin := 0, 0
	l := lexer{sql: sql}
	for {
		more, err := l.scan()
		if err != nil || !more {
			return append(list, sql[begin:]), err
		}
		switch {
		case l.kind != sign:
		case l.text == "(" || l.text == "[":
			depth++
		case l.text == ")" || l.text == "]":
			depth--
		case l.text == "," && depth == 0:
			list, begin = append(list, sql[begin:l.next-1]), l.next
		}
	}
}

// Closed reports, by an error, what [Fragment] refuses, and arguments.
func Closed(sql string) error {
	parts, err := Fragment(sql)
	if err == nil && (len(parts) > 1 || strings.Contains(sql, "??")) {
		err = errors.New("the raw SQL has a question mark, and there are no arguments here")
	}
	return err
}
