package postgres

import (
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// RenameTable renames a table and what is named after it, and moves it to its schema, see [dialect.Altering]. Indexes
// and sequences go with it ("ALTER TABLE", section "SET SCHEMA").
func (Dialect) RenameTable(t *schema.Table, have *schema.Found) []string {
	from, was := schema.SplitName(t.Was)
	to, name := schema.SplitName(t.Name)
	var list []string
	switch {
	case from == to:
	case to != "":
		list = append(list, "ALTER TABLE "+dialect.QuoteTable(t.Was)+" SET SCHEMA "+dialect.Quote(to))
	default: // where new tables go
		list = append(list, "DO $prom$ BEGIN EXECUTE format('ALTER TABLE %s SET SCHEMA %I', "+
			quoteText(dialect.QuoteTable(t.Was))+", current_schema()); END $prom$")
	}
	if was != name {
		list = append(list, "ALTER TABLE "+dialect.QuoteTable(schema.JoinName(to, was))+" RENAME TO "+dialect.Quote(name))
	}
	return append(list, renames(t, have, was+"_", name+"_")...)
}

// RenameColumn renames a column and what is named after it, see [dialect.Altering].
func (Dialect) RenameColumn(t *schema.Table, c *schema.Column, have *schema.Found) []string {
	list := []string{"ALTER TABLE " + dialect.QuoteTable(t.Name) + " RENAME COLUMN " + dialect.Quote(c.Was) + " TO " +
		dialect.Quote(c.Name)}
	return append(list, renames(t, have, schema.IndexName(t.Name, c.Was), schema.IndexName(t.Name, c.Name))...)
}

// renames returns what gives the constraints and indexes whose names begin with one text names that begin with another.
// Those of the primary key keep theirs, as the server does it.
func renames(t *schema.Table, have *schema.Found, from, to string) []string {
	var list []string
	add := func(what, name string) {
		rest, ok := strings.CutPrefix(name, from)
		if !ok || len(to+rest) > schema.MaxName {
			return
		}
		if ends := rest == "" || rest == "_check" || rest == "_fkey"; !ends && !strings.HasSuffix(from, "_") {
			return // of another column, whose name begins alike
		}
		list = append(list, what+dialect.Quote(name)+" TO "+dialect.Quote(to+rest))
	}
	for _, c := range have.Checks {
		add("ALTER TABLE "+dialect.QuoteTable(t.Name)+" RENAME CONSTRAINT ", c.Name)
	}
	for _, k := range have.ForeignKeys {
		add("ALTER TABLE "+dialect.QuoteTable(t.Name)+" RENAME CONSTRAINT ", k.Name)
	}
	for _, ix := range have.Indexes {
		if !ix.Bound {
			list = append(list, renameIndex(t, ix.Name, from, to)...)
		}
	}
	return list
}

func renameIndex(t *schema.Table, name, from, to string) []string {
	rest, ok := strings.CutPrefix(name, from)
	if !ok || len(to+rest) > schema.MaxName || rest != "" && !strings.HasSuffix(from, "_") {
		return nil
	}
	return []string{"ALTER INDEX " + Dialect{}.Index(t.Name, name) + " RENAME TO " + dialect.Quote(to+rest)}
}
