package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/prom-go/prom/internal/testindex"
)

// match adds the tests to the rows that they name. A name that is no row is an error.
func match(rows []*row, tests []testindex.Test) error {
	byID := map[string]*row{}
	for _, r := range rows {
		byID[r.id] = r
	}
	for _, t := range tests {
		for _, id := range t.Named {
			r, ok := byID[id]
			if !ok {
				return fmt.Errorf("%s in %s names %s, which docs/parity.md does not have", t.Name, t.Folder, id)
			}
			r.tests = append(r.tests, t)
		}
	}
	return nil
}

// lack tells what a row lacks, or nothing.
func (r *row) lack() string {
	var on engines
	for _, t := range r.tests {
		on |= enginesOf(t)
	}
	switch {
	case len(r.tests) == 0:
		return "no test"
	case r.where&^on != 0:
		return "no test on " + strings.Replace((r.where&^on).String(), "both", "an engine", 1)
	}
	return ""
}

// report prints the rows that lack something, or all, and returns how many do.
func report(w io.Writer, rows []*row, verbose bool) int {
	missing := 0
	for _, r := range rows {
		lack := r.lack()
		if lack != "" {
			missing++
		}
		if lack == "" && !verbose {
			continue
		}
		fmt.Fprintf(w, "%-4s %-10s %s\n", r.id, r.where, r.text)
		for _, t := range r.tests {
			fmt.Fprintf(w, "     %-10s %s %s\n", enginesOf(t), t.Folder, t.Name)
		}
		if lack != "" {
			fmt.Fprintf(w, "     MISSING    %s\n", lack)
		}
	}
	fmt.Fprintf(w, "parity: %d rows, %d without a test on every engine that they ask for\n", len(rows), missing)
	return missing
}
