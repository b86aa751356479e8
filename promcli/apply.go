package promcli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/prom-go/prom"
)

// applyCommand is prom apply.
type applyCommand struct {
	Allow  []prom.Risk `default:"additive" complete:"risks" placeholder:"RISK,…" help:"The risks of the steps to run: additive (the default), locking, rewriting, lossy."`
	Yes    bool        `short:"y" help:"Do not ask."`
	Tables []string    `arg:"" optional:"" complete:"tables" help:"The tables to change; without them, those of all models."`
}

// Help returns what --help shows below the flags.
func (*applyCommand) Help() string {
	return `It shows the plan, asks, and runs the steps of the risks that --allow lists, and no others:

  prom apply                                    asks on a terminal
  prom apply --allow additive,locking --yes     in a release job

Each step is done as a whole or not at all. After an interruption or a failure, run it again: it goes on with what is
left. It exits with 1 if a step of an allowed risk was not done, and tells which were.`
}

// applied is the result of apply.
type applied struct {
	Done []prom.Step `json:"done"`
	Left []left      `json:"left"` // the steps that are still to be done
}

// left is a step that was not done, and why.
type left struct {
	prom.Step
	Why string `json:"why"`
}

func (c *applyCommand) Run(ctx context.Context, e *env) error {
	plan, err := e.plan(ctx, c.Tables)
	if err != nil {
		return err
	}
	run := plan.Only(func(s prom.Step) bool { return slices.Contains(c.Allow, s.Risk) && s.SQL != nil })
	if !c.Yes || !e.flags.JSON {
		to := e.out
		if e.flags.JSON {
			to = e.err
		}
		if err := e.writePlan(to, plan, c.Allow); err != nil {
			return err
		}
	}
	if !run.Empty() && !c.Yes {
		if err := e.confirmed(ctx, fmt.Sprintf("\nRun %s?", plural(len(run.Steps), "step"))); err != nil {
			return err
		}
	}
	a := &application{e: e, progress: e.steps(len(run.Steps))}
	err = a.run(ctx, run)
	a.progress.end()
	r := applied{Done: append([]prom.Step{}, a.done...), Left: a.left(plan, c.Allow)}
	if printed := e.print(r, func(w io.Writer) error { return e.writeApplied(w, r) }); err == nil {
		err = printed
	}
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("interrupted after %s; run it again to go on: %w", plural(len(r.Done), "step"), err)
		return coded{err, CodeInterrupted}
	}
	for _, l := range r.Left {
		if err == nil && slices.Contains(c.Allow, l.Risk) {
			err = fmt.Errorf("%s is not done: %s", stepTitle(l.Step), l.Why)
		}
	}
	if err != nil {
		return coded{err, CodeFailed}
	}
	return nil
}

func (e *env) writeApplied(w io.Writer, r applied) error {
	_, err := fmt.Fprintf(w, "\n%s done\n", plural(len(r.Done), "step"))
	for _, l := range r.Left {
		if err == nil {
			_, err = fmt.Fprintf(w, "%s %s [%s]: %s\n", e.paint(yellow, "left:"), stepTitle(l.Step), l.Risk, l.Why)
		}
	}
	return err
}

// application is the run of a plan.
type application struct {
	e        *env
	progress *stepProgress
	done     []prom.Step
	spent    []prom.Step // steps that were done, or are needed no more
	failed   []left
}

// run runs the steps: those that are one transaction at once, and each other one by itself. Steps that the database
// refuses are left out, as prom.Apply does. Any other error ends it.
func (a *application) run(ctx context.Context, plan *prom.SchemaPlan) error {
	shared := func(s prom.Step) bool { return s.Risk == prom.Additive && !s.Apart }
	var groups []*prom.SchemaPlan
	for _, s := range plan.Steps { // the shared steps of each connection first
		common := func(o prom.Step) bool { return shared(o) && o.Connection == s.Connection }
		if shared(s) && plan.Steps[slices.IndexFunc(plan.Steps, common)].Same(s) {
			groups = append(groups, plan.Only(common))
		}
	}
	for _, s := range plan.Steps {
		if !shared(s) {
			alone := func(o prom.Step) bool { return !shared(o) && o.Same(s) && o.Risk == s.Risk }
			groups = append(groups, plan.Only(alone))
		}
	}
	var refused []error
	for _, g := range groups {
		a.progress.begin(ctx, a.e, g.Steps)
		start := time.Now()
		done, err := prom.Apply(ctx, g, risks...)
		a.progress.done(done, time.Since(start))
		a.done = append(a.done, done...)
		if err == nil {
			a.spent = append(a.spent, g.Steps...)
			continue
		}
		for _, s := range g.Steps {
			if slices.ContainsFunc(done, s.Same) {
				a.spent = append(a.spent, s)
			} else {
				a.failed = append(a.failed, left{s, err.Error()})
			}
		}
		if refused = append(refused, err); !errors.Is(err, prom.ErrDrift) || ctx.Err() != nil {
			break
		}
	}
	return errors.Join(refused...)
}

// left returns the steps of a plan that are still to be done.
func (a *application) left(plan *prom.SchemaPlan, allow []prom.Risk) []left {
	list := []left{}
	for _, s := range plan.Steps {
		l := left{s, "the steps before it failed"}
		i := slices.IndexFunc(a.failed, func(f left) bool { return f.Same(s) })
		switch {
		case slices.ContainsFunc(a.spent, s.Same):
			continue
		case i >= 0:
			l = a.failed[i]
		case !slices.Contains(allow, s.Risk):
			l.Why = "its risk is not allowed: --allow " + s.Risk.String()
		case s.SQL == nil:
			l.Why = obstacle(s)
		}
		list = append(list, l)
	}
	return list
}
