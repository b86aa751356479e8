package promtest

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/snapshot"
	"github.com/prom-go/prom/schema"
)

// EnvUpdate is the environment variable that makes [Plan] write its file if it is 1. If the test binary has a boolean
// flag named update, as for golden files, it can be set instead.
const EnvUpdate = "PROM_UPDATE"

// Plan fails the test if the schema that the models declare differs from the schema in a file. So the schema cannot
// change without a diff of that file, which a reviewer sees. The file has one line for each column, key, index and
// foreign key, sorted. With PROM_UPDATE=1 in the environment, or the flag -update of the test binary, Plan writes the
// file instead. It needs no database, and is one line of a test:
//
//	func TestSchema(t *testing.T) { promtest.Plan(t, "testdata/schema.golden", authors, books) }
func Plan(tb testing.TB, file string, repos ...prom.AnyRepo) {
	tb.Helper()
	if len(repos) == 0 {
		tb.Fatal("promtest: Plan was given no repos, so it compares nothing")
	}
	tables := make([]*schema.Table, len(repos))
	for i, r := range repos {
		tables[i] = r.Schema()
	}
	var now bytes.Buffer
	if err := snapshot.Write(&now, tables); err != nil {
		tb.Fatal("promtest:", err)
	}
	if updating() {
		err := os.MkdirAll(filepath.Dir(file), 0o755)
		if err == nil {
			err = os.WriteFile(file, now.Bytes(), 0o644)
		}
		if err != nil {
			tb.Fatal("promtest:", err)
		}
		return
	}
	then, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		tb.Fatalf("promtest: %s does not exist: write it by running the test with %s=1, and check it in", file, EnvUpdate)
	}
	if err != nil {
		tb.Fatal("promtest:", err)
	}
	if diff := diffLines(string(then), now.String()); diff != "" {
		tb.Fatalf("promtest: the models declare another schema than %s:\n%srenew the file by running the test with %s=1",
			file, diff, EnvUpdate)
	}
}

func updating() bool {
	if os.Getenv(EnvUpdate) == "1" {
		return true
	}
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

// diffLines lists the lines that only one of two texts has, under the line of their table, "" when there is none. The
// lines of a table are sorted, so they are compared as sets.
func diffLines(then, now string) string {
	was, is := tablesOf(then), tablesOf(now)
	names := slices.Collect(maps.Keys(was))
	names = slices.AppendSeq(names, maps.Keys(is))
	slices.Sort(names)
	var b strings.Builder
	for _, t := range slices.Compact(names) {
		var lines []string
		lines = appendMissing(lines, "-", was[t], is[t])
		lines = appendMissing(lines, "+", is[t], was[t])
		if len(lines) > 0 {
			b.WriteString("  " + t + "\n" + strings.Join(lines, ""))
		}
	}
	return b.String()
}

// appendMissing appends the lines of a list that another one lacks, each behind a sign.
func appendMissing(lines []string, sign string, list, other []string) []string {
	for _, l := range list {
		if !slices.Contains(other, l) {
			lines = append(lines, sign+l+"\n")
		}
	}
	return lines
}

// tablesOf returns the lines of each table of a schema's text, with the table's own, by that one.
func tablesOf(text string) map[string][]string {
	tables, table := map[string][]string{}, "schema"
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "prom ") {
			table = line
			line = "\t" + line
		}
		tables[table] = append(tables[table], line)
	}
	return tables
}
