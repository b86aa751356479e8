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

// elems returns the placeholder of a list of values that are compared with a column.
func elems(c *schema.Column, k schema.Kind) string {
	list := "?::" + elemType(c, k) + "[]"
	switch {
	case comparesNative(c):
		list += "::" + c.Native.Type + "[]"
	case computedRange(c):
		list += "::" + rangeName(c) + "[]"
	}
	return list
}

// isNative reports whether a column has a type to which no kind belongs.
func isNative(c *schema.Column) bool { return c.Form == schema.FormNative && c.Native != nil }

// comparesNative reports whether values of such a type are compared as such, and not as texts.
func comparesNative(c *schema.Column) bool { return isNative(c) && c.Native.Ordered && !c.Folded }

// unnative returns a column whose values have the form of their kind.
func unnative(c *schema.Column) *schema.Column {
	if !isNative(c) {
		return c
	}
	plain := *c
	plain.Form, plain.Native = schema.FormOwn, nil
	return &plain
}

// texts returns the type that a column of a type of its own has here.
func texts(c *schema.Column) string {
	if c.Kind.IsList() {
		return "text[]"
	}
	return "text"
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
	case isNative(c) && c.Kind.IsList():
		return "?::text[]::" + c.Native.Type
	case isNative(c):
		return "?::" + c.Native.Type
	case c.Form != schema.FormZoneless:
		return d.Arg(c.Kind)
	case c.Kind.IsList():
		return "?::" + arrayType(c)
	}
	return "?" // the column tells its type
}

// Compared returns the placeholder of one argument that is compared with the operand of a column.
func (d Dialect) Compared(c *schema.Column) string {
	switch {
	case comparesNative(c):
		return d.ArgOf(c)
	case computedRange(c):
		return "?::" + rangeName(c)
	}
	return d.Arg(c.Kind)
}

// Stored returns a time with a zone as one without, in UTC, and a text as a value of the column's type.
func (Dialect) Stored(c *schema.Column, expr string) string {
	if isNative(c) {
		return "CAST(" + expr + " AS " + c.Native.Type + ")"
	}
	return turned(c, expr)
}

// Canonical returns a time without a zone, which is one in UTC, as one with it, and a value of another type as a text.
func (Dialect) Canonical(c *schema.Column, expr string) string {
	if isNative(c) {
		return asText(c, expr)
	}
	return turned(c, expr)
}

// asText returns a value of a type of its own as the text that the server writes for it. A cast does not for an address,
// to which it adds the length of the netmask, also where a domain of an array's elements hides it; the text of an array
// of boxes is not one of texts.
func asText(c *schema.Column, expr string) string {
	switch {
	case c.Native.Type == "inet":
		return "textin(inet_out(" + expr + "))"
	case c.Native.Type == "bpchar": // from which a cast takes the spaces at the end
		return "textin(bpcharout(" + expr + "))"
	case !c.Kind.IsList() || c.Native.Labels != nil:
	case c.Native.Type != "character varying[]" && c.Native.Type != "box[]":
		return "textin(array_out(" + expr + "))::text[]"
	}
	return expr + "::" + texts(c)
}

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

// Forms reports whether a kind has several types: an instant and a text.
func (Dialect) Forms(k schema.Kind) bool {
	return k.Elem() == schema.Time || k.Elem() == schema.Text
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
