package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/schema"
)

// model is a generated model, as its source tells it.
type model struct {
	name, repo, proto string
	end               int        // the offset of its closing brace
	refs              []refField // its references, in their order
	rels              [][2]string
	fields            []string // that are added to it
}

// refField is a field that refers to another model.
type refField struct {
	field, to, column string
	key               bool
}

// withRelations returns the models with a Many for each reference and a ManyToMany for each pair of references in a
// key, which promgen leaves to people, and a file with the list of models and relations.
func withRelations(source []byte) (models, more []byte, err error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "models.go", source, 0)
	if err != nil {
		return nil, nil, err
	}
	list := modelsOf(fset, file)
	find := func(name string) *model {
		i := slices.IndexFunc(list, func(m *model) bool { return m.name == name })
		if i < 0 {
			return nil
		}
		return list[i]
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "package %s\n\nimport (\n\"github.com/prom-go/prom\"\n\"github.com/prom-go/prom/internal/fit/walk\"\n)\n\n",
		file.Name.Name)
	b.WriteString("var _ = prom.Plan\n\n")
	add := func(m *model, typ, tag, call string) {
		field := fmt.Sprintf("FitRows%d", len(m.fields))
		m.fields = append(m.fields, fmt.Sprintf("%s %s `prom:%s`\n", field, typ, strconv.Quote(tag)))
		m.rels = append(m.rels, [2]string{field, fmt.Sprintf("prom.%s(%s, &%s.%s)", call, m.proto, m.proto, field)})
	}
	for _, m := range list {
		for i, r := range m.refs {
			to := find(r.to)
			if to == nil {
				continue
			}
			add(to, "prom.Many["+m.name+"]", "via="+quoted(r.column), "ManyOf")
			for _, other := range m.refs[i+1:] {
				if r.key && other.key && find(other.to) != nil {
					add(to, "prom.ManyToMany["+other.to+", "+m.name+"]", "via="+quoted(r.column)+",to="+quoted(other.column),
						"ManyToManyOf")
				}
			}
		}
	}
	b.WriteString("// FitModels are the models and their relations.\nvar FitModels = []walk.Model{\n")
	for _, m := range list {
		fmt.Fprintf(&b, "walk.Of(%s", m.repo)
		for _, r := range m.rels {
			fmt.Fprintf(&b, ",\nwalk.Rel[%s](%q, %s)", m.name, r[0], r[1])
		}
		b.WriteString("),\n")
	}
	b.WriteString("}\n")
	slices.SortFunc(list, func(x, y *model) int { return y.end - x.end }) // from the end, so that offsets stay
	models = source
	for _, m := range list {
		models = slices.Concat(models[:m.end], []byte(strings.Join(m.fields, "")), models[m.end:])
	}
	if more, err = format.Source(b.Bytes()); err != nil {
		return nil, nil, fmt.Errorf("%w\n%s", err, b.Bytes())
	}
	return models, more, nil
}

func quoted(s string) string {
	if strings.ContainsAny(s, ",' ") {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return s
}

// modelsOf finds the models of a file by their repos, with their references and the handles of relations.
func modelsOf(fset *token.FileSet, file *ast.File) (list []*model) {
	structs := map[string]*ast.StructType{}
	values := map[string]ast.Expr{}
	var names []string
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range g.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if st, ok := s.Type.(*ast.StructType); ok {
					structs[s.Name.Name] = st
				}
			case *ast.ValueSpec:
				for i, n := range s.Names {
					if i < len(s.Values) {
						values[n.Name] = s.Values[i]
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	protos := map[string]*model{}
	byName := map[string]*model{}
	for _, n := range names {
		call, ok := values[n].(*ast.CallExpr)
		if !ok {
			continue
		}
		switch f, types := promFunc(call.Fun); {
		case f == "NewRepo" && structs[types] != nil:
			m := &model{name: types, repo: n, end: fset.Position(structs[types].Fields.Closing).Offset}
			m.refs = refsOf(structs[types])
			list = append(list, m)
			byName[types] = m
		case f == "Proto" && byName[types] != nil:
			byName[types].proto = n
			protos[n] = byName[types]
		case strings.HasSuffix(f, "RefOf") || f == "OneOf" || f == "ManyOf" || f == "ManyToManyOf":
			field := call.Args[1].(*ast.UnaryExpr).X.(*ast.SelectorExpr)
			if m := protos[call.Args[0].(*ast.Ident).Name]; m != nil {
				m.rels = append(m.rels, [2]string{field.Sel.Name, n})
			}
		}
	}
	return list
}

// promFunc returns the name of a function of package prom, and the first of its type arguments.
func promFunc(fun ast.Expr) (name, typ string) {
	if ix, ok := fun.(*ast.IndexExpr); ok {
		if id, ok := ix.Index.(*ast.Ident); ok {
			typ = id.Name
		}
		fun = ix.X
	}
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		if id, ok := sel.X.(*ast.Ident); ok && id.Name == "prom" {
			return sel.Sel.Name, typ
		}
	}
	return "", ""
}

// refsOf returns the fields of the types Ref and RefBy, and pointers to them.
func refsOf(st *ast.StructType) (refs []refField) {
	for _, f := range st.Fields.List {
		typ := f.Type
		if star, ok := typ.(*ast.StarExpr); ok {
			typ = star.X
		}
		var base, arg ast.Expr
		switch x := typ.(type) {
		case *ast.IndexExpr:
			base, arg = x.X, x.Index
		case *ast.IndexListExpr:
			base, arg = x.X, x.Indices[0]
		default:
			continue
		}
		name, _ := promFunc(base)
		to, ok := arg.(*ast.Ident)
		if name != "Ref" && name != "RefBy" || !ok || len(f.Names) != 1 {
			continue
		}
		r := refField{field: f.Names[0].Name, to: to.Name, column: schema.Snake(f.Names[0].Name)}
		if f.Tag != nil {
			text, _ := strconv.Unquote(f.Tag.Value)
			tag := reflect.StructTag(text).Get("prom")
			if column, ok := nameIn(tag); ok {
				r.column = column
			}
			r.key = slices.Contains(strings.Split(tag, ","), "key")
		}
		refs = append(refs, r)
	}
	return refs
}

// nameIn returns the value of the option name of a tag.
func nameIn(tag string) (string, bool) {
	rest, ok := strings.CutPrefix(tag, "name=")
	if !ok {
		return "", false
	}
	if !strings.HasPrefix(rest, "'") {
		name, _, _ := strings.Cut(rest, ",")
		return name, true
	}
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		if rest[i] == '\'' {
			if i+1 >= len(rest) || rest[i+1] != '\'' {
				break
			}
			i++
		}
		b.WriteByte(rest[i])
	}
	return b.String(), true
}
