package dialect

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/schema"
)

// Quote returns name as a quoted identifier of standard SQL, quotes inside it doubled.
func Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// QuoteTable returns the name of a table quoted, with its schema if it has one; see [schema.SplitName].
func QuoteTable(name string) string {
	space, table := schema.SplitName(name)
	if space == "" {
		return Quote(table)
	}
	return Quote(space) + "." + Quote(table)
}

// TableList returns the names of tables as they are written in SQL, with commas between them.
func TableList(d Dialect, tables []string) string {
	list := make([]string, len(tables))
	for i, name := range tables {
		list[i] = d.Table(name)
	}
	return strings.Join(list, ", ")
}

// QuoteList returns the names quoted, with commas between them.
func QuoteList(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = Quote(name)
	}
	return strings.Join(quoted, ", ")
}

// ReferenceName returns the name of a column's foreign key.
func ReferenceName(t *schema.Table, c *schema.Column) string {
	return schema.IndexName(t.Name, c.Name+"_fkey")
}

// Clauses are the parts of a column's definition that depend on the engine and on the statement.
type Clauses struct {
	Type      string // the type, where it is not that of the column
	Auto      string // makes the database count a key up
	Key       string // makes the column the primary key, where that is not written at the table's end
	NoDefault bool   // leaves DEFAULT out
	NoCheck   bool   // leaves CHECK out
	Virtual   bool   // a generated column is computed when it is read
	Reference bool   // writes the foreign key

	Beside *schema.Found // the table that the column is added to, whose constraints have their names; nil for none
}

// CreateTable returns the statement that makes a table under a name, which is SQL, each column with the clauses given.
// The foreign keys of several columns are in it of which keys is true; nil is for none.
func CreateTable(d Dialect, t *schema.Table, name string, keys func(k *schema.ForeignKey) bool,
	clauses func(c *schema.Column) Clauses) string {
	var lines []string
	keyed := len(t.Key) == 0
	for _, c := range t.Columns {
		cl := clauses(c)
		keyed = keyed || cl.Key != ""
		lines = append(lines, ColumnDef(d, t, c, cl))
	}
	switch {
	case !keyed:
		lines = append(lines, "PRIMARY KEY ("+QuoteList(schema.ColumnNames(t.Key))+")")
	case len(t.Key) > 1: // of which one column is the primary key
		lines = append(lines, "UNIQUE ("+QuoteList(schema.ColumnNames(t.Key))+")")
	}
	for _, k := range t.ForeignKeys {
		if keys != nil && keys(k) {
			lines = append(lines, foreignKey(d, t, k, false, nil))
		}
	}
	return "CREATE TABLE " + name + " (\n\t" + strings.Join(lines, ",\n\t") + "\n)"
}

// AddColumn returns the statement that adds a column to a table that exists.
func AddColumn(d Dialect, t *schema.Table, c *schema.Column, cl Clauses) string {
	return "ALTER TABLE " + d.Table(t.Name) + " ADD COLUMN " + ColumnDef(d, t, c, cl)
}

// ColumnDef returns the definition of a column as it stands in CREATE TABLE and in ADD COLUMN.
func ColumnDef(d Dialect, t *schema.Table, c *schema.Column, cl Clauses) string {
	parts := []string{Quote(c.Name), cmp.Or(cl.Type, d.ColumnType(c))}
	if c.Required() {
		parts = append(parts, "NOT NULL")
	}
	for _, part := range []string{cl.Auto, cl.Key} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	switch {
	case c.Generated != "" && cl.Virtual:
		parts = append(parts, "GENERATED ALWAYS AS ("+c.Generated+") VIRTUAL")
	case c.Generated != "":
		parts = append(parts, "GENERATED ALWAYS AS ("+c.Generated+") STORED")
	}
	if c.HasConstant() && !cl.NoDefault {
		parts = append(parts, "DEFAULT "+d.Literal(c.Default.Literal))
	}
	if cond := checkCondition(d, c); cond != "" && !cl.NoCheck {
		parts = append(parts, "CONSTRAINT "+Quote(cl.Beside.FreeConstraint(t.CheckName(c)))+" CHECK ("+cond+")")
	}
	if cl.Reference {
		parts = append(parts, "CONSTRAINT "+Quote(cl.Beside.FreeConstraint(ReferenceName(t, c)))+" "+references(d, t, c))
	}
	return strings.Join(parts, " ")
}

// checkCondition returns what a column's CHECK holds, or "" when it has none. NULL passes, as in every CHECK.
func checkCondition(d Dialect, c *schema.Column) string {
	low, high := c.Bounds()
	expr := Quote(c.Name)
	if c.Kind == schema.Text || c.Kind == schema.Bytes {
		if c.SQLType != "" || c.Enum != nil {
			expr = "CAST(" + expr + " AS TEXT)"
		}
		expr = "length(" + expr + ")"
	}
	text := func(b *schema.Bound) string {
		if c.Kind == schema.Float32 || c.Kind == schema.Float64 {
			return d.Literal(schema.FloatValue(schema.Float64, b.Float))
		}
		return strconv.FormatInt(b.Int, 10)
	}
	switch {
	case low == nil && high == nil:
		return ""
	case high == nil:
		return expr + " >= " + text(low)
	case low == nil:
		return expr + " <= " + text(high)
	case *low == *high:
		return expr + " = " + text(low)
	}
	return expr + " >= " + text(low) + " AND " + expr + " <= " + text(high)
}

// references returns the clause that makes a column refer to its target.
func references(d Dialect, t *schema.Table, c *schema.Column) string {
	return Reference(d, schema.WantedReference(t, c))
}

// Reference returns the clause of a foreign key that says what it refers to, and its rules.
func Reference(d Dialect, k *schema.FoundForeignKey) string {
	s := "REFERENCES " + d.Target(k.Table) + " (" + QuoteList(k.TargetColumns) + ") ON UPDATE " + k.OnUpdate + " ON DELETE " +
		k.OnDelete
	if k.SetColumns != nil {
		s += " (" + QuoteList(k.SetColumns) + ")"
	}
	switch {
	case k.Deferred:
		s += " DEFERRABLE INITIALLY DEFERRED"
	case k.Deferrable:
		s += " DEFERRABLE"
	}
	return s
}

// ForeignKeyName returns the name of a foreign key of several columns.
func ForeignKeyName(t *schema.Table, k *schema.ForeignKey) string {
	return schema.IndexName(t.Name, strings.Join(schema.ColumnNames(k.Columns), "_")+"_fkey")
}

// foreignKey returns a foreign key of several columns as a line of CREATE TABLE; sets says whether the engine can set
// some of them to NULL. The table that was found is nil when it is made.
func foreignKey(d Dialect, t *schema.Table, k *schema.ForeignKey, sets bool, found *schema.Found) string {
	return "CONSTRAINT " + Quote(found.FreeConstraint(ForeignKeyName(t, k))) +
		" FOREIGN KEY (" + QuoteList(schema.ColumnNames(k.Columns)) + ") " + Reference(d, schema.WantedKey(t, k, sets))
}

// AddForeignKey returns the statement that adds a foreign key of several columns to a table that exists.
func AddForeignKey(d Dialect, t *schema.Table, k *schema.ForeignKey, sets bool, found *schema.Found) string {
	return "ALTER TABLE " + d.Table(t.Name) + " ADD " + foreignKey(d, t, k, sets, found)
}

// AddReference returns the statement that adds a column's foreign key to a table that exists.
func AddReference(d Dialect, t *schema.Table, c *schema.Column) string {
	return "ALTER TABLE " + d.Table(t.Name) + " ADD " + ReferenceNamed(d, ReferenceName(t, c), t, c)
}

// ReferenceNamed returns a column's foreign key of a name, as it is added to a table that exists.
func ReferenceNamed(d Dialect, name string, t *schema.Table, c *schema.Column) string {
	return "CONSTRAINT " + Quote(name) + " FOREIGN KEY (" + Quote(c.Name) + ") " + references(d, t, c)
}

// CreateIndex returns the statement that makes an index. An engine that can hold columns besides those of the index
// says INCLUDE; on another they are columns of the index itself, unless it is unique and they would change what that
// means.
func CreateIndex(d Dialect, t *schema.Table, ix *schema.Index, include bool,
	operand func(c *schema.Column, expr string) string) string {
	cols := make([]string, len(ix.Columns))
	for i, c := range ix.Columns {
		if c.Column != nil {
			if cols[i] = Quote(c.Column.Name); operand != nil && c.Column.Folded {
				cols[i] = operand(c.Column, cols[i])
			}
		} else {
			cols[i] = "(" + c.Expr + ")"
		}
		if ix.Ops != "" {
			cols[i] += " " + ix.Ops
		}
		if c.Desc {
			cols[i] += " DESC"
		}
	}
	using := ""
	if ix.Method != "" {
		using = "USING " + ix.Method + " "
	}
	besides := ""
	if len(ix.Include) > 0 {
		names := make([]string, len(ix.Include))
		for i, c := range ix.Include {
			names[i] = Quote(c.Name)
		}
		switch {
		case include:
			besides = " INCLUDE (" + strings.Join(names, ", ") + ")"
		case !ix.Unique:
			cols = slices.Concat(cols, names)
		}
	}
	s := "CREATE INDEX "
	if ix.Unique {
		s = "CREATE UNIQUE INDEX "
	}
	name, on := d.IndexOn(t.Name, ix.Name)
	s += name + " ON " + on + " " + using + "(" + strings.Join(cols, ", ") + ")" + besides
	if ix.NullsNotDistinct {
		s += " NULLS NOT DISTINCT"
	}
	if where := IndexWhere(t, ix); where != "" {
		s += " WHERE " + where
	}
	return s
}

// IndexWhere returns the condition of an index, "" for none.
func IndexWhere(t *schema.Table, ix *schema.Index) string {
	switch {
	case ix.Live && ix.Where != "":
		return Quote(t.Deleted.Name) + " IS NULL AND (" + ix.Where + ")"
	case ix.Live:
		return Quote(t.Deleted.Name) + " IS NULL"
	}
	return ix.Where
}

// HasRows returns a query that tells whether a table has a row.
func HasRows(d Dialect, table string) string {
	return "SELECT EXISTS (SELECT 1 FROM " + d.Table(table) + ")"
}
