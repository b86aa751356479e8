package promcli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/queryplan"
)

// explainCommand is prom explain.
type explainCommand struct {
	SQL   []string `arg:"" optional:"" name:"sql" help:"The statement; without it, it is read from the standard input."`
	Arg   []string `name:"arg" sep:"none" placeholder:"VALUE" help:"An argument of the statement, one flag for each in their order."`
	Times bool     `name:"run" help:"Run the statement, for rows and times; what it writes is rolled back."`
	Large int64    `default:"1000" help:"The rows from which on the scan of a whole table is marked."`
}

// Help returns what --help shows below the flags.
func (*explainCommand) Help() string {
	return `A statement of the log can be explained as it stands:

  prom explain 'SELECT id, title FROM book WHERE author_id = $1 ORDER BY title'
  prom explain --run --arg 7 'SELECT id, title FROM book WHERE author_id = ?'

Without --arg PostgreSQL tells the plan that does not depend on the arguments. A line that reads a large table as a
whole is marked, and below the plan stands the index that the engine would take instead, and the tag that makes it.`
}

// explained is the result of explain.
type explained struct {
	*queryplan.Plan
	Advice []advice `json:"advice,omitempty"`
}

type advice struct {
	queryplan.Index
	SQL string `json:"sql"`
	Tag string `json:"tag,omitempty"`
}

// Run runs the command.
func (c *explainCommand) Run(ctx context.Context, e *env) error {
	db, err := e.db()
	if err != nil {
		return err
	}
	text := strings.Join(c.SQL, " ")
	if text == "" {
		all, err := io.ReadAll(e.in)
		if err != nil {
			return err
		}
		text = string(all)
	}
	if strings.TrimSpace(text) == "" {
		return usage("no statement: give it as an argument or on the standard input")
	}
	s := queryplan.Statement{SQL: text, Run: c.Times}
	for _, a := range c.Arg {
		s.Args = append(s.Args, a)
	}
	plan, err := queryplan.Explain(ctx, db, s)
	if err != nil {
		return err
	}
	if err := plan.Measure(ctx, db, c.Large); err != nil {
		return err
	}
	r := explained{Plan: plan}
	for _, scan := range plan.Scans(c.Large) {
		ix, err := queryplan.Advise(ctx, db, s, scan)
		if err != nil {
			return err
		}
		if ix != nil && (ix.Sorted || !keepsMost(scan)) {
			r.Advice = append(r.Advice, advice{*ix, ix.SQL(db), tagOf(*ix, e.repos)})
		}
	}
	return e.print(r, func(w io.Writer) error { return c.write(w, e, r) })
}

func (c *explainCommand) write(w io.Writer, e *env, r explained) error {
	var b strings.Builder
	for _, line := range r.Lines(func(n *queryplan.Node) string {
		if !n.Whole || n.Size < c.Large {
			return ""
		}
		return e.paint(yellow, "← reads the whole table")
	}) {
		b.WriteString(line + "\n")
	}
	if r.Ran {
		fmt.Fprintf(&b, "%s\n", e.paint(grey, "took "+r.Took.String()))
	}
	for _, a := range r.Advice {
		gain := "it looks up the rows instead of reading all of " + a.Table
		if a.Sorted {
			gain += ", and need not sort them"
		}
		fmt.Fprintf(&b, "\n%s %s\n", e.paint(bold, "An index helps:"), gain+".")
		if a.Tag != "" {
			fmt.Fprintf(&b, "  %s\n", a.Tag)
		}
		fmt.Fprintf(&b, "  %s\n", a.SQL)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// keepsMost reports whether a scan kept more than a third of the rows that it read, when the statement ran: to look
// them up one by one would be no faster.
func keepsMost(n *queryplan.Node) bool {
	return n.Loops > 0 && n.Rows > (n.Rows+n.Dropped)/3
}

// tagOf returns the fields of a model with the tags that make an index, where a model has the table.
func tagOf(ix queryplan.Index, repos []prom.AnyRepo) string {
	for _, r := range repos {
		if t := r.Schema(); t.Name == ix.Table {
			return ix.Tag(t)
		}
	}
	return ""
}
