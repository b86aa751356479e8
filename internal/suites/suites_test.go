package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

const page = `# Reliability

| # | suite | what | how | passes when |
|---|---|---|---|---|
| 1 | T | kills | many | nothing is lost |
| 2 | R | files | a few; SQLite only | all is well |
| 3 | C | names | long ones | they work |
`

const suite = `package x

// TestKill kills. parity: A1
// suite: 1, and what else there is
func TestKill(t *testing.T) {}

func TestFile(t *testing.T) {
	row() // suite: 2 3
}
`

// module writes a module of a page, a file of tests and a report, and returns the options with its folder.
func module(t *testing.T, page, suite, report string) options {
	t.Helper()
	root := t.TempDir()
	for path, text := range map[string]string{"docs/reliability.md": page, "pkg/x_test.go": suite, "report": report,
		"testdata/y_test.go": "no Go"} {
		path = filepath.Join(root, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return options{root: root, report: filepath.Join(root, "report")}
}

// Ensure that the table has the rows with their figures, and tells what failed and what has not run.
func TestTable(t *testing.T) {
	t.Parallel()
	const killed = "1\tpostgres\tfull\tpassed\tTestKill/postgres\t200 kills\n"
	tests := []struct {
		name, report, only string
		all                bool
		bad                int
		want               string
	}{
		{"all well", killed + "1\tsqlite\tshort\tpassed\tTestKill/sqlite\t2 kills\n2\tboth\tshort\tpassed\tTestFile\t7 files\n" +
			"3\tboth\tshort\tpassed\tTestFile\tx\n3\tboth\tshort\tpassed\tTestFile/again\tx\n", "", true, 0,
			"  1 T  kills                                              passed\n" +
				"       postgres  full   200 kills\n" +
				"       sqlite    short  2 kills\n" +
				"  2 R  files                                              passed\n" +
				"       both      short  7 files\n" +
				"  3 C  names                                              passed\n" +
				"       both      full   x\n" +
				"suites: 3 rows of docs/reliability.md, 0 not as they should be\n"},
		{"one engine", killed, "T", false, 1, "NOT RUN on sqlite\n"},
		{"short", killed + "1\tsqlite\tshort\tpassed\tTestKill/sqlite\t2 kills\n", "T", false, 1,
			"NOT at full size on sqlite\n"},
		{"a number", killed + "1\tsqlite\tfull\tpassed\tTestKill/sqlite\t9 kills\n", "1", false, 0, "suites: 1 rows of"},
		{"a number, short", killed + "1\tsqlite\tshort\tpassed\tTestKill/sqlite\t2 kills\n", "1", false, 1,
			"NOT at full size on sqlite\n"},
		{"failed", "2\tsqlite\tshort\tfailed\tTestFile\t7 files\n", "R", false, 1, "FAILED 7 files\n"},
		{"left out", "2\tsqlite\tshort\tleft out\tTestFile\tno disk\n", "", false, 2,
			"left out in part\n       sqlite    short  left out: no disk\n"},
		{"left out, which may not be", "2\tsqlite\tshort\tleft out\tTestFile\tno disk\n", "R", false, 1,
			"left out in part\n"},
		{"nothing", "", "", false, 3, "NOT RUN\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			o := module(t, page, suite, tt.report)
			o.only, o.all = tt.only, tt.all
			var out strings.Builder
			bad, err := run(&out, o)
			is.NoErr(err)
			is.Equal(bad, tt.bad)
			is.True(strings.Contains(out.String(), tt.want))
		})
	}
}

// Ensure that a row without a test is told, and counts when all are asked for.
func TestNoTest(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := module(t, page, "package x\n", "")
	var out strings.Builder
	bad, err := run(&out, o)
	is.NoErr(err)
	is.Equal(bad, 0)
	is.Equal(strings.Count(out.String(), "no test"), 3)
	o.all = true
	bad, err = run(&out, o)
	is.NoErr(err)
	is.Equal(bad, 3)
}

// Ensure that go test is told what to run.
func TestPattern(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := module(t, page, suite, "")
	var out strings.Builder
	for _, o.tests = range []string{"T", "R", "3"} {
		_, err := run(&out, o)
		is.NoErr(err)
	}
	o.tests, o.packages = "", "R"
	_, err := run(&out, o)
	is.NoErr(err)
	is.NoErr(os.WriteFile(filepath.Join(o.root, "pkg", "go.mod"), nil, 0o600))
	_, err = run(&out, o)
	is.NoErr(err)
	o.packages = "4"
	_, err = run(&out, o)
	is.True(err != nil && strings.Contains(err.Error(), `no row "4"`))
	is.Equal(out.String(), "^(TestKill)$\n^(TestFile)$\n^(TestFile)$\n. ./pkg\npkg ./\n")
}

// Ensure that what makes no sense is an error.
func TestRun_Bad(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, page, suite, report, want string }{
		{"no rows", "# Nothing\n", suite, "", "no rows"},
		{"order", strings.Replace(page, "| 2 |", "| 4 |", 1), suite, "", "the row 3 comes after 4"},
		{"columns", strings.Replace(page, "| 2 | R | files |", "| 2 | files |", 1), suite, "", "the row after 1"},
		{"a row that is none", page, strings.Replace(suite, "suite: 2", "suite: 9", 1), "", "names the suite 9"},
		{"no function", page, suite + "\n// suite: 1\n", "", "belongs to no function"},
		{"a line that is none", page, suite, "hello\n", "a line that is none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			_, err := run(&strings.Builder{}, module(t, tt.page, tt.suite, tt.report))
			is.True(err != nil)
			is.True(strings.Contains(err.Error(), tt.want))
		})
	}
}

// Ensure that a row is found by its number where others are missing.
func TestGaps(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := module(t, strings.Replace(page, "| 3 | C", "| 7 | C", 1), strings.Replace(suite, "suite: 2 3", "suite: 2 7", 1),
		"7\tboth\tshort\tpassed\tTestFile\tx\n")
	o.only = "7"
	var out strings.Builder
	bad, err := run(&out, o)
	is.NoErr(err)
	is.Equal(bad, 1) // it was short
	is.True(strings.HasPrefix(out.String(), "  7 C  names"))
}

// Ensure that the page of this module has the rows, and that its tests name only such.
func TestPage(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var out strings.Builder
	_, err := run(&out, options{root: filepath.Join("..", ".."), report: os.DevNull})
	is.NoErr(err)
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "reliability.md"))
	is.NoErr(err)
	rows := strings.Count(string(page), "\n| ") - 1 // less the head
	is.True(rows >= 35)
	is.Equal(strings.Count(out.String(), "\n"), rows+1)
}
