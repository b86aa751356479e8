package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// test is a function of the suite that names rows.
type test struct {
	pkg  string // its folder, from the root
	name string
	ids  []string
	on   engines
}

// harness tells on which engines a call of package dbtest puts a test.
var harness = map[string]engines{"Each": both, "EachMode": both, "SQLite": sqlite, "Memory": sqlite, "Postgres": postgres}

// findTests reads the test files of the module, and returns the tests that name rows.
func findTests(root string) ([]test, error) {
	folders := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "bench" || len(d.Name()) > 1 && d.Name()[0] == '.'):
			return filepath.SkipDir
		case strings.HasSuffix(path, "_test.go"):
			folders[filepath.Dir(path)] = append(folders[filepath.Dir(path)], path)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var tests []test
	for folder, files := range folders {
		pkg, err := filepath.Rel(root, folder)
		if err != nil {
			return nil, err
		}
		found, err := testsOf(filepath.ToSlash(pkg), files)
		if err != nil {
			return nil, err
		}
		tests = append(tests, found...)
	}
	slices.SortFunc(tests, func(a, b test) int { return strings.Compare(a.pkg+"\x00"+a.name, b.pkg+"\x00"+b.name) })
	return tests, nil
}

// testsOf returns the tests of a folder that name rows, themselves or in a function that they use.
func testsOf(pkg string, paths []string) ([]test, error) {
	fset := token.NewFileSet()
	bodies := map[string][]ast.Node{} // of functions by name, of methods by "." and name, whatever their type
	named := map[string][]string{}    // the rows that a function names
	for _, path := range paths {
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				bodies[key(fn)] = append(bodies[key(fn)], fn.Body)
			}
		}
		for _, group := range f.Comments {
			ids := idsOf(group.Text())
			if len(ids) == 0 {
				continue
			}
			fn := owner(f, group)
			if fn == nil {
				return nil, fmt.Errorf("%s: the comment belongs to no function", fset.Position(group.Pos()))
			}
			named[key(fn)] = append(named[key(fn)], ids...)
		}
	}
	var tests []test
	for name := range bodies {
		if !isTest(name) {
			continue
		}
		t := test{pkg: pkg, name: name}
		used := map[string]bool{}
		t.on = reach(name, bodies, used)
		for fn := range used {
			t.ids = append(t.ids, named[fn]...)
		}
		if len(t.ids) > 0 {
			slices.Sort(t.ids)
			t.ids = slices.Compact(t.ids)
			tests = append(tests, t)
		}
	}
	return tests, nil
}

// idsOf returns the ids that a comment names behind "parity:", to the end of that line. Other words may stand among them.
func idsOf(comment string) []string {
	var ids []string
	for line := range strings.Lines(comment) {
		if _, list, ok := strings.Cut(line, "parity: "); ok {
			for word := range strings.FieldsSeq(list) {
				ids = append(ids, expand(strings.Trim(word, ".,;()"))...)
			}
		}
	}
	return ids
}

// owner returns the function that a comment documents or stands in.
func owner(f *ast.File, comment *ast.CommentGroup) *ast.FuncDecl {
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && (fn.Doc == comment || fn.Pos() <= comment.Pos() && comment.Pos() <= fn.End()+1) {
			return fn
		}
	}
	return nil
}

// key returns the name of a function among those of its folder.
func key(fn *ast.FuncDecl) string {
	if fn.Recv != nil {
		return "." + fn.Name.Name
	}
	return fn.Name.Name
}

func isTest(name string) bool {
	return strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz") || strings.HasPrefix(name, "Example")
}

// reach adds to used the functions of a folder's tests that a function uses, itself included, and returns the engines that the
// calls of dbtest in them ask for.
func reach(name string, bodies map[string][]ast.Node, used map[string]bool) engines {
	if used[name] || len(bodies[name]) == 0 {
		return none
	}
	used[name] = true
	var on engines
	var visit func(ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "dbtest" {
				on |= harness[n.Sel.Name]
				return false
			}
			ast.Inspect(n.X, visit)
			on |= reach("."+n.Sel.Name, bodies, used)
			return false
		case *ast.Ident:
			on |= reach(n.Name, bodies, used)
		}
		return true
	}
	for _, body := range bodies[name] {
		ast.Inspect(body, visit)
	}
	return on
}
