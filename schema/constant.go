package schema

import (
	"regexp"
	"strings"
)

// constant matches a constant as an engine writes it: a text in quotes, a number or a truth value, with the type that
// PostgreSQL casts it to.
var constant = regexp.MustCompile(`^(?:'((?:[^']|'')*)'|([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|(?i:true|false)))` +
	`(?:::[a-z][a-z0-9 ]*(?:\([0-9, ]+\))?[a-z ]*(?:\[\])*)?$`)

// Constant returns the text of a constant from a column's default as an engine writes it, without quotes and casts. ok
// is false for an expression, such as 'a' || 'b'.
func Constant(expr string) (text string, ok bool) {
	for strings.HasPrefix(expr, "(") && strings.HasSuffix(expr, ")") {
		expr = expr[1 : len(expr)-1]
	}
	// A cast may follow brackets: (-7)::bigint.
	if rest, found := strings.CutPrefix(expr, "("); found {
		if number, cast, ends := strings.Cut(rest, ")"); ends {
			expr = number + cast
		}
	}
	m := constant.FindStringSubmatchIndex(expr)
	switch {
	case m == nil:
		return "", false
	case m[2] >= 0:
		return strings.ReplaceAll(expr[m[2]:m[3]], "''", "'"), true
	}
	return expr[m[4]:m[5]], true
}
