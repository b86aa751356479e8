package schema

import (
	"fmt"
	"strings"
)

// Step is one change of a schema. What a step does is done as a whole or not at all, and again without harm when it was
// not.
type Step struct {
	Kind       StepKind `json:"kind"`
	Connection string   `json:"connection,omitempty"` // the name of the connection; "" for the default one
	Table      string   `json:"table"`
	Name       string   `json:"name,omitempty"`   // of the column, index, constraint or schema; "" for the table itself
	Aspect     Aspect   `json:"aspect,omitempty"` // what of it is altered
	Risk       Risk     `json:"risk"`
	Reason     string   `json:"reason"` // why, and what to mind
	// the statements, in their order, after those of the steps before; none when nothing but a person can do it
	SQL []string `json:"sql,omitempty"`

	// Blocked lists what depends on what the step changes, so that the database refuses it: "view actor_info". The step
	// can be done when that is gone.
	Blocked []string `json:"blocked,omitempty"`

	// Apart is set for a step that is not part of the one transaction of the others. Each of its statements commits by
	// itself, unless Rebuild is set.
	Apart bool `json:"apart,omitempty"`
	// Rebuild is set for a step of SQLite that makes the table anew, in one transaction in which foreign keys are not
	// heeded, and are checked at its end. Who runs its statements by hand needs PRAGMA foreign_keys = OFF, else rows
	// that refer to the table may go with the old one, and PRAGMA legacy_alter_table = ON.
	Rebuild bool `json:"rebuild,omitempty"`

	Rows int64 `json:"rows"` // about how many rows the table has
	// Probe is a query that counts the existing rows that violate the step; "" when none can.
	Probe      string `json:"probe,omitempty"`
	Violations int64  `json:"violations,omitempty"` // what it has counted; with any, the step cannot be done
}

// StepKind says what a step does.
type StepKind string

// The kinds of steps.
const (
	CreateSchema      StepKind = "create schema"
	CreateTable       StepKind = "create table"
	RenameTable       StepKind = "rename table"
	AddColumn         StepKind = "add column"
	AddValue          StepKind = "add enum value"
	RenameColumn      StepKind = "rename column"
	AlterColumn       StepKind = "alter column"
	DropColumn        StepKind = "drop column"
	CreateIndex       StepKind = "create index"
	ReplaceIndex      StepKind = "replace index"
	DropIndex         StepKind = "drop index"
	AddConstraint     StepKind = "add constraint"
	ReplaceConstraint StepKind = "replace constraint"
	ValidateStep      StepKind = "validate constraint"
	DropConstraint    StepKind = "drop constraint"
	RebuildTable      StepKind = "rebuild table"
	AuditTable        StepKind = "audit table" // by triggers that write to the audit log
	CreatePartition   StepKind = "create partition"
	DetachPartition   StepKind = "detach partition" // it is a table of its own then, with its rows
	ByHand            StepKind = "by hand"          // nothing that this library does by itself

	// Steps of migrations between declared schemas. No plan for a database has them: it drops no tables.
	DropTable StepKind = "drop table"
	DropType  StepKind = "drop type" // of an enum
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
