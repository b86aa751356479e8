package schema

import (
	"fmt"
	"strings"
)

// Step is one change of a schema. It is done completely or not at all, and may be run again if it failed. Package prom
// declares the type of the same name for programs.
type Step struct {
	Kind       StepKind `json:"kind"`                 // what the step does
	Connection string   `json:"connection,omitempty"` // the name of the connection; "" for the default one
	Table      string   `json:"table"`                // the table, as the model names it
	Name       string   `json:"name,omitempty"`       // the name of the column, index, constraint or schema; "" for the table
	Aspect     Aspect   `json:"aspect,omitempty"`     // the property that is altered
	Risk       Risk     `json:"risk"`                 // what the step may cost or destroy
	Reason     string   `json:"reason"`               // why the step is needed, and what to consider
	// the statements, in order, to run after those of the previous steps; none if the step must be done by hand
	SQL []string `json:"sql,omitempty"`

	// Blocked lists the objects that depend on what the step changes, such as "view actor_info". The database refuses
	// the step as long as they exist.
	Blocked []string `json:"blocked,omitempty"`

	// Apart is true if the step is not part of the common transaction of the other steps. Each of its statements
	// commits by itself, unless Rebuild is true.
	Apart bool `json:"apart,omitempty"`
	// Rebuild is true if the step rebuilds a table of SQLite. It runs in one transaction with foreign keys disabled,
	// and checks them at its end. To run its statements by hand, set PRAGMA foreign_keys = OFF, because otherwise rows
	// that refer to the table may be deleted with the old table, and PRAGMA legacy_alter_table = ON.
	Rebuild bool `json:"rebuild,omitempty"`

	Rows int64 `json:"rows"` // the approximate number of rows of the table
	// Probe is a query that counts the rows that violate the step; "" if none can.
	Probe      string `json:"probe,omitempty"`
	Violations int64  `json:"violations,omitempty"` // the result of Probe; if it is not 0, the step cannot be done
}

// StepKind is the kind of a [Step].
type StepKind string

// The kinds of steps. The constants of package prom that begin with Step have the same values.
const (
	CreateSchema      StepKind = "create schema"       // creates a schema of PostgreSQL
	CreateTable       StepKind = "create table"        // creates a table with its indexes
	RenameTable       StepKind = "rename table"        // renames a table, or moves it to another schema
	AddColumn         StepKind = "add column"          // adds a column
	AddValue          StepKind = "add enum value"      // adds a value to an enum type of PostgreSQL
	RenameColumn      StepKind = "rename column"       // renames a column
	AlterColumn       StepKind = "alter column"        // changes a property of a column, such as its type
	DropColumn        StepKind = "drop column"         // drops a column with its values
	CreateIndex       StepKind = "create index"        // creates an index
	ReplaceIndex      StepKind = "replace index"       // creates an index in place of another one
	DropIndex         StepKind = "drop index"          // drops an index
	AddConstraint     StepKind = "add constraint"      // adds a foreign key or a CHECK
	ReplaceConstraint StepKind = "replace constraint"  // adds a constraint in place of another one
	ValidateStep      StepKind = "validate constraint" // checks the existing rows against a constraint (VALIDATE)
	DropConstraint    StepKind = "drop constraint"     // drops a constraint
	RebuildTable      StepKind = "rebuild table"       // makes a table of SQLite again and copies its rows
	AuditTable        StepKind = "audit table"         // creates or replaces the triggers of the audit log
	CreatePartition   StepKind = "create partition"    // creates a partition
	DetachPartition   StepKind = "detach partition"    // makes a partition, with its rows, a table of its own
	ByHand            StepKind = "by hand"             // is not done by this library, but by hand

	// DropTable and DropType, of an enum, are steps of migrations between declared schemas (prom migrate). Plans for a
	// database do not drop tables.
	DropTable StepKind = "drop table"
	DropType  StepKind = "drop type"
)

// Same reports whether a step that was planned later is this one: both end the same drift of the same table, and the
// later one risks no more.
func (s Step) Same(later Step) bool {
	return s.Kind == later.Kind && s.Connection == later.Connection && s.Table == later.Table && s.Name == later.Name &&
		s.Aspect == later.Aspect &&
		(s.Risk == later.Risk || s.Risk > later.Risk && !s.Rebuild)
}

// BlockedAdvice says what to do about what keeps a step from being done.
const BlockedAdvice = "drop what depends on it, do the step, and create it again"

// String returns the step as text: a line that says what and why, and its statements.
func (s Step) String() string {
	var b strings.Builder
	switch {
	case s.Kind == CreateSchema:
		fmt.Fprintf(&b, "%s %s", s.Kind, s.Name)
	case s.Name != "":
		fmt.Fprintf(&b, "%s %s.%s", s.Kind, s.Table, s.Name)
	default:
		fmt.Fprintf(&b, "%s %s", s.Kind, s.Table)
	}
	if s.Connection != "" {
		b.WriteString(" on #" + s.Connection)
	}
	rows := "rows"
	if s.Rows == 1 {
		rows = "row"
	}
	fmt.Fprintf(&b, " [%s, about %d %s]", s.Risk, s.Rows, rows)
	if s.Reason != "" {
		b.WriteString(": " + s.Reason)
	}
	if s.Violations > 0 {
		fmt.Fprintf(&b, "; %d existing rows or values violate it", s.Violations)
	}
	if s.Blocked != nil {
		b.WriteString("; BLOCKED by " + strings.Join(s.Blocked, ", ") + ": " + BlockedAdvice)
	}
	if s.Rebuild {
		b.WriteString("\n    -- in one transaction, with PRAGMA foreign_keys = OFF and legacy_alter_table = ON before it, and PRAGMA foreign_key_check at its end:")
	}
	for _, sql := range s.SQL {
		b.WriteString("\n    " + strings.ReplaceAll(sql, "\n", "\n    ") + ";")
	}
	return b.String()
}

// Risk is what a step may cost or harm.
type Risk uint8

// The risks, from none to the greatest.
const (
	// Additive adds something, or allows more than before, at once: no row is rewritten or lost, and no other
	// transaction waits longer than for a change of the catalog. A check of all rows is additive if others can write
	// meanwhile.
	Additive Risk = iota
	// Locking keeps nothing from working for longer than a moment, but new rules hold afterwards, or others wait while
	// rows are read.
	Locking
	// Rewriting writes every row of the table anew, during which the table cannot be used.
	Rewriting
	// Lossy loses something that the model cannot restore: a column with its values, digits, an index or a constraint
	// that another program or a person made.
	Lossy
)

var riskTexts = [...]string{"additive", "locking", "rewriting", "lossy"}

// String returns the risk's name.
func (r Risk) String() string {
	if int(r) < len(riskTexts) {
		return riskTexts[r]
	}
	return "unknown"
}

// MarshalText returns the risk's name.
func (r Risk) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a risk's name.
func (r *Risk) UnmarshalText(text []byte) error {
	for i, name := range riskTexts {
		if string(text) == name {
			*r = Risk(i)
			return nil
		}
	}
	return fmt.Errorf("prom: unknown risk; the risks are %s", strings.Join(riskTexts[:], ", "))
}
