package postgres

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Bulk returns the statements that insert many rows: by arrays that are unnested side by side, and by COPY in the
// binary format. COPY returns no keys, so those are taken from the sequence before.
func (d Dialect) Bulk(t *schema.Table, cols []*schema.Column, key *schema.Column) dialect.Bulk {
	if len(cols) == 0 {
		return dialect.Bulk{}
	}
	table, names := d.Table(t.Name), dialect.QuoteList(schema.ColumnNames(cols))
	into := "INSERT INTO " + table + " (" + names + ") "
	b := dialect.Bulk{Lists: into + "SELECT " + unnest(cols)}
	if !slices.ContainsFunc(cols, func(c *schema.Column) bool { return !listed(c) }) {
		b.Unnested = numbered.ReplaceAllLiteralString("SELECT "+unnest(cols), "?")
	}
	if key != nil {
		b.Lists += " RETURNING " + d.Quote(key.Name)
		// A subquery, so that the sequence is looked up once and not for each key. Who may insert need not be allowed
		// to use it, and the column's default may have become another one than the sequence's next value.
		b.Keys = "SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence(" + quoteText(table) + ", " +
			quoteText(key.Name) +
			")::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') " +
			"AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a " +
			"LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum " +
			"WHERE a.attrelid = " + quoteText(table) + "::regclass AND a.attname = " + quoteText(key.Name) +
			" AND (a.attidentity <> '' " +
			"OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'))"
		names = d.Quote(key.Name) + ", " + names
	}
	if slices.ContainsFunc(cols, isNative) {
		return b // COPY takes such a type in a binary form of its own
	}
	b.Copy = "COPY " + table + " (" + names + ") FROM STDIN (FORMAT binary)"
	b.Shape = "SELECT " + names + " FROM " + table
	if slices.ContainsFunc(cols, func(c *schema.Column) bool { return c.Auto && c.Kind.Integer() || c.ReadOnly }) {
		// COPY takes values for identity columns that are GENERATED ALWAYS, which INSERT refuses when it is prepared.
		b.OverLists, b.OverShape = into+overriding+" SELECT "+unnest(cols), b.Shape
		b.Shape = into + b.Shape + " RETURNING " + names
	}
	return b
}

// numbered is a placeholder.
var numbered = regexp.MustCompile(`\$[0-9]+`)

// listed reports whether a list of a column's values is an argument like any other.
func listed(c *schema.Column) bool {
	switch c.Kind {
	case schema.Bool, schema.Int16, schema.Int32, schema.Int64, schema.Float32, schema.Float64, schema.Text, schema.Bytes,
		schema.Time, schema.Date, schema.UUID, schema.Decimal:
		return c.Form == schema.FormOwn || c.Form == schema.FormZoneless
	}
	return false
}

// overriding has INSERT take values for identity columns that are GENERATED ALWAYS.
const overriding = "OVERRIDING SYSTEM VALUE"

// unnest returns what stands behind the SELECT that makes rows of arrays, one for each column. An array of arrays would
// come apart into the elements of all, so a column that is a list travels as texts.
func unnest(cols []*schema.Column) string {
	arrays, names, exprs := make([]string, len(cols)), make([]string, len(cols)), make([]string, len(cols))
	lists := false
	for i, c := range cols {
		n := strconv.Itoa(i + 1)
		kind, cast := c.Kind, ""
		if kind.IsList() {
			lists, kind, cast = true, schema.Text, "::"+arrayType(c)
		}
		if isNative(c) {
			if lists, cast = true, "::"+c.Native.Type; c.Kind.IsList() {
				cast = "::text[]" + cast // whose elements have commas between them in any case
			}
		}
		arrays[i] = "$" + n + "::" + elemType(c, kind) + "[]"
		names[i] = "c" + n
		exprs[i] = names[i] + cast
	}
	from := " FROM unnest(" + strings.Join(arrays, ", ") + ")"
	if !lists {
		return "*" + from
	}
	return strings.Join(exprs, ", ") + from + " AS u(" + strings.Join(names, ", ") + ")"
}
