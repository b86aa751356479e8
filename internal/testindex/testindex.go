// Package testindex finds what the tests of a module say that they show: the names that stand in their comments behind
// a word, as the rows of docs/parity.md do behind "parity: " and those of docs/reliability.md behind "suite: ".
package testindex

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

// Test is a function that go test runs and that names something, itself or by a function of its folder's tests that it
// uses.
type Test struct {
	Folder  string   // from the root, with slashes
	Name    string   // of the function
	Named   []string // what it names, in order and each once
	Harness []string // the functions of package dbtest that it uses
}

// Find reads the test files of the module in the folder root. A comment of a function or one in its body names what
// stands behind the word and ": ", to the end of the line, as far as names returns something for each word there. A
// comment that belongs to no function is an error.
func Find(root, word string, names func(word string) []string) ([]Test, error) {
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
	var tests []Test
	for folder, files := range folders {
		rel, err := filepath.Rel(root, folder)
		if err != nil {
			return nil, err
		}
		x := index{word: word + ": ", names: names, bodies: map[string][]ast.Node{}, named: map[string][]string{}}
		for _, path := range files {
			if err := x.add(path); err != nil {
				return nil, err
			}
		}
		tests = append(tests, x.tests(filepath.ToSlash(rel))...)
	}
	slices.SortFunc(tests, func(a, b Test) int { return strings.Compare(a.Folder+"\x00"+a.Name, b.Folder+"\x00"+b.Name) })
	return tests, nil
}

// index is what the test files of a folder hold. Functions are known by their name, methods by "." and theirs, whatever
// their type.
type index struct {
	word   string
	names  func(string) []string
	bodies map[string][]ast.Node
	named  map[string][]string
}

func (x *index) add(path string) error {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			x.bodies[key(fn)] = append(x.bodies[key(fn)], fn.Body)
		}
	}
	for _, group := range f.Comments {
		named := x.namedBy(group.Text())
		if len(named) == 0 {
			continue
		}
		fn := owner(f, group)
		if fn == nil {
			return fmt.Errorf("%s: the comment belongs to no function", fset.Position(group.Pos()))
		}
		x.named[key(fn)] = append(x.named[key(fn)], named...)
	}
	return nil
}

// namedBy returns what a comment names. The word begins a line or a word of it.
func (x *index) namedBy(comment string) (named []string) {
	for line := range strings.Lines(comment) {
		before, list, ok := strings.Cut(line, x.word)
		if !ok || before != "" && !strings.HasSuffix(before, " ") {
			continue
		}
		for word := range strings.FieldsSeq(list) {
			named = append(named, x.names(strings.Trim(word, ".,;()"))...)
		}
	}
	return named
}

func (x *index) tests(folder string) (tests []Test) {
	for name := range x.bodies {
		if !strings.HasPrefix(name, "Test") && !strings.HasPrefix(name, "Fuzz") && !strings.HasPrefix(name, "Example") {
			continue
		}
		t := Test{Folder: folder, Name: name}
		used := map[string]bool{}
		x.reach(name, used, &t.Harness)
		for fn := range used {
			t.Named = append(t.Named, x.named[fn]...)
		}
		if len(t.Named) == 0 {
			continue
		}
		slices.Sort(t.Named)
		t.Named = slices.Compact(t.Named)
		slices.Sort(t.Harness)
		t.Harness = slices.Compact(t.Harness)
		tests = append(tests, t)
	}
	return tests
}

// reach adds to used the functions that a function uses, itself included, and to harness those of dbtest.
func (x *index) reach(name string, used map[string]bool, harness *[]string) {
	if used[name] || len(x.bodies[name]) == 0 {
		return
	}
	used[name] = true
	var visit func(ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if pkg, ok := n.X.(*ast.Ident); ok && pkg.Name == "dbtest" {
				*harness = append(*harness, n.Sel.Name)
				return false
			}
			ast.Inspect(n.X, visit)
			x.reach("."+n.Sel.Name, used, harness)
			return false
		case *ast.Ident:
			x.reach(n.Name, used, harness)
		}
		return true
	}
	for _, body := range x.bodies[name] {
		ast.Inspect(body, visit)
	}
}

// owner returns the function that a comment documents or stands in.
func owner(f *ast.File, comment *ast.CommentGroup) *ast.FuncDecl {
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && (fn.Doc == comment || fn.Pos() <= comment.Pos() &&
			comment.Pos() <= fn.End()+1) {
			return fn
		}
	}
	return nil
}

func key(fn *ast.FuncDecl) string {
	if fn.Recv != nil {
		return "." + fn.Name.Name
	}
	return fn.Name.Name
}
