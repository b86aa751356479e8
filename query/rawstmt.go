package query

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// RawStatement is a whole statement that the caller wrote, with its arguments. It is an immutable value.
type RawStatement struct {
	text  string
	lead  string   // the first word, in capitals
	parts []string // the text around the arguments: one more than there are
	args  []schema.Value
}

// NewRawStatement reads a statement with a question mark for each argument, as [Raw] does. It may hold comments of both forms. It
// is one statement, and none that begins or ends a transaction: the connection must know about these.
func NewRawStatement(sql string, args []any) (RawStatement, error) {
	text, lead, err := oneStatement(sql)
	if err != nil {
		return RawStatement{}, err
	}
	s := RawStatement{text: text, lead: lead, args: make([]schema.Value, len(args))}
	if s.parts, err = splitRaw(text); err != nil {
		return RawStatement{}, err
	}
	if len(s.parts) != len(args)+1 {
		return RawStatement{}, fmt.Errorf("the raw SQL has %d question marks for %d arguments (a question mark itself is ??; numbered placeholders such as $1 are not used here)",
			len(s.parts)-1, len(args))
	}
	for i, a := range args {
		if s.args[i], err = ValueOf(a); err != nil {
			return RawStatement{}, fmt.Errorf("argument %d of the raw SQL: %w", i+1, err)
		}
	}
	return s, nil
}

// Reads reports whether the statement is one that only reads, but for what functions in it do.
func (s RawStatement) Reads() bool {
	return s.lead == "SELECT" || s.lead == "VALUES" || s.lead == "TABLE"
}

// Writes reports whether the statement is one that may write to tables and return rows of what it has written.
func (s RawStatement) Writes() bool {
	switch s.lead {
	case "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "WITH":
		return true
	}
	return false
}

// Commits reports whether the statement may commit in its midst, as a procedure can.
func (s RawStatement) Commits() bool { return s.lead == "CALL" || s.lead == "DO" }

// Args returns the arguments, which must not be changed.
func (s RawStatement) Args() []schema.Value { return s.args }

// SQL returns the statement as an engine takes it.
func (s RawStatement) SQL(d dialect.Dialect) string {
	if len(s.parts) == 1 {
		return s.parts[0]
	}
	numbered := d.Features().NumberedArgs
	var b strings.Builder
	b.Grow(len(s.text) + 2*len(s.parts))
	for i, part := range s.parts {
		if i > 0 && numbered {
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(i))
		} else if i > 0 {
			b.WriteByte('?')
		}
		b.WriteString(part)
	}
	return b.String()
}

// oneStatement returns the statement without the comments that go to the end of a line and without the semicolon at its end. It
// refuses a text of several statements, of which the engines would run a different number. It returns the first word as well.
func oneStatement(sql string) (text, lead string, err error) {
	var b strings.Builder
	words, ended := leading{}, false
	for i := 0; i < len(sql); {
		if strings.HasPrefix(sql[i:], "--") {
			if line := strings.IndexByte(sql[i:], '\n'); line >= 0 {
				i += line
			} else {
				i = len(sql)
			}
			continue
		}
		end, err := skipQuoted(sql, i)
		switch {
		case err != nil:
			return "", "", err
		case end == i:
			end++
		}
		c := sql[i]
		comment := strings.HasPrefix(sql[i:end], "/*")
		switch {
		case c == ';' && !words.body():
			ended = true
		case ended && !comment && !space(c):
			return "", "", errors.New("the raw SQL holds more than one statement; run each by itself, in a transaction if they belong together")
		case !ended:
			b.WriteString(sql[i:end])
			if !comment {
				words.add(sql[i:end])
			}
		}
		i = end
	}
	if len(words.list) > 0 {
		lead = words.list[0]
	}
	return b.String(), lead, words.check()
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

// leading are the first words of a statement, in capitals.
type leading struct {
	list []string
	open bool // the last one may go on
}

const leadingWords = 6

func (l *leading) add(s string) {
	if len(s) != 1 || !wordByte(s[0]) {
		l.open = false
		return
	}
	switch {
	case l.open:
		l.list[len(l.list)-1] += strings.ToUpper(s)
	case len(l.list) < leadingWords:
		l.list, l.open = append(l.list, strings.ToUpper(s)), true
	}
}

// body reports whether the statement makes something whose body holds statements: a trigger or a function.
func (l *leading) body() bool {
	if len(l.list) == 0 || l.list[0] != "CREATE" {
		return false
	}
	for _, w := range l.list[1:] {
		switch w {
		case "TRIGGER", "FUNCTION", "PROCEDURE":
			return true
		}
	}
	return false
}

// check refuses what begins or ends a transaction.
func (l *leading) check() error {
	if len(l.list) == 0 {
		return nil
	}
	switch l.list[0] {
	case "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE":
		return fmt.Errorf("the raw SQL begins with %s; transactions, and those in a transaction, are begun and ended by Tx", l.list[0])
	}
	return nil
}
