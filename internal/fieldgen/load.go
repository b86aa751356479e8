package fieldgen

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// listed is what the go command says of a package.
type listed struct {
	ImportPath, Name, Export string
	GoFiles, CgoFiles        []string
	TestGoFiles              []string
	Incomplete               bool
	Error                    *struct{ Err string }
}

// loaded is a package whose source was read: its types, which do not know what the file of handles declares, and what
// is wrong with it besides.
type loaded struct {
	fset   *token.FileSet
	files  []*ast.File
	pkg    *types.Package
	info   *types.Info
	errs   []types.Error
	names  map[string]token.Position // names that a declaration of the package cannot have
	dir    string
	output string // the file's base name

	find types.Importer
}

// load reads the package in a folder, without the file of that name.
func load(dir, output string) (*loaded, error) {
	list, err := goList(dir, "-e", "--", ".")
	if err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, fmt.Errorf("%s is no folder of one package", dir)
	}
	p := &loaded{
		fset: token.NewFileSet(), dir: dir, output: output, names: map[string]token.Position{},
		info: &types.Info{Uses: map[*ast.Ident]types.Object{}, Instances: map[*ast.Ident]types.Instance{}},
	}
	imports := map[string]bool{promPath: true}
	sources := slices.DeleteFunc(slices.Concat(list[0].GoFiles, list[0].CgoFiles),
		func(name string) bool { return name == output })
	if len(sources) == 0 {
		if list[0].Error != nil {
			return nil, errors.New(strings.TrimSpace(list[0].Error.Err))
		}
		return nil, fmt.Errorf("%s has no Go files but those of tests", dir)
	}
	for _, name := range sources {
		file, err := p.parse(name)
		if err != nil {
			return nil, err
		}
		p.files = append(p.files, file)
		for _, spec := range file.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil && path != "C" && path != "unsafe" {
				imports[path] = true
			}
		}
	}
	for _, name := range list[0].TestGoFiles { // which share its names
		file, err := p.parse(name)
		if err != nil {
			return nil, err
		}
		p.declares(file)
	}
	if err := p.imports(slices.Sorted(maps.Keys(imports))); err != nil {
		return nil, err
	}
	return p, p.check(list[0].ImportPath)
}

func (p *loaded) parse(name string) (*ast.File, error) {
	return parser.ParseFile(p.fset, filepath.Join(p.dir, name), nil, parser.SkipObjectResolution)
}

// declares notes the names that a file has at the top, those of its imports included, which hide others.
func (p *loaded) declares(file *ast.File) {
	note := func(id *ast.Ident) { p.names[id.Name] = p.fset.Position(id.Pos()) }
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				note(d.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					note(s.Name)
				case *ast.ValueSpec:
					for _, id := range s.Names {
						note(id)
					}
				case *ast.ImportSpec:
					if s.Name != nil {
						note(s.Name)
					} else if path, err := strconv.Unquote(s.Path.Value); err == nil {
						name := path[strings.LastIndex(path, "/")+1:] // of most; the others are known by their types
						p.names[name] = p.fset.Position(s.Pos())
					}
				}
			}
		}
	}
}

// imports makes the importer of what the compiler has made of packages.
func (p *loaded) imports(paths []string) error {
	list, err := goList(p.dir, append([]string{"-e", "-export", "-deps", "--"}, paths...)...)
	if err != nil {
		return err
	}
	exports := map[string]string{}
	for _, l := range list {
		if l.Error != nil && slices.Contains(paths, l.ImportPath) {
			return fmt.Errorf("import %q: %s", l.ImportPath, strings.TrimSpace(l.Error.Err))
		}
		exports[l.ImportPath] = l.Export
	}
	p.find = importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("the package %q does not compile", path)
		}
		return os.Open(exports[path])
	})
	return nil
}

// check finds the types of the package. What uses handles that are not written yet is wrong, and of no concern.
func (p *loaded) check(path string) error {
	config := types.Config{
		Importer: p.find, FakeImportC: true,
		Error: func(err error) {
			var e types.Error
			if errors.As(err, &e) {
				p.errs = append(p.errs, e)
			}
		},
	}
	p.pkg, _ = config.Check(path, p.fset, p.files, p.info)
	for _, e := range p.errs {
		if strings.HasPrefix(e.Msg, "could not import") {
			return fmt.Errorf("%s: %s", p.fset.Position(e.Pos), e.Msg)
		}
	}
	for _, name := range p.pkg.Scope().Names() {
		p.names[name] = p.fset.Position(p.pkg.Scope().Lookup(name).Pos())
	}
	for _, file := range p.files {
		p.declares(file)
	}
	for _, imported := range p.pkg.Imports() {
		if _, known := p.names[imported.Name()]; !known {
			p.names[imported.Name()] = token.Position{}
		}
	}
	return nil
}

// goList runs go list -json in a folder.
func goList(dir string, args ...string) ([]listed, error) {
	fields := "-json=ImportPath,Name,Export,GoFiles,CgoFiles,TestGoFiles,Incomplete,Error"
	cmd := exec.Command("go", append([]string{"list", fields}, args...)...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	var list []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var l listed
		if err := decoder.Decode(&l); err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		list = append(list, l)
	}
	return list, nil
}
