package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// public are the folders of the packages that programs may import, those of nested modules too.
var public = []string{".", "audit", "conn", "dialect", "outbox", "promtest", "query", "schema",
	"promcli", "promotel", "promotel/promprometheus", "promseed", "promvector", "promvet"}

// Ensure that every exported name of every package that can be imported is documented: functions, methods and types by
// a comment that begins with the name, and each field of a struct, method of an interface, constant and variable by a
// comment of its own, or by one in its group that names it. The packages of the engines are held to the same, but for
// fields and constants.
func TestExportedDocs(t *testing.T) {
	t.Parallel()
	engines := []string{"dialect/postgres", "dialect/sqlite", "internal/db", "internal/db/driver",
		"internal/db/postgres", "internal/db/sqlite", "internal/dsn"}
	for _, dir := range slices.Concat(public, engines) {
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
			if slices.Contains(public, dir) {
				for _, name := range undocumentedParts(file) {
					t.Errorf("%s: %s has no comment", path, name)
				}
			}
		}
		if !packageDoc {
			t.Errorf("%s: the package has no comment", dir)
		}
	}
}

// Ensure that what users name is declared in package prom, so that go doc prints it with its methods and messages of
// the compiler speak of it: no exported name is another name for a type of a package below, and no signature or field
// names a type of an internal one. Packages query and conn have names of package prom alone.
func TestDeclaredInRoot(t *testing.T) {
	t.Parallel()
	fset := token.NewFileSet()
	imports := exported(t, fset, module, module+"/query", module+"/conn")
	for _, path := range []string{module, module + "/query", module + "/conn"} {
		pkg, err := imports.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range pkg.Scope().Names() {
			obj := pkg.Scope().Lookup(name)
			if !obj.Exported() {
				continue
			}
			if typ, ok := obj.(*types.TypeName); ok && typ.IsAlias() {
				if of := below(types.Unalias(typ.Type()), ""); of != "" {
					t.Errorf("%s.%s is another name for %s, whose documentation and methods go doc does not print", pkg.Name(), name,
						of)
				}
				continue
			}
			for _, part := range exportedParts(obj) {
				if of := below(part.Type(), "/internal/"); of != "" {
					t.Errorf("%s.%s: %s has the type %s, which nobody else can name", pkg.Name(), name, part.Name(), of)
				}
			}
		}
	}
}

// below returns the type of a package of this module below the root that a type is made of, in a folder of that name,
// or "" when there is none.
func below(t types.Type, in string) string {
	switch t := t.(type) {
	case *types.Alias:
		return below(t.Rhs(), in)
	case *types.Named:
		if p := t.Obj().Pkg(); p != nil && strings.HasPrefix(p.Path(), module+"/") && strings.Contains(p.Path(), in) {
			return p.Path() + "." + t.Obj().Name()
		}
		for arg := range t.TypeArgs().Types() {
			if of := below(arg, in); of != "" {
				return of
			}
		}
	case *types.Map:
		return below(t.Key(), in) + below(t.Elem(), in)
	case *types.Signature:
		for v := range t.Params().Variables() {
			if of := below(v.Type(), in); of != "" {
				return of
			}
		}
		for v := range t.Results().Variables() {
			if of := below(v.Type(), in); of != "" {
				return of
			}
		}
	case interface{ Elem() types.Type }:
		return below(t.Elem(), in)
	}
	return ""
}

// exportedParts returns a name with the exported methods and fields that it has.
func exportedParts(obj types.Object) []types.Object {
	typ, ok := obj.(*types.TypeName)
	if !ok {
		return []types.Object{obj}
	}
	var parts []types.Object
	if named, ok := typ.Type().(*types.Named); ok {
		for m := range named.Methods() {
			if m.Exported() {
				parts = append(parts, m)
			}
		}
	}
	if s, ok := typ.Type().Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Exported() {
				parts = append(parts, f)
			}
		}
	}
	return parts
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

// undocumentedParts returns the exported fields, methods of interfaces, constants, variables and types of groups that
// have no comment, neither of their own nor one in their group that names them.
func undocumentedParts(file *ast.File) []string {
	var names []string
	for _, decl := range file.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		group := d.Doc.Text()
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.ValueSpec:
				group += s.Doc.Text()
				for _, id := range s.Names {
					if id.IsExported() && s.Doc == nil && s.Comment == nil && !mentions(group, id.Name) {
						names = append(names, id.Name)
					}
				}
			case *ast.TypeSpec:
				if !s.Name.IsExported() {
					continue
				}
				if d.Lparen != token.NoPos && !begins(s.Doc, s.Name.Name) && s.Comment == nil {
					names = append(names, s.Name.Name)
				}
				names = append(names, undocumentedFields(s)...)
			}
		}
	}
	return names
}

func undocumentedFields(s *ast.TypeSpec) []string {
	var list *ast.FieldList
	switch typ := s.Type.(type) {
	case *ast.StructType:
		list = typ.Fields
	case *ast.InterfaceType:
		list = typ.Methods
	default:
		return nil
	}
	var names []string
	group := ""
	for _, f := range list.List {
		group += f.Doc.Text()
		for _, id := range f.Names {
			if id.IsExported() && f.Doc == nil && f.Comment == nil && !mentions(group, id.Name) {
				names = append(names, s.Name.Name+"."+id.Name)
			}
		}
	}
	return names
}

// mentions reports whether a comment has a name as a word.
func mentions(comment, name string) bool {
	return regexp.MustCompile(`\b` + name + `\b`).MatchString(comment)
}

// wordsOf returns the words of a text.
func wordsOf(text string) map[string]bool {
	words := map[string]bool{}
	for _, word := range regexp.MustCompile(`\w+`).FindAllString(text, -1) {
		words[word] = true
	}
	return words
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

// Ensure that what the comment of package prom names is used in an example of the package, and each of its functions in
// an example or on a page.
func TestExportedExamples(t *testing.T) {
	t.Parallel()
	examples := ""
	for _, f := range glob(t, "example*_test.go") {
		examples += readPage(t, f)
	}
	written := examples
	for _, page := range pages(t) {
		if !strings.HasPrefix(page, "CHANGELOG") {
			written += readPage(t, page)
		}
	}
	inExamples, inText := wordsOf(examples), wordsOf(written)
	fset := token.NewFileSet()
	pkg, err := exported(t, fset, module).Import(module)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`\[(?:\w+\.)?([A-Z]\w*)\]`).FindAllStringSubmatch(readPage(t, "doc.go"), -1) {
		if !inExamples[m[1]] {
			t.Errorf("doc.go names %s, which is in no example", m[1])
		}
	}
	for _, name := range pkg.Scope().Names() {
		if _, ok := pkg.Scope().Lookup(name).(*types.Func); ok && ast.IsExported(name) && !inText[name] {
			t.Errorf("%s is in no example and on no page", name)
		}
	}
}
