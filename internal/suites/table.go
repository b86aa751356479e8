package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// state tells how a row is, and whether it is as it should be.
func (r *row) state(o options) (state string, ok bool) {
	missing := func(have func(result) bool) (engines []string) {
		for _, e := range r.engines {
			if !slices.ContainsFunc(r.results,
				func(res result) bool { return (res.engine == e || res.engine == "both") && have(res) }) {
				engines = append(engines, e)
			}
		}
		return engines
	}
	ran, full := missing(func(result) bool { return true }), missing(func(res result) bool { return res.full })
	switch {
	case slices.ContainsFunc(r.results, func(res result) bool { return res.failed }):
		return "FAILED", false
	case len(r.tests) == 0 && len(r.results) == 0:
		return "no test", !o.all
	case len(r.results) == 0:
		return "NOT RUN", false
	case slices.ContainsFunc(r.results, func(res result) bool { return res.leftOut }):
		return "left out in part", o.only == ""
	case len(ran) > 0:
		return "NOT RUN on " + strings.Join(ran, ", "), false
	case o.only != "" && len(full) > 0:
		return "NOT at full size on " + strings.Join(full, ", "), false
	}
	return "passed", true
}

// table prints the rows with their figures, and returns how many are not as they should be.
func table(w io.Writer, rows []*row, o options) int {
	bad, shown := 0, 0
	for _, r := range rows {
		if o.only != "" && !r.is(o.only) {
			continue
		}
		shown++
		state, ok := r.state(o)
		if !ok {
			bad++
		}
		fmt.Fprintf(w, "%3d %s  %-50s %s\n", r.no, r.suite, r.what, state)
		slices.SortStableFunc(r.results, func(a, b result) int { return strings.Compare(a.engine+a.test, b.engine+b.test) })
		for _, res := range r.results {
			size := "short"
			if res.full || r.suite == "C" {
				size = "full"
			}
			outcome := ""
			switch {
			case res.failed:
				outcome = "FAILED "
			case res.leftOut:
				outcome = "left out: "
			}
			fmt.Fprintf(w, "       %-9s %-6s %s%s\n", res.engine, size, outcome, res.figures)
		}
	}
	fmt.Fprintf(w, "suites: %d rows of docs/reliability.md, %d not as they should be\n", shown, bad)
	return bad
}
