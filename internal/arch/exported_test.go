package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// Ensure that every exported name of every package that can be imported is documented, and that the comment of a
// function, a method or a type begins with its name.
func TestExportedDocs(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{".", "conn", "dialect", "dialect/postgres", "dialect/sqlite", "query", "schema", "promtest", "promvet", "internal/db", "internal/db/driver", "internal/db/postgres", "internal/db/sqlite", "internal/dsn"} {
		packageDoc := false
		for _, path := range glob(t, filepath.Join(dir, "*.go")) {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, filepath.Join(root, path), nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			packageDoc = packageDoc || file.Doc != nil
			for _, name := range undocumented(file) {
				t.Errorf("%s: %s is not documented, or its comment does not begin with its name", path, name)
			}
		}
		if !packageDoc {
			t.Errorf("%s: the package has no comment", dir)
		}
	}
}

// undocumented returns the exported names of a file that have no comment of their own or of their group.
func undocumented(file *ast.File) []string {
	var names []string
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && exportedReceiver(d) && !begins(d.Doc, d.Name.Name) {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					own := begins(s.Doc, s.Name.Name) || d.Lparen == token.NoPos && begins(d.Doc, s.Name.Name)
					if s.Name.IsExported() && !own && (d.Lparen == token.NoPos || d.Doc == nil) {
						names = append(names, s.Name.Name)
					}
				case *ast.ValueSpec:
					if s.Names[0].IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
						names = append(names, s.Names[0].Name)
					}
				}
			}
		}
	}
	return names
}

// exportedReceiver reports whether a function is no method, or one of an exported type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	name := ""
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return name == ""
	})
	return ast.IsExported(name)
}

func begins(doc *ast.CommentGroup, name string) bool {
	return doc != nil && strings.HasPrefix(doc.Text(), name)
}
