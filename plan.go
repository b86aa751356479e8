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

// Step is one change of a schema, with its SQL, its risk and its reason; see [Plan]. What a step does is done as a
// whole or not at all, and again without harm when it was not.
type Step struct {
	Kind       StepKind      `json:"kind"`
	Connection string        `json:"connection,omitempty"` // the name of the connection; "" for the default one
	Table      string        `json:"table"`
	Name       string        `json:"name,omitempty"`   // of the column, index or constraint; "" for the table itself
	Aspect     schema.Aspect `json:"aspect,omitempty"` // what of it is altered
	Risk       Risk          `json:"risk"`
	Reason     string        `json:"reason"` // why, and what to mind
	// the statements, in their order, after those of the steps before; none when nothing but a person can do it
	SQL []string `json:"sql,omitempty"`

	// Apart is set for a step that is not part of the one transaction of the others. Each of its statements commits by
	// itself, unless Rebuild is set.
	Apart bool `json:"apart,omitempty"`
	// Rebuild is set for a step of SQLite that makes the table anew, in one transaction in which foreign keys are not
	// heeded, and are checked at its end. Who runs its statements by hand needs PRAGMA foreign_keys = OFF, else rows that
	// refer to the table may go with the old one, and PRAGMA legacy_alter_table = ON.
	Rebuild bool `json:"rebuild,omitempty"`

	Rows       int64  `json:"rows"`                 // about how many rows the table has
	Probe      string `json:"probe,omitempty"`      // a query that counts what stands in the way; "" when nothing can
	Violations int64  `json:"violations,omitempty"` // what it has counted; with any, the step cannot be done
}

func (s *Step) in() *schema.Step { return (*schema.Step)(unsafe.Pointer(s)) }

// Same reports whether a step that was planned later is this one: both end the same drift of the same table, and the
// later one risks no more.
func (s Step) Same(later Step) bool { return s.in().Same(*later.in()) }

// String returns the step as text: a line that says what and why, and its statements.
func (s Step) String() string { return s.in().String() }

// StepKind says what a [Step] does.
type StepKind string

// The kinds of steps.
const (
	StepCreateTable        = StepKind(schema.CreateTable)
	StepRenameTable        = StepKind(schema.RenameTable)
	StepAddColumn          = StepKind(schema.AddColumn)
	StepRenameColumn       = StepKind(schema.RenameColumn)
	StepAlterColumn        = StepKind(schema.AlterColumn)
	StepDropColumn         = StepKind(schema.DropColumn)
	StepCreateIndex        = StepKind(schema.CreateIndex)
	StepReplaceIndex       = StepKind(schema.ReplaceIndex)
	StepDropIndex          = StepKind(schema.DropIndex)
	StepAddConstraint      = StepKind(schema.AddConstraint)
	StepReplaceConstraint  = StepKind(schema.ReplaceConstraint)
	StepValidateConstraint = StepKind(schema.ValidateStep)
	StepDropConstraint     = StepKind(schema.DropConstraint)
	StepRebuildTable       = StepKind(schema.RebuildTable)
	StepByHand             = StepKind(schema.ByHand) // nothing that this library does by itself
)

// Risk is what a [Step] may cost or harm. It is written and read as its name.
type Risk uint8

// The risks of steps, from none to the greatest.
const (
	// Additive adds something, or allows more than before, at once: no row is rewritten or lost, and nobody waits longer
	// than for a change of the catalog. A check of all rows is additive if others can write meanwhile.
	Additive = Risk(schema.Additive)
	// Locking keeps nothing from working for longer than a moment, but new rules hold afterwards, or others wait while
	// rows are read.
	Locking = Risk(schema.Locking)
	// Rewriting writes every row of the table anew, during which nobody can use it.
	Rewriting = Risk(schema.Rewriting)
	// Lossy loses something that the model cannot restore: a column with its values, digits, an index or a constraint that
	// somebody made.
	Lossy = Risk(schema.Lossy)
)

// String returns the risk's name.
func (r Risk) String() string { return schema.Risk(r).String() }

// MarshalText returns the risk's name.
func (r Risk) MarshalText() ([]byte, error) { return schema.Risk(r).MarshalText() }

// UnmarshalText reads a risk's name.
func (r *Risk) UnmarshalText(text []byte) error { return (*schema.Risk)(r).UnmarshalText(text) }

// Drift is one difference between what a model wants and what a database has. It is an error, one of the [Drifts] that
// [Check] returns.
type Drift struct {
	Sort   schema.DriftSort `json:"sort"`
	Object schema.DriftOf   `json:"object"`
	Table  string           `json:"table"`
	// of the column, index or constraint; "" for a table, or what has no name
	Name   string            `json:"name,omitempty"`
	Aspect schema.Aspect     `json:"aspect,omitempty"` // what is different about it
	Have   string            `json:"have,omitempty"`   // what the database has, as it writes it
	Want   string            `json:"want,omitempty"`   // what the model wants, as the database would write it
	At     schema.DriftPlace `json:"-"`
}

// Error returns one line of the form "author.name: column: type is integer, not text".
func (d *Drift) Error() string { return (*schema.Drift)(unsafe.Pointer(d)).Error() }

// Harmless reports whether everything works in spite of the drift: an index, a constraint, a default or a column more
// than the model knows, but for a column without which no row can be inserted; and another default, since this library
// writes the model's.
func (d *Drift) Harmless() bool { return (*schema.Drift)(unsafe.Pointer(d)).Harmless() }

// NotModelled reports whether the drift is about something of which the model says nothing, and which this library did
// not make: a column, index, CHECK or foreign key that no field names, a default where the model has none, a type that
// holds the values of the field, the actions of a foreign key that no tag says, a key that the database generates. Such
// things are the database's own: plans list them ([SchemaPlan.NotModelled]) and have no step for them.
func (d *Drift) NotModelled() bool { return (*schema.Drift)(unsafe.Pointer(d)).NotModelled() }

// Drifts are the differences between models and their databases that [Check] has found, the cause of its error; get
// them by errors.As.
type Drifts []*Drift

// Error returns the drifts, a line for each.
func (d Drifts) Error() string {
	lines := make([]string, len(d))
	for i, one := range d {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns each drift as an error of its own.
func (d Drifts) Unwrap() []error {
	list := make([]error, len(d))
	for i, one := range d {
		list[i] = one
	}
	return list
}

// SchemaPlan is what would make the tables of some repos like their models: see [Plan]. Steps may be taken out of it
// before it is applied.
type SchemaPlan struct {
	Steps []Step `json:"steps"` // in an order in which they can be done

	// NotModelled lists what the tables have and the models say nothing of: columns without a field, indexes and
	// constraints that no tag names, defaults and types that others chose, the rules of foreign keys. It is the database's
	// own, and no step touches it. See [Drift.NotModelled].
	NotModelled Drifts `json:"not_modelled"`

	targets []planned
}

// planned is what a plan is about on one connection.
type planned struct {
	on     *db.DB
	tables []*schema.Table
}

// Empty reports whether there is nothing to do.
func (p *SchemaPlan) Empty() bool { return len(p.Steps) == 0 }

// Only returns the plan with those of its steps that keep is true of.
func (p *SchemaPlan) Only(keep func(s Step) bool) *SchemaPlan {
	q := &SchemaPlan{NotModelled: p.NotModelled, targets: p.targets}
	for _, s := range p.Steps {
		if keep(s) {
			q.Steps = append(q.Steps, s)
		}
	}
	return q
}

// String returns the plan as text, for people.
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

// MarshalJSON returns the plan for programs: {"steps": […], "not_modelled": […]}.
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

// Plan compares the models of repos with their databases, and returns what would make them alike. It changes nothing.
// The plan has what a model wants and the database lacks, and what contradicts the model. What a model says nothing of
// is the database's own: it is listed in [SchemaPlan.NotModelled], and there is no step for it, unless the history of
// the database shows that this library made it for an earlier version of the model; the step that drops it is [Lossy].
// When nothing contradicts the models, the plan is empty.
//
// Where existing rows may violate a step, they are counted, which reads the table. On PostgreSQL the wanted state comes
// from a temporary table in a transaction that is rolled back, so the connection must be one that may write.
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

// Check compares the models of repos with their databases. When a database contradicts them it returns an error of kind
// [ErrDrift], whose cause is [Drifts], without what is [Drift.NotModelled]:
//
//	var drifts prom.Drifts
//	if errors.As(err, &drifts) { for _, d := range drifts { … } }
//
// It is for a gate before a release; [Drift.Harmless] tells what nothing depends on.
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

// Apply does the steps of a plan whose risk is one of those given, without any [Additive] ones alone, and returns the
// steps that are done, also when it fails. Steps that are additive and not [Step].Apart are done in one transaction,
// all or none; the others one after the other, each as a whole. Each is looked for anew before it is done, so that a
// plan which has become old does no harm.
//
// A step that existing rows violate is not done, and is part of the error, of kind [ErrDrift]; the others are. Waiting
// for a table's lock is bounded by the option install_lock_timeout of the DSN, and is begun anew some times. An index
// that is made while others work, and the check of a new rule, may take long: the context bounds them. Apply cannot be
// part of a transaction. The mode of the connection (install=check, for example) is about what happens by itself, and
// does not bind it.
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
		list, err := install.Apply(ctx, t.on, t.tables, stepsAt(steps))
		core.ForgetForms(t.on)
		if done = append(done, ownSteps(list)...); err != nil {
			errs = append(errs, core.ErrorOf("apply", t.tables[0], err))
		}
		for _, table := range t.tables {
			install.Mark(t.on, table).Clear()
		}
	}
	return done, errors.Join(errs...)
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
