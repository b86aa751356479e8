package sqlite

import (
	"slices"
	"strings"
)

// What SQLite's catalog keeps as text alone is read from that text. SQLite has accepted it already, so that it needs to
// be taken apart and not checked.

// token is a word, an identifier or constant in its quotes, or a single sign.
type token struct {
	text     string
	from, to int // in the statement
}

// tokens cuts a statement into tokens, comments left out.
func tokens(sql string) []token {
	var list []token
	for i := 0; i < len(sql); {
		from := i
		switch b := sql[i]; {
		case b == ' ' || b == '\t' || b == '\n' || b == '\r' || b == '\f':
			i++
			continue
		case strings.HasPrefix(sql[i:], "--"):
			i += lengthTo(sql[i:], "\n")
			continue
		case strings.HasPrefix(sql[i:], "/*"):
			i += 2 + lengthTo(sql[i+2:], "*/")
			continue
		case b == '\'' || b == '"' || b == '`':
			i = quoteEnd(sql, i, b)
		case b == '[':
			i += lengthTo(sql[i:], "]")
		case isWord(b):
			for i < len(sql) && isWord(sql[i]) {
				i++
			}
		default:
			i++
		}
		list = append(list, token{sql[from:i], from, i})
	}
	return list
}

// lengthTo returns the length of s to the end of the first mark in it, or all of it.
func lengthTo(s, mark string) int {
	if i := strings.Index(s, mark); i >= 0 {
		return i + len(mark)
	}
	return len(s)
}

// quoteEnd returns where the text that begins with a quote ends. Inside it, the quote appears twice.
func quoteEnd(sql string, from int, quote byte) int {
	for i := from + 1; i < len(sql); i++ {
		if sql[i] != quote {
			continue
		}
		if i+1 == len(sql) || sql[i+1] != quote {
			return i + 1
		}
		i++
	}
	return len(sql)
}

func isWord(b byte) bool {
	return b == '_' || b == '$' || b >= 0x80 || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// unquote returns the name that an identifier stands for.
func unquote(s string) string {
	if len(s) < 2 {
		return s
	}
	switch q := s[:1]; q {
	case `"`, "`", "'":
		return strings.ReplaceAll(s[1:len(s)-1], q+q, q)
	case "[":
		return s[1 : len(s)-1]
	}
	return s
}

// inBrackets returns what stands in the first brackets of a list of tokens, cut at the commas that are in no others,
// and the rest.
func inBrackets(list []token) (items [][]token, rest []token) {
	depth, start := 0, 0
	for i, t := range list {
		switch t.text {
		case "(":
			if depth++; depth == 1 {
				start = i + 1
			}
		case ",":
			if depth == 1 {
				items, start = append(items, list[start:i]), i+1
			}
		case ")":
			if depth--; depth == 0 {
				return append(items, list[start:i]), list[i+1:]
			}
		}
	}
	return items, nil
}

// exprWords are the words of an expression that are no columns unless they are quoted. SQLite lets some more be
// columns, which stand here when they are seldom that ("SQLite Keywords").
var exprWords = map[string]bool{
	"ALWAYS": true, "AND": true, "AS": true, "ASC": true, "BETWEEN": true, "CASE": true, "CAST": true, "COLLATE": true, "CURRENT_DATE": true,
	"CURRENT_TIME": true, "CURRENT_TIMESTAMP": true, "DESC": true, "DISTINCT": true, "ELSE": true, "END": true, "ESCAPE": true, "FROM": true, "GENERATED": true,
	"GLOB": true, "IN": true, "IS": true, "ISNULL": true, "LIKE": true, "MATCH": true, "NOT": true, "NOTNULL": true, "NULL": true, "OR": true,
	"REGEXP": true, "STORED": true, "THEN": true, "VIRTUAL": true, "WHEN": true,
}

// exprSpeaksOf reports whether a column of that name stands in an expression: not a function, a collation, a type or a
// text.
func exprSpeaksOf(list []token, column string) bool {
	for i, t := range list {
		if !strings.EqualFold(unquote(t.text), column) || t.text[0] == '\'' {
			continue
		}
		bare := isWord(t.text[0])
		switch {
		case bare && exprWords[strings.ToUpper(t.text)],
			bare && i+1 < len(list) && list[i+1].text == "(",
			i > 0 && list[i-1].is("COLLATE"),
			inType(list, i):
			continue
		}
		return true
	}
	return false
}

// inType reports whether the token at i is part of the type behind the AS of a CAST.
func inType(list []token, i int) bool {
	for j := i - 1; j >= 0 && (isWord(list[j].text[0]) || list[j].text[0] == '"'); j-- {
		if list[j].is("AS") {
			return true
		}
	}
	return false
}

// indexSpeaksOf reports whether an index is about a column of that name.
func indexSpeaksOf(sql, column string) bool {
	items, rest := inBrackets(tokens(sql))
	return exprSpeaksOf(rest, column) || slices.ContainsFunc(items,
		func(item []token) bool { return exprSpeaksOf(item, column) })
}

// indexTerms returns the terms of a CREATE INDEX, without their order and collation, and its condition.
func indexTerms(sql string) (terms []string, where string) {
	items, rest := inBrackets(tokens(sql))
	for _, item := range items {
		n := len(item)
		for n > 1 {
			if word := item[n-1].text; strings.EqualFold(word, "ASC") || strings.EqualFold(word, "DESC") {
				n--
			} else if n > 2 && strings.EqualFold(item[n-2].text, "COLLATE") {
				n -= 2
			} else {
				break
			}
		}
		if n > 0 {
			terms = append(terms, sql[item[0].from:item[n-1].to])
		}
	}
	if len(rest) > 1 && strings.EqualFold(rest[0].text, "WHERE") {
		where = sql[rest[1].from:rest[len(rest)-1].to]
	}
	return terms, where
}
