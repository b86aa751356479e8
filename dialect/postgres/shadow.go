package postgres

import (
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Shadow returns the statements that make a temporary table for comparison: one with its indexes and without its
// foreign keys, by the name that the table has in its schema. It is found before a table of the same name, wherever the
// search path of the connection has temporary tables.
func (d Dialect) Shadow(t *schema.Table) []string {
	list := append(d.Prerequisites(t.Columns),
		"SELECT set_config('search_path', concat_ws(', ', 'pg_temp', nullif(current_setting('search_path'), '')), true)")
	for _, c := range t.Columns {
		if c.Enum != nil {
			list = append(list, wholeEnum(c))
		}
	}
	local := *t
	local.Name = schema.JoinName("", t.Local())
	t = &local
	create := dialect.CreateTable(d, t, d.Table(t.Name), nil,
		func(c *schema.Column) dialect.Clauses { return dialect.Clauses{Auto: auto(c)} })
	list = append(list, strings.Replace(create, "CREATE TABLE", "CREATE TEMPORARY TABLE", 1))
	for _, ix := range t.Indexes {
		list = append(list, d.createIndex(t, ix))
	}
	return list
}

// wholeEnum returns the statement that makes a temporary type with all values of an enum, if the type that is there
// lacks some: defaults, checks and indexes of the model may name them.
func wholeEnum(c *schema.Column) string {
	name := typeName(c)
	oid := "pg_catalog.to_regtype(" + quoteText(name) + ")"
	return do("IF pg_catalog.to_regtype(" + quoteText("pg_temp."+name) + ") IS NULL AND EXISTS (" +
		"SELECT unnest(ARRAY[" + labels(c.Enum) + "]::text[]) EXCEPT " +
		"SELECT enumlabel::text FROM pg_catalog.pg_enum WHERE enumtypid = " + oid + ") THEN " +
		"CREATE TYPE pg_temp." + name + " AS ENUM (" + labels(c.Enum) + "); END IF;")
}

// ShadowApart returns false: a transaction can be rolled back.
func (Dialect) ShadowApart() bool { return false }
