package schema

import (
	"regexp"
	"strings"
)

// textCast is a cast to a type of texts, which PostgreSQL writes into an expression for columns of varchar, char or a
// domain, and for none of text. nested is a column in parentheses that such a cast has left.
var (
	textCast = regexp.MustCompile(`::(text|character varying|bpchar)(\[\])?\b`)
	nested   = regexp.MustCompile(`(^|[^\w"])\(("[^"]+"|[A-Za-z_][\w$]*)\)`)
)

// sameExpr reports whether two expressions, as one engine writes them, are one for columns of any type of texts:
// lower((email)::text) and lower(email).
func sameExpr(a, b string) bool { return a == b || withoutCasts(a) == withoutCasts(b) }

// withoutCasts leaves the casts to types of texts out of an expression.
func withoutCasts(expr string) string {
	if !strings.Contains(expr, "::") {
		return expr
	}
	parts := strings.Split(expr, "'") // every second one is the inside of a constant
	for i := 0; i < len(parts); i += 2 {
		part := textCast.ReplaceAllString(parts[i], "")
		for next := part; ; part = next {
			if next = nested.ReplaceAllString(part, "$1$2"); next == part {
				break
			}
		}
		parts[i] = part
	}
	return strings.Join(parts, "'")
}
