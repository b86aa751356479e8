package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/prom-go/prom/internal/testindex"
)

// engines is a set of engines.
type engines uint8

const (
	sqlite engines = 1 << iota
	postgres

	none engines = 0
	both         = sqlite | postgres
)

// engineNames are the words of the last column of docs/parity.md.
var engineNames = map[string]engines{"none": none, "SQLite": sqlite, "PostgreSQL": postgres, "both": both}

// String returns the word of the page for the set.
func (e engines) String() string {
	for name, set := range engineNames {
		if set == e {
			return name
		}
	}
	return "engines(" + strconv.Itoa(int(e)) + ")"
}

// harness tells on which engines a function of package dbtest puts a test.
var harness = map[string]engines{"Each": both, "EachMode": both, "SQLite": sqlite, "Memory": sqlite,
	"Postgres": postgres}

// enginesOf returns the engines on which a test runs.
func enginesOf(t testindex.Test) (on engines) {
	for _, name := range t.Harness {
		on |= harness[name]
	}
	return on
}

// row is a row of docs/parity.md.
type row struct {
	id    string
	text  string // what the reference does, and what this library does
	where engines
	tests []testindex.Test // those that name it
}

var idForm = regexp.MustCompile(`^([A-Z])([0-9]+|T)$`)

// parseRows reads the tables of the page whose first column is an id. A range makes a row for each of its ids.
func parseRows(page string) ([]*row, error) {
	var rows []*row
	seen := map[string]bool{}
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		ids := expand(cells[0])
		if len(ids) == 0 || !strings.HasPrefix(line, "|") {
			continue
		}
		if len(cells) != 4 || cells[1] == "" || cells[2] == "" {
			return nil, fmt.Errorf("docs/parity.md: the row %s has not four columns with a text", cells[0])
		}
		where, ok := engineNames[cells[3]]
		if !ok {
			return nil, fmt.Errorf("docs/parity.md: the row %s has no engines, but %q", cells[0], cells[3])
		}
		for _, id := range ids {
			if seen[id] {
				return nil, fmt.Errorf("docs/parity.md: the row %s is there twice", id)
			}
			seen[id] = true
			rows = append(rows, &row{id: id, text: cells[1] + " → " + cells[2], where: where})
		}
	}
	if len(rows) == 0 {
		return nil, errors.New("docs/parity.md: no rows")
	}
	return rows, nil
}

// expand returns the ids of "M8" or "M23..M27", and none of what is neither.
func expand(s string) []string {
	from, to, isRange := strings.Cut(s, "..")
	a := idForm.FindStringSubmatch(from)
	if a == nil || !isRange {
		if a == nil || isRange {
			return nil
		}
		return []string{s}
	}
	b := idForm.FindStringSubmatch(to)
	if b == nil || b[1] != a[1] {
		return nil
	}
	first, _ := strconv.Atoi(a[2])
	last, _ := strconv.Atoi(b[2])
	var ids []string
	for n := first; n <= last; n++ {
		ids = append(ids, a[1]+strconv.Itoa(n))
	}
	return ids
}
