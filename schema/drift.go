package schema

import (
	"fmt"
	"strings"
)

// Drift is one difference between a model and a database. It is an error, so that errors.As finds it in an error of
// several. Package prom declares the type of the same name for programs.
type Drift struct {
	Sort   DriftSort  `json:"sort"`             // whether it is missing, additional, different or renamed
	Object DriftOf    `json:"object"`           // what it is: a table, a column, an index …
	Table  string     `json:"table"`            // the table, as the model names it
	Name   string     `json:"name,omitempty"`   // the name of the column, index or constraint; "" for a table, or without a name
	Aspect Aspect     `json:"aspect,omitempty"` // the property that differs
	Have   string     `json:"have,omitempty"`   // its value in the database, as the database writes it
	Want   string     `json:"want,omitempty"`   // its value in the model, as the database would write it
	At     DriftPlace `json:"-"`                // the parts that differ
}

// DriftPlace holds the parts of the model and of the database that a drift compares. Parts that do not exist are nil.
type DriftPlace struct {
	Column     *Column     // the column of the model
	Index      *Index      // the index of the model
	ForeignKey *ForeignKey // the foreign key of the model, if it has several columns

	HaveColumn, WantColumn *FoundColumn     // in the database, and as it would describe the model's
	HaveIndex              *FoundIndex      // the index in the database
	HaveCheck, WantCheck   *FoundCheck      // in the database, and as it would describe the model's
	HaveKey                *FoundForeignKey // the foreign key in the database
	Constraint             string           // the name that a new foreign key gets

	Own bool // this library created what the database has
	// the new name of a column or table that was renamed by the tag option was, if the old one was created again since
	Former string
	Note   string // more text for people: which programs use it, or that none does
	// what the database has serves the model: another type that holds its values, other actions of a foreign key
	Holds     bool
	Elsewhere bool // the foreign key refers to another table or other columns than that of the model
	Fails     bool // the foreign key sets a NOT NULL column to NULL
}

// DriftSort says how the database differs from the model.
type DriftSort string

// The sorts of drift.
const (
	Missing   DriftSort = "missing"   // the model has it, and the database lacks it
	Extra     DriftSort = "extra"     // the database has it, and the model does not
	Different DriftSort = "different" // both have it, with different properties
	Renamed   DriftSort = "renamed"   // the database has it under its old name, that of the tag option was
)

// DriftOf is the kind of the object that a drift is about.
type DriftOf string

// The kinds of objects. Those from OfView on are not part of models: plans only list them.
const (
	OfTable      DriftOf = "table"       // a table
	OfColumn     DriftOf = "column"      // a column
	OfIndex      DriftOf = "index"       // an index
	OfCheck      DriftOf = "check"       // a CHECK constraint
	OfForeignKey DriftOf = "foreign key" // a foreign key
	OfValue      DriftOf = "enum value"  // a value of an enum type, after the name of the column

	OfView             DriftOf = "view"              // a view that uses the table
	OfMaterializedView DriftOf = "materialized view" // a materialized view that uses the table
	OfRule             DriftOf = "rule"              // a rule of the table
	OfTrigger          DriftOf = "trigger"           // a trigger of the table
	OfPolicy           DriftOf = "policy"            // a policy of the table
	OfRowSecurity      DriftOf = "row security"      // row-level security that is enabled
	OfFunction         DriftOf = "function"          // a function with an SQL body that uses the table
	OfStatistics       DriftOf = "statistics"        // extended statistics
	OfPublication      DriftOf = "publication"       // a publication with the table
	OfComment          DriftOf = "comment"           // a comment on the table or a column
	OfGrant            DriftOf = "grant"             // a grant on the table or a column
	OfPartitionKey     DriftOf = "partition key"     // the partition key
	OfPartitions       DriftOf = "partitions"        // the partitions
	OfDistribution     DriftOf = "distribution"      // by Citus
	OfInheritance      DriftOf = "inheritance"       // tables that inherit from it, or that it inherits from
	OfRowType          DriftOf = "row type"          // a column elsewhere whose type is the row type of the table
	OfStorage          DriftOf = "storage"           // parameters, tablespace, replica identity, WITHOUT ROWID
	OfGeneratedColumn  DriftOf = "generated column"  // a generated column that uses the column
)

// Aspect is the property of a column, an index or a constraint in which it differs.
type Aspect string

// The properties that a drift may be about.
const (
	AspectType      Aspect = "type"       // the type of a column, with its collation
	AspectNull      Aspect = "null"       // whether a column may be NULL
	AspectDefault   Aspect = "default"    // the default of a column
	AspectKey       Aspect = "key"        // whether a column is part of the primary key
	AspectCount     Aspect = "count"      // whether the database generates the key (auto-increment)
	AspectGenerated Aspect = "generated"  // whether a column is generated, and its expression
	AspectText      Aspect = "definition" // the definition of an index or a constraint
	AspectValid     Aspect = "validity"   // whether an index or a constraint covers all rows
	AspectForm      Aspect = "form"       // the form in which a column of SQLite stores values
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

// NotModelled reports whether the drift is about something that the model does not declare and that this library did
// not create: a column, index, CHECK or foreign key that no field declares, a default where the model has none, another
// type that can hold the values of the field, the actions of a foreign key that no tag declares, or a key that the
// database generates. Plans list them and have no steps for them.
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

// Harmless reports whether everything works with the drift. That is the case for an additional index, constraint,
// default or column in the database, except a column without which no row can be inserted, and except a column or table
// that was renamed and that an old version of the program has added again. It is also the case for another default,
// because this library writes the default of the model.
func (d *Drift) Harmless() bool {
	return d.Aspect == AspectDefault && (d.Want == "" || d.Have != "") ||
		d.Sort == Extra && d.At.Former == "" && !(d.At.HaveColumn != nil && d.At.HaveColumn.Required())
}
