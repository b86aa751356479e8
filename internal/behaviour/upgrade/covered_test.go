package upgrade_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/schema"
)

// Ensure that each option of the tag is used by a model of the kept databases. A new option needs a model of its own,
// and the databases of the first version that has it.
func TestOptionsAreKept(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, one := range tables {
		addOptions(used, one.schema().Model)
	}
	names, _ := schema.Options()
	for _, name := range names {
		// stored, view and materialized tell what others made; the kept foreign keys are not deferrable, and the kept
		// indexes are B-trees in which NULLs are distinct, as SQLite has them; an enum type is kept by PostgreSQL
		// alone. The kept versions had no audit log, and neither partitions nor distributed tables.
		left := []string{"stored", "view", "materialized", "deferrable", "using", "ops", "nulls", "array", "enum", "audit",
			"noaudit", "partition", "partitions", "distribute"}
		if !used[name] && !slices.Contains(left, name) {
			t.Errorf("no model of the kept databases uses the option %s", name)
		}
	}
}

var items = regexp.MustCompile(`(?:[^,']|'(?:[^']|'')*')+`)

// addOptions adds the options in the tags of a model and of what it embeds.
func addOptions(used map[string]bool, model reflect.Type) {
	for f := range model.Fields() {
		for _, item := range items.FindAllString(f.Tag.Get("prom"), -1) {
			name, _, _ := strings.Cut(item, "=")
			used[name] = true
		}
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			addOptions(used, f.Type)
		}
	}
}

// Ensure that the kept databases have each type of the table in docs/guarantees.md, with and without NULL, stored as
// it says.
func TestTypesAreKept(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	page, err := os.ReadFile("../../../docs/guarantees.md")
	is.NoErr(err)
	_, rows, found := strings.Cut(string(page), "| Go | SQLite | PostgreSQL |\n|---|---|---|\n")
	is.True(found)
	rows, _, _ = strings.Cut(rows, "\n\n")
	types, stored := map[string]bool{}, map[string]bool{}
	for _, one := range tables {
		for _, c := range one.schema().Columns {
			types[schema.Unwrap(c.Type).String()] = true
			null := map[bool]string{true: " NULL", false: " NOT NULL"}[c.Null]
			stored[sqlite.Dialect{}.ColumnType(c)+" | "+postgres.Dialect{}.ColumnType(c)+null] = true
		}
	}
	count := 0
	for row := range strings.Lines(rows) {
		cells := strings.SplitN(strings.Trim(row, "| \n"), " | ", 2)
		is.Equal(len(cells), 2)
		if strings.Contains(cells[1], "multirange") {
			continue // PostgreSQL 13 has none, and the kept databases are read on it too
		}
		for _, null := range []string{" NULL", " NOT NULL"} {
			if !stored[cells[1]+null] {
				t.Errorf("no column of the kept databases is %s%s, as %s", cells[1], null, cells[0])
			}
		}
		for _, name := range regexp.MustCompile("`[^`]+`").FindAllString(cells[0], -1) {
			name = strings.ReplaceAll(strings.Trim(name, "`"), "prom.UUID", "uuid.UUID")
			switch name {
			case "any":
				name = "interface {}"
			case "[]byte":
				name = "[]uint8"
			case "encoding.TextMarshaler":
				name = "netip.Addr"
			}
			if option := strings.Split(name, "=")[0]; !types[name] && !isOption(option) {
				t.Errorf("no column of the kept databases is a %s", name)
			}
		}
		count++
	}
	is.True(count > 20)
}

func isOption(name string) bool {
	names, _ := schema.Options()
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// Ensure that the comparison of rows finds what differs.
func TestSame(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for i, row := range everyRows() {
		is.True(same(row, everyRows()[(i+1)%5], false) != nil)
	}
	for _, change := range []func(v *Custom){
		func(v *Custom) { v.Time.V = v.Time.V.Add(1000) },
		func(v *Custom) { v.NColor = nil },
		func(v *Custom) { v.NInt.Set = false },
		func(v *Custom) { v.Hex = hexOf(-254) },
		func(v *Custom) { v.NHex.Valid = false },
		func(v *Custom) { v.Secrets[2] = "" },
		func(v *Custom) { v.Secrets = nil },
		func(v *Custom) { v.Month.Month++ },
		func(v *Custom) { v.Created = v.Created.Local().Add(1) },
	} {
		v := customRows()[1]
		v.Created, v.Updated = v.Created.Truncate(1000), v.Updated.Truncate(1000)
		is.NoErr(same(customRows()[1], v, false))
		change(&v)
		is.True(same(customRows()[1], v, false) != nil)
	}
	is.True(same(artistRows()[1].Mentor, artistRows()[2].Mentor, false) != nil)
}
