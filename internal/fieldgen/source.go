package fieldgen

import (
	"bytes"
	"fmt"
	"go/format"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Source returns the text of the file of handles, formatted. The same package gives the same text.
func Source(o Options) ([]byte, error) {
	p, err := load(o.Dir, o.Output)
	if err != nil {
		return nil, err
	}
	models, err := p.models(o.Types)
	if err != nil {
		return nil, err
	}
	codecs, err := p.codecsOf(o)
	if err != nil {
		return nil, err
	}
	k, err := newKinds(p.find)
	if err != nil {
		return nil, err
	}
	w := writer{loaded: p, export: o.Export, imports: map[string]string{}, made: map[string]bool{}}
	w.importName(promPath, "prom")
	for _, model := range models {
		r := reader{loaded: p, model: model, codecs: codecs, kinds: k}
		if err := r.structFields(model.Underlying().(*types.Struct), nil, -1); err != nil {
			return nil, err
		}
		if err := w.model(model, r.handles); err != nil {
			return nil, err
		}
	}
	return w.file()
}

// codecsOf returns the types with a codec of their own. One that is registered when the handles have been made already
// comes too late.
func (p *loaded) codecsOf(o Options) (map[*types.TypeName]token.Position, error) {
	codecs := p.codecs()
	for name, at := range codecs {
		if file := at.Filename[strings.LastIndexAny(at.Filename, `/\`)+1:]; file > o.Output {
			return nil, fmt.Errorf("%s: the codec of %s is registered after the handles of %s are made, since package variables are made in the order "+
				"of the files' names: name a file by -o that comes behind %s", at, name.Name(), o.Output, file)
		}
	}
	for _, name := range o.Codecs {
		pkg, local := p.pkg, name
		if of, own, ok := strings.Cut(name, "."); ok {
			i := slices.IndexFunc(p.pkg.Imports(), func(i *types.Package) bool { return i.Name() == of })
			if i < 0 {
				return nil, fmt.Errorf("-codecs %s: the package %s imports no %s", name, p.pkg.Name(), of)
			}
			pkg, local = p.pkg.Imports()[i], own
		}
		typ, ok := pkg.Scope().Lookup(local).(*types.TypeName)
		if !ok {
			return nil, fmt.Errorf("-codecs %s: there is no such type", name)
		}
		codecs[typ] = token.Position{}
	}
	return codecs, nil
}

// writer writes the file.
type writer struct {
	*loaded
	export  bool
	body    bytes.Buffer
	imports map[string]string // names by path
	made    map[string]bool   // names that the file declares
}

func (w *writer) printf(format string, args ...any) { fmt.Fprintf(&w.body, format, args...) }

// importName returns the name by which a package is imported.
func (w *writer) importName(path, name string) string {
	if known, ok := w.imports[path]; ok {
		return known
	}
	free := name
	taken := func() bool {
		for p, n := range w.imports {
			if n == free && p != path {
				return true
			}
		}
		return w.made[free] || w.pkg.Scope().Lookup(free) != nil
	}
	for n := 2; taken(); n++ {
		free = name + strconv.Itoa(n)
	}
	w.imports[path] = free
	return free
}

// typeText writes a type as the file has to.
func (w *writer) typeText(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == w.pkg {
			return ""
		}
		return w.importName(p.Path(), p.Name())
	})
}

// hidden returns a type of another package that is not exported, "" when there is none in the types.
func (w *writer) hidden(list []types.Type) string {
	for _, t := range list {
		parts := []types.Type{}
		switch t := t.(type) {
		case interface {
			Obj() *types.TypeName
			TypeArgs() *types.TypeList
		}:
			if obj := t.Obj(); obj.Pkg() != nil && obj.Pkg() != w.pkg && !obj.Exported() {
				return obj.Pkg().Name() + "." + obj.Name()
			}
			parts = slices.AppendSeq(parts, t.TypeArgs().Types())
		case *types.Map:
			parts = append(parts, t.Key(), t.Elem())
		case interface{ Elem() types.Type }:
			parts = append(parts, t.Elem())
		}
		if hidden := w.hidden(parts); hidden != "" {
			return hidden
		}
	}
	return ""
}

// model writes the handles of one model.
func (w *writer) model(model *types.Named, handles []handle) error {
	name := model.Obj().Name()
	variable, typ, err := w.namesOf(model)
	if err != nil {
		return err
	}
	used := map[string]bool{"Proto": true}
	for i := range handles {
		h := &handles[i]
		if h.name = strings.Join(h.path[h.from:], ""); used[h.name] {
			h.name = strings.Join(h.path, "_")
		}
		if used[h.name] {
			h.name += "Field"
		}
		used[h.name] = true
		if hidden := w.hidden(h.args); hidden != "" && h.note == "" {
			h.note = "has no handle, since other packages cannot name the type " + hidden
		}
	}
	prom := w.imports[promPath]
	w.printf("\n// %s are the handles of %s, and its prototype.\ntype %s struct {\nProto *%s\n", typ, name, typ, name)
	for _, h := range handles {
		if h.note != "" {
			w.printf("// %s %s.\n", strings.Join(h.path, "."), h.note)
			continue
		}
		args := "*" + name
		for _, a := range h.args {
			args += ", " + w.typeText(a)
		}
		w.printf("%s *%s.%s[%s]\n", h.name, prom, h.typ, args)
	}
	w.printf("}\n\n// %s has the handles of %s.\nvar %s = func(m *%s) %s {\nreturn %s{\nProto: m,\n", variable, name,
		variable, name, typ, typ)
	for _, h := range handles {
		if h.note == "" {
			w.printf("%s: %s.%s(m, &m.%s),\n", h.name, prom, h.make, w.selector(model, h.path))
		}
	}
	w.printf("}\n}(%s.Proto[%s]())\n", prom, name)
	return nil
}

// selector returns how a field is reached: by its name alone where that is promoted, and is not another field's.
func (w *writer) selector(model *types.Named, path []string) string {
	last := path[len(path)-1]
	obj, promoted, _ := types.LookupFieldOrMethod(types.NewPointer(model), true, w.pkg, last)
	at, index := types.Type(model), []int(nil)
	for _, name := range path {
		s := at.Underlying().(*types.Struct)
		for i := range s.NumFields() {
			if s.Field(i).Name() == name {
				at, index = s.Field(i).Type(), append(index, i)
				break
			}
		}
	}
	if obj != nil && slices.Equal(index, promoted) { // without an object the name is ambiguous
		return last
	}
	return strings.Join(path, ".")
}

// namesOf returns the names of a model's variable and of its type.
func (w *writer) namesOf(model *types.Named) (variable, typ string, err error) {
	name := model.Obj().Name()
	low := lower(name)
	typ, variable = low+"Fields", low
	if w.export {
		variable = upper(name) + "Fields"
	} else if w.taken(low) {
		variable, typ = low+"Fields", low+"FieldSet"
	}
	for _, n := range []string{variable, typ} {
		if w.taken(n) {
			return "", "", fmt.Errorf("%s: the handles of %s need the name %s, which is that of %s",
				w.fset.Position(model.Obj().Pos()), name, n, w.owner(n))
		}
		w.names[n], w.made[n] = w.fset.Position(model.Obj().Pos()), true
	}
	return variable, typ, nil
}

// taken reports whether the package cannot declare a name, or should not.
func (w *writer) taken(name string) bool {
	_, declared := w.names[name]
	return declared || token.IsKeyword(name) || types.Universe.Lookup(name) != nil || name == "init" || name == "main" ||
		w.imported(name)
}

func (w *writer) imported(name string) bool {
	for _, n := range w.imports {
		if n == name {
			return true
		}
	}
	return false
}

// owner says what has a name already.
func (w *writer) owner(name string) string {
	if at := w.names[name]; at.IsValid() {
		return "what is declared at " + at.String()
	}
	return "an import or of Go itself"
}

// lower returns a name that begins with a small letter: book, url, httpLog.
func lower(name string) string {
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsUpper(r) || i > 0 && i+1 < len(runes) && unicode.IsLower(runes[i+1]) {
			break
		}
		runes[i] = unicode.ToLower(r)
	}
	return string(runes)
}

func upper(name string) string {
	runes := []rune(name)
	runes[0] = unicode.ToUpper(runes[0])
	return string(runes)
}

// file returns the whole file.
func (w *writer) file() ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s\n\npackage %s\n\nimport (\n", header, w.pkg.Name())
	var std, others []string
	for path, name := range w.imports {
		line := strconv.Quote(path)
		if pkg, err := w.find.Import(path); err == nil && pkg.Name() != name || err != nil {
			line = name + " " + line
		}
		if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
			others = append(others, line)
		} else {
			std = append(std, line)
		}
	}
	slices.Sort(std)
	slices.Sort(others)
	for _, group := range [][]string{std, others} {
		fmt.Fprintf(&out, "%s\n\n", strings.Join(group, "\n"))
	}
	out.WriteString(")\n")
	out.Write(w.body.Bytes())
	text, err := format.Source(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("the handles do not parse: %w", err)
	}
	return text, nil
}
