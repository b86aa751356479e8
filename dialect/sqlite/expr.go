package sqlite

import (
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Arg returns the placeholder of one argument: a column's affinity gives it its type.
func (Dialect) Arg(schema.Kind) string { return "?" }

// Operand returns expr, canonical, for a decimal with the collation that compares by value.
func (d Dialect) Operand(c *schema.Column, expr string) string {
	expr = d.Canonical(c, expr)
	if c.Kind == schema.Decimal {
		return expr + " COLLATE " + DecimalCollation
	}
	if isInterval(c) {
		return expr + " COLLATE " + IntervalCollation
	}
	if isRange(c) {
		return expr + " COLLATE " + RangeCollation
	}
	return expr
}

// isInterval reports whether a column holds intervals.
func isInterval(c *schema.Column) bool {
	return strings.EqualFold(c.SQLType, "interval") && c.Kind == schema.Text
}

// Branch returns the condition of a branch of CASE. A COLLATE in any part of an expression would be the collation of
// the whole, but in a subquery it is not.
func (Dialect) Branch(cond string) string {
	if strings.Contains(cond, " COLLATE ") {
		return "(SELECT " + cond + ")"
	}
	return cond
}

// In returns the condition that expr is one of the elements of a JSON array. The left side gives the comparison its
// affinity and its collation, as with the operator =, and an index on it is used.
func (d Dialect) In(c *schema.Column, expr string, not bool) string {
	op := " IN"
	if not {
		op = " NOT IN"
	}
	return d.Operand(c, expr) + op + " (SELECT " + listed(c) + " FROM json_each(?))"
}

// InKeys returns the condition that columns together are one of the keys whose parts are JSON arrays. These are
// unpacked once and joined by an index that SQLite makes for it, which it cannot do with json_each itself.
func (d Dialect) InKeys(cols []*schema.Column, exprs []string) string {
	with, from, values, left := make([]string, len(cols)), make([]string, len(cols)), make([]string,
		len(cols)), make([]string, len(cols))
	for i, c := range cols {
		name := "prom_key" + strconv.Itoa(i+1)
		value := "value"
		if c.Kind == schema.Any {
			value = listed(c) + " AS value"
		}
		with[i] = name + " AS MATERIALIZED (SELECT key, " + value + " FROM json_each(?))"
		from[i], values[i], left[i] = name, name+".value", d.Operand(c, exprs[i])
		if i > 0 {
			from[i] += " ON " + name + ".key = prom_key1.key"
		}
		if c.Kind == schema.Bytes {
			values[i] = "unhex(" + values[i] + ")"
		}
	}
	return "(" + strings.Join(left, ", ") + ") IN (WITH " + strings.Join(with, ", ") + " SELECT " +
		strings.Join(values, ", ") + " FROM " + strings.Join(from, " JOIN ") + ")"
}

// Elements returns the elements of a JSON array as rows.
func (Dialect) Elements(c *schema.Column, name string) string {
	return "(SELECT " + listed(c) + " AS v FROM json_each(?)) AS " + name
}

// listed returns an element of a JSON array as a value of the column's kind.
func listed(c *schema.Column) string {
	switch c.Kind {
	case schema.Bytes:
		return "unhex(value)"
	case schema.Any:
		return asStored(c, "iif(type = 'array', unhex(value ->> 0), value)")
	}
	return "value"
}

// EqualTexts returns "", since NOCASE ignores the case of A to Z and nothing else.
func (Dialect) EqualTexts(_, _ string) string { return "" }

// matches are the functions of the ways of matching that no index serves, the case-sensitive ones and those that ignore
// that of A to Z.
var matches = map[dialect.Match][2]string{
	dialect.MatchLike: {TextLike, TextLikeFold}, dialect.MatchSuffix: {TextEnds,
		TextEndsFold}, dialect.MatchContains: {TextHas, TextHasFold},
	dialect.MatchRegexp: {Regexp, Regexp},
}

// Match returns the condition that expr matches a pattern. The beginning of a text is found by GLOB, which is
// case-sensitive, or LIKE, which ignores that of A to Z: an index may serve them, and they look at no more than that. A
// BLOB counts as a text, as it does there.
func (Dialect) Match(_ *schema.Column, expr string, m dialect.Match, fold, not bool) string {
	if names, ok := matches[m]; ok {
		name := names[0]
		if fold {
			name = names[1]
		}
		call := name + "(CAST(" + expr + " AS TEXT), ?)"
		if not {
			return "NOT " + call
		}
		return call
	}
	if not {
		expr += " NOT"
	}
	if fold {
		return expr + ` LIKE ? ESCAPE '\'`
	}
	return expr + " GLOB ?"
}

var globEscaper = strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]")

// Pattern returns the argument of Match for a value.
func (Dialect) Pattern(m dialect.Match, fold bool, value string) string {
	switch {
	case m == dialect.MatchSuffix, m == dialect.MatchContains, m == dialect.MatchRegexp:
		return value
	case m == dialect.MatchLike, fold:
		return dialect.LikePattern(m, value)
	}
	return globEscaper.Replace(value) + "*"
}

// dateFormats are the formats of strftime. %V, %G and %u, from version 3.46 on, are those of ISO 8601.
var dateFormats = [...]string{
	dialect.Year: "%Y", dialect.Month: "%m", dialect.Week: "%V", dialect.Day: "%d",
	dialect.DayOfWeek: "%u", dialect.DayOfYear: "%j",
	dialect.Hour: "%H", dialect.Minute: "%M", dialect.Second: "%S", dialect.ISOYear: "%G",
}

// DatePart returns an integer expression for a part of a time or a date. The modifier auto reads unix timestamps, which
// other programs stored, and leaves texts alone.
func (d Dialect) DatePart(p dialect.DatePart, c *schema.Column, expr string) string {
	if p == dialect.Quarter {
		return "((" + d.DatePart(dialect.Month, c, expr) + " + 2) / 3)"
	}
	return "CAST(strftime('" + dateFormats[p] + "', " + d.Canonical(c, expr) + ", 'auto') AS INTEGER)"
}

// Page returns the clause that limits a result. SQLite has no OFFSET without a LIMIT; a negative one is none.
func (Dialect) Page(limit, offset bool) string {
	switch {
	case limit && offset:
		return "LIMIT ? OFFSET ?"
	case limit:
		return "LIMIT ?"
	case offset:
		return "LIMIT -1 OFFSET ?"
	}
	return ""
}

// Add returns a sum or a difference, which fits the column or fails.
func (d Dialect) Add(c *schema.Column, expr string, minus bool) string {
	if c.Kind == schema.Float32 || c.Kind == schema.Float64 {
		name := Plus
		if minus {
			name = Minus
		}
		return d.Fit(c, compute(name, expr, d.Arg(c.Kind)))
	}
	return d.Fit(c, expr+dialect.Sign(minus)+d.Arg(c.Kind))
}

// integerRange returns the limits that PostgreSQL's type for the kind has.
func integerRange(k schema.Kind) (low, high string, ok bool) {
	switch k {
	case schema.Int16:
		return "-32768", "32767", true
	case schema.Int32:
		return "-2147483648", "2147483647", true
	case schema.Int64:
		return "-9223372036854775807 - 1", "9223372036854775807", true
	case schema.Uint64:
		return "0", "9223372036854775807", true
	}
	return "", "", false
}
