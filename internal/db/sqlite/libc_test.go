package sqlite

import (
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Ensure that the versions that a warning goes by are those of go.mod, and of the go.mod of that modernc.org/sqlite.
func TestKnownLibc(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}} {{.GoMod}}", "modernc.org/sqlite").Output()
	is.NoErr(err)
	version, file, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	is.Equal(knownSQLite, version)
	text, err := os.ReadFile(file)
	is.NoErr(err)
	_, libc, ok := strings.Cut(string(text), "modernc.org/libc ")
	is.True(ok)
	is.Equal(knownLibc, strings.Fields(libc)[0])
	out, err = exec.Command("go", "list", "-m", "-f", "{{.Version}}", "modernc.org/libc").Output()
	is.NoErr(err)
	is.Equal(knownLibc, strings.TrimSpace(string(out)))
	info, ok := debug.ReadBuildInfo()
	is.True(ok)
	is.Equal(WrongLibc(info), nil) // this build
}

// Ensure that another modernc.org/libc than the one that modernc.org/sqlite was translated for is found in the modules
// of a build, and that nothing is said where nothing is known.
func TestWrongLibc(t *testing.T) {
	t.Parallel()
	build := func(sqlite, libc *debug.Module) *debug.BuildInfo {
		info := &debug.BuildInfo{Deps: []*debug.Module{{Path: "github.com/prom-go/prom", Version: "v1.0.0"}}}
		for path, m := range map[string]*debug.Module{"modernc.org/sqlite": sqlite, "modernc.org/libc": libc} {
			if m != nil {
				m.Path = path
				info.Deps = append(info.Deps, m)
			}
		}
		return info
	}
	at := func(version string) *debug.Module { return &debug.Module{Version: version} }
	replaced := func(by string) *debug.Module {
		return &debug.Module{Version: knownLibc, Replace: &debug.Module{Path: "modernc.org/libc", Version: by}}
	}
	for name, c := range map[string]struct {
		info *debug.BuildInfo
		have string // "" for no warning
	}{
		"the right one":                {build(at(knownSQLite), at(knownLibc)), ""},
		"a newer one":                  {build(at(knownSQLite), at("v1.99.0")), "v1.99.0"},
		"an older one by a replace":    {build(at(knownSQLite), replaced("v1.2.3")), "v1.2.3"},
		"the right one by a replace":   {build(at(knownSQLite), replaced(knownLibc)), ""},
		"a folder":                     {build(at(knownSQLite), replaced("")), ""},
		"an unknown version of SQLite": {build(at("v1.99.0"), at("v1.99.0")), ""},
		"no SQLite":                    {build(nil, at("v1.99.0")), ""},
		"no libc":                      {build(at(knownSQLite), nil), ""},
		"no modules":                   {&debug.BuildInfo{}, ""},
		"no information":               {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			wrong := WrongLibc(c.info)
			is.Equal(wrong != nil, c.have != "")
			if wrong != nil {
				is.Equal(*wrong, Libc{SQLite: knownSQLite, Have: c.have, Want: knownLibc})
			}
		})
	}
}
