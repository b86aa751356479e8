package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Report is what a run found.
type Report struct {
	Config   config `json:"-"`
	Facts    []Fact
	Results  []*Result
	Verdicts []Verdict
}

// finish completes the report when all is measured.
func (r *Report) finish() {
	r.Facts = append(machineFacts(r.Config), r.Facts...)
	r.Verdicts = judge(r.Results)
}

// of returns the results of an engine.
func (r *Report) of(engine string) []*Result {
	var list []*Result
	for _, res := range r.Results {
		if res.Engine == engine {
			list = append(list, res)
		}
	}
	return list
}

// engineTitle names an engine in headings.
func engineTitle(engine string) string {
	switch engine {
	case Postgres:
		return "PostgreSQL"
	case SQLite:
		return "SQLite"
	}
	return "Without a database"
}

// write writes the whole report in Markdown.
func (r *Report) write(w io.Writer) {
	fmt.Fprintf(w, "### Machine and software\n\n")
	rows := [][]string{{"what", ""}}
	for _, f := range r.Facts {
		rows = append(rows, []string{f.Name, f.Value})
	}
	table(w, rows)
	for _, engine := range []string{Postgres, SQLite, ""} {
		if results := r.of(engine); len(results) > 0 {
			fmt.Fprintf(w, "\n### %s\n", engineTitle(engine))
			r.writeRatios(w, engine, results)
			writeDetails(w, results)
		}
	}
	if len(r.Verdicts) > 0 {
		fmt.Fprintf(w, "\n### Targets\n\n")
		writeVerdicts(w, r.Verdicts)
	}
}

// writeRatios writes one line for each workload with the ratios of all peers.
func (r *Report) writeRatios(w io.Writer, engine string, results []*Result) {
	var names []string
	extra := map[string]bool{}
	for _, src := range extras {
		extra[src.ID] = true
	}
	var lines []*Result
	for _, res := range results {
		if extra[res.ID] {
			continue
		}
		lines = append(lines, res)
		for _, l := range res.Lines[1:] {
			if !slices.Contains(names, l.Name) {
				names = append(names, l.Name)
			}
		}
	}
	if len(lines) == 0 {
		return
	}
	order := func(name string) int {
		switch {
		case name == promName:
			return 0
		case strings.HasPrefix(name, promName):
			return 1
		case name == againName:
			return 3
		}
		return 2
	}
	slices.SortStableFunc(names, func(a, b string) int { return order(a) - order(b) })
	fmt.Fprintf(w, "\nRatio of the time to %s: the median of the rounds, lower is better.\n\n", lines[0].Base().Name)
	rows := [][]string{append([]string{"workload", "target"}, names...)}
	for _, res := range lines {
		row := []string{res.Title, targetText(engine, res.ID)}
		for _, name := range names {
			cell := "–"
			if l := res.Line(name); l != nil {
				cell = fmt.Sprintf("%.2f", l.Ratio)
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	table(w, rows)
}

// targetText is prom's target of a workload, as a ratio to the base.
func targetText(engine, id string) string {
	for _, t := range targets {
		if t.Contest == id && (t.Engine == "" || t.Engine == engine) && t.Against == "" {
			switch t.What {
			case inRatio:
				return fmt.Sprintf("≤ %.2f", t.Bound)
			case inSpeed:
				return fmt.Sprintf("≤ %.2f", 1/t.Bound)
			}
		}
	}
	return ""
}

// writeDetails writes the figures of every entrant.
func writeDetails(w io.Writer, results []*Result) {
	fmt.Fprint(w, "\nMedians of an operation; the middle half of the ratios is in brackets.\n\n")
	rows := [][]string{{"workload", "peer", "ratio", "", "time", "allocs", "bytes"}}
	for _, res := range results {
		title := res.Title
		if res.Growth != 0 {
			title += fmt.Sprintf(" (exponent %.2f)", res.Growth)
		}
		for _, l := range res.Lines {
			row := []string{title, l.Name, "", "", nanoseconds(l.Median), "", ""}
			title = ""
			if l.Ops > 0 { // of tails they are not counted
				row[5], row[6] = thousands(l.Allocs), thousands(l.Bytes)
			}
			if len(l.Ns) > 1 {
				row[2], row[3] = fmt.Sprintf("%.2f", l.Ratio), fmt.Sprintf("[%.2f–%.2f]", l.Low, l.High)
			}
			if res.ID == "heap" {
				row[2], row[4], row[5], row[6] = "", "", "", thousands(l.Bytes)+" alive at most"
			}
			rows = append(rows, row)
		}
	}
	table(w, rows)
}

func writeVerdicts(w io.Writer, verdicts []Verdict) {
	rows := [][]string{{"engine", "workload", "measure", "target", "value", "noise", ""}}
	for _, v := range verdicts {
		sign, noise := "≤ ", ""
		if v.What == inSpeed {
			sign = "≥ "
		}
		if v.Tolerance > 0 {
			noise = fmt.Sprintf("±%.0f%%", 100*v.Tolerance)
		}
		what := v.What
		if v.Against != "" {
			what += " to " + v.Against
		}
		if v.Entrant != promName {
			what += " of " + v.Entrant
		}
		rows = append(rows, []string{engineTitle(v.Engine), v.Title, what, sign + v.figure(v.Target.Bound), v.figure(v.Value), noise, v.outcome()})
	}
	table(w, rows)
}

// behind reports whether a target is missed by more than the noise, and writes which.
func (r *Report) behind(w io.Writer) bool {
	var missed []Verdict
	for _, v := range r.Verdicts {
		if v.Behind() {
			missed = append(missed, v)
		}
	}
	if len(missed) == 0 {
		fmt.Fprintf(w, "\nNo target of %d is missed by more than the noise.\n", len(r.Verdicts))
		return false
	}
	fmt.Fprintf(w, "\n### Behind: %d of %d targets\n\n", len(missed), len(r.Verdicts))
	writeVerdicts(w, missed)
	return true
}

func (v Verdict) outcome() string {
	switch {
	case v.Met():
		return "met"
	case v.Behind():
		return "**behind**"
	}
	return "within noise"
}

// figure writes a number of the verdict's measure.
func (v Verdict) figure(x float64) string {
	switch v.What {
	case inNs:
		return nanoseconds(x)
	case inBytes, inAllocs:
		return thousands(x)
	}
	return fmt.Sprintf("%.2f", x)
}

// nanoseconds writes a time in the unit that suits it.
func nanoseconds(ns float64) string {
	switch {
	case math.IsNaN(ns):
		return ""
	case ns < 1e3:
		return fmt.Sprintf("%.0f ns", ns)
	case ns < 1e6:
		return fmt.Sprintf("%.1f µs", ns/1e3)
	case ns < 1e9:
		return fmt.Sprintf("%.2f ms", ns/1e6)
	}
	return fmt.Sprintf("%.2f s", ns/1e9)
}

// thousands writes a whole number with commas, and a small one that is not whole with a digit behind the point.
func thousands(x float64) string {
	if x < 100 && math.Abs(x-math.Round(x)) >= 0.05 {
		return fmt.Sprintf("%.1f", x)
	}
	s := strconv.FormatInt(int64(math.Round(x)), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// table writes a table in Markdown that is also fit to be read as it is. The first row is the head; a column whose
// cells begin with digits stands to the right.
func table(w io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	right := make([]bool, len(rows[0]))
	for c := range widths {
		right[c] = c > 0
		for r, row := range rows {
			widths[c] = max(widths[c], len([]rune(row[c])), 4)
			if r > 0 && row[c] != "" && !strings.ContainsAny(row[c][:1], "0123456789[≤≥±–") && !strings.HasPrefix(row[c], "≤") &&
				!strings.HasPrefix(row[c], "≥") && !strings.HasPrefix(row[c], "–") && !strings.HasPrefix(row[c], "±") {
				right[c] = false
			}
		}
	}
	for r, row := range rows {
		for c, cell := range row {
			pad := strings.Repeat(" ", widths[c]-len([]rune(cell)))
			if right[c] {
				cell = pad + cell
			} else {
				cell += pad
			}
			fmt.Fprintf(w, "| %s ", cell)
		}
		fmt.Fprintln(w, "|")
		if r == 0 {
			for c, width := range widths {
				line := strings.Repeat("-", width+2)
				if right[c] {
					line = line[:width+1] + ":"
				}
				fmt.Fprint(w, "|"+line)
			}
			fmt.Fprintln(w, "|")
		}
	}
}
