package prom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

// Step is one change of a schema, with its SQL, its risk and its reason; see [Plan]. A step is done completely or not
// at all. A step that failed may be run again.
type Step struct {
	Kind       StepKind      `json:"kind"`                 // what the step does
	Connection string        `json:"connection,omitempty"` // the name of the connection; "" is the default connection
	Table      string        `json:"table"`                // the table; of a new schema, the first one in it
	Name       string        `json:"name,omitempty"`       // of the column, index, constraint or schema; "" for the table
	Aspect     schema.Aspect `json:"aspect,omitempty"`     // the property that is altered
	Risk       Risk          `json:"risk"`                 // what the step may cost or destroy
	Reason     string        `json:"reason"`               // why the step is needed, and what to consider
	// the statements, in order, to run after those of the previous steps; none if the step must be done by hand
	SQL []string `json:"sql,omitempty"`

	// Blocked lists the objects that depend on what the step changes, such as "view actor_info". The database refuses
	// the step as long as they exist, and [Apply] does not run it.
	Blocked []string `json:"blocked,omitempty"`

	// Apart is true if the step is not part of the common transaction of the other steps. Each of its statements
	// commits by itself, unless Rebuild is true.
	Apart bool `json:"apart,omitempty"`
	// Rebuild is true if the step rebuilds a table of SQLite. It runs in one transaction with foreign keys disabled,
	// and checks them at its end. To run its statements by hand, set PRAGMA foreign_keys = OFF, because otherwise rows
	// that refer to the table may be deleted with the old table, and PRAGMA legacy_alter_table = ON.
	Rebuild bool `json:"rebuild,omitempty"`

	Rows       int64  `json:"rows"`                 // the approximate number of rows of the table
	Probe      string `json:"probe,omitempty"`      // a query that counts the rows that violate the step; "" if none can
	Violations int64  `json:"violations,omitempty"` // the result of Probe; if it is not 0, the step cannot be done
}

func (s *Step) in() *schema.Step { return (*schema.Step)(unsafe.Pointer(s)) }

// Same reports whether a step of a later plan is the same step: both remove the same drift of the same table, and the
// later one has no greater risk.
func (s Step) Same(later Step) bool { return s.in().Same(*later.in()) }

// String returns the step as text: a line with the step and its reason, and the SQL statements.
func (s Step) String() string { return s.in().String() }

// StepKind is the kind of a [Step].
type StepKind string

// The kinds of steps.
const (
	StepCreateSchema       = StepKind(schema.CreateSchema)      // creates a schema of PostgreSQL
	StepCreateTable        = StepKind(schema.CreateTable)       // creates a table with its indexes
	StepRenameTable        = StepKind(schema.RenameTable)       // renames a table, or moves it to another schema
	StepAddColumn          = StepKind(schema.AddColumn)         // adds a column
	StepAddValue           = StepKind(schema.AddValue)          // adds a value to an enum type of PostgreSQL
	StepRenameColumn       = StepKind(schema.RenameColumn)      // renames a column (tag option was)
	StepAlterColumn        = StepKind(schema.AlterColumn)       // changes the type or another property of a column
	StepDropColumn         = StepKind(schema.DropColumn)        // drops a column with its values
	StepCreateIndex        = StepKind(schema.CreateIndex)       // creates an index
	StepReplaceIndex       = StepKind(schema.ReplaceIndex)      // replaces an index
	StepDropIndex          = StepKind(schema.DropIndex)         // drops an index
	StepAddConstraint      = StepKind(schema.AddConstraint)     // adds a foreign key or a CHECK
	StepReplaceConstraint  = StepKind(schema.ReplaceConstraint) // replaces a constraint
	StepValidateConstraint = StepKind(schema.ValidateStep)      // checks all rows against a constraint
	StepDropConstraint     = StepKind(schema.DropConstraint)    // drops a constraint
	StepRebuildTable       = StepKind(schema.RebuildTable)      // creates a table of SQLite again, with its rows
	StepAuditTable         = StepKind(schema.AuditTable)        // creates the triggers of the audit log
	StepCreatePartition    = StepKind(schema.CreatePartition)   // creates a partition; see [Partitions]
	StepDetachPartition    = StepKind(schema.DetachPartition)   // makes a partition a table of its own; see [Partitions]
	StepByHand             = StepKind(schema.ByHand)            // is done by hand, as Reason says
)

// Risk is the risk of a [Step]: what it may cost or destroy. Its text form, in JSON too, is its name.
type Risk uint8

// The risks of steps, from none to the greatest.
const (
	// Additive adds something, or allows more than before: no row is rewritten or lost, and no other transaction waits
	// longer than for a change of the catalog. A check of all rows is additive if other transactions can write
	// meanwhile.
	Additive = Risk(schema.Additive)
	// Locking adds a rule that later writes must fulfill, or makes other transactions wait while rows are read.
	Locking = Risk(schema.Locking)
	// Rewriting rewrites every row of the table, which is locked meanwhile.
	Rewriting = Risk(schema.Rewriting)
	// Lossy destroys something that the model cannot restore: a column with its values, digits of numbers, or an index
	// or a constraint that somebody created.
	Lossy = Risk(schema.Lossy)
)

// String returns the name of the risk.
func (r Risk) String() string { return schema.Risk(r).String() }

// MarshalText returns the name of the risk.
func (r Risk) MarshalText() ([]byte, error) { return schema.Risk(r).MarshalText() }

// UnmarshalText parses the name of a risk.
func (r *Risk) UnmarshalText(text []byte) error { return (*schema.Risk)(r).UnmarshalText(text) }

// Drift is one difference between a model and the database. It is an error, one of the [Drifts] that [Check] returns.
type Drift struct {
	Sort   schema.DriftSort `json:"sort"`   // whether it is missing, additional, different or renamed
	Object schema.DriftOf   `json:"object"` // what it is: a table, a column, an index …
	Table  string           `json:"table"`  // the table, as the model names it
	// of the column, index or constraint; "" for a table, or an object without a name
	Name   string        `json:"name,omitempty"`
	Aspect schema.Aspect `json:"aspect,omitempty"` // the property that differs
	Have   string        `json:"have,omitempty"`   // its value in the database, as the database writes it
	Want   string        `json:"want,omitempty"`   // its value in the model, as the database would write it
	// the parts of the model and of the database that differ, for code that plans changes
	At schema.DriftPlace `json:"-"`
}

// Error returns one line of the form "author.name: column: type is integer, not text".
func (d *Drift) Error() string { return (*schema.Drift)(unsafe.Pointer(d)).Error() }

// Harmless reports whether everything works with the drift. That is the case for an additional index, constraint,
// default or column in the database, except a column without which no row can be inserted, and except a column or table
// that was renamed and that an old version of the program has added again. It is also the case for another default,
// because prom writes the default of the model.
func (d *Drift) Harmless() bool { return (*schema.Drift)(unsafe.Pointer(d)).Harmless() }

// NotModelled reports whether the drift is about something that the model does not declare and that prom did not
// create: a column, index, CHECK or foreign key that no field declares, a default where the model has none, another
// type that can hold the values of the field, the actions of a foreign key that no tag declares, or a key that the
// database generates. Plans list them in [SchemaPlan.NotModelled] and have no steps for them.
func (d *Drift) NotModelled() bool { return (*schema.Drift)(unsafe.Pointer(d)).NotModelled() }

// Drifts are the differences between models and databases that [Check] found. They are the cause of its error;
// errors.As finds them.
type Drifts []*Drift

// Error returns one line for each drift.
func (d Drifts) Error() string {
	lines := make([]string, len(d))
	for i, one := range d {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the drifts as a list of errors.
func (d Drifts) Unwrap() []error {
	list := make([]error, len(d))
	for i, one := range d {
		list[i] = one
	}
	return list
}

// SchemaPlan is a list of steps that change the tables of some repos so that they match their models; see [Plan]. Steps
// may be removed from it before it is applied.
type SchemaPlan struct {
	Steps []Step `json:"steps"` // in an order in which they can be run

	// NotModelled lists what the tables have and the models do not declare: columns without a field, indexes and
	// constraints that no tag names, other defaults and types, the actions of foreign keys, and what lies on a table or
	// uses it, such as views, triggers, policies, comments and grants. No step changes them.
	// See [Drift.NotModelled].
	NotModelled Drifts `json:"not_modelled"`

	targets []planned
}

// planned is what a plan is about on one connection.
type planned struct {
	on     *db.DB
	tables []*schema.Table
	keeps  *install.Retention // of a plan for the partitions of one table; nil for another one
}

// apply runs steps.
func (t *planned) apply(ctx context.Context, steps []schema.Step) ([]schema.Step, error) {
	if t.keeps != nil {
		return install.ApplyPartitions(ctx, t.on, t.tables[0], *t.keeps, steps)
	}
	return install.Apply(ctx, t.on, t.tables, steps)
}

// Empty reports whether the plan has no steps.
func (p *SchemaPlan) Empty() bool { return len(p.Steps) == 0 }

// Only returns a plan with the steps for which keep returns true.
func (p *SchemaPlan) Only(keep func(s Step) bool) *SchemaPlan {
	q := &SchemaPlan{NotModelled: p.NotModelled, targets: p.targets}
	for _, s := range p.Steps {
		if keep(s) {
			q.Steps = append(q.Steps, s)
		}
	}
	return q
}

// String returns the plan as text for people.
func (p *SchemaPlan) String() string {
	var b strings.Builder
	for i, s := range p.Steps {
		fmt.Fprintf(&b, "%d. %s\n", i+1, s)
	}
	if p.Empty() {
		b.WriteString("nothing to do")
	}
	if len(p.NotModelled) > 0 {
		b.WriteString("\nnot modelled, and left as it is:\n")
	}
	for _, d := range p.NotModelled {
		fmt.Fprintf(&b, "  %s\n", d)
	}
	return b.String()
}

// MarshalJSON returns the plan as JSON: {"steps": […], "not_modelled": […]}.
func (p *SchemaPlan) MarshalJSON() ([]byte, error) {
	steps, others := p.Steps, p.NotModelled
	if steps == nil {
		steps = []Step{}
	}
	if others == nil {
		others = Drifts{}
	}
	return json.Marshal(map[string]any{"steps": steps, "not_modelled": others})
}

// Plan compares the models of repos with their databases, and returns the steps that make the tables match the models.
// It changes nothing. The plan has steps for what the database lacks and for what contradicts the model. Things that a
// model does not declare are listed in [SchemaPlan.NotModelled]. They have no step, unless the schema history of the
// database shows that prom created them for an earlier version of the model; then the step that drops them is [Lossy].
// If nothing contradicts the models, the plan is empty.
//
// If existing rows may violate a step, Plan counts them, which reads the table. On PostgreSQL, Plan creates a temporary
// table in a transaction and rolls it back, to learn how PostgreSQL writes the declarations of the model. So the
// connection must not be read-only.
func Plan(ctx context.Context, repos ...AnyRepo) (*SchemaPlan, error) {
	targets, err := targetsOf(repos)
	if err != nil {
		return nil, err
	}
	p := &SchemaPlan{targets: targets}
	for _, t := range targets {
		steps, others, err := install.Plan(ctx, t.on, t.tables...)
		if err != nil {
			return nil, core.ErrorOf("plan", t.tables[0], err)
		}
		p.Steps, p.NotModelled = append(p.Steps, ownSteps(steps)...), append(p.NotModelled, ownDrifts(others)...)
	}
	return p, nil
}

// Check compares the models of repos with their databases. If a database contradicts the models, it returns an error of
// kind [ErrDrift]. The cause of the error is [Drifts], without those that are [Drift.NotModelled]:
//
//	var drifts prom.Drifts
//	if errors.As(err, &drifts) { for _, d := range drifts { … } }
//
// Use it as a check before a release. [Drift.Harmless] reports which drifts have no effect on the program.
func Check(ctx context.Context, repos ...AnyRepo) error {
	targets, err := targetsOf(repos)
	if err != nil {
		return err
	}
	var all Drifts
	for _, t := range targets {
		drifts, err := install.Drifts(ctx, t.on, t.tables...)
		if err != nil {
			return core.ErrorOf("check", t.tables[0], err)
		}
		all = append(all, ownDrifts(drifts)...)
	}
	if all == nil {
		return nil
	}
	detail := all[0].Error()
	if n := len(all) - 1; n > 0 {
		detail += fmt.Sprintf("; and %d more", n)
	}
	return &Error{Kind: ErrDrift, Op: "check", Detail: detail, Err: all}
}

// Apply runs the steps of a plan that have one of the given risks, and returns the steps that it has done, also if it
// fails. Without risks it runs only [Additive] steps. It runs the additive steps that are not [Step].Apart in one
// transaction, all or none, and the others one by one, each completely or not at all. Before it runs a step, it checks
// again that the step is needed, so an old plan does no harm.
//
// Apply does not run a step that existing rows violate, nor one that is [Step].Blocked. It reports the step in its
// error, of kind [ErrDrift], and runs the others. The DSN's option install_lock_timeout limits how long Apply waits for
// the lock of a table; Apply retries a few times. To build an index concurrently, or to validate a constraint, may take
// long: only the context limits it. Apply cannot run inside a transaction. The connection's install mode (such as
// install=check) is for automatic changes and does not affect Apply.
func Apply(ctx context.Context, plan *SchemaPlan, risks ...Risk) (done []Step, err error) {
	if len(risks) == 0 {
		risks = []Risk{Additive}
	}
	var errs []error
	for _, t := range plan.targets {
		var steps []Step
		for _, s := range plan.Steps {
			if s.Connection == t.on.Name() && slices.Contains(risks, s.Risk) && s.SQL != nil {
				steps = append(steps, s)
			}
		}
		if steps == nil {
			continue
		}
		list, err := t.apply(ctx, stepsAt(steps))
		core.ForgetForms(t.on)
		done = append(done, ownSteps(list)...)
		for _, e := range each(err) {
			errs = append(errs, core.ErrorOf("apply", t.tables[0], e))
		}
		for _, table := range t.tables {
			install.Mark(t.on, table).Clear()
		}
	}
	return done, errors.Join(errs...)
}

// each returns the errors that were joined, so that each is told by itself.
func each(err error) []error {
	switch joined := err.(type) { //nolint:errorlint // what it wraps is not joined here
	case nil:
		return nil
	case interface{ Unwrap() []error }:
		return joined.Unwrap()
	}
	return []error{err}
}

// targetsOf gathers the tables of repos by their connections.
func targetsOf(repos []AnyRepo) ([]planned, error) {
	var list []planned
	for _, r := range repos {
		d, err := r.DB()
		if err != nil {
			return nil, err
		}
		on := d.in()
		i := slices.IndexFunc(list, func(t planned) bool { return t.on == on })
		if i < 0 {
			i = len(list)
			list = append(list, planned{on: on})
		}
		if t := r.Schema(); !slices.Contains(list[i].tables, t) {
			list[i].tables = append(list[i].tables, t)
		}
	}
	return list, nil
}
