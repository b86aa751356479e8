package promvet

import (
	"fmt"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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
	is.Equal(len(results), 6) // each package
	var prom *types.Package
	for _, r := range results {
		for _, p := range r.Pass.Pkg.Imports() {
			if p.Path() == promPath {
				prom = p
			}
		}
	}
	is.True(prom != nil)

	t.Run("methods with keys", func(t *testing.T) { testKeyed(t, prom) })
	t.Run("constructors", func(t *testing.T) { testConstructors(t, prom) })
	t.Run("values", func(t *testing.T) { testValues(t, prom) })
}

// Ensure that the methods which take keys are those that the library has.
func testKeyed(t *testing.T, prom *types.Package) {
	is := is.New(t)
	found := map[string][]string{}
	for method := range methodsOf(prom) {
		params := method.Signature().Params()
		if last := params.Len() - 1; method.Signature().Variadic() && params.At(last).Name() == "key" {
			of := named(method.Signature().Recv().Type(), promPath).Obj().Name()
			found[of] = append(found[of], method.Name())
		}
	}
	want := map[string][]string{}
	for of, names := range keyed {
		want[of] = slices.Sorted(slices.Values(names))
	}
	for _, names := range found {
		slices.Sort(names)
	}
	is.Equal(found, want)
}

// Ensure that constructors of handles are known by their parameters, and that no other function is.
func testConstructors(t *testing.T, prom *types.Package) {
	is := is.New(t)
	var names []string
	for _, name := range prom.Scope().Names() {
		if fn, ok := prom.Scope().Lookup(name).(*types.Func); ok && isConstructor(fn) {
			names = append(names, name)
		}
	}
	is.Equal(strings.Join(names, " "), "CompositeRefOf FieldOf JSONOf ListOf ManyOf ManyToManyOf "+
		"NullJSONOf NullListOf NullNumberOf NullOf NullOrderedOf NullRangeOf NullRefOf NullTextOf NullTimeOf "+
		"NumberOf OrderedOf RangeOf RefOf "+
		"SQLNullNumberOf SQLNullOf SQLNullOrderedOf SQLNullRangeOf SQLNullRefOf SQLNullTextOf SQLNullTimeOf TextOf TimeOf")
}

// Ensure that the types which never change are types of the library, and that methods return them.
func testValues(t *testing.T, prom *types.Package) {
	is := is.New(t)
	returned := map[string]bool{}
	for method := range methodsOf(prom) {
		for result := range method.Signature().Results().Variables() {
			if n := named(result.Type(), promPath); n != nil {
				returned[n.Obj().Name()] = true
			}
		}
	}
	for name, v := range values {
		is.True(prom.Scope().Lookup(name) != nil) // name
		is.True(returned[name] || !v.methods)     // name
	}
}

// methodsOf ranges over the exported methods of the types of a package.
func methodsOf(p *types.Package) func(yield func(*types.Func) bool) {
	return func(yield func(*types.Func) bool) {
		for _, name := range p.Scope().Names() {
			n, ok := p.Scope().Lookup(name).Type().(*types.Named)
			if !ok {
				continue
			}
			for method := range n.Methods() {
				if method.Exported() && !yield(method) {
					return
				}
			}
		}
	}
}

// Ensure that a key is reported when the library refuses it at run time, and only then: the program in testdata/keys
// prints the lines of the calls whose key was refused.
func TestKeysAtRunTime(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	cmd := exec.CommandContext(t.Context(), "go", "run", "./keys")
	cmd.Dir = "testdata"
	cmd.Env = append(os.Environ(), "PROM_DSN=", "PROM_DSN_0=", "PROM_DSN_1=")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	is.NoErr(err)
	source, err := os.ReadFile("testdata/keys/main.go")
	is.NoErr(err)
	var want []string
	n := 0
	for line := range strings.Lines(string(source)) {
		n++
		if strings.Contains(line, "// want `") || strings.Contains(line, "// refused: ") {
			want = append(want, fmt.Sprint(n))
		}
	}
	is.True(len(want) > 60)
	is.Equal(strings.Join(strings.Fields(string(out)), " "), strings.Join(want, " "))
}

// Ensure that the command is one that go vet runs, which gives it other packages as compiled and not as source, and
// that it is silent about the library's examples.
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

// Ensure that struct tags are read in the grammar of package schema.
func TestParseTag(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]tag{
		"": {}, "-": {skip: true}, " - ": {skip: true},
		"key": {key: true}, "id,key": {key: true}, " id , key ,auto": {key: true}, ",key": {key: true},
		"name=key": {}, "name=key,key": {key: true}, "keys": {}, "index=key": {},
		"size=1..2,key": {key: true}, "was=a b,key": {key: true}, "default=,key": {key: true},
		"default='a,key'": {}, "default='it''s,key',key": {key: true}, "default='',key": {key: true},
		"regex='''',key": {key: true},
	} {
		is := is.New(t)
		got, ok := parseTag(text)
		is.True(ok) // text
		is.Equal(got, want)
	}
	for _, text := range []string{"default='a", "default='a'b,key", "default='"} {
		is := is.New(t)
		_, ok := parseTag(text)
		is.True(!ok) // text
	}
}
