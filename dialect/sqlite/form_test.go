package sqlite

import (
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// Ensure that the form of a value is told from its class and its text, and that what is told from nothing is mixed,
// as which all is read.
func TestFormOfValue(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, c := range []struct {
		kind         schema.Kind
		class, value string
		want         schema.Form
	}{
		{schema.Time, "text", "2024-02-29T12:00:00.000000Z", schema.FormOwn},
		{schema.Time, "text", "2024-02-29 12:00:00", schema.FormSpaced},
		{schema.Time, "text", "2024-02-29 12:00:00.5", schema.FormSpaced},
		{schema.Time, "text", "2024-02-29T12:00:00Z", schema.FormMixed},
		{schema.Time, "text", "2024-02-29", schema.FormMixed},
		{schema.Time, "integer", "1709208000", schema.FormUnix},
		{schema.Time, "real", "1709208000.5", schema.FormUnix},
		{schema.Time, "real", "2460369.5", schema.FormMixed},
		{schema.Date, "text", "2024-02-29", schema.FormOwn},
		{schema.Date, "text", "2024-02-29 00:00:00", schema.FormMixed},
		{schema.Clock, "text", "12:00:00.000000", schema.FormOwn},
		{schema.Clock, "text", "12:00:00", schema.FormSpaced},
		{schema.Bool, "integer", "1", schema.FormOwn},
		{schema.Bool, "integer", "2", schema.FormMixed},
		{schema.Bool, "text", "1", schema.FormText},
		{schema.Bool, "text", "t", schema.FormLetter},
		{schema.Bool, "text", "false", schema.FormWord},
		{schema.Bool, "text", "yes", schema.FormMixed},
		{schema.UUID, "text", "018f3a6e-0000-7000-8000-00000000000a", schema.FormOwn},
		{schema.UUID, "text", "018F3A6E-0000-7000-8000-00000000000A", schema.FormMixed},
		{schema.UUID, "text", "", schema.FormOwn},
	} {
		is.Equal(Dialect{}.FormOfValue(c.kind, c.class, c.value), c.want) // of the value
	}
}

// Ensure that a column's type and default tell its form, and that types in which numbers stay numbers are this
// library's own.
func TestFormOfType(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, c := range []struct {
		kind     schema.Kind
		typ, def string
		want     schema.Form
	}{
		{schema.Int64, "INTEGER", "", schema.FormOwn}, {schema.Int64, "BIGINT UNSIGNED", "", schema.FormOwn},
		{schema.Uint64, "NUMERICTEXT", "", schema.FormText}, {schema.Int32, "varchar(20)", "", schema.FormText},
		{schema.Float64, "CLOB", "", schema.FormText}, {schema.Float64, "NUMERIC(10,2)", "", schema.FormOwn},
		{schema.Decimal, "DECIMALTEXT", "", schema.FormOwn}, {schema.Text, "TEXT", "", schema.FormOwn},
		{schema.Int64, "POINT", "", schema.FormOwn}, // which has INT in it
		{schema.Time, "DATETIME", "CURRENT_TIMESTAMP", schema.FormSpaced}, {schema.Time, "TEXT", "datetime('now', 'utc')",
			schema.FormSpaced},
		{schema.Time, "INTEGER", "unixepoch()", schema.FormUnix}, {schema.Time, "INTEGER", "strftime('%s', 'now')",
			schema.FormUnix},
		{schema.Time, "TIMESTAMP", "", schema.FormOwn},
	} {
		// of the type
		is.Equal(Dialect{}.FormOfType(&schema.Column{Kind: c.kind}, &schema.FoundColumn{Type: c.typ, Default: c.def}), c.want)
	}
}
