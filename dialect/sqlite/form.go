package sqlite

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Value is a function that reads a value of a column as Go does and gives it in this library's own form, so that what
// a query compares is what a row is read as. Its arguments are the kind, the value, and the name of the column, for
// its error.
const Value = "prom_value"

// ArgOf returns the placeholder of one argument that is stored in the column.
func (d Dialect) ArgOf(c *schema.Column) string { return d.Stored(c, d.Arg(c.Kind)) }

// Compared returns the placeholder of one argument that is compared with the column.
func (d Dialect) Compared(c *schema.Column) string { return asStored(c, d.Arg(c.Kind)) }

// AsStored is a function that returns a value which a column of any values keeps as it is. It fails for another one,
// which the column's type would turn into something else (https://www.sqlite.org/datatype3.html, section "Type
// Affinity"). Its arguments are the affinity, the value, and the name of the column, for its error.
const AsStored = "prom_as_stored"

// affinities are the names of the affinities of columns of any values.
var affinities = map[schema.Form]string{schema.FormText: "text", schema.FormNumber: "numeric", schema.FormReal: "real"}

// asStored returns a value for a column of any values, and a value for another one as it is.
func asStored(c *schema.Column, expr string) string {
	if affinity := affinities[c.Form]; c.Kind == schema.Any && affinity != "" {
		return AsStored + "('" + affinity + "', " + expr + ", " + quoteText(c.Name) + ")"
	}
	return expr
}

// Native returns nil: texts are stored as texts.
func (Dialect) Native(*schema.Column, *schema.FoundColumn) *schema.Native { return nil }

// Stored returns a value of this library's own form in that of the column.
func (Dialect) Stored(c *schema.Column, expr string) string {
	if c.Kind == schema.Any {
		return asStored(c, expr)
	}
	switch c.Form {
	case schema.FormText:
		return "CAST(" + expr + " AS TEXT)"
	case schema.FormSpaced:
		return "rtrim(rtrim(replace(" + expr + ", 'T', ' '), 'Z0'), '.')"
	case schema.FormUnix:
		return "(SELECT iif(substr(s.v, 21, 6) = '000000', unixepoch(s.v), " +
			"unixepoch(s.v) + CAST('0.' || substr(s.v, 21, 6) AS REAL)) FROM (SELECT " + expr + " AS v) AS s)"
	case schema.FormLetter:
		return "CASE " + expr + " WHEN 1 THEN 't' WHEN 0 THEN 'f' END"
	case schema.FormWord:
		return "CASE " + expr + " WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
	}
	return expr
}

// Canonical returns a value of the column in this library's own form.
func (Dialect) Canonical(c *schema.Column, expr string) string {
	switch {
	case c.Form == schema.FormOwn, c.Kind == schema.Any:
		return expr
	case isNumber(c.Kind):
		return "CAST(" + expr + " AS NUMERIC)"
	}
	return Value + "('" + c.Kind.String() + "', " + expr + ", " + quoteText(c.Name) + ")"
}

// Forms reports whether others store a kind otherwise.
func (d Dialect) Forms(k schema.Kind) bool { return isNumber(k) || d.Sampled(k) || k == schema.Any }

// isNumber reports whether a kind is stored as a number.
func isNumber(k schema.Kind) bool { return k.Number() && k != schema.Decimal }

// Sampled reports whether values tell the form of a kind, of which a column's type says nothing.
func (Dialect) Sampled(k schema.Kind) bool {
	switch k {
	case schema.Bool, schema.Time, schema.Date, schema.Clock, schema.UUID:
		return true
	}
	return false
}

// FormOfType tells numbers in a column of texts, by its affinity
// (https://www.sqlite.org/datatype3.html#determination_of_column_affinity), and the form of times by the default.
func (Dialect) FormOfType(c *schema.Column, found *schema.FoundColumn) schema.Form {
	typ := strings.ToUpper(found.Type)
	says := func(words ...string) bool {
		return slices.ContainsFunc(words, func(s string) bool { return strings.Contains(typ, s) })
	}
	isText := !says("INT") && says("CHAR", "CLOB", "TEXT")
	def := strings.ToLower(strings.Join(strings.Fields(found.Default), ""))
	switch {
	case c.Kind == schema.Any:
		switch {
		case isText:
			return schema.FormText
		case says("INT"):
			return schema.FormNumber
		case typ == "", says("BLOB"), typ == "ANY": // which a STRICT table converts nothing for
			return schema.FormOwn
		case says("REAL", "FLOA", "DOUB"):
			return schema.FormReal
		}
		return schema.FormNumber
	case isNumber(c.Kind) || c.Kind == schema.Bool:
		if isText {
			return schema.FormText
		}
	case c.Kind == schema.Time:
		switch {
		case def == "current_timestamp", strings.Contains(def, "datetime('now'"):
			return schema.FormSpaced
		case strings.Contains(def, "unixepoch("), strings.Contains(def, "strftime('%s'"):
			return schema.FormUnix
		}
	case c.Kind == schema.Clock:
		if def == "current_time" || strings.Contains(def, "time('now'") {
			return schema.FormSpaced
		}
	}
	return schema.FormOwn
}

// sampleRows is how many rows are looked at from each end of a table.
const sampleRows = "64"

// Sample returns a query for values of the first rows, and of the last in the order of a column that has an index, ""
// for none.
func (d Dialect) Sample(table string, cols []*schema.Column, last string) string {
	names, list := make([]string, len(cols)), make([]string, len(cols))
	for i, c := range cols {
		names[i] = dialect.Quote(c.Name)
		list[i] = "typeof(" + names[i] + "), CAST(" + names[i] + " AS TEXT)"
	}
	first := "SELECT " + strings.Join(names, ", ") + " FROM " + d.Table(table)
	sql := "SELECT " + strings.Join(list, ", ") + " FROM (" + first + " LIMIT " + sampleRows + ")"
	if last != "" {
		sql += " UNION ALL SELECT " + strings.Join(list, ", ") +
			" FROM (" + first + " ORDER BY " + dialect.Quote(last) + " DESC LIMIT " + sampleRows + ")"
	}
	return sql
}

// shapes tell the forms of values apart; $ stands for the value.
var shapes = map[schema.Kind]string{
	schema.Bool: "CASE WHEN typeof($) = 'integer' THEN 1 WHEN lower($) IN ('t', 'f') THEN 2 " +
		"WHEN lower($) IN ('true', 'false') THEN 3 ELSE 4 END",
	schema.Time: "CASE WHEN typeof($) IN ('integer', 'real') THEN 1 WHEN $ GLOB '????-??-??T??:??:??.??????Z' THEN 2 " +
		"WHEN $ GLOB '????-??-?? ??:??:??*' THEN 3 ELSE 4 END",
	schema.Date:  "CASE WHEN typeof($) = 'text' AND length($) = 10 THEN 1 ELSE 2 END",
	schema.Clock: "CASE WHEN typeof($) = 'text' AND length($) = 15 THEN 1 ELSE 2 END",
	schema.UUID:  "CASE WHEN typeof($) = 'text' AND length($) IN (0, 36) AND $ = lower($) THEN 1 ELSE 2 END",
}

// CountForms returns a query for how many forms the values of columns have.
func (d Dialect) CountForms(table string, cols []*schema.Column) string {
	list := make([]string, len(cols))
	for i, c := range cols {
		name := dialect.Quote(c.Name)
		shape := strings.ReplaceAll(shapes[c.Kind], "$", name)
		list[i] = "count(DISTINCT CASE WHEN " + name + " IS NOT NULL THEN " + shape + " END)"
	}
	return "SELECT " + strings.Join(list, ", ") + " FROM " + d.Table(table)
}

// spacedLayout is what the function datetime writes; Parse takes a fraction behind it.
const spacedLayout = "2006-01-02 15:04:05"

// MayBeJulian reports whether a number may be a Julian day of the years 0 to 9999, as SQLite's function julianday
// counts them, and not seconds of the first weeks of 1970.
func MayBeJulian(f float64) bool { return f >= 1721059.5 && f < 5373484.5 }

// FormOfValue returns the form of a value.
func (Dialect) FormOfValue(k schema.Kind, class, value string) schema.Form {
	own := func(is bool) schema.Form {
		if is {
			return schema.FormOwn
		}
		return schema.FormMixed
	}
	switch k {
	case schema.Bool:
		switch strings.ToLower(value) {
		case "0", "1":
			if class == "text" {
				return schema.FormText
			}
			return own(class == "integer")
		case "t", "f":
			return schema.FormLetter
		case "true", "false":
			return schema.FormWord
		}
	case schema.Time:
		switch class {
		case "integer":
			return schema.FormUnix
		case "real":
			if f, err := strconv.ParseFloat(value, 64); err == nil && !MayBeJulian(f) {
				return schema.FormUnix
			}
		case "text":
			if _, err := time.Parse(spacedLayout, value); err == nil {
				return schema.FormSpaced
			}
			_, ok := ParseTime([]byte(value))
			return own(ok && len(value) == len(TimeLayout))
		}
	case schema.Date:
		_, ok := ParseTime([]byte(value))
		return own(ok && len(value) == len(DateLayout))
	case schema.Clock:
		if _, err := time.Parse(time.TimeOnly, value); err == nil && class == "text" {
			if len(value) == len(ClockLayout) {
				return schema.FormOwn
			}
			return schema.FormSpaced
		}
	case schema.UUID:
		u, err := uuid.Parse(value)
		return own(value == "" || err == nil && u.String() == value) // a text with the option uuid may be empty
	}
	return schema.FormMixed
}

// Instant returns the beginning of a day.
func (Dialect) Instant(expr string) string { return "(" + expr + " || 'T00:00:00.000000Z')" }

// Day returns the day of an instant.
func (Dialect) Day(expr string) string { return "substr(" + expr + ", 1, 10)" }
