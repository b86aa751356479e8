package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// test is a function of a test file that names rows.
type test struct {
	pkg  string // its folder, from the root
	name string
	rows []int
}

// findTests reads the test files of the module, and returns the tests that name rows.
func findTests(root string) ([]test, error) {
	var tests []test
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "bench" || len(d.Name()) > 1 && d.Name()[0] == '.'):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		pkg, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		found, err := testsOf(filepath.ToSlash(pkg), path)
		tests = append(tests, found...)
		return err
	})
	slices.SortFunc(tests, func(a, b test) int { return strings.Compare(a.pkg+"\x00"+a.name, b.pkg+"\x00"+b.name) })
	return tests, err
}

// testsOf returns the tests of a file that name rows in their comment or in one of their body.
func testsOf(pkg, path string) ([]test, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var tests []test
	for _, group := range f.Comments {
		rows := rowsOf(group.Text())
		if len(rows) == 0 {
			continue
		}
		fn := owner(f, group)
		if fn == nil || !strings.HasPrefix(fn.Name.Name, "Test") && !strings.HasPrefix(fn.Name.Name, "Fuzz") {
			return nil, fmt.Errorf("%s: the comment belongs to no test", fset.Position(group.Pos()))
		}
		tests = append(tests, test{pkg: pkg, name: fn.Name.Name, rows: rows})
	}
	return tests, nil
}

// rowsOf returns the numbers that a comment names behind "suite: ", to the first word that is none.
func rowsOf(comment string) []int {
	var rows []int
	for line := range strings.Lines(comment) {
		before, list, ok := strings.Cut(line, "suite: ")
		if !ok || before != "" && !strings.HasSuffix(before, " ") {
			continue
		}
		for word := range strings.FieldsSeq(list) {
			no, err := strconv.Atoi(strings.Trim(word, ".,;"))
			if err != nil {
				break
			}
			rows = append(rows, no)
		}
	}
	return rows
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
