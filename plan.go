package prom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

// Step is one change of a schema, with its SQL, its risk and its reason. See [Plan].
type Step = schema.Step

// StepKind says what a [Step] does.
type StepKind = schema.StepKind

// Risk is what a [Step] may cost or harm.
type Risk = schema.Risk

// The risks of steps, from none to the greatest.
const (
	// Additive adds something, or allows more than before, at once: no row is rewritten or lost.
	Additive = schema.Additive
	// Locking reads all rows, or makes a rule hold that did not; nobody waits for long.
	Locking = schema.Locking
	// Rewriting writes every row of the table anew, during which nobody can use it.
	Rewriting = schema.Rewriting
	// Lossy loses something that the model cannot restore, such as a column with its values.
	Lossy = schema.Lossy
)

// Drift is one difference between a model and a database, and Drifts are all that [Check] has found. They are the cause
// of its error; get them by errors.As.
type Drift = schema.Drift

// Drifts are the differences between models and their databases. See [Check].
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
// The plan has what a model wants and the database lacks, and what contradicts the model. What a model says nothing of is
// the database's own: it is listed in [SchemaPlan.NotModelled], and there is no step for it, unless the history of the
// database shows that this library made it for an earlier version of the model; the step that drops it is [Lossy]. When
// nothing contradicts the models, the plan is empty.
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
		p.Steps, p.NotModelled = append(p.Steps, steps...), append(p.NotModelled, others...)
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
		all = append(all, drifts...)
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
		list, err := install.Apply(ctx, t.on, t.tables, steps)
		core.ForgetForms(t.on)
		if done = append(done, list...); err != nil {
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
