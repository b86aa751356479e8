package modelgen

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// declared is a model as the source of promgen declares it.
type declared struct {
	name  string
	table *schema.Table
}

// parseSource reads what promgen has written, and refuses what it never writes: a declaration of another form, an
// import, a call, a comment that is a directive or takes more than a line.
func parseSource(pkg string, src []byte) (models map[string]*declared, comments string, err error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "models.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, "", err
	}
	if file.Name.Name != pkg {
		return nil, "", fmt.Errorf("the package is %s", file.Name.Name)
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if !strings.HasPrefix(c.Text, "// ") {
				return nil, "", fmt.Errorf("the comment %q", c.Text)
			}
			comments += c.Text + "\n"
		}
	}
	p := sourceParser{src: src, files: files, models: map[string]*declared{}, structs: map[string]*ast.StructType{},
		named: map[string]string{}, repos: map[string]bool{}, enums: map[string]bool{}}
	for _, d := range file.Decls {
		if err := p.declaration(d); err != nil {
			return nil, "", fmt.Errorf("%s: %w", files.Position(d.Pos()), err)
		}
	}
	for name, s := range p.structs {
		t, err := p.model(name, s)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", name, err)
		}
		if !p.repos[name] {
			return nil, "", fmt.Errorf("%s has no repo", name)
		}
		p.models[t.Name] = &declared{name: name, table: t}
	}
	return p.models, comments, nil
}

type sourceParser struct {
	src     []byte
	files   *token.FileSet
	models  map[string]*declared
	structs map[string]*ast.StructType
	named   map[string]string // tables by struct
	repos   map[string]bool   // by struct
	enums   map[string]bool   // types
}

var imports = []string{`"encoding/json"`, `"time"`, `"github.com/prom-go/prom"`}

func (p *sourceParser) declaration(d ast.Decl) error {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.Name == "Values" {
			return p.values(d)
		}
		return p.tableName(d)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.ImportSpec:
				if spec.Name != nil || !slices.Contains(imports, spec.Path.Value) {
					return fmt.Errorf("the import %s", spec.Path.Value)
				}
			case *ast.TypeSpec:
				if types.ExprString(spec.Type) == "string" && !spec.Assign.IsValid() && spec.TypeParams == nil {
					p.enums[spec.Name.Name] = true
					continue
				}
				s, ok := spec.Type.(*ast.StructType)
				if !ok || spec.Assign.IsValid() || spec.TypeParams != nil || p.structs[spec.Name.Name] != nil {
					return fmt.Errorf("the type %s", spec.Name.Name)
				}
				p.structs[spec.Name.Name] = s
			case *ast.ValueSpec:
				if d.Tok == token.CONST {
					if err := p.constant(spec); err != nil {
						return err
					}
					continue
				}
				if d.Tok != token.VAR || len(spec.Names) != 1 || len(spec.Values) != 1 || spec.Type != nil {
					return fmt.Errorf("the variable %s", spec.Names[0].Name)
				}
				v := spec.Values[0]
				text := p.src[p.files.Position(v.Pos()).Offset:p.files.Position(v.End()).Offset]
				if err := p.variable(strings.Join(strings.Fields(string(text)), " ")); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// constant reads a value of an enum, a quoted text.
func (p *sourceParser) constant(spec *ast.ValueSpec) error {
	if len(spec.Names) != 1 || len(spec.Values) != 1 || spec.Type == nil || !p.enums[types.ExprString(spec.Type)] {
		return fmt.Errorf("the constant %s", spec.Names[0].Name)
	}
	lit, ok := spec.Values[0].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return fmt.Errorf("the constant %s", spec.Names[0].Name)
	}
	_, err := strconv.Unquote(lit.Value)
	return err
}

// values reads the method Values of an enum, which returns its constants.
func (p *sourceParser) values(d *ast.FuncDecl) error {
	bad := fmt.Errorf("the function %s", d.Name.Name)
	if d.Recv == nil || len(d.Recv.List) != 1 || len(d.Body.List) != 1 {
		return bad
	}
	name := types.ExprString(d.Recv.List[0].Type)
	ret, ok := d.Body.List[0].(*ast.ReturnStmt)
	if !p.enums[name] || types.ExprString(d.Type) != "func() []"+name || !ok || len(ret.Results) != 1 {
		return bad
	}
	list, ok := ret.Results[0].(*ast.CompositeLit)
	if !ok || types.ExprString(list.Type) != "[]"+name {
		return bad
	}
	for _, e := range list.Elts {
		if _, ok := e.(*ast.Ident); !ok {
			return bad
		}
	}
	return nil
}

// tableName reads the method TableName, which returns one quoted text.
func (p *sourceParser) tableName(d *ast.FuncDecl) error {
	bad := fmt.Errorf("the function %s", d.Name.Name)
	if d.Name.Name != "TableName" || d.Recv == nil || len(d.Recv.List) != 1 || len(d.Body.List) != 1 ||
		types.ExprString(d.Type) != "func() string" {
		return bad
	}
	ret, ok := d.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return bad
	}
	lit, ok := ret.Results[0].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return bad
	}
	name, err := strconv.Unquote(lit.Value)
	p.named[types.ExprString(d.Recv.List[0].Type)] = name
	return err
}

var (
	repoValue   = regexp.MustCompile(`^prom\.NewRepo\[([\p{L}\p{Nd}_]+)\]\(\)$`)
	handleValue = regexp.MustCompile(`^prom\.(\w+Of\([\pL\p{Nd}_]+, &[\pL\p{Nd}_]+\.[\pL\p{Nd}_]+\)|Proto\[[\pL\p{Nd}_]+\]\(\))$`)
)

func (p *sourceParser) variable(value string) error {
	if m := repoValue.FindStringSubmatch(value); m != nil {
		p.repos[m[1]] = true
		return nil
	}
	if !handleValue.MatchString(value) {
		return fmt.Errorf("the value %s", value)
	}
	return nil
}

// model makes what prom makes of a struct.
func (p *sourceParser) model(name string, s *ast.StructType) (*schema.Table, error) {
	var list []reflect.StructField
	for _, f := range s.Fields.List {
		typ := types.ExprString(f.Type)
		if typ == "prom.Model" || typ == "prom.UUIDModel" {
			id := reflect.TypeFor[int64]()
			if typ == "prom.UUIDModel" {
				id = reflect.TypeFor[prom.UUID]()
			}
			times := reflect.TypeFor[time.Time]()
			list = append(list,
				reflect.StructField{Name: "ID", Type: id, Tag: `prom:"_id,key,auto"`},
				reflect.StructField{Name: "Created", Type: times, Tag: `prom:"_created,created"`},
				reflect.StructField{Name: "Updated", Type: times, Tag: `prom:"_updated,updated"`})
			continue
		}
		if relationType.MatchString(typ) {
			continue
		}
		field := reflect.StructField{Name: f.Names[0].Name}
		if field.Name == "_" {
			field.PkgPath = "main"
		}
		var err error
		bare := strings.TrimPrefix(strings.TrimPrefix(typ, "*"), "[]")
		isEnum := p.enums[bare]
		if isEnum {
			typ = strings.TrimSuffix(typ, bare) + "string"
		}
		if field.Type, err = goType(typ); err != nil {
			return nil, err
		}
		if f.Tag != nil {
			text, err := strconv.Unquote(f.Tag.Value)
			if err != nil {
				return nil, err
			}
			value := reflect.StructTag(text).Get("prom")
			if text != "prom:"+strconv.Quote(value) {
				return nil, fmt.Errorf("the tag %s", f.Tag.Value)
			}
			if refType.MatchString(strings.TrimPrefix(typ, "*")) {
				text = "prom:" + strconv.Quote(actionTags.ReplaceAllString(value, "")) // which are for references alone
			}
			if isEnum { // whose values a type that is made here has none of
				text = "prom:" + strconv.Quote(enumTag.ReplaceAllString(value, ""))
			}
			field.Tag = reflect.StructTag(text)
		}
		list = append(list, field)
	}
	table, ok := p.named[name]
	if !ok {
		table = schema.Snake(name)
	}
	return schema.OfNamed(reflect.StructOf(list), table)
}

var refType = regexp.MustCompile(`^prom\.Ref(By)?\[[\p{L}\p{Nd}_]+(, ([\w.]+))?\]$`)

var actionTags = regexp.MustCompile(`(^|,)((ondelete|onupdate)=(cascade|restrict|no action|set null|set default)|deferrable(=deferred|=no)?)`)

var relationType = regexp.MustCompile(`^prom\.(Many|CompositeRef)\[[\p{L}\p{Nd}_]+\]$`)

var enumTag = regexp.MustCompile(`(^|,)(enum|type)=('(?:[^']|'')*'|[^,]*)`)

// goType returns the type of a field that promgen writes, that of its key for a reference.
func goType(s string) (reflect.Type, error) {
	if elem, ok := strings.CutPrefix(s, "*"); ok {
		t, err := goType(elem)
		if err != nil {
			return nil, err
		}
		return reflect.PointerTo(t), nil
	}
	if m := refType.FindStringSubmatch(s); m != nil && m[1] == "" {
		return reflect.TypeFor[int64](), nil
	} else if m != nil {
		return goType(m[3])
	}
	if s == "struct{}" {
		return reflect.TypeFor[struct{}](), nil
	}
	known := map[string]reflect.Type{"json.RawMessage": reflect.TypeFor[json.RawMessage]()}
	for _, gt := range goTypes {
		known[gt.typ] = gt.is
	}
	if t := known[s]; t != nil {
		return t, nil
	}
	if elem, ok := strings.CutPrefix(s, "[]"); ok && known[elem] != nil {
		return reflect.SliceOf(known[elem]), nil
	}
	return nil, fmt.Errorf("the type %s", s)
}
