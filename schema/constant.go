package schema

import (
	"math/big"
	"regexp"
	"strings"
)

// constant matches a constant as an engine writes it: a text in quotes, a number or a truth value, with the type that
// PostgreSQL casts it to.
var constant = regexp.MustCompile(`^(?:'((?:[^']|'')*)'|([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|(?i:true|false)))` +
	`(?:::[a-z][a-z0-9 ]*(?:\([0-9, ]+\))?[a-z ]*(?:\[\])*)?$`)

// Constant returns the text of a constant that an engine tells of a column's default, without quotes and casts. It is
// false for an expression, such as 'a' || 'b'.
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

// sameDefault reports whether two defaults, as an engine writes them, are the same, or constants that are one value of
// the column: 0 and 0.00 of a number, 'a' as a text and as a varchar.
func (c *Column) sameDefault(a, b string) bool {
	if a == b {
		return true
	}
	x, isConstant := Constant(a)
	y, areConstants := Constant(b)
	if !isConstant || !areConstants {
		return false
	}
	if c.Kind.Number() {
		m, ok := new(big.Rat).SetString(x)
		n, both := new(big.Rat).SetString(y)
		return ok && both && m.Cmp(n) == 0
	}
	if c.Kind.IsList() || c.Kind == Bytes || c.Kind == JSON {
		return x == y
	}
	v, err := ParseLiteral(c.Kind, x)
	w, errs := ParseLiteral(c.Kind, y)
	return err == nil && errs == nil && v.Equal(w)
}
