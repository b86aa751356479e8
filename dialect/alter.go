package dialect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prom-go/prom/schema"
)

// Altering writes the statements that change an existing table to match its model.
type Altering interface {
	// Alter returns the steps that end drifts, in an order in which they can be done one after the other: each supposes
	// the table as those before it leave it. What only a person can do has no statements, and a reason.
	Alter(a *Alteration) []schema.Step

	// RenameTable returns the statements that give a table, which was found under the name from before, its name, and
	// what is named after it a name in which the new one stands.
	RenameTable(t *schema.Table, have *schema.Found) []string

	// RenameColumn does the same for a column.
	RenameColumn(t *schema.Table, c *schema.Column, have *schema.Found) []string

	// ApplyLock returns a query that takes, until the end of its transaction, the lock under which plans are applied,
	// and tells whether (boolean) it got it; "" where none is needed.
	ApplyLock() string

	// Dangling returns a query, about a table, for the number of rows in its database that refer to nothing; "" where
	// the server lets none be.
	Dangling() string

	// Shadow returns the statements that make a table for comparison, without foreign keys where they could not be
	// made. Where ShadowApart is set they are for an empty database in memory, else for a transaction that is rolled
	// back.
	Shadow(t *schema.Table) []string
	ShadowApart() bool
}

// Alteration describes an existing table and its drifts, for [Altering.Alter].
type Alteration struct {
	Table      *schema.Table   // the table that the model declares
	Want, Have *schema.Found   // the table as the engine would describe the model's, and as it is
	Drifts     []*schema.Drift // the differences that the steps are to remove
	Filled     bool            // the table has rows
	// each step supposes the table as it was found instead, for one step is done, whatever became of those before it
	AsFound bool
	// this library made the table, so that what a tag says nothing of becomes what it makes by itself
	Declared bool
}

// CheckNamed returns a column's CHECK constraint of a name as it stands in a definition, and its condition, or "" when
// it has none.
func CheckNamed(d Dialect, name string, c *schema.Column) (constraint, condition string) {
	if condition = checkCondition(d, c); condition == "" {
		return "", ""
	}
	return "CONSTRAINT " + Quote(name) + " CHECK (" + condition + ")", condition
}

// AddColumnStep returns the step that adds a column. One that old rows would have no value for is added as one that
// takes NULL: when they have got their values, another plan makes it NOT NULL. It returns the column as it is added as
// well.
func AddColumnStep(d Dialect, a *Alteration, drift *schema.Drift) (schema.Step, *schema.Column) {
	c := drift.At.Column
	s := schema.Step{Kind: schema.AddColumn, Table: a.Table.Name, Name: c.Name, Risk: schema.Additive,
		Reason: drift.Error()}
	if c.Key {
		return ByHand(drift, "a column of the primary key cannot be added to a table with rows"), c
	}
	if Unfilled(c) {
		return ByHand(drift, "it "+UnfilledAdvice), c
	}
	if a.Filled && c.Generated != "" && d.Features().StoresGenerated {
		s.Risk = schema.Rewriting
	}
	if a.Filled && NeedsValue(d, c) {
		without := *c
		without.Null, without.Default = true, nil
		c = &without
		if advice := schema.WasAdvice(a.Table, c, a.Have); advice != "" {
			s.Reason += "; " + advice
		}
		s.Reason += "; it allows NULL until the existing rows have values, and the model cannot read them before; the next plan makes it NOT NULL"
	}
	s.SQL = append(d.Prerequisites([]*schema.Column{c}), d.AddColumn(a.Table, c, a.Have)...)
	return s, c
}

// NeedsValue reports whether a column cannot be added to a table with rows, which would have no value for it.
func NeedsValue(d Dialect, c *schema.Column) bool {
	return c.Required() && c.Generated == "" && (!c.HasConstant() || c.References != nil && d.Features().BareRefs)
}

// KeyAdvice says what to do about a column that only the table has in its primary key.
const KeyAdvice = "it is part of the primary key, which would be dropped with it; create the table again, or add the column to the model"

// FormerAdvice says what to do about a column or table that has been made again under the name from before.
const FormerAdvice = "stop the programs of the old version, copy what they have written to the new name, and drop the old one"

// ExtraAdvice says what to do about a column that the model does not have and that is not dropped.
func ExtraAdvice(drift *schema.Drift) string {
	if drift.At.Former != "" {
		return FormerAdvice
	}
	return RequiredAdvice
}

// RequiredAdvice says what to do about a column of others without which no row can be inserted.
const RequiredAdvice = "no row can be inserted without a value for it: add a field to the model, or a default to the column"

// Unfilled reports whether a column is one that the database fills, in a way that the model does not say, so that it
// cannot be made.
func Unfilled(c *schema.Column) bool {
	return c.ReadOnly && c.Generated == "" && c.Required() && !c.HasConstant()
}

// UnfilledAdvice says what to do about such a column.
const UnfilledAdvice = "is readonly and required, and the model does not say how the database fills it; give it generated or a constant default, make the field a pointer, or create it by hand"

// ReadOnlyAdvice says what to do about a column of others that is generated, and that the model writes.
const ReadOnlyAdvice = "no write to it succeeds: give the field the tag option readonly"

// Passing begins the names of what steps make for a while.
const Passing = "prom_tmp"

// Replacing returns the risk of a step that puts something in the place of what the database has: that of the change
// itself where this library wrote what goes, and [schema.Lossy] where another program did.
func Replacing(drift *schema.Drift, risk schema.Risk) schema.Risk {
	if drift.Have != "" && !drift.At.Own {
		return schema.Lossy
	}
	return risk
}

// Collated returns how SQLite's rebuild of a table takes over the texts of a column that ignores case from then on, or
// does not any more. A collation means nothing there. But it tells, in the history, that this library changed it: the
// new table's definition repeats those that others gave.
func Collated(expr string, nocase bool) string {
	if nocase {
		return expr + " COLLATE NOCASE"
	}
	return expr + " COLLATE BINARY"
}

// WantedForeignKey returns the foreign key that ends a drift about one: that of the model, with what the tag says
// nothing of as it was.
func WantedForeignKey(a *Alteration, drift *schema.Drift) *schema.FoundForeignKey {
	place := drift.At
	var k *schema.FoundForeignKey
	var said schema.Actions
	null := false
	if place.ForeignKey != nil {
		k, said = schema.WantedKey(a.Table, place.ForeignKey, a.Have.SetsColumns), place.ForeignKey.Actions
		null = slices.ContainsFunc(place.ForeignKey.Columns, func(c *schema.Column) bool { return c.Null })
	} else {
		k, said = schema.WantedReference(a.Table, place.Column), place.Column.References.Actions
		null = place.Column.Null
	}
	if place.HaveKey != nil && !a.Declared {
		k = k.Over(place.HaveKey, said, null)
	}
	return k
}

// AddConstraint returns the statement that adds a foreign key to a table that exists, by its name.
func AddConstraint(d Dialect, t *schema.Table, name string, k *schema.FoundForeignKey) string {
	return "ALTER TABLE " + d.Table(t.Name) + " ADD CONSTRAINT " + Quote(name) + " FOREIGN KEY (" + QuoteList(k.Columns) +
		") " + Reference(d, k)
}

// ByHand returns the step for a drift that a person has to end.
func ByHand(drift *schema.Drift, advice string) schema.Step {
	return schema.Step{Kind: schema.ByHand, Table: drift.Table, Name: drift.Name, Risk: schema.Lossy,
		Reason: drift.Error() + "; " + advice}
}

// NullProbe returns the query that counts the rows which a NOT NULL would refuse.
func NullProbe(d Dialect, table, column string) string {
	return "SELECT count(*) FROM " + d.Table(table) + " WHERE " + Quote(column) + " IS NULL"
}

// CheckProbe returns the query that counts the rows which a CHECK would refuse.
func CheckProbe(d Dialect, table, condition string) string {
	return "SELECT count(*) FROM " + d.Table(table) + " WHERE NOT (" + condition + ")"
}

// UniqueProbe returns the query that counts the values which a unique index would refuse, because several rows have
// them.
func UniqueProbe(d Dialect, t *schema.Table, ix *schema.Index) string {
	terms, where := make([]string, len(ix.Columns)), IndexWhere(t, ix)
	for i, c := range ix.Columns {
		if terms[i] = "(" + c.Expr + ")"; c.Column != nil {
			terms[i] = Quote(c.Column.Name)
		}
		if ix.NullsNotDistinct {
			continue
		}
		if where != "" {
			where += " AND "
		}
		where += terms[i] + " IS NOT NULL"
	}
	if where != "" {
		where = " WHERE " + where
	}
	return "SELECT count(*) FROM (SELECT 1 FROM " + d.Table(t.Name) + where + " GROUP BY " +
		strings.Join(terms, ", ") +
		" HAVING count(*) > 1) AS q"
}

// ReferenceProbe returns the query that counts the rows which refer to nothing.
func ReferenceProbe(d Dialect, table string, columns []string, target *schema.Table, to []*schema.Column) string {
	q, k := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		q[i] = "r." + Quote(c) + " IS NOT NULL"
		k[i] = "t." + Quote(to[i].Name) + " = r." + Quote(c)
	}
	return fmt.Sprintf("SELECT count(*) FROM %s AS r WHERE %s AND NOT EXISTS (SELECT 1 FROM %s AS t WHERE %s)",
		d.Table(table), strings.Join(q, " AND "), d.Table(target.Name), strings.Join(k, " AND "))
}
