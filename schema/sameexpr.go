package schema

import (
	"regexp"
	"strings"
)

// textCast is a cast to a type of texts, which PostgreSQL writes into an expression for columns of varchar, char or a
// domain, and for none of text. quotes are those of a name that needs none, which a column keeps whose name before
// needed them. nested is a column in parentheses that such a cast has left.
var (
	textCast = regexp.MustCompile(`::(text|character varying|bpchar)(\[\])?\b`)
	quotes   = regexp.MustCompile(`"([a-z_][a-z0-9_]*)"`)
	nested   = regexp.MustCompile(`(^|[^\w"])\(("[^"]+"|[A-Za-z_][\w$]*)\)`)
)

// sameExpr reports whether two expressions, as one engine writes them, are one for columns of any type of texts:
// lower((email)::text), lower(email) and lower("email").
func sameExpr(a, b string) bool { return a == b || plainExpr(a) == plainExpr(b) }

// plainExpr leaves the casts to types of texts, the quotes of plain names and the parentheses around all of it out of
// an expression.
func plainExpr(expr string) string {
	for enclosed(expr) {
		expr = expr[1 : len(expr)-1]
	}
	if !strings.ContainsAny(expr, `":`) {
		return expr
	}
	parts := strings.Split(expr, "'") // every second one is the inside of a constant
	for i := 0; i < len(parts); i += 2 {
		part := quotes.ReplaceAllString(textCast.ReplaceAllString(parts[i], ""), "$1")
		for next := part; ; part = next {
			if next = nested.ReplaceAllString(part, "$1$2"); next == part {
				break
			}
		}
		parts[i] = part
	}
	return strings.Join(parts, "'")
}

// enclosed reports whether the parenthesis with which an expression begins is closed by its last character.
func enclosed(expr string) bool {
	if !strings.HasPrefix(expr, "(") {
		return false
	}
	depth, quote := 0, byte(0)
	for i := range len(expr) {
		switch c := expr[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i == len(expr)-1
			}
		}
	}
	return false
}
