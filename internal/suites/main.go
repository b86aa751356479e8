// Suites compares the rows of docs/reliability.md with what tests have reported, and prints them as one table.
//
//	go run ./internal/suites -report file [-only which] [-all] [folder]
//	go run ./internal/suites -tests which [folder]
//	go run ./internal/suites -packages which [folder]
//
// A test names its rows in a comment, its own, one in its body or one of a function that it uses, "suite: 9 10", and
// adds lines to the report by dbtest.Reportf. The tool exits with 1 when a row that a test names has failed or was not
// reported, one that the machine cannot run aside; with -only, the rows of a suite alone (C, R or T) or the row of a
// number, which must have run at full size; with -all, also when no test names a row. With -tests and -packages it
// prints the pattern and the packages by which go test runs the tests of a suite or a row, a line for each module: its
// folder, and the packages from there.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/prom-go/prom/internal/testindex"
)

func main() {
	var o options
	flag.StringVar(&o.report, "report", "", "the `file` that the tests have written")
	flag.StringVar(&o.only, "only", "",
		"show the rows of one suite (C, R or T) or the row of a number: `which`. They must have run at full size")
	flag.BoolVar(&o.all, "all", false, "fail when a row has no test")
	flag.StringVar(&o.tests, "tests", "", "print the pattern of the tests of a suite or row: `which`")
	flag.StringVar(&o.packages, "packages", "", "print the packages of the tests of a suite or row: `which`")
	flag.Parse()
	o.root = "."
	if flag.NArg() > 0 {
		o.root = flag.Arg(0)
	}
	bad, err := run(os.Stdout, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "suites:", err)
		os.Exit(2)
	}
	if bad > 0 {
		os.Exit(1)
	}
}

type options struct {
	root, report, only, tests, packages string
	all                                 bool
}

// run does what the options say, and returns how many rows are not as they should be.
func run(w io.Writer, o options) (int, error) {
	page, err := os.ReadFile(filepath.Join(o.root, "docs", "reliability.md"))
	if err != nil {
		return 0, err
	}
	rows, err := parseRows(string(page))
	if err != nil {
		return 0, err
	}
	if which := o.only + o.tests + o.packages; which != "" && !slices.ContainsFunc(rows,
		func(r *row) bool { return r.is(which) }) {
		return 0, fmt.Errorf("docs/reliability.md has no suite and no row %q: name C, R, T or a number of its table", which)
	}
	tests, err := testindex.Find(o.root, "suite", numbers)
	if err != nil {
		return 0, err
	}
	if err := match(rows, tests); err != nil {
		return 0, err
	}
	switch {
	case o.tests != "":
		_, err := fmt.Fprintln(w, pattern(rows, o.tests))
		return 0, err
	case o.packages != "":
		_, err := fmt.Fprintln(w, packages(o.root, rows, o.packages))
		return 0, err
	}
	text, err := os.ReadFile(o.report)
	if err != nil {
		return 0, err
	}
	if err := addResults(rows, string(text)); err != nil {
		return 0, err
	}
	return table(w, rows, o), nil
}
