package schema

import "slices"

// Found is what a database has under the name of a table, as introspection tells it.
type Found struct {
	Exists    bool
	FoldNames bool // names are compared without the case of the letters A to Z; see dialect.Features
	Columns   []FoundColumn
	Indexes   []FoundIndex
}

// FoundColumn is a column of a table that exists.
type FoundColumn struct {
	Name    string
	Type    string // as the engine writes it
	NotNull bool
	Key     bool
	Default string // as the engine writes it; "" for none
}

// FoundIndex is an index of a table that exists. An expression among its columns has the name "".
type FoundIndex struct {
	Name    string
	Unique  bool
	Columns []string
	Partial bool
}

// Diff is what a database lacks before it holds a table: nothing, all of it, or some columns and indexes. It never speaks
// of what the database has beyond the model; that is left alone.
type Diff struct {
	Create  bool      // the table is missing, with all its columns and indexes
	Columns []*Column // in the order of the table, those of the key first
	Indexes []*Index
}

// Empty reports whether nothing is missing.
func (d Diff) Empty() bool { return !d.Create && len(d.Columns) == 0 && len(d.Indexes) == 0 }

// Diff compares the table with what was found. An index counts as present when its name is, or when another one has the
// same columns and the same uniqueness and both cover every row.
func (t *Table) Diff(f Found) Diff {
	if !f.Exists {
		return Diff{Create: true, Columns: t.Columns, Indexes: t.Indexes}
	}
	var d Diff
	for _, c := range t.Columns {
		if !slices.ContainsFunc(f.Columns, func(fc FoundColumn) bool { return f.same(fc.Name, c.Name) }) {
			d.Columns = append(d.Columns, c)
		}
	}
	// A reference to the model itself can be added only when the key is there.
	slices.SortStableFunc(d.Columns, func(a, b *Column) int { return boolInt(b.Key) - boolInt(a.Key) })
	for _, ix := range t.Indexes {
		if !slices.ContainsFunc(f.Indexes, func(fi FoundIndex) bool { return f.covers(fi, ix) }) {
			d.Indexes = append(d.Indexes, ix)
		}
	}
	return d
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// same reports whether two names are one to the database.
func (f *Found) same(a, b string) bool {
	return a == b || f.FoldNames && foldName(a) == foldName(b)
}

// covers reports whether the index that was found does the work of the one that is wanted.
func (f *Found) covers(fi FoundIndex, ix *Index) bool {
	return f.same(fi.Name, ix.Name) ||
		fi.Unique == ix.Unique && !fi.Partial && ix.Where == "" && slices.EqualFunc(fi.Columns, ix.Names(), f.same)
}
