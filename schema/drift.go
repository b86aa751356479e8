package schema

import (
	"fmt"
	"strings"
)

// Drift is one difference between what a model wants and what a database has. It is an error, so that many of them can
// be one that errors.As and errors.AsType walk.
type Drift struct {
	Sort   DriftSort  `json:"sort"`
	Object DriftOf    `json:"object"`
	Table  string     `json:"table"`
	Name   string     `json:"name,omitempty"`   // of the column, index or constraint; "" for a table, or what has no name
	Aspect Aspect     `json:"aspect,omitempty"` // what is different about it
	Have   string     `json:"have,omitempty"`   // what the database has, as it writes it
	Want   string     `json:"want,omitempty"`   // what the model wants, as the database would write it
	At     DriftPlace `json:"-"`
}

// DriftPlace is what a drift is about, as far as it is there.
type DriftPlace struct {
	Column     *Column
	Index      *Index
	ForeignKey *ForeignKey

	HaveColumn, WantColumn *FoundColumn
	HaveIndex              *FoundIndex
	HaveCheck, WantCheck   *FoundCheck
	HaveKey                *FoundForeignKey
	Constraint             string // of a foreign key: the name that it gets

	Own bool // this library wrote what the database has
	// the column or table has the name from before one of the model's, which was renamed, and was made again since
	Former string
	Note   string // what else is known of it: who uses it, or that nobody does
	// what the database has serves the model as it is: another type that holds its values, another rule of a foreign
	// key
	Holds     bool
	Elsewhere bool // of a foreign key: it leads to something else than the model's
	Fails     bool // of a foreign key: it sets what takes no NULL to NULL
}

// DriftSort is a sort of drift.
type DriftSort string

// The sorts of drift.
const (
	Missing   DriftSort = "missing"   // the model wants it and the database lacks it
	Extra     DriftSort = "extra"     // the database has it and the model does not know it
	Different DriftSort = "different" // both have it, and not alike
	Renamed   DriftSort = "renamed"   // the database has it under the name that the tag option was tells
)

// DriftOf says what a drift is about.
type DriftOf string

// What a drift may be about.
const (
	OfTable      DriftOf = "table"
	OfColumn     DriftOf = "column"
	OfIndex      DriftOf = "index"
	OfCheck      DriftOf = "check"
	OfForeignKey DriftOf = "foreign key"
	OfValue      DriftOf = "enum value" // of a column, whose name comes before it

	// What no model declares, and plans list as it is.
	OfView             DriftOf = "view" // that uses the table
	OfMaterializedView DriftOf = "materialized view"
	OfRule             DriftOf = "rule"
	OfTrigger          DriftOf = "trigger"
	OfPolicy           DriftOf = "policy"
	OfRowSecurity      DriftOf = "row security"
	OfFunction         DriftOf = "function" // whose body the database keeps as a query of the table
	OfStatistics       DriftOf = "statistics"
	OfPublication      DriftOf = "publication"
	OfComment          DriftOf = "comment"
	OfGrant            DriftOf = "grant"
	OfPartitionKey     DriftOf = "partition key"
	OfPartitions       DriftOf = "partitions"
	OfInheritance      DriftOf = "inheritance"
	OfRowType          DriftOf = "row type" // of the table, as the type of a column
	OfStorage          DriftOf = "storage"  // parameters, tablespace, replica identity, WITHOUT ROWID
	OfGeneratedColumn  DriftOf = "generated column"
)

// Aspect is what is different about a column or a constraint.
type Aspect string

// The aspects.
const (
	AspectType      Aspect = "type"       // of a column, its collation included
	AspectNull      Aspect = "null"       // whether a column takes NULL
	AspectDefault   Aspect = "default"    // of a column
	AspectKey       Aspect = "key"        // whether a column is part of the primary key
	AspectCount     Aspect = "count"      // whether the database counts a key up
	AspectGenerated Aspect = "generated"  // whether a column is computed
	AspectText      Aspect = "definition" // of an index or a constraint
	AspectValid     Aspect = "validity"   // whether an index or a constraint covers all rows
	AspectForm      Aspect = "form"       // of a column's values, of which SQLite takes any
)

// Error returns one line of the form "author.name: column: type is integer, not text".
func (d *Drift) Error() string {
	name := d.Table
	if d.Object == OfColumn && d.Name != "" {
		name += "." + d.Name
	}
	var b strings.Builder
	b.WriteString(name + ": ")
	switch {
	case d.Object == OfValue:
		fmt.Fprintf(&b, "%s %q of column %s", d.Object, d.Have+d.Want, d.Name)
	case d.Object == OfTable, d.Object == OfColumn, d.Name == "":
		b.WriteString(string(d.Object))
	default:
		b.WriteString(string(d.Object) + " " + d.Name)
	}
	switch d.Sort {
	case Different:
		sentence, value := " %s; the model wants that it %s", ": %s is %s, and should be %s"
		if d.NotModelled() { // nothing is to be done about it
			sentence, value = " %s (in a table that prom creates, it %s)", ": %s is %s (prom would create %s)"
		}
		switch d.Aspect {
		case AspectNull, AspectKey, AspectCount, AspectGenerated, AspectValid:
			fmt.Fprintf(&b, sentence, d.Have, d.Want)
		default:
			fmt.Fprintf(&b, value, d.Aspect, orNone(d.Have), orNone(d.Want))
		}
	case Renamed:
		fmt.Fprintf(&b, " is still named %s", d.Have)
	default:
		b.WriteString(" is " + string(d.Sort))
	}
	if d.At.Note != "" {
		b.WriteString("; " + d.At.Note)
	}
	return b.String()
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// NotModelled reports whether the drift is about something of which the struct and its tags say nothing, and which this
// library did not make: a column, index, CHECK or foreign key that no field names, a default where the model has none,
// a type that holds the values of the field, the rules of a foreign key, a key that the database generates. Such things
// are the database's own: plans list them and have no step for them.
func (d *Drift) NotModelled() bool {
	switch {
	case d.Object == OfForeignKey && d.Sort == Different && d.Aspect == AspectText:
		// Whoever made it: a model that says nothing now may have said it before. But what this library wrote for a
		// pointer does not fit a field that is required.
		return d.At.Holds && !(d.At.Fails && d.At.Own)
	case d.At.Own, d.At.Former != "":
		return false
	case d.Sort == Extra && d.At.HaveColumn != nil:
		return !d.At.HaveColumn.Key && (!d.At.HaveColumn.Required() || d.At.Holds)
	case d.Sort == Extra:
		return true
	case d.Sort != Different:
		return false
	case d.Aspect == AspectDefault:
		// The default of a version is for rows that others insert, who may have one of their own.
		return d.Want == "" || d.Have != "" && d.At.Column != nil && d.At.Column.Version
	case d.Aspect == AspectCount:
		return d.At.WantColumn != nil && !d.At.WantColumn.Auto
	}
	return d.At.Holds
}

// Harmless reports whether everything works in spite of the drift: an index, a constraint, a default or a column more
// than the model knows, but for a column without which no row can be inserted, and for one that was renamed and is
// there again, because another program writes it; and another default, since this library writes the model's.
func (d *Drift) Harmless() bool {
	return d.Aspect == AspectDefault && (d.Want == "" || d.Have != "") ||
		d.Sort == Extra && d.At.Former == "" && !(d.At.HaveColumn != nil && d.At.HaveColumn.Required())
}
