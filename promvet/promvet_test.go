package promvet

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/matryer/is"
	"golang.org/x/tools/go/analysis/analysistest"
)

// Ensure that the mistakes in testdata are reported, and nothing else in it. It is a module of its own that imports the
// library itself.
func TestRules(t *testing.T) {
	t.Parallel()
	results := analysistest.Run(t, analysistest.TestData(), Analyzer, "./...")
	is := is.New(t)
	is.Equal(len(results), 3) // each package
}

// Ensure that the command is one that go vet runs, which gives it other packages as compiled and not as source, and that
// it is silent about the library's examples.
func TestCommand(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	tool := filepath.Join(t.TempDir(), "promvet.exe")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", tool, "./cmd/promvet").CombinedOutput()
	is.NoErr(err)
	is.Equal(string(out), "")
	vet := func(dir string, packages ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "go", append([]string{"vet", "-vettool=" + tool}, packages...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return filepath.ToSlash(string(out)), err
	}
	report, err := vet("testdata", "./...")
	is.True(err != nil)
	lines := regexp.MustCompile(`(?m)^\w+/\w+\.go:\d+:\d+: `).FindAllString(report, -1)
	is.Equal(len(lines), wanted(t))
	report, err = vet("..", ".", "./examples/...")
	is.NoErr(err)
	is.Equal(report, "")
}

// wanted returns how many reports the comments in testdata want.
func wanted(t *testing.T) int {
	t.Helper()
	is := is.New(t)
	files, err := filepath.Glob("testdata/*/*.go")
	is.NoErr(err)
	n := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		is.NoErr(err)
		for line := range strings.Lines(string(source)) {
			_, patterns, _ := strings.Cut(line, "// want ")
			n += strings.Count(patterns, "`") / 2
		}
	}
	return n
}
