package schema

import (
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/sqltext"
)

// Found is what a database has under the name of a table, as introspection tells it.
type Found struct {
	Exists       bool
	View         bool // it is a view, materialized or not
	Materialized bool // it is a materialized view
	Virtual      bool // it is a virtual table of SQLite, which a module made; told where a plan needs it
	Partitioned  bool // its rows lie in other tables
	// how its rows are divided, as the engine writes it: "RANGE (at)"; "" for an ordinary table, and where it is not asked
	PartitionKey string
	Partitions   []FoundPartition // told with PartitionKey
	SetsColumns  bool             // the engine can set some columns of a foreign key to NULL alone; told where a plan needs it
	LocalRefs    bool             // foreign keys reach no other schema; see dialect.Features
	FoldNames    bool             // names are compared without the case of the letters A to Z; see dialect.Features
	Columns      []FoundColumn
	Indexes      []FoundIndex // those behind a primary key are left out
	ForeignKeys  []FoundForeignKey
	Checks       []FoundCheck
	// the statements that made it, its indexes and its triggers, in their order, where the engine keeps them
	Definitions []Definition
	Dependents  []Dependent // what lies on the table or uses it; told where a plan needs it
}

// Definition is a statement that an engine keeps of what it has.
type Definition struct {
	Sort string // table, index, trigger or fulltext
	Name string
	SQL  string
}

// FoundCheck is a CHECK constraint of a table that exists.
type FoundCheck struct {
	Name      string // "" where it has none
	Expr      string // as the engine writes it
	Unchecked bool   // rows from before it may break it: NOT VALID
	Others    bool   // another program made it, as far as a plan can tell
}

// FoundColumn is a column of a table that exists.
type FoundColumn struct {
	Name      string
	Type      string // as the engine writes it
	Kind      Kind   // [Null] for a type that no field of a model is stored as
	Size      int    // of a text: the most characters, when the type says so; 0 for no limit
	Precision int    // of a Decimal; 0 when the type does not say
	Scale     int
	Dims      int // of an array: the dimensions that it was declared with, which its values need not have
	NotNull   bool
	Key       bool   // part of the primary key
	Auto      bool   // the database counts it up
	NoCase    bool   // comparisons ignore the case of letters
	Form      Form   // of its values, as DB.Describe sees it in some of them
	Equating  bool   // by a collation that takes different texts for equal
	Collation string // as a COLLATE clause names it; "" for that of the type
	Generated bool   // computed from other columns, so that it cannot be written
	Expr      string // of a generated column: the expression, as the engine writes it
	Domain    string // the domain that the column has, of which Type is what it is over; "" for none
	Native    Native // what the type is to a cast and to comparisons; on SQLite nothing
	Default   string // as the engine writes it; "" for none

	OwnCollation bool // this library gave the column its collation, as far as a plan can tell
}

// FoundIndex is an index of a table that exists.
type FoundIndex struct {
	Name    string
	Unique  bool
	Columns []FoundIndexColumn
	Include []string // the INCLUDE columns
	Partial bool     // it does not cover every row
	Where   string   // the condition of a partial index, as the engine writes it
	Invalid bool     // it was left invalid, and covers some rows only
	Bound   bool     // it belongs to a constraint, and goes with it alone
	Exclude bool     // that constraint is EXCLUDE
	Others  bool     // another program made it, as far as a plan can tell

	NullsNotDistinct bool   // a NULL in it is equal to another one
	Method           string // "" for a B-tree
	Ops              string // the operator classes of its columns that are not the default, with commas; "" for none
	SQL              string // of a table of FTS5: the statements that made it and its triggers; "" for all others
}

// FoundIndexColumn is one column of an index, or an expression.
type FoundIndexColumn struct {
	Name string // "" for an expression
	Expr string // the expression, as the engine writes it; "" for a column
	Desc bool

	Nulls     string // NULLS FIRST or NULLS LAST, where it is not the one of the direction
	Collation string // the name of one that is not the column's
}

// FoundForeignKey is a foreign key of a table that exists, of one column or several.
type FoundForeignKey struct {
	Name          string // "" where the engine keeps none
	Columns       []string
	Table         string   // the table referred to; with its schema and a point when its name alone does not reach it
	FullName      string   // the table referred to with its schema, whether its name alone reaches it or not
	TargetColumns []string // as many as Columns
	OnDelete      string   // NO ACTION, RESTRICT, CASCADE, SET NULL or SET DEFAULT
	OnUpdate      string
	SetColumns    []string // those that SET NULL or SET DEFAULT on delete is limited to; none for all
	Deferrable    bool     // it may be checked at the end of a transaction
	Deferred      bool     // and is, unless the transaction says otherwise
	Unchecked     bool     // rows from before it may break it: NOT VALID
	Others        bool     // another program made it, as far as a plan can tell
}

// Names returns the names of the index's columns, "" for an expression.
func (ix *FoundIndex) Names() []string {
	names := make([]string, len(ix.Columns))
	for i, c := range ix.Columns {
		names[i] = c.Name
	}
	return names
}

// KeepsCollation reports whether the column keeps its collation when its type is changed to want's: the model says
// nothing of it, and another program gave it.
func (c *FoundColumn) KeepsCollation(want *FoundColumn) bool {
	return c.Collation != "" && c.Kind == Text && want.Kind == Text && !c.foldsOtherwise(want)
}

// foldsOtherwise reports whether the model contradicts the case that the column ignores or not: it wants nocase, or
// wants it no more. What others have made ignore case may go on.
func (c *FoundColumn) foldsOtherwise(want *FoundColumn) bool {
	return c.NoCase != want.NoCase && (want.NoCase || c.OwnCollation)
}

// Required reports whether a row cannot be inserted without a value for the column.
func (c *FoundColumn) Required() bool {
	return c.NotNull && c.Default == "" && !c.Auto && !c.Generated
}

// Column returns the column of that name, or nil.
func (f *Found) Column(name string) *FoundColumn {
	i := slices.IndexFunc(f.Columns, func(c FoundColumn) bool { return f.same(c.Name, name) })
	if i < 0 {
		return nil
	}
	return &f.Columns[i]
}

// Index returns the index of that name, or nil.
func (f *Found) Index(name string) *FoundIndex {
	i := slices.IndexFunc(f.Indexes, func(ix FoundIndex) bool { return f.same(ix.Name, name) })
	if i < 0 {
		return nil
	}
	return &f.Indexes[i]
}

// refersTo reports whether a foreign key refers to the table of that name.
func (f *Found) refersTo(k *FoundForeignKey, table string) bool {
	return f.same(k.Table, table) || k.FullName != "" && f.same(k.FullName, table)
}

// Key returns the columns of the primary key, in the order of the table.
func (f *Found) Key() []FoundColumn {
	var key []FoundColumn
	for _, c := range f.Columns {
		if c.Key {
			key = append(key, c)
		}
	}
	return key
}

// Reference returns the foreign key that consists of the columns of those names and no others, or nil.
func (f *Found) Reference(columns ...string) *FoundForeignKey {
	at := -1
	for i, k := range f.ForeignKeys {
		switch {
		case slices.EqualFunc(k.Columns, columns, f.same):
			return &f.ForeignKeys[i]
		case at < 0 && len(k.Columns) == len(columns) && !slices.ContainsFunc(columns, func(c string) bool {
			return f.place(k.Columns, c) < 0
		}):
			at = i // in another order
		}
	}
	if at < 0 {
		return nil
	}
	return &f.ForeignKeys[at]
}

// place returns the number of a name in a list, or -1.
func (f *Found) place(names []string, name string) int {
	return slices.IndexFunc(names, func(n string) bool { return f.same(n, name) })
}

// refers reports whether a foreign key refers from the same columns as another to the same columns, in any order.
func (f *Found) refers(k, other *FoundForeignKey) bool {
	if !f.refersTo(k, other.Table) || len(k.Columns) != len(other.Columns) {
		return false
	}
	for i, c := range other.Columns {
		if at := f.place(k.Columns, c); at < 0 || !f.same(k.TargetColumns[at], other.TargetColumns[i]) {
			return false
		}
	}
	return true
}

// Diff is what a database lacks before it holds a table: nothing, all of it, or some columns and indexes. It never
// speaks of what the database has beyond the model; that is left alone.
type Diff struct {
	Create  bool      // the table is missing, with all its columns and indexes
	Renamed []*Column // which the database has under their names from before
	Columns []*Column // in the order of the table, those of the key first
	Enums   []*Column // whose enums lack values
	Indexes []*Index
}

// Empty reports whether nothing is missing.
func (d Diff) Empty() bool {
	return !d.Create && len(d.Renamed) == 0 && len(d.Columns) == 0 && len(d.Indexes) == 0 && len(d.Enums) == 0
}

// Diff compares the table with what was found. An index counts as present when its name is, or when another one has the
// same columns and the same uniqueness and both cover every row. One with expressions, or with columns that it holds
// besides, goes by its name alone; its definition is compared where there is a connection for that.
func (t *Table) Diff(f Found) Diff {
	if !f.Exists {
		return Diff{Create: true, Columns: t.Columns, Indexes: t.Indexes}
	}
	var d Diff
	for _, c := range t.Columns {
		switch {
		case f.Column(c.Name) != nil:
			if c.Lacks(f.Column(c.Name)) != nil {
				d.Enums = append(d.Enums, c)
			}
		case t.isRenamed(c, &f):
			d.Renamed = append(d.Renamed, c)
		default:
			d.Columns = append(d.Columns, c)
		}
	}
	d.Columns = sortedByKey(d.Columns)
	for _, ix := range t.Indexes {
		if f.FoldNames && ix.Method != "" && ix.FullText == nil {
			continue // of which SQLite has none
		}
		if !slices.ContainsFunc(f.Indexes, func(fi FoundIndex) bool { return f.covers(fi, ix) }) {
			d.Indexes = append(d.Indexes, ix)
		}
	}
	return d
}

// isRenamed reports whether the database has a column that it lacks under the name from before.
func (t *Table) isRenamed(c *Column, f *Found) bool {
	return c.Was != "" && t.byName[c.Was] == nil && f.Column(c.Was) != nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// same reports whether two names are one to the database.
func (f *Found) same(a, b string) bool {
	return a == b || f.FoldNames && FoldName(a) == FoldName(b)
}

// FreeConstraint returns the name for a constraint that is to be made: the given one, with a number from 1 to 9 behind
// it when the table has it for another one. A nil Found, of a table that does not exist, has none.
func (f *Found) FreeConstraint(name string) string {
	if f == nil {
		return name
	}
	return free(name, func(name string) bool {
		return slices.ContainsFunc(f.Checks, func(h FoundCheck) bool { return f.same(h.Name, name) }) ||
			slices.ContainsFunc(f.ForeignKeys, func(h FoundForeignKey) bool { return f.same(h.Name, name) }) ||
			slices.ContainsFunc(f.Indexes, func(h FoundIndex) bool { return h.Bound && f.same(h.Name, name) })
	})
}

// covers reports whether the index that was found does the work of the one that is wanted.
func (f *Found) covers(fi FoundIndex, ix *Index) bool {
	return f.same(fi.Name, ix.Name) || !fi.Invalid &&
		fi.Unique == ix.Unique && fi.Method == ix.Method && fi.Ops == ix.Ops && ix.OnColumns() != nil &&
		f.sameColumns(fi.Include, ix.Include) && !fi.Exclude && !fi.Partial && !ix.Partial() && slices.EqualFunc(fi.Names(), ix.Names(), f.same) &&
		(fi.NullsNotDistinct || !ix.NullsNotDistinct) && (f.FoldNames || !fi.special())
}

func (f *Found) sameColumns(names []string, columns []*Column) bool {
	return slices.EqualFunc(names, columns, func(a string, b *Column) bool { return f.same(a, b.Name) })
}

// special reports whether an index has an order or a collation that no tag gives one.
func (ix *FoundIndex) special() bool {
	return slices.ContainsFunc(ix.Columns, func(c FoundIndexColumn) bool { return c.Nulls != "" || c.Collation != "" })
}

// WithTable returns what was found under another name of the table, as it will be when it has been renamed.
func (f *Found) WithTable(from, to string) Found {
	_, was := SplitName(from)
	_, now := SplitName(to)
	g := f.withNames(func(name string) string {
		if rest, ok := strings.CutPrefix(name, was+"_"); ok {
			return now + "_" + rest
		}
		return name
	})
	for i := range g.ForeignKeys {
		if f.refersTo(&g.ForeignKeys[i], from) { // it refers to itself
			g.ForeignKeys[i].Table = to
		}
	}
	g.Definitions = slices.Clone(f.Definitions)
	for i := range g.Definitions {
		g.Definitions[i].SQL = sqltext.Rename(g.Definitions[i].SQL, was, now)
	}
	return g
}

// withNames returns what was found with other names of the constraints and indexes. Where names fold, they keep theirs.
func (f *Found) withNames(rename func(name string) string) Found {
	g := *f
	g.Checks, g.ForeignKeys, g.Indexes = slices.Clone(f.Checks), slices.Clone(f.ForeignKeys), slices.Clone(f.Indexes)
	if f.FoldNames {
		return g
	}
	for i := range g.Checks {
		g.Checks[i].Name = rename(g.Checks[i].Name)
	}
	for i := range g.ForeignKeys {
		g.ForeignKeys[i].Name = rename(g.ForeignKeys[i].Name)
	}
	for i := range g.Indexes {
		g.Indexes[i].Name = rename(g.Indexes[i].Name)
	}
	return g
}

// WithoutFullText returns what was found without those full-text indexes of SQLite of whose names is is true, and
// without their triggers.
func (f *Found) WithoutFullText(is func(name string) bool) Found {
	g := *f
	g.Indexes, g.Definitions = slices.Clone(f.Indexes), slices.Clone(f.Definitions)
	for i := range f.Indexes {
		if ix := &f.Indexes[i]; ix.SQL != "" && is(ix.Name) {
			g.Indexes = slices.DeleteFunc(g.Indexes, func(o FoundIndex) bool { return o.Name == ix.Name })
			g.Definitions = slices.DeleteFunc(g.Definitions, func(d Definition) bool {
				return d.Name == ix.Name || strings.Contains(ix.SQL, d.SQL)
			})
		}
	}
	return g
}

// WithColumn returns what was found of a table with another name of a column, as it will be when it has been renamed.
func (f *Found) WithColumn(table, from, to string) Found {
	old, now := IndexName(table, from), IndexName(table, to)
	g := f.withNames(func(name string) string {
		if rest, ok := strings.CutPrefix(name, old); ok && (rest == "" || rest == "_check" || rest == "_fkey") {
			return now + rest
		}
		return name
	})
	rename := func(name string) string {
		if f.same(name, from) {
			return to
		}
		return name
	}
	all := func(names []string) []string {
		names = slices.Clone(names)
		for i := range names {
			names[i] = rename(names[i])
		}
		return names
	}
	g.Columns = slices.Clone(f.Columns)
	for i := range g.Columns {
		g.Columns[i].Name = rename(g.Columns[i].Name)
	}
	for i := range g.ForeignKeys {
		g.ForeignKeys[i].Columns = all(g.ForeignKeys[i].Columns)
	}
	for i := range g.Indexes {
		ix := &g.Indexes[i]
		ix.Columns, ix.Include = slices.Clone(ix.Columns), all(ix.Include)
		for j := range ix.Columns {
			ix.Columns[j].Name, ix.Columns[j].Expr = rename(ix.Columns[j].Name), sqltext.Rename(ix.Columns[j].Expr, from, to)
		}
		ix.Where = sqltext.Rename(ix.Where, from, to)
	}
	for i := range g.Checks {
		g.Checks[i].Expr = sqltext.Rename(g.Checks[i].Expr, from, to)
	}
	g.Definitions = slices.Clone(f.Definitions)
	for i := range g.Definitions {
		g.Definitions[i].SQL = sqltext.Rename(g.Definitions[i].SQL, from, to)
	}
	return g
}
