package postgres

import (
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// argTypes are the types of the kinds whose arguments need a cast: a text travels in their place.
var argTypes = [...]string{
	schema.Uint64: "numeric", schema.Decimal: "numeric",
	schema.Date: "date", schema.Clock: "time", schema.UUID: "uuid", schema.JSON: "jsonb",
}

// Arg returns the placeholder of one argument.
func (Dialect) Arg(k schema.Kind) string {
	if k.IsList() {
		return "?::" + listType(k.Elem()) + "[]"
	}
	if int(k) < len(argTypes) && argTypes[k] != "" {
		return "?::" + argTypes[k]
	}
	return "?"
}

// listType returns the type of the elements of a column that is a list; unlike a list that is an argument of
// [Dialect.In] it is compared with arrays of the same type alone.
func listType(k schema.Kind) string {
	if k == schema.Decimal {
		return "numeric"
	}
	return strings.ToLower(types[k])
}

// Operand returns expr, in lower case if case is to be ignored: every kind has a type that compares by itself. The
// collation C makes it change A to Z alone, and compare by bytes, as NOCASE does on SQLite.
//
// Values of a type that has no order are compared as texts.
func (Dialect) Operand(c *schema.Column, expr string) string {
	switch {
	case comparesNative(c) && c.Native.Domain:
		return expr + "::" + c.Native.Type // enums and domains over them have no operators together
	case isNative(c) && !comparesNative(c):
		expr = asText(c, expr)
	case computedRange(c):
		return "(" + expr + ")::" + rangeName(c)
	}
	if !c.Folded {
		return expr
	}
	if strings.ContainsAny(expr, " (") {
		expr = "(" + expr + ")"
	}
	return "lower(" + expr + ` COLLATE "C")`
}

// Branch returns cond, which has no part in the collation of the result.
func (Dialect) Branch(cond string) string { return cond }

var listTypes = [...]string{
	schema.Bool:  "boolean",
	schema.Int16: "bigint", schema.Int32: "bigint", schema.Int64: "bigint",
	schema.Uint64: "numeric", schema.Decimal: "numeric",
	schema.Float32: "double precision", schema.Float64: "double precision",
	schema.Text: "text", schema.Bytes: "bytea",
	schema.Time: "timestamptz", schema.Date: "date", schema.Clock: "time",
	schema.UUID: "uuid", schema.JSON: "jsonb",
}

// In returns the condition that expr is one of the elements of an array.
func (d Dialect) In(c *schema.Column, expr string, not bool) string {
	list := elems(c, c.Kind)
	switch {
	case isNative(c) && !c.Folded, computedRange(c):
		expr = d.Operand(c, expr)
	case c.Folded:
		expr, list = d.Operand(c, expr), "ARRAY(SELECT "+d.Operand(unnative(c), "v")+" FROM unnest("+list+") AS v)"
	}
	if not {
		return expr + " <> ALL(" + list + ")"
	}
	return expr + " = ANY(" + list + ")"
}

// InKeys returns the condition that columns together are one of the keys whose parts are arrays.
func (d Dialect) InKeys(cols []*schema.Column, exprs []string) string {
	arrays, left := make([]string, len(cols)), make([]string, len(cols))
	names, values := make([]string, len(cols)), make([]string, len(cols))
	folded := false
	for i, c := range cols {
		arrays[i], names[i] = elems(c, c.Kind), "v"+strconv.Itoa(i+1)
		left[i], values[i] = d.Operand(c, exprs[i]), d.Operand(unnative(c), names[i])
		folded = folded || c.Folded
	}
	what, as := "*", ""
	if folded {
		what, as = strings.Join(values, ", "), " AS k ("+strings.Join(names, ", ")+")"
	}
	return "(" + strings.Join(left, ", ") + ") IN (SELECT " + what + " FROM unnest(" + strings.Join(arrays, ", ") + ")" +
		as + ")"
}

// Elements returns the elements of an array as rows.
func (Dialect) Elements(c *schema.Column, name string) string {
	return "unnest(" + elems(c, c.Kind) + ") AS " + name + " (v)"
}

// EqualTexts returns a query that numbers texts. What the column holds has no part in it but for its collation, which
// the texts get by that of the UNION.
func (d Dialect) EqualTexts(table, column string) string {
	return "SELECT min(n) OVER (PARTITION BY v) FROM (SELECT " + d.Quote(column) + " AS v, 0::bigint AS n FROM " +
		d.Table(table) +
		" WHERE false UNION ALL SELECT * FROM unnest($1::text[]) WITH ORDINALITY) AS texts ORDER BY n"
}

// Match returns the condition that expr matches a pattern. The collation C makes ILIKE ignore the case of A to Z only,
// as SQLite does, and lets LIKE work on a nocase column, which it does by itself from version 18 on.
func (Dialect) Match(c *schema.Column, expr string, m dialect.Match, fold, not bool) string {
	if m == dialect.MatchRegexp {
		op := " ~ "
		if not {
			op = " !~ "
		}
		return byBytes(expr) + op + "?"
	}
	if c.Kind != schema.Text {
		expr += "::text"
	}
	if fold || c.NoCase {
		expr += ` COLLATE "C"`
	}
	if not {
		expr += " NOT"
	}
	if fold {
		return expr + " ILIKE ?"
	}
	return expr + " LIKE ?"
}

// Pattern returns the argument of Match for a value.
func (Dialect) Pattern(m dialect.Match, _ bool, value string) string {
	if m == dialect.MatchRegexp {
		pattern, _ := dialect.AdvancedRegexp(value) // which has been checked
		return pattern
	}
	return dialect.LikePattern(m, value)
}

var dateParts = [...]string{
	dialect.Year: "YEAR", dialect.Quarter: "QUARTER", dialect.Month: "MONTH", dialect.Week: "WEEK", dialect.Day: "DAY",
	dialect.DayOfWeek: "ISODOW", dialect.DayOfYear: "DOY",
	dialect.Hour: "HOUR", dialect.Minute: "MINUTE", dialect.Second: "SECOND", dialect.ISOYear: "ISOYEAR",
}

// DatePart returns an integer expression for a part of a time or a date.
func (Dialect) DatePart(p dialect.DatePart, c *schema.Column, expr string) string {
	at := expr + " AT TIME ZONE 'UTC'"
	switch {
	case c.Kind == schema.Date:
		at = expr + "::timestamp" // from version 14 on a date has no hours
	case c.Form == schema.FormZoneless:
		at = expr
	}
	return extract(p, at)
}

// extract returns a part of a time without a zone.
func extract(p dialect.DatePart, at string) string {
	part := "EXTRACT(" + dateParts[p] + " FROM " + at + ")"
	if p == dialect.Second {
		part = "FLOOR(" + part + ")"
	}
	return part + "::bigint"
}

// Page returns the clause that limits a result.
func (Dialect) Page(limit, offset bool) string {
	switch {
	case limit && offset:
		return "LIMIT ? OFFSET ?"
	case limit:
		return "LIMIT ?"
	case offset:
		return "OFFSET ?"
	}
	return ""
}

// Add returns a sum or a difference, which the server checks against the column's type.
func (d Dialect) Add(c *schema.Column, expr string, minus bool) string {
	return number(c, expr+dialect.Sign(minus)+d.Arg(c.Kind))
}
