package sqltext

import (
	"slices"
	"strings"
)

// Rename gives a column or a table another name in SQL as an engine writes it, where it stands as a word or in double
// quotes. Types, functions, the words of AT TIME ZONE and the parts of EXTRACT keep theirs: the name of a column may be
// that of a type. SQL that cannot be read stays as it is.
func Rename(sql, from, to string) string {
	var tokens []lexer // with their kinds and texts
	for l := (lexer{sql: sql}); ; {
		more, err := l.scan()
		if err != nil {
			return sql
		}
		if !more {
			break
		}
		tokens = append(tokens, l)
	}
	var b strings.Builder
	for i := 0; i < len(tokens); i++ {
		t := &tokens[i]
		switch {
		case t.kind == sign && t.text == "::" || t.kind == sign && t.text == ":" && i > 0 && tokens[i-1].text == ":":
			end := typeEnd(tokens, i+1)
			for ; i < end; i++ {
				b.WriteString(tokens[i].text)
			}
			i--
		case t.kind == word && t.text == from && !isKeyword(tokens, i):
			b.WriteString(to)
		case t.kind == quoted && t.text == `"`+from+`"`:
			b.WriteString(`"` + to + `"`)
		default:
			b.WriteString(t.text)
		}
	}
	return b.String()
}

// typeWords are the words of types of several words, behind the first one (PostgreSQL's manual, chapter "Data Types").
var typeWords = map[string]string{
	"double": " precision ", "character": " varying ", "bit": " varying ", "national": " character varying ",
	"time": " with without time zone ", "timestamp": " with without time zone ",
	"interval": " year month day hour minute second to ",
}

// typeEnd returns the number of the token behind a type that begins at i.
func typeEnd(tokens []lexer, i int) int {
	if i >= len(tokens) || tokens[i].kind != word && tokens[i].kind != quoted {
		return i
	}
	words := typeWords[strings.ToLower(tokens[i].text)]
	for i++; i < len(tokens); i++ {
		switch t := tokens[i]; {
		case t.text == "." && i+1 < len(tokens):
			i++
		case t.text == "(": // of limits
			for i < len(tokens) && tokens[i].text != ")" {
				i++
			}
		case t.kind == space && i+1 < len(tokens) && tokens[i+1].kind == word &&
			strings.Contains(words, " "+strings.ToLower(tokens[i+1].text)+" "):
			i++
		default:
			return i
		}
	}
	return i
}

// isKeyword reports whether a word is the name of a function, or one of AT TIME ZONE or of EXTRACT (… FROM.
func isKeyword(tokens []lexer, i int) bool {
	at := func(i int) string {
		if i < 0 || i >= len(tokens) {
			return ""
		}
		return strings.ToUpper(tokens[i].text)
	}
	switch {
	case at(i+1) == "(": // unless it is a table's
		return !slices.Contains([]string{"ON", "TABLE", "INTO", "REFERENCES"}, at(i-2))
	case at(i) == "AT" && at(i+2) == "TIME", at(i) == "TIME" && at(i-2) == "AT" && at(i+2) == "ZONE",
		at(i) == "ZONE" && at(i-2) == "TIME" && at(i-4) == "AT":
		return true
	}
	return at(i-1) == "(" && at(i-2) == "EXTRACT" && at(i+2) == "FROM"
}
