package dialect_test

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/snapshot"
	"github.com/prom-go/prom/schema"
)

// ddl is all that a dialect writes to make a table.
func ddl(d dialect.Dialect, t *schema.Table) []string {
	if t.View {
		return nil
	}
	list := append(d.Prerequisites(t.Columns), d.CreateTable(t, func(*schema.Column) bool { return true })...)
	for _, c := range t.Columns {
		list = append(list, d.AddColumn(t, c, nil)...)
		if t.Enforces(c) {
			list = append(list, d.AddReference(t, c))
		}
	}
	for _, k := range t.ForeignKeys {
		list = append(list, d.AddForeignKey(t, k, true, nil), d.AddForeignKey(t, k, false, nil))
	}
	for _, ix := range t.Indexes {
		list = append(list, d.CreateIndex(t, ix)...)
	}
	for _, w := range d.AuditWith(t, schema.ColumnNames(t.Columns), t.Unaudited()) {
		list = append(list, w.Create)
	}
	return append(list, d.Shadow(t)...)
}

// Ensure that what is read of the text of a schema makes the same tables as the models, on both engines, and that its
// text is the same.
func TestSnapshotsTellAllThatDDLDependsOn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var tables []*schema.Table
	for _, m := range append(models, struct {
		name string
		typ  reflect.Type
	}{"view", reflect.TypeFor[aView]()}) {
		table, err := schema.Of(m.typ)
		is.NoErr(err)
		tables = append(tables, table)
	}
	var text, again bytes.Buffer
	is.NoErr(snapshot.Write(&text, tables))
	read, err := snapshot.Read(bytes.NewReader(text.Bytes()))
	is.NoErr(err)
	is.NoErr(snapshot.Write(&again, read))
	is.Equal(again.String(), text.String())
	declared, err := snapshot.Declared(tables)
	is.NoErr(err)
	is.Equal(len(declared), len(tables))
	for i, table := range tables {
		for _, d := range dialects {
			is.Equal(ddl(d, declared[i]), ddl(d, table))
		}
	}
}
