package queryplan

import (
	"fmt"
	"strings"
	"time"
)

// Plan is how an engine runs a statement.
type Plan struct {
	Dialect string  `json:"dialect"`
	Root    []*Node `json:"plan"` // one on PostgreSQL; SQLite may have several, one after the other
	Ran     bool    `json:"ran"`  // the statement was run, so that there are times

	// Of a statement that was run: the time of planning, which SQLite does not tell, and that of running.
	Planning time.Duration `json:"planning_ns,omitempty"`
	Took     time.Duration `json:"took_ns,omitempty"`
}

// Node is one step of a plan, with the steps whose rows it takes.
type Node struct {
	Step  string `json:"step"`            // as the engine names it, such as Index Scan; of SQLite the whole line
	Table string `json:"table,omitempty"` // the table that it reads or writes
	Alias string `json:"alias,omitempty"` // its name in the statement, where it has another one
	Index string `json:"index,omitempty"` // the index that it uses
	Cond  string `json:"cond,omitempty"`  // what the index or the join looks for
	Keeps string `json:"keeps,omitempty"` // the condition that rows which were read are tested with
	Sort  string `json:"sort,omitempty"`  // the terms of an order that it makes

	Whole bool `json:"whole,omitempty"` // it reads the whole table
	Sorts bool `json:"sorts,omitempty"` // it sorts rows

	Planned float64       `json:"planned_rows,omitempty"` // of PostgreSQL: the rows that the planner expects
	Rows    float64       `json:"rows,omitempty"`         // of a statement that was run: the rows of all loops
	Dropped float64       `json:"dropped_rows,omitempty"` // those that Keeps left out, of all loops
	Loops   float64       `json:"loops,omitempty"`
	Took    time.Duration `json:"took_ns,omitempty"` // with the steps below, in all loops

	Size int64 `json:"table_rows,omitempty"` // of a whole scan: about how many rows the table has; 0 where nobody asked

	Nodes []*Node `json:"nodes,omitempty"`
}

// Walk calls fn for each step, those above before those below.
func (p *Plan) Walk(fn func(n *Node)) {
	var walk func(list []*Node)
	walk = func(list []*Node) {
		for _, n := range list {
			fn(n)
			walk(n.Nodes)
		}
	}
	walk(p.Root)
}

// Scans returns the steps that read a whole table with at least the given number of rows. Sizes must be known, see
// [Plan.Measure], unless least is 0.
func (p *Plan) Scans(least int64) (list []*Node) {
	p.Walk(func(n *Node) {
		if n.Whole && n.Table != "" && n.Size >= least {
			list = append(list, n)
		}
	})
	return list
}

// Sorted reports whether the plan sorts rows.
func (p *Plan) Sorted() (sorted bool) {
	p.Walk(func(n *Node) { sorted = sorted || n.Sorts })
	return sorted
}

// Uses reports whether a step uses an index of this name.
func (p *Plan) Uses(index string) (used bool) {
	p.Walk(func(n *Node) { used = used || n.Index == index })
	return used
}

// Lines returns the plan as a tree, one line a step. The line of a step that mark returns a text for ends with it.
func (p *Plan) Lines(mark func(n *Node) string) []string {
	var lines []string
	var write func(list []*Node, lead string)
	write = func(list []*Node, lead string) {
		for i, n := range list {
			branch, below := "├─ ", "│  "
			if i == len(list)-1 {
				branch, below = "└─ ", "   "
			}
			line := lead + branch + n.text(p.Ran)
			if m := mark(n); m != "" {
				line += "  " + m
			}
			lines = append(lines, line)
			write(n.Nodes, lead+below)
		}
	}
	write(p.Root, "")
	return lines
}

// text returns a step as a line.
func (n *Node) text(ran bool) string {
	var b strings.Builder
	b.WriteString(n.Step)
	if n.Table != "" && !strings.Contains(n.Step, n.Table) {
		b.WriteString(" on " + n.Table)
	}
	if n.Alias != "" && n.Alias != n.Table && !strings.Contains(n.Step, " AS ") {
		b.WriteString(" as " + n.Alias)
	}
	if n.Index != "" && !strings.Contains(n.Step, n.Index) {
		b.WriteString(" by " + n.Index)
	}
	for _, part := range []struct{ name, text string }{{"", n.Cond}, {"keeps ", n.Keeps}, {"by ", n.Sort}} {
		if part.text != "" {
			fmt.Fprintf(&b, ", %s%s", part.name, part.text)
		}
	}
	switch {
	case ran && n.Loops > 0:
		fmt.Fprintf(&b, " · %s, %s", count(n.Rows), took(n.Took))
		if n.Dropped > 0 {
			fmt.Fprintf(&b, ", %s dropped", group(int64(n.Dropped)))
		}
		if n.Loops > 1 {
			fmt.Fprintf(&b, ", %s times", group(int64(n.Loops)))
		}
	case ran && n.Planned > 0:
		b.WriteString(" · never run")
	case n.Planned > 0:
		b.WriteString(" · about " + count(n.Planned))
	}
	return b.String()
}

func count(rows float64) string {
	if rows == 1 {
		return "1 row"
	}
	return group(int64(rows)) + " rows"
}

// group writes a number with commas between groups of three digits.
func group(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func took(d time.Duration) string {
	if d < time.Millisecond {
		return fmt.Sprintf("%.3f ms", float64(d)/float64(time.Millisecond))
	}
	return d.Round(10 * time.Microsecond).String()
}
