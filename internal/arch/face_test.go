package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
)

// mostLines is how long the body of a method of the face may be: it converts, and what does the work has no type
// parameter.
const mostLines = 3

// Ensure that methods of generic types, which are compiled for each model, are a face: short, and without loops.
func TestFace(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	methods := 0
	for _, folder := range []string{root} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		is.NoErr(err)
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, nil, 0)
			is.NoErr(err)
			for _, d := range file.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || !generic(fn) {
					continue
				}
				methods++
				first, last := fset.Position(fn.Body.Lbrace).Line, fset.Position(fn.Body.Rbrace).Line
				if last-first-1 > mostLines {
					t.Errorf("%s: %s has %d lines", fset.Position(fn.Pos()), fn.Name.Name, last-first-1)
				}
				ast.Inspect(fn.Body, func(n ast.Node) bool {
					switch n.(type) {
					case *ast.ForStmt, *ast.RangeStmt:
						t.Errorf("%s: %s has a loop", fset.Position(fn.Pos()), fn.Name.Name)
					}
					return true
				})
			}
		}
	}
	is.True(methods > 300)
}

// generic reports whether a function is a method of a type with parameters.
func generic(fn *ast.FuncDecl) bool {
	if fn.Recv == nil || fn.Body == nil {
		return false
	}
	of := fn.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	switch of.(type) {
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}

// Ensure that no program with this library needs all exported methods of its types: the linker keeps them where a
// method is looked up by a name that is not constant. Nor does it need what the methods of a model's repos and queries
// name, which goes by the dictionary of their type: it is kept where such a method is called that the compiler could
// not replace by what it calls, With for one.
func TestMethodsAreDropped(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	cmd := dbtest.Go("build", "-ldflags=-dumpdep", "-o", filepath.Join(t.TempDir(), "program"), "./examples/quickstart")
	cmd.Dir = root
	pipe, err := cmd.StderrPipe()
	is.NoErr(err)
	is.NoErr(cmd.Start())
	dump, err := io.ReadAll(pipe)
	is.NoErr(err)
	is.NoErr(cmd.Wait())
	is.True(len(dump) > 1<<20) // the linker wrote what it keeps
	for line := range strings.Lines(string(dump)) {
		if from, _, ok := strings.Cut(line, " <ReflectMethod>"); ok && !strings.Contains(from, "->") {
			t.Errorf("%s looks a method up by a name that is not constant", from)
		}
		if _, to, ok := strings.Cut(line, " -> "+module+"..dict."); ok &&
			(strings.HasPrefix(to, "Repo[") || strings.HasPrefix(to, "Query[")) {
			t.Errorf("the program keeps what all methods of a model's repos and queries name: %s", strings.TrimSpace(line))
		}
	}
}
