package promcli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom"
)

// planCommand is prom plan.
type planCommand struct {
	SQL      bool     `name:"sql" xor:"form" help:"Write a script, to run by hand."`
	Markdown bool     `xor:"form" help:"Write Markdown, for a comment on a pull request."`
	ExitCode bool     `help:"Exit with 3 if there are steps, as git diff does."`
	Tables   []string `arg:"" optional:"" complete:"tables" help:"The tables to plan; without them, those of all models."`
}

// Help returns what --help shows below the flags.
func (*planCommand) Help() string {
	return `It compares the models with the database and changes nothing. Each step has its SQL, its risk, its reason, and
about how many rows the table has. Rows that violate a step are counted.

  prom plan                                 what apply would do
  prom plan --markdown > plan.md            for a comment on a pull request
  prom plan --sql book author > change.sql  a script for these two tables

The risks: additive adds something; locking adds a rule, or makes others wait while rows are read; rewriting rewrites
the table; lossy loses something. See docs/schema.md.`
}

func (p *planCommand) Run(ctx context.Context, e *env) error {
	plan, err := e.plan(ctx, p.Tables)
	if err != nil {
		return err
	}
	switch {
	case e.flags.JSON && (p.SQL || p.Markdown):
		return usage("--json, --sql and --markdown are different forms: give one of them")
	case p.SQL:
		err = e.writeScript(plan)
	case p.Markdown:
		_, err = io.WriteString(e.out, markdown(plan))
	default:
		err = e.print(plan, func(w io.Writer) error { return e.writePlan(w, plan, nil) })
	}
	if err == nil && p.ExitCode && !plan.Empty() {
		return coded{errors.New(""), CodeDrift}
	}
	return err
}

// plan plans the models with the given tables, all of them without tables.
func (e *env) plan(ctx context.Context, tables []string) (*prom.SchemaPlan, error) {
	repos, err := e.models()
	if err == nil {
		repos, err = named(repos, tables)
	}
	if err != nil {
		return nil, err
	}
	return prom.Plan(ctx, repos...)
}

// risks are all risks, from none to the greatest, and the colours that they have.
var risks = []prom.Risk{prom.Additive, prom.Locking, prom.Rewriting, prom.Lossy}

var riskColours = map[prom.Risk]string{
	prom.Additive: green, prom.Locking: yellow, prom.Rewriting: yellow, prom.Lossy: red,
}

// writePlan writes a plan for people. Steps with a risk that is not allowed are marked, unless all are shown.
func (e *env) writePlan(w io.Writer, plan *prom.SchemaPlan, allow []prom.Risk) error {
	var b strings.Builder
	fmt.Fprintln(&b, e.paint(bold, summary(plan.Steps)))
	for i, s := range plan.Steps {
		fmt.Fprintf(&b, "\n%d. %s  %s, about %s\n", i+1, e.paint(bold, stepTitle(s)),
			e.paint(riskColours[s.Risk], s.Risk.String()), rowsOf(s.Rows))
		if s.Reason != "" {
			fmt.Fprintf(&b, "   %s\n", s.Reason)
		}
		if why := obstacle(s); why != "" {
			fmt.Fprintf(&b, "   %s %s\n", e.paint(red, "cannot be done:"), why)
		} else if allow != nil && !slices.Contains(allow, s.Risk) {
			fmt.Fprintf(&b, "   %s\n", e.paint(yellow, "not done without --allow "+s.Risk.String()))
		}
		for _, sql := range s.SQL {
			fmt.Fprintln(&b, e.paint(grey, "     "+strings.ReplaceAll(sql, "\n", "\n     ")+";"))
		}
	}
	if len(plan.NotModelled) > 0 {
		fmt.Fprintf(&b, "\nnot modelled, and left as it is:\n")
	}
	for _, d := range plan.NotModelled {
		fmt.Fprintf(&b, "  %s\n", d)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// summary returns the number of steps, and how many have which risk.
func summary(steps []prom.Step) string {
	if len(steps) == 0 {
		return "no changes"
	}
	var counts []string
	for _, r := range risks {
		n := 0
		for _, s := range steps {
			if s.Risk == r {
				n++
			}
		}
		if n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, r))
		}
	}
	return plural(len(steps), "step") + ": " + strings.Join(counts, ", ")
}

// stepTitle returns what a step does to what: "add column book.pages".
func stepTitle(s prom.Step) string {
	return string(s.Kind) + " " + objectOf(s) + onConnection(s.Connection)
}

func objectOf(s prom.Step) string {
	switch {
	case s.Kind == prom.StepCreateSchema:
		return s.Name
	case s.Name != "":
		return s.Table + "." + s.Name
	}
	return s.Table
}

func onConnection(name string) string {
	if name == "" {
		return ""
	}
	return " on #" + name
}

// obstacle returns why a step cannot be done as it is planned, "" if it can.
func obstacle(s prom.Step) string {
	switch {
	case s.Blocked != nil:
		return "the database refuses it because of " + strings.Join(s.Blocked, ", ") +
			"; drop what depends on it, do the step, and create it again"
	case s.Violations > 0:
		return fmt.Sprintf("%s or values violate it, which this query counts: %s",
			plural(int(s.Violations), "existing row"), s.Probe)
	case s.SQL == nil:
		return "it must be done by hand"
	}
	return ""
}

// plural returns a number with its noun: "1 step", "1,200 rows".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(int64(n)) + " " + noun + "s"
}

func rowsOf(n int64) string { return plural(int(n), "row") }

// thousands returns a number with commas.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
