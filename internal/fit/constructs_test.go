package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/fit/walk"
)

var update = flag.Bool("update", false, "write the tables of docs/constructs.md")

// page is where the tables of constructs are kept.
const page = "../../docs/constructs.md"

// The lines of the files that tell of a construct, and of a field that is written by hand.
var (
	constructLine = regexp.MustCompile(`(?m)^-- construct (\w+): (.*)$`)
	fieldLine     = regexp.MustCompile(`(?m)^-- field (\w+)\.(\w+): (.*)$`)
)

// withFields puts fields in the place of those that promgen has written, whose handles go: "-" is for none.
func withFields(fields [][]string, source []byte) []byte {
	for _, f := range fields {
		model, field, text := f[1], f[2], f[3]
		switch {
		case text == "-":
			text = ""
		case !strings.Contains(text, "struct {"):
			text = field + " " + text
		}
		line := regexp.MustCompile(`(?s)(type ` + model + ` struct \{[^}]*?\n\t)` + field + `\s[^\n]*`)
		source = line.ReplaceAll(source, []byte("${1}"+text))
		source = regexp.MustCompile(`\n\t`+model+field+`\s+= [^\n]*`).ReplaceAll(source, nil)
	}
	return source
}

// Ensure that each operation works with each construct of a database that another program has made, or is refused by
// an error of a kind, as the tables of docs/constructs.md say.
func TestConstructs(t *testing.T) {
	is := is.New(t)
	t.Setenv(walk.EnvConstructs, "1")
	dsns := []string{dbtest.SQLite(t), dbtest.Postgres(t)}
	labels, fields := make([][][]string, 2), make([][][]string, 2)
	for i, file := range []string{"testdata/constructs_sqlite.sql", "testdata/constructs_postgres.sql"} {
		text, err := os.ReadFile(file)
		is.NoErr(err)
		if dsns[i] == dsns[1] && serverVersion(t, dsns[1]) < 140000 { // which has no multiranges
			text = regexp.MustCompile(`\b\w+multirange\b`).ReplaceAll(text, []byte("text"))
		}
		load(t, dsns[i], string(text))
		labels[i] = constructLine.FindAllStringSubmatch(string(text), -1)
		fields[i] = fieldLine.FindAllStringSubmatch(string(text), -1)
	}
	var out bytes.Buffer
	edit := func(n int, source []byte) []byte { return withFields(fields[n], source) }
	err := run(context.Background(), &out, choice{views: true}, edit, dsns...)
	t.Log(out.String())
	is.NoErr(err)

	kept, err := os.ReadFile(page)
	is.NoErr(err)
	text := string(kept)
	outputs := strings.SplitAfter(out.String(), " faults\n")
	for i, engine := range []string{"SQLite", "PostgreSQL"} {
		head, rest, found := strings.Cut(text, "\n## "+engine+"\n\n")
		is.True(found)
		_, tail, _ := strings.Cut(rest, "\n\n")
		text = head + "\n## " + engine + "\n\n" + constructsTable(t, labels[i], outputs[i]) + "\n" + tail
	}
	if *update {
		is.NoErr(os.WriteFile(page, []byte(text), 0o644))
	} else if text != string(kept) {
		t.Errorf("docs/constructs.md is not current; go test ./internal/fit -run TestConstructs -update writes it:\n%s", text)
	}
}

func serverVersion(t *testing.T, dsn string) int {
	t.Helper()
	is := is.New(t)
	db, err := new(prom.Registry).Open(dsn)
	is.NoErr(err)
	version, err := prom.RawQuery[int](db, "SELECT current_setting('server_version_num')::int").All(context.Background())
	is.NoErr(err)
	is.NoErr(db.Close())
	return version[0]
}

// constructsTable returns the table of an engine's constructs.
func constructsTable(t *testing.T, labels [][]string, output string) string {
	t.Helper()
	cells := map[string][]string{}
	for _, line := range walk.PrintedConstructs(output) {
		cells[line[0]] = line[1:]
	}
	var b strings.Builder
	fmt.Fprintf(&b, "| construct | %s |\n|---|%s\n", strings.Join(walk.Operations, " | "),
		strings.Repeat("---|", len(walk.Operations)))
	for _, label := range labels {
		line := cells[label[1]]
		if len(line) != len(walk.Operations) {
			t.Errorf("the table %s was not tried: %q", label[1], line)
		}
		fmt.Fprintf(&b, "| %s | %s |\n", label[2], strings.Join(line, " | "))
	}
	return b.String()
}
