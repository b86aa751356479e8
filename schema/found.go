package schema

import (
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/sqltext"
)

// Found is a table or view of a database, as introspection reports it: the result of DB.Describe in package prom.
type Found struct {
	Exists       bool // there is a table or view of this name
	View         bool // it is a view, materialized or not
	Materialized bool // it is a materialized view
	Virtual      bool // it is a virtual table of SQLite; only set for plans
	Partitioned  bool // it is partitioned: its rows are in other tables
	// how its rows are divided, as PostgreSQL writes it: "RANGE (at)"; "" for an ordinary table, and if it was not read
	PartitionKey string
	Partitions   []FoundPartition  // read with PartitionKey
	SetsColumns  bool              // ON DELETE SET NULL can name columns of the foreign key; only set for plans
	LocalRefs    bool              // foreign keys cannot refer to another schema; see dialect.Features
	FoldNames    bool              // names are compared ignoring the case of A to Z; see dialect.Features
	Columns      []FoundColumn     // in the order of the table
	Indexes      []FoundIndex      // without the index of the primary key
	ForeignKeys  []FoundForeignKey // in the order of the engine
	Checks       []FoundCheck      // the CHECK constraints
	// the statements that created it, its indexes and its triggers, in order, on SQLite, which stores them
	Definitions []Definition
	Dependents  []Dependent // views, triggers and other objects that use the table; only set for plans
}

// Definition is the statement that created an object, as SQLite stores it.
type Definition struct {
	Sort string // table, index, trigger or fulltext
	Name string // the name of the object
	SQL  string // the statement
}

// FoundCheck is a CHECK constraint of a table that exists.
type FoundCheck struct {
	Name      string // the name of the constraint; "" if it has none
	Expr      string // the condition, as the engine writes it
	Unchecked bool   // it was added NOT VALID: existing rows may violate it
	Others    bool   // another program made it, as far as a plan can tell
}

// FoundColumn is a column of a table that exists.
type FoundColumn struct {
	Name      string // the name of the column
	Type      string // the type, as the engine writes it
	Kind      Kind   // [Null] for a type that no field of a model is stored as
	Size      int    // of a text: the greatest number of characters that its type allows; 0 for no limit
	Precision int    // of a Decimal: the digits in all; 0 if the type has no limit
	Scale     int    // of a Decimal: the digits after the point
	Dims      int    // of an array: the declared number of dimensions, which PostgreSQL does not enforce
	NotNull   bool   // it is NOT NULL
	Key       bool   // it is part of the primary key
	Auto      bool   // the database generates its values: identity, sequence, or rowid of SQLite
	NoCase    bool   // comparisons ignore the case of letters
	Form      Form   // how another program stores values in it, as far as a few rows show
	Equating  bool   // its collation treats some different texts as equal
	Collation string // the collation, as a COLLATE clause names it; "" for that of the type
	Generated bool   // it is a generated column, which cannot be written
	Expr      string // the expression of a generated column, as the engine writes it
	Domain    string // the domain, if the column has one; Type is then its base type
	Native    Native // the type in casts and comparisons, on PostgreSQL
	Default   string // the default, as the engine writes it; "" for none

	OwnCollation bool // this library gave the column its collation, as far as a plan can tell
}

// FoundIndex is an index of a table that exists.
type FoundIndex struct {
	Name    string             // the name of the index, without a schema
	Unique  bool               // it is a unique index
	Columns []FoundIndexColumn // its columns and expressions, in order
	Include []string           // the INCLUDE columns
	Partial bool               // it has a condition
	Where   string             // the condition of a partial index, as the engine writes it
	Invalid bool               // PostgreSQL does not use it, because its creation failed (CREATE INDEX CONCURRENTLY)
	Bound   bool               // it belongs to a constraint and is dropped only with it
	Exclude bool               // that constraint is EXCLUDE
	Others  bool               // another program made it, as far as a plan can tell

	NullsNotDistinct bool   // it is NULLS NOT DISTINCT: NULLs are equal
	Method           string // the index method, such as gin; "" for a B-tree
	Ops              string // the operator classes of its columns that are not the default, with commas; "" for none
	SQL              string // of an FTS5 table: the statements that created it and its triggers; else ""
}

// FoundIndexColumn is one column of an index, or an expression.
type FoundIndexColumn struct {
	Name string // the name of the column; "" for an expression
	Expr string // the expression, as the engine writes it; "" for a column
	Desc bool   // it is in descending order

	Nulls     string // NULLS FIRST or NULLS LAST, if it is not the default of the direction
	Collation string // the collation, if it is not that of the column
}

// FoundForeignKey is a foreign key of a table that exists, of one column or several.
type FoundForeignKey struct {
	Name          string   // the name of the constraint; "" on SQLite, which has none
	Columns       []string // the columns that refer, in order
	Table         string   // the table referred to, with its schema if the name alone does not find it
	FullName      string   // the table referred to, always with its schema
	TargetColumns []string // the columns referred to, as many as Columns
	OnDelete      string   // NO ACTION, RESTRICT, CASCADE, SET NULL or SET DEFAULT
	OnUpdate      string   // the same for a key that changes
	SetColumns    []string // the columns that SET NULL or SET DEFAULT on delete sets; empty for all
	Deferrable    bool     // it is DEFERRABLE
	Deferred      bool     // it is INITIALLY DEFERRED
	Unchecked     bool     // it was added NOT VALID: existing rows may violate it
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

// Diff is what a database lacks of a model: the table, or some of its columns and indexes. It does not contain what the
// database has beyond the model.
type Diff struct {
	Create  bool      // the table is missing, with all its columns and indexes
	Renamed []*Column // the columns that the database has under their old names
	Columns []*Column // the missing columns, in the order of the table, those of the key first
	Enums   []*Column // the columns whose enum types lack values
	Indexes []*Index  // the missing indexes
}

// Empty reports whether nothing is missing.
func (d Diff) Empty() bool {
	return !d.Create && len(d.Renamed) == 0 && len(d.Columns) == 0 && len(d.Indexes) == 0 && len(d.Enums) == 0
}

// Diff returns what the database lacks of the table. An index exists if its name does, or if another index has the same
// columns and uniqueness and both cover all rows. An index with expressions or INCLUDE columns is found only by its
// name; plans compare its definition.
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
