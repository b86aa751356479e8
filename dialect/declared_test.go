package dialect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// said is what of a table is the same whether it is declared or found: all but the text of expressions.
func said(f schema.Found) (lines []string) {
	for _, c := range f.Columns {
		lines = append(lines, fmt.Sprintf("column %q %s %s size=%d %d.%d notnull=%t key=%t auto=%t nocase=%t equating=%t generated=%t default=%t",
			c.Name, strings.ReplaceAll(c.Type, `"`, ""), c.Kind, c.Size, c.Precision, c.Scale, c.NotNull, c.Key, c.Auto, c.NoCase,
			c.Equating, c.Generated, c.Default != ""))
	}
	for _, ix := range f.Indexes {
		line := fmt.Sprintf("index %q unique=%t partial=%t %q %q %q", ix.Name, ix.Unique, ix.Partial, ix.Method, ix.Ops, ix.Include)
		for _, c := range ix.Columns {
			line += fmt.Sprintf(" %q expr=%t desc=%t", c.Name, c.Expr != "", c.Desc)
		}
		lines = append(lines, line)
	}
	for _, k := range f.ForeignKeys {
		k.FullName = ""
		lines = append(lines, fmt.Sprintf("foreign key %+v", k))
	}
	for _, c := range f.Checks {
		lines = append(lines, fmt.Sprintf("check %q", c.Name))
	}
	slices.Sort(lines)
	return lines
}

// Ensure that what PostgreSQL would make of a table is told without a server as the server tells it.
func TestDeclared(t *testing.T) {
	t.Parallel()
	d := postgres.Dialect{}
	e := connect(t, d, "pgx", dbtest.Postgres(t))
	var tables []*schema.Table
	for _, m := range models {
		table, err := schema.Of(m.typ)
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, table)
		e.exec(t, d.Prerequisites(table.Columns)...)
		e.exec(t, d.CreateTable(table, nil)...)
		for _, ix := range table.Indexes {
			e.exec(t, d.CreateIndex(table, ix)...)
		}
	}
	for _, table := range tables {
		for _, c := range table.Columns {
			if table.Enforces(c) {
				e.exec(t, d.AddReference(table, c))
			}
		}
		for _, k := range table.ForeignKeys {
			e.exec(t, d.AddForeignKey(table, k, true, nil))
		}
	}
	for _, table := range tables {
		have, want := said(d.Declared(table)), said(e.found(t, table.Name))
		if !slices.Equal(have, want) {
			t.Errorf("%s:\n%s\nand found:\n%s", table.Name, strings.Join(have, "\n"), strings.Join(want, "\n"))
		}
	}
}
