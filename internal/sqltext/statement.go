package sqltext

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Statement is a whole statement.
type Statement struct {
	Lead  string   // the first word, in capitals
	Parts []string // the text around the places of its arguments: one more than there are
	Args  []int    // the number of the argument at each place, from 0; nil when each place has the next one
}

// Parse reads a statement: a question mark stands for each argument, and ?? for a question mark itself; or $1, $2 and
// so on for the argument of that number, as statements have them that this library shows of PostgreSQL. Comments that
// go to the end of a line, and the semicolon at the end, are left out. It refuses what begins, ends or hands over a
// transaction. It refuses several statements as well, as far as a reader sees them, since the engines would run a
// different number of them; a body, of a trigger or a function, is not looked into.
func Parse(sql string) (Statement, error) {
	var s Statement
	var b strings.Builder
	var words []string
	var foreignErr error
	l, ended, empty := lexer{sql: sql}, false, true
	for {
		more, err := l.scan()
		if err != nil {
			return s, err
		}
		if !more {
			break
		}
		if !ended && l.kind != space && l.kind != comment && l.kind != line && l.text != ";" {
			empty = false
		}
		switch {
		case l.kind == line:
			continue
		case l.kind == sign && l.text == ";" && !hasBody(words):
			ended = true
		case ended && l.kind != space && l.kind != comment:
			return s, errors.New("the raw SQL holds more than one statement; " +
				"run each by itself, in a transaction if they belong together")
		case ended:
		case l.kind == foreign && numberOf(l.text) > 0 && (s.Args != nil || len(s.Parts) == 0) && !hasBody(words) &&
			!prepares(words):
			s.Parts, s.Args = append(s.Parts, b.String()), append(s.Args, numberOf(l.text)-1)
			b.Reset()
		case (l.kind == arg || l.kind == mark) && s.Args != nil:
			return s, errors.New("the raw SQL has both numbered arguments and question marks; use one of them")
		case l.kind == arg:
			s.Parts = append(s.Parts, b.String())
			b.Reset()
		case l.kind == mark:
			b.WriteByte('?')
		default:
			if l.kind == foreign && foreignErr == nil {
				foreignErr = foreignError(sql[l.next-len(l.text):])
			}
			b.WriteString(l.text)
		}
		if l.kind == word && len(words) < leadingWords && !ended {
			words = append(words, strings.ToUpper(l.text))
		}
	}
	s.Parts = append(s.Parts, b.String())
	if empty {
		return s, errors.New("the raw SQL is empty")
	}
	if len(words) > 0 {
		s.Lead = words[0]
	}
	// A function has its arguments by number, and what is prepared by hand too.
	if foreignErr != nil && (s.Lead != "CREATE" && s.Lead != "PREPARE" || len(s.Parts) > 1) {
		return s, foreignErr
	}
	return s, endsTransaction(words)
}

// numberOf returns the number of a placeholder such as $1, 0 of others.
func numberOf(text string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(text, "$"))
	if err != nil || n < 1 || n > maxNumber || !strings.HasPrefix(text, "$") {
		return 0
	}
	return n
}

// maxNumber bounds the arguments of a statement; PostgreSQL takes no more.
const maxNumber = 65535

// prepares reports whether the first words are those of a statement whose own placeholders mean something else.
func prepares(words []string) bool {
	return len(words) > 0 && (words[0] == "PREPARE" || words[0] == "CREATE")
}

// leadingWords is how many words tell what a statement is: CREATE OR REPLACE CONSTRAINT TRIGGER has most.
const leadingWords = 5

// hasBody reports whether the first words are those of a statement that makes something whose body holds statements: a
// trigger, a function or a procedure, and nothing that is called so.
func hasBody(words []string) bool {
	if len(words) == 0 || words[0] != "CREATE" {
		return false
	}
	for _, w := range words[1:] {
		switch w {
		case "OR", "REPLACE", "CONSTRAINT", "TEMP", "TEMPORARY":
			continue
		}
		return w == "TRIGGER" || w == "FUNCTION" || w == "PROCEDURE"
	}
	return false
}

// endsTransaction refuses what begins or ends a transaction, or leaves it to another session.
func endsTransaction(words []string) error {
	var lead string
	if len(words) > 0 {
		lead = words[0]
	}
	switch lead {
	case "PREPARE":
		if len(words) < 2 || words[1] != "TRANSACTION" || slices.Contains(words, "AS") { // a statement may be called so
			return nil
		}
		lead = "PREPARE TRANSACTION"
	case "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE":
	default:
		return nil
	}
	return fmt.Errorf("the raw SQL begins with %s; "+
		"use Tx to begin and end transactions and savepoints", lead)
}
