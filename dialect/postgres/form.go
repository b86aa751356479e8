package postgres

import (
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// zoneless is the type of a time that is one in UTC by agreement: a session's time zone must have no part in what it
// means.
const zoneless = "timestamp"

// elemType returns the type of the elements of a list of a column's values.
func elemType(c *schema.Column, k schema.Kind) string {
	if c.Form == schema.FormZoneless && k == schema.Time {
		return zoneless
	}
	return listTypes[k]
}

// arrayType returns the type of a column that is a list.
func arrayType(c *schema.Column) string {
	if c.Form == schema.FormZoneless {
		return zoneless + "[]"
	}
	return listType(c.Kind.Elem()) + "[]"
}

// ArgOf returns the placeholder of one argument that is stored in the column.
func (d Dialect) ArgOf(c *schema.Column) string {
	switch {
	case c.Form != schema.FormZoneless:
		return d.Arg(c.Kind)
	case c.Kind.IsList():
		return "?::" + arrayType(c)
	}
	return "?" // the column tells its type
}

// Stored returns a time with a zone as one without, in UTC.
func (Dialect) Stored(c *schema.Column, expr string) string { return turned(c, expr) }

// Canonical returns a time without a zone, which is one in UTC, as one with it.
func (Dialect) Canonical(c *schema.Column, expr string) string { return turned(c, expr) }

// turned turns times with a zone into times without one and the other way.
func turned(c *schema.Column, expr string) string {
	switch {
	case c.Form != schema.FormZoneless:
		return expr
	case c.Kind.IsList():
		return "(SELECT CASE WHEN s.a IS NOT NULL THEN ARRAY(SELECT e AT TIME ZONE 'UTC' " +
			"FROM unnest(s.a) WITH ORDINALITY AS u(e, n) ORDER BY n) END FROM (SELECT " + expr + " AS a) AS s)"
	}
	return "(" + expr + " AT TIME ZONE 'UTC')"
}

// Forms reports whether a kind has several types: an instant alone.
func (Dialect) Forms(k schema.Kind) bool {
	return k == schema.Time || k.IsList() && k.Elem() == schema.Time
}

// FormOfType tells a time without a zone.
func (Dialect) FormOfType(_ *schema.Column, found *schema.FoundColumn) schema.Form {
	typ, _ := dialect.CutLimits(strings.TrimSuffix(found.Type, "[]"))
	if typ == "timestamp without time zone" {
		return schema.FormZoneless
	}
	return schema.FormOwn
}

// Sampled reports that types tell all forms.
func (Dialect) Sampled(schema.Kind) bool { return false }

// Sample returns "": types tell all forms.
func (Dialect) Sample(string, []*schema.Column, string) string { return "" }

// FormOfValue returns [schema.FormOwn]: types tell all forms.
func (Dialect) FormOfValue(schema.Kind, string, string) schema.Form { return schema.FormOwn }

// CountForms returns "": types tell all forms.
func (Dialect) CountForms(string, []*schema.Column) string { return "" }

// Instant returns the beginning of a day, which a session's time zone would say otherwise.
func (Dialect) Instant(expr string) string { return "(" + expr + "::timestamp AT TIME ZONE 'UTC')" }

// Day returns the day of an instant.
func (Dialect) Day(expr string) string { return "(" + expr + " AT TIME ZONE 'UTC')::date" }
