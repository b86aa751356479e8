package promcli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
)

// sources finds where structs and their fields are declared. Types do not tell that, so the source of their packages is
// read, for which the go command tells the folders.
type sources struct {
	fset  *token.FileSet
	specs map[string][]*ast.TypeSpec // the declarations of types, by package and name
}

// place is a line of a source file; the zero value is none.
type place struct {
	file string // with its whole path
	line int
}

// findSources reads the packages of models. Of models whose source is not here it knows no place; if that is so of
// all, it is an error that says why.
func findSources(ctx context.Context, models []reflect.Type) (*sources, error) {
	s := &sources{fset: token.NewFileSet(), specs: map[string][]*ast.TypeSpec{}}
	paths := map[string]bool{}
	for _, m := range models {
		packagesOf(m, paths)
	}
	list, err := goList(ctx, slices.Sorted(maps.Keys(paths)))
	if err != nil {
		return s, err
	}
	for _, p := range list {
		if !p.own() {
			continue
		}
		for _, name := range slices.Concat(p.GoFiles, p.CgoFiles, p.TestGoFiles) {
			s.read(p.ImportPath, filepath.Join(p.Dir, name))
		}
		for _, name := range p.XTestGoFiles {
			s.read(p.ImportPath+"_test", filepath.Join(p.Dir, name))
		}
	}
	if len(s.specs) == 0 {
		return s, errors.New("no module with the models is in this folder")
	}
	return s, nil
}

// packagesOf collects the packages of a struct and of the structs in it.
func packagesOf(t reflect.Type, paths map[string]bool) {
	if t.PkgPath() != "" {
		paths[importPath(t)] = true
	}
	for i := range t.NumField() {
		if f := deref(t.Field(i).Type); f.Kind() == reflect.Struct && f != t && !paths[f.PkgPath()] &&
			(t.Field(i).Anonymous || f.PkgPath() == "" || f.PkgPath() == t.PkgPath()) {
			packagesOf(f, paths)
		}
	}
}

func deref(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// importPath returns the path of a type's package. That of the program itself is main, and known by its build.
func importPath(t reflect.Type) string {
	if t.PkgPath() != "main" {
		return t.PkgPath()
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Path == "command-line-arguments" { // go run main.go
		return "."
	}
	return info.Path
}

// listed is what the go command says of a package.
type listed struct {
	Dir, ImportPath                              string
	GoFiles, CgoFiles, TestGoFiles, XTestGoFiles []string
	Module                                       *struct {
		Main    bool
		Replace *struct{ Version string }
	}
}

// own reports whether a package is of the program's repository, not one that it was fetched with.
func (p *listed) own() bool {
	m := p.Module
	return p.Dir != "" && m != nil && p.ImportPath != "github.com/prom-go/prom" &&
		(m.Main || m.Replace != nil && m.Replace.Version == "")
}

// goList asks the go command for packages. Those of tests are part of the ones that they test.
func goList(ctx context.Context, paths []string) ([]listed, error) {
	for i, p := range paths {
		paths[i] = strings.TrimSuffix(p, "_test")
	}
	args := []string{"list", "-e", "-find",
		"-json=Dir,ImportPath,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,Module", "--"}
	cmd := exec.CommandContext(ctx, "go", append(args, slices.Compact(paths)...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("there is no go command")
	case err != nil:
		return nil, fmt.Errorf("go list: %s", cmp.Or(strings.TrimSpace(stderr.String()), err.Error()))
	}
	var list []listed
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		list = append(list, p)
	}
	return list, nil
}

// read notes the types that a file declares, in functions too. A file that is not Go says nothing.
func (s *sources) read(path, file string) {
	f, err := parser.ParseFile(s.fset, file, nil, parser.SkipObjectResolution)
	if err != nil {
		return
	}
	if f.Name.Name == "main" {
		path = "main"
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if spec, ok := n.(*ast.TypeSpec); ok {
			name := path + "." + spec.Name.Name
			s.specs[name] = append(s.specs[name], spec)
		}
		return true
	})
}

// spec returns the declaration of a struct: of several with its name, in functions, the one with its fields.
func (s *sources) spec(t reflect.Type) (*ast.TypeSpec, *ast.StructType) {
	name, _, _ := strings.Cut(t.Name(), "[") // of a generic type
	specs := s.specs[t.PkgPath()+"."+name]
	for _, spec := range specs {
		if st, ok := spec.Type.(*ast.StructType); ok && sameFields(t, st) {
			return spec, st
		}
	}
	if len(specs) == 1 { // it was changed since the program was built, or is declared as another type
		return specs[0], nil
	}
	return nil, nil
}

// fieldsOf returns the fields of a struct as reflect counts them, with their names and positions.
func fieldsOf(st *ast.StructType) (list []*ast.Ident, fields []*ast.Field) {
	for _, f := range st.Fields.List {
		names := f.Names
		if names == nil {
			names = []*ast.Ident{embedded(f.Type)}
		}
		for _, n := range names {
			list, fields = append(list, n), append(fields, f)
		}
	}
	return list, fields
}

// embedded returns the name of an embedded type.
func embedded(typ ast.Expr) *ast.Ident {
	switch t := typ.(type) {
	case *ast.Ident:
		return t
	case *ast.SelectorExpr:
		return t.Sel
	case *ast.StarExpr:
		return embedded(t.X)
	case *ast.IndexExpr:
		return embedded(t.X)
	case *ast.IndexListExpr:
		return embedded(t.X)
	}
	return &ast.Ident{NamePos: typ.Pos()}
}

func sameFields(t reflect.Type, st *ast.StructType) bool {
	names, fields := fieldsOf(st)
	if len(names) != t.NumField() {
		return false
	}
	for i, n := range names {
		tag := ""
		if fields[i].Tag != nil {
			tag, _ = strconv.Unquote(fields[i].Tag.Value)
		}
		if f := t.Field(i); f.Name != n.Name || string(f.Tag) != tag {
			return false
		}
	}
	return true
}

// field returns the line of a field, or of the innermost one that the program itself declares: a field of an embedded
// Model is at the line that embeds it. Without a path it is the line of the struct.
func (s *sources) field(model reflect.Type, path []int) (at place) {
	t := model
	spec, st := s.spec(t)
	if spec != nil {
		at = s.at(spec.Name)
	}
	for _, i := range path {
		var inner *ast.StructType
		if st != nil {
			names, fields := fieldsOf(st)
			at = s.at(names[i])
			inner, _ = pointed(fields[i].Type).(*ast.StructType)
		}
		t = deref(t.Field(i).Type)
		if st = inner; t.Name() != "" && t.Kind() == reflect.Struct {
			_, st = s.spec(t)
		}
	}
	return at
}

func pointed(typ ast.Expr) ast.Expr {
	for {
		star, ok := typ.(*ast.StarExpr)
		if !ok {
			return typ
		}
		typ = star.X
	}
}

func (s *sources) at(n ast.Node) place {
	p := s.fset.Position(n.Pos())
	return place{p.Filename, p.Line}
}
