package main

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/internal/testindex"
)

// row is a row of docs/reliability.md.
type row struct {
	no      int
	suite   string // C, R or T
	what    string
	engines []string
	tests   []testindex.Test // those that name it
	results []result         // what they have reported
}

// result is a line of a report, see dbtest.Reportf.
type result struct {
	engine  string // sqlite, postgres, or both
	full    bool
	failed  bool
	leftOut bool // the machine lacks what the test needs
	test    string
	figures string
}

var rowForm = regexp.MustCompile(`^\| *([0-9]+) *\| *([CRT]) *\| *([^|]+?) *\| *([^|]+?) *\| *([^|]+?) *\|$`)

// parseRows reads the table of the page, whose rows have ascending numbers.
func parseRows(page string) ([]*row, error) {
	var rows []*row
	for line := range strings.Lines(page) {
		line = strings.TrimSpace(line)
		m := rowForm.FindStringSubmatch(line)
		if m == nil {
			if len(rows) > 0 && strings.HasPrefix(line, "|") {
				return nil, fmt.Errorf("docs/reliability.md: the row after %d has not a number, a suite and three texts", len(rows))
			}
			continue
		}
		no, _ := strconv.Atoi(m[1])
		if len(rows) > 0 && no <= rows[len(rows)-1].no {
			return nil, fmt.Errorf("docs/reliability.md: the row %d comes after %d", no, rows[len(rows)-1].no)
		}
		r := &row{no: no, suite: m[2], what: m[3], engines: []string{"postgres", "sqlite"}}
		switch {
		case strings.HasSuffix(m[4], "PostgreSQL only"):
			r.engines = r.engines[:1]
		case strings.HasSuffix(m[4], "SQLite only"):
			r.engines = r.engines[1:]
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return nil, errors.New("docs/reliability.md: no rows")
	}
	return rows, nil
}

// numbers returns a word of a comment that is the number of a row.
func numbers(word string) []string {
	if _, err := strconv.ParseUint(word, 10, 16); err != nil {
		return nil
	}
	return []string{word}
}

// rowOf returns the row of a number, or nil.
func rowOf(rows []*row, number string) *row {
	for _, r := range rows {
		if strconv.Itoa(r.no) == number {
			return r
		}
	}
	return nil
}

// match adds the tests to the rows that they name. A number that is no row is an error.
func match(rows []*row, tests []testindex.Test) error {
	for _, t := range tests {
		for _, word := range t.Named {
			r := rowOf(rows, word)
			if r == nil {
				return fmt.Errorf("%s in %s names the suite %s, which docs/reliability.md does not have", t.Name, t.Folder, word)
			}
			r.tests = append(r.tests, t)
		}
	}
	return nil
}

// addResults adds the lines of a report to their rows. Several engines and modes of one test that have the same figures
// are one.
func addResults(rows []*row, report string) error {
	for line := range strings.Lines(report) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		r := rowOf(rows, f[0])
		if r == nil || len(f) != 6 {
			return fmt.Errorf("the report has a line that is none: %q", line)
		}
		res := result{engine: f[1], full: f[2] == "full", failed: f[3] == "failed", leftOut: f[3] == "left out", test: f[4],
			figures: f[5]}
		same := func(o result) bool {
			return o.engine == res.engine && o.full == res.full && o.failed == res.failed && o.leftOut == res.leftOut &&
				o.figures == res.figures
		}
		if !slices.ContainsFunc(r.results, same) {
			r.results = append(r.results, res)
		}
	}
	return nil
}

// is reports whether which names the row, by its suite or its number.
func (r *row) is(which string) bool { return which == r.suite || which == strconv.Itoa(r.no) }

// pattern returns what go test -run takes for the tests of a suite or row.
func pattern(rows []*row, which string) string {
	var names []string
	for t := range testsOf(rows, which) {
		names = append(names, t.Name)
	}
	slices.Sort(names)
	return "^(" + strings.Join(slices.Compact(names), "|") + ")$"
}

// packages returns the packages of the tests of a suite or row: a line for each module, its folder from the root and
// then the packages from there.
func packages(root string, rows []*row, which string) string {
	modules := map[string][]string{}
	for t := range testsOf(rows, which) {
		module := t.Folder
		for module != "." && !isModule(filepath.Join(root, filepath.FromSlash(module))) {
			module = path.Dir(module)
		}
		rel := t.Folder
		if module != "." {
			rel = strings.TrimPrefix(strings.TrimPrefix(rel, module), "/")
		}
		modules[module] = append(modules[module], "./"+strings.TrimPrefix(rel, "."))
	}
	var lines []string
	for _, module := range slices.Sorted(maps.Keys(modules)) {
		list := modules[module]
		slices.Sort(list)
		lines = append(lines, module+" "+strings.Join(slices.Compact(list), " "))
	}
	return strings.Join(lines, "\n")
}

func isModule(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil
}

func testsOf(rows []*row, which string) iter.Seq[testindex.Test] {
	return func(yield func(testindex.Test) bool) {
		for _, r := range rows {
			if !r.is(which) {
				continue
			}
			for _, t := range r.tests {
				if !yield(t) {
					return
				}
			}
		}
	}
}
