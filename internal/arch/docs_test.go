package arch_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Ensure that docs/architecture.md shows the arrows that the table arrows allow.
func TestDocs(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	page, err := os.ReadFile(root + "/docs/architecture.md")
	is.NoErr(err)
	short := strings.NewReplacer("prom (root)", ".", "modernc.org/sqlite", modernc, "squirrel", squirrel, "uuid", uuid,
		"pgx", pgx)
	shown := map[string]string{}
	for line := range strings.Lines(string(page)) {
		if from, to, ok := strings.Cut(line, "→"); ok && !strings.HasPrefix(line, "|") && !strings.Contains(from, ":") {
			shown[short.Replace(strings.TrimSpace(from))] = short.Replace(strings.TrimSpace(to))
		}
	}
	for from, to := range arrows {
		if strings.HasPrefix(from, "internal/dbtest") || strings.HasPrefix(from, "internal/behaviour") ||
			slices.Contains([]string{"internal/arch", "internal/parity", "internal/suites", "internal/testindex"}, from) {
			continue // they serve tests
		}
		is.Equal(from+": "+shown[from], from+": "+strings.Join(to, ", "))
	}
}

// Ensure that the files which docs/architecture.md names are there.
func TestNamedFiles(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	page, err := os.ReadFile(root + "/docs/architecture.md")
	is.NoErr(err)
	var files []string
	is.NoErr(filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") {
			files = append(files, filepath.ToSlash(path))
		}
		return err
	}))
	names := regexp.MustCompile("`([a-z0-9_/]+\\.go)`").FindAllStringSubmatch(string(page), -1)
	is.True(len(names) > 60)
	for _, name := range names {
		if !slices.ContainsFunc(files, func(f string) bool { return strings.HasSuffix(f, "/"+name[1]) }) {
			t.Errorf("there is no file %s", name[1])
		}
	}
}

// Ensure that the tests which docs/threat-model.md names are there.
func TestThreatModel(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	page, err := os.ReadFile(root + "/docs/threat-model.md")
	is.NoErr(err)
	var source strings.Builder
	is.NoErr(filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		source.Write(b)
		return err
	}))
	names := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z_]+)`").FindAllStringSubmatch(string(page), -1)
	is.True(len(names) > 30)
	for _, name := range names {
		if !strings.Contains(source.String(), "\nfunc "+name[1]+"(") {
			t.Errorf("there is no test %s", name[1])
		}
	}
}
