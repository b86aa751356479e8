package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// page is a table as docs/parity.md has them.
const page = `# Parity

| id | the reference | here | engines |
|---|---|---|---|
| A1 | does | the same | both |
| A2..A4 | does not | does | SQLite |
| B1 | breaks | works | none |
`

// suite is a file of tests that name rows in every way there is.
const suite = `package x

// TestBoth is one. parity: A1, targets row 7
func TestBoth(t *testing.T) { dbtest.EachMode(t, nil) }

// parity: A2
func TestFile(t *testing.T) { file{}.open(t) }

type file struct{}

// open opens one. parity: A3
func (file) open(t *testing.T) { dbtest.SQLite(t) }

func TestPure(t *testing.T) {
	row("x") // parity: B1..B1
}

// nobody calls it. parity: A4
func postgres(t *testing.T) { dbtest.Postgres(t) }
`

// module writes a module of a page and a file of tests, and returns its folder.
func module(t *testing.T, page, suite string) string {
	t.Helper()
	root := t.TempDir()
	for path, text := range map[string]string{"docs/parity.md": page, "pkg/x_test.go": suite,
		"testdata/y_test.go": "no Go"} {
		path = filepath.Join(root, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// Ensure that tests are found with their rows and engines, those of their helpers included, and that what lacks one is
// told.
func TestRun(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var out strings.Builder
	missing, err := run(&out, module(t, page, suite), true)
	is.NoErr(err)
	is.Equal(missing, 1)
	is.Equal(out.String(), `A1   both       does → the same
     both       pkg TestBoth
A2   SQLite     does not → does
     SQLite     pkg TestFile
A3   SQLite     does not → does
     SQLite     pkg TestFile
A4   SQLite     does not → does
     MISSING    no test
B1   none       breaks → works
     none       pkg TestPure
parity: 5 rows, 1 without a test on every engine that they ask for
`)

	out.Reset()
	suite := strings.Replace(suite, "EachMode", "Postgres", 1) + "\n// parity: A4\nfunc TestFour(t *testing.T) {}\n"
	missing, err = run(&out, module(t, page, suite), false)
	is.NoErr(err)
	is.Equal(missing, 2)
	is.Equal(out.String(), `A1   both       does → the same
     PostgreSQL pkg TestBoth
     MISSING    no test on SQLite
A4   SQLite     does not → does
     none       pkg TestFour
     MISSING    no test on SQLite
parity: 5 rows, 2 without a test on every engine that they ask for
`)
}

// Ensure that a page or a comment that would be misunderstood is an error.
func TestRunRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ page, suite, err string }{
		"no rows":        {"# Parity\n", suite, "no rows"},
		"twice":          {page + "| A1 | a | b | both |\n", suite, "A1 is there twice"},
		"engine":         {page + "| A9 | a | b | all |\n", suite, `A9 has no engines, but "all"`},
		"empty":          {page + "| A9 | a | | both |\n", suite, "A9 has not four columns"},
		"unknown row":    {page, suite + "\n// parity: A7\nfunc TestX(t *testing.T) {}\n", "TestX in pkg names A7"},
		"no function":    {page, suite + "\n// parity: A1\nvar x int\n", "belongs to no function"},
		"file of no use": {page, "package", "expected 'IDENT'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			_, err := run(&strings.Builder{}, module(t, tt.page, tt.suite), false)
			is.True(err != nil)
			is.True(strings.Contains(err.Error(), tt.err))
		})
	}
	is := is.New(t)
	_, err := run(&strings.Builder{}, t.TempDir(), false)
	is.True(err != nil)
}

// Ensure that ids and ranges are read, and nothing else.
func TestExpand(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for in, want := range map[string]string{
		"M8": "M8", "FT": "FT", "M9..M11": "M9 M10 M11", "M8..M8": "M8", "M9..M8": "", "M8..N9": "", "M8..": "", "row": "", "m8": "", "8": "", "": "", "AB1": "",
	} {
		is.Equal(in+": "+strings.Join(expand(in), " "), in+": "+want)
	}
}

// Ensure that the page of this module can be read, and that its tests name no row that the page does not have.
func TestModule(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	_, err := run(&strings.Builder{}, filepath.Join("..", ".."), false)
	is.NoErr(err)
}
