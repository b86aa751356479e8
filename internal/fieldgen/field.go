package fieldgen

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"github.com/prom-go/prom/schema"
)

// handle is a field of a model with its handle.
type handle struct {
	name string   // among the handles of the model
	path []string // of fields, from the model
	from int      // which of the path is the first to be part of the name: the field itself, or a struct that embed names
	make string   // the constructor
	typ  string   // of the handle, without the package and the type arguments
	args []types.Type
	note string // why there is no handle; then the rest is empty
}

// reader reads the fields of one model.
type reader struct {
	*loaded
	model   *types.Named
	codecs  map[*types.TypeName]token.Position
	kinds   *kinds
	handles []handle
}

// structFields adds the fields of a struct that begins at a path of the model.
func (r *reader) structFields(s *types.Struct, path []string, from int) error {
	if len(path) > maxDepth {
		return fmt.Errorf("%s: %s embeds itself", r.fset.Position(r.model.Obj().Pos()), r.model.Obj().Name())
	}
	for i := range s.NumFields() {
		f := s.Field(i)
		text := reflect.StructTag(s.Tag(i)).Get("prom")
		_, tagged := reflect.StructTag(s.Tag(i)).Lookup("prom")
		tag, err := schema.ReadTag(text)
		if err != nil {
			return r.fail(f, "tag prom:%q: %w", text, err)
		}
		at := append(path[:len(path):len(path)], f.Name())
		from := from
		if from < 0 && !f.Embedded() {
			from = len(path)
		}
		switch {
		case f.Name() == "_" || tag.Skip || isProm(f.Type(), "Tracker"):
		case types.Unalias(f.Type()) == types.Typ[types.Invalid]:
			return r.invalid(f)
		case tag.Has("embed"), f.Embedded() && !tagged && r.kinds.flattens(f.Type(), r.codecs):
			inner, ok := f.Type().Underlying().(*types.Struct)
			if !ok {
				return r.fail(f, "embed is for structs, not for %s", f.Type())
			}
			if tag.Value("embed") != "" && from < 0 {
				from = len(path)
			}
			if err := r.structFields(inner, at, from); err != nil {
				return err
			}
		case !f.Exported():
			if tagged {
				return r.fail(f, "an unexported field cannot be a column")
			}
		case tag.Has("computed"):
			r.handles = append(r.handles, handle{path: at, from: len(path),
				note: "is computed, so that it has no handle: give its address in Proto to Compute"})
		default:
			h, err := r.kinds.handleOf(f.Type(), tag, r.codecs)
			if err != nil {
				return r.fail(f, "%w", err)
			}
			h.path, h.from = at, max(from, 0)
			if from < 0 {
				h.from = len(path)
			}
			r.handles = append(r.handles, h)
		}
	}
	return nil
}

func (r *reader) fail(f *types.Var, format string, args ...any) error {
	return fmt.Errorf("%s: field %s: %w", r.fset.Position(f.Pos()), f.Name(), fmt.Errorf(format, args...))
}

// invalid tells why the type of a field is not known.
func (r *reader) invalid(f *types.Var) error {
	at := r.fset.Position(f.Pos())
	for _, e := range r.errs {
		if pos := r.fset.Position(e.Pos); pos.Filename == at.Filename && pos.Line == at.Line {
			return fmt.Errorf("%s: field %s: %s", pos, f.Name(), e.Msg)
		}
	}
	return r.fail(f, "its type is not known")
}

// kinds knows which handle a Go type has, by the rules of package schema.
type kinds struct {
	scanner, valuer, marshaler, unmarshaler, jsonMarshaler *types.Interface
}

func newKinds(find types.Importer) (*kinds, error) {
	var err error
	lookup := func(path, name string) *types.Interface {
		pkg, e := find.Import(path)
		if e != nil {
			err = e
			return nil
		}
		return pkg.Scope().Lookup(name).Type().Underlying().(*types.Interface)
	}
	k := &kinds{
		scanner: lookup("database/sql", "Scanner"), valuer: lookup("database/sql/driver", "Valuer"),
		marshaler: lookup("encoding", "TextMarshaler"), unmarshaler: lookup("encoding", "TextUnmarshaler"),
		jsonMarshaler: lookup("encoding/json", "Marshaler"),
	}
	return k, err
}

// flattens reports whether the fields of an embedded struct are those of the model.
func (k *kinds) flattens(t types.Type, codecs map[*types.TypeName]token.Position) bool {
	if _, ok := t.Underlying().(*types.Struct); !ok || hasCodec(t, codecs) {
		return false
	}
	p := types.NewPointer(t)
	return !isNamed(t, "time", "Time") && nullOf(t) == nil && !isProm(t, "RefBy", "Many", "ManyToMany", "CompositeRef") &&
		!types.Implements(p, k.scanner) && !types.Implements(p, k.unmarshaler)
}

// handleOf returns the handle of a field, without its path.
func (k *kinds) handleOf(t types.Type, tag schema.Tag, codecs map[*types.TypeName]token.Position) (handle, error) {
	if rel := promType(t, "Many", "ManyToMany", "CompositeRef"); rel != nil {
		name := rel.Obj().Name()
		h := handle{make: name + "Of", typ: name + "Field"}
		for arg := range rel.TypeArgs().Types() {
			h.args = append(h.args, types.NewPointer(arg))
		}
		return h, nil
	}
	null, inner := "", t
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		null, inner = "Null", p.Elem()
	} else if v := nullOf(t); v != nil {
		if !isNamed(t, "database/sql", "Null") {
			return handle{note: "has no handle: make it a pointer, or a sql.Null of the type"}, nil
		}
		null, inner = "SQLNull", v
	}
	if ref := promType(inner, "RefBy"); ref != nil {
		h := handle{make: null + "RefOf", typ: nullable(null) + "RefField"}
		h.args = []types.Type{types.NewPointer(ref.TypeArgs().At(0)), ref.TypeArgs().At(1)}
		return h, nil
	}
	family, args, err := k.family(inner, tag, codecs)
	switch {
	case err != nil:
		return handle{}, err
	case null == "SQLNull" && (family == "JSON" || family == "List"):
		return handle{note: "has no handle: make it a pointer"}, nil
	case family == "array":
		return handle{note: "has no handle: no field compares or changes an array of several dimensions"}, nil
	case family == "" && null != "":
		return handle{make: null + "Of", typ: "NullField", args: args}, nil
	case family == "":
		return handle{make: "FieldOf", typ: "Field", args: args}, nil
	}
	return handle{make: null + family + "Of", typ: nullable(null) + family + "Field", args: args}, nil
}

// nullable returns the beginning of the name of a type of handles for that of a constructor.
func nullable(null string) string { return strings.TrimPrefix(null, "SQL") }

// family returns the family of handles for values of a type, and its type arguments. It is "" for the most general one,
// and "array" for an array of several dimensions, which has none.
func (k *kinds) family(t types.Type, tag schema.Tag, codecs map[*types.TypeName]token.Position) (string, []types.Type,
	error) {
	value := []types.Type{t}
	text := k.is(t, k.marshaler) && k.is(types.NewPointer(t), k.unmarshaler)
	scans := k.is(t, k.valuer) && k.is(types.NewPointer(t), k.scanner)
	basic, _ := t.Underlying().(*types.Basic)
	switch {
	case hasCodec(t, codecs) && !tag.Has("json"):
		return "", value, nil
	case tag.Has("json"), isNamed(t, "encoding/json", "RawMessage"):
		return "JSON", value, nil
	case !scans && !text && k.listElem(t, codecs) != nil:
		return "List", []types.Type{k.listElem(t, codecs)}, nil
	case !scans && !text && tag.Has("array") && k.isArray(t, codecs):
		return "array", nil, nil
	case isNamed(t, "time", "Time"):
		return "Time", nil, nil
	case isNamed(t, "github.com/prom-go/prom", "Range"):
		return "Range", []types.Type{types.Unalias(t).(*types.Named).TypeArgs().At(0)}, nil
	case tag.Has("decimal"), tag.Has("uuid"), tag.Has("clock"), isUUID(t):
		return "Ordered", value, nil
	case scans:
		if tag.Value("type") == "json" {
			return "JSON", value, nil
		} else if tag.Value("type") == "bool" {
			return "", value, nil
		}
		return "Ordered", value, nil
	case basic != nil && basic.Info()&types.IsBoolean != 0:
		return "", value, nil
	case basic != nil && basic.Info()&types.IsString != 0:
		return "Text", value, nil
	case basic != nil && basic.Info()&(types.IsInteger|types.IsFloat) != 0 && basic.Kind() != types.Uintptr &&
		basic.Kind() != types.UnsafePointer:
		return "Number", value, nil
	}
	stored := true
	switch u := t.Underlying().(type) {
	case *types.Slice:
		if e, ok := u.Elem().Underlying().(*types.Basic); ok && e.Kind() == types.Uint8 {
			return "Ordered", value, nil
		}
	case *types.Struct, *types.Map, *types.Array:
	case *types.Interface:
		stored = u.NumMethods() == 0
	default:
		stored = false
	}
	switch {
	case !stored:
		return "", nil, fmt.Errorf("the type %s has no column type; leave the field out by the tag prom:\"-\"", t)
	case text:
		return "Ordered", value, nil
	}
	return "JSON", value, nil
}

// listElem returns the type of the elements of a list that is stored as one, or nil.
func (k *kinds) listElem(t types.Type, codecs map[*types.TypeName]token.Position) types.Type {
	s, ok := t.Underlying().(*types.Slice)
	if !ok || isNamed(t, "encoding/json", "RawMessage") || k.is(t, k.jsonMarshaler) {
		return nil
	}
	of := s.Elem() // what is not NULL of them
	if p, ok := types.Unalias(of).(*types.Pointer); ok {
		of = p.Elem()
	} else if v := nullOf(of); v != nil {
		of = v
	}
	if !k.isElem(of, codecs) || !types.Identical(of, s.Elem()) && promType(of, "RefBy") != nil {
		return nil
	}
	return s.Elem()
}

// isElem reports whether a type is that of elements of a list which are not NULL.
func (k *kinds) isElem(e types.Type, codecs map[*types.TypeName]token.Position) bool {
	switch {
	case isProm(e, "AnyValue"):
		return false
	case hasCodec(e, codecs), isUUID(e), isNamed(e, "time", "Time"), isProm(e, "TimeOrInfinity"):
		return true
	case k.is(e, k.marshaler), k.is(e, k.valuer), k.is(types.NewPointer(e), k.scanner):
		return false
	}
	basic, ok := e.Underlying().(*types.Basic)
	return ok && slices.Contains([]types.BasicKind{types.Bool, types.String, types.Float32, types.Float64, types.Int,
		types.Int8, types.Int16, types.Int32, types.Int64, types.Uint16, types.Uint32}, basic.Kind())
}

// isArray reports whether a type is a slice of lists, which the option array makes an array of several dimensions.
func (k *kinds) isArray(t types.Type, codecs map[*types.TypeName]token.Position) bool {
	s, ok := t.Underlying().(*types.Slice)
	return ok && (k.listElem(s.Elem(), codecs) != nil || k.isArray(s.Elem(), codecs))
}

func (k *kinds) is(t types.Type, i *types.Interface) bool { return types.Implements(t, i) }

func hasCodec(t types.Type, codecs map[*types.TypeName]token.Position) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	_, has := codecs[named.Obj()]
	return has
}

func isNamed(t types.Type, path, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == path && named.Obj().Name() == name
}

// isUUID reports whether a type is the sixteen bytes of a UUID.
func isUUID(t types.Type) bool {
	a, ok := t.Underlying().(*types.Array)
	if !ok || a.Len() != 16 {
		return false
	}
	e, ok := a.Elem().Underlying().(*types.Basic)
	return ok && e.Kind() == types.Uint8
}

// nullOf returns the type of the value in one of database/sql's Null types, or nil.
func nullOf(t types.Type) types.Type {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "database/sql" ||
		!strings.HasPrefix(named.Obj().Name(), "Null") {
		return nil
	}
	if s, ok := named.Underlying().(*types.Struct); ok && s.NumFields() == 2 {
		return s.Field(0).Type()
	}
	return nil
}
