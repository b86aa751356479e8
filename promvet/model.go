package promvet

import (
	"go/token"
	"go/types"
	"reflect"
	"strings"
)

// keyColumn is a column of the primary key of a model.
type keyColumn struct {
	field string
	typ   types.Type // of its values, the key of a reference
}

// keyOf returns the primary key of a model, as schema.Of reads it from the struct. It is not ok when the key cannot be
// told, also because the model is none and the program ends when it makes the repo.
func keyOf(model types.Type) (key []keyColumn, ok bool) {
	t, ok := model.Underlying().(*types.Struct)
	if !ok {
		return nil, false
	}
	var m modelKey
	if !m.add(t, false, false) {
		return nil, false
	}
	return append(m.own, m.last...), true
}

// modelKey collects the columns of a key.
type modelKey struct {
	own, last []keyColumn // the columns of an embedded prom.Model come last in a table
}

// add adds those of a struct, and reports whether all could be told.
func (m *modelKey) add(t *types.Struct, embedded, last bool) bool {
	if hasTracker(t) {
		last = embedded
	}
	for i := range t.NumFields() {
		if !m.addField(t.Field(i), reflect.StructTag(t.Tag(i)), last) {
			return false
		}
	}
	return true
}

func (m *modelKey) addField(f *types.Var, structTag reflect.StructTag, last bool) bool {
	text, tagged := structTag.Lookup("prom")
	tg, ok := parseTag(text)
	if !ok || !tagged && strings.Contains(strings.ToLower(string(structTag)), "prom:") {
		return false
	}
	inner, isStruct := f.Type().Underlying().(*types.Struct)
	switch {
	case f.Name() == "_", tg.skip, isTracker(f.Type()):
		return true
	case hasMethod(f.Type(), "RelationTypes"):
		return !tg.key && named(f.Type(), promPath) != nil
	case tg.embed:
		return isStruct && m.add(inner, true, last)
	case f.Embedded() && isStruct && !tagged:
		if isColumn, ok := isColumnStruct(f.Type()); !ok {
			return false
		} else if !isColumn {
			return m.add(inner, true, last)
		}
	case f.Embedded() && !tagged && isPointer(f.Type()):
		return false
	}
	switch {
	case !f.Exported():
		return !tagged
	case !tg.key:
		return true
	case isPointer(f.Type()) || isNullType(f.Type()):
		return false // a key cannot be NULL
	}
	c := keyColumn{field: f.Name(), typ: f.Type()}
	if hasMethod(c.typ, "ReferenceTypes") {
		if c.typ = refKey(c.typ); c.typ == nil {
			return false
		}
	}
	if last {
		m.last = append(m.last, c)
	} else {
		m.own = append(m.own, c)
	}
	return true
}

// refKey returns the type of the key that a reference holds, nil when a type is no prom.RefBy.
func refKey(t types.Type) types.Type {
	if n := named(t, promPath); n != nil && n.Obj().Name() == "RefBy" && n.TypeArgs().Len() == 2 {
		return n.TypeArgs().At(1)
	}
	return nil
}

func hasTracker(t *types.Struct) bool {
	for f := range t.Fields() {
		if isTracker(f.Type()) {
			return true
		}
	}
	return false
}

func isTracker(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && isFrom(n.Obj(), schemaPath) && n.Obj().Name() == "Tracker"
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

// isColumnStruct reports whether an embedded struct is one column, as a time.Time and a sql.Null are by their methods;
// it is not ok when that cannot be told.
func isColumnStruct(t types.Type) (is, ok bool) {
	if hasMethod(t, "ReferenceTypes") {
		return true, refKey(t) != nil
	}
	p := types.NewPointer(t)
	return types.Implements(p, scanner) || types.Implements(p, textUnmarshaler), true
}

// isNullType reports whether a type is one of database/sql's Null types.
func isNullType(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && isFrom(n.Obj(), "database/sql") && strings.HasPrefix(n.Obj().Name(), "Null")
}

func hasMethod(t types.Type, name string) bool {
	return types.NewMethodSet(t).Lookup(nil, name) != nil
}

// The interfaces sql.Scanner and encoding.TextUnmarshaler.
var (
	scanner         = interfaceOf("Scan", types.NewInterfaceType(nil, nil))
	textUnmarshaler = interfaceOf("UnmarshalText", types.NewSlice(types.Typ[types.Byte]))
)

// interfaceOf returns the interface of one method, which takes one argument and returns an error.
func interfaceOf(method string, arg types.Type) *types.Interface {
	param := types.NewTuple(types.NewParam(token.NoPos, nil, "", arg))
	result := types.NewTuple(types.NewParam(token.NoPos, nil, "", errorType))
	fn := types.NewFunc(token.NoPos, nil, method, types.NewSignatureType(nil, nil, nil, param, result, false))
	return types.NewInterfaceType([]*types.Func{fn}, nil).Complete()
}

// tag is what a struct tag says of a key.
type tag struct{ key, skip, embed bool }

// parseTag reads the text of a prom tag in the grammar of schema/tag.go. It is not ok when the grammar is broken; what
// is wrong otherwise ends the program when it makes the repo.
func parseTag(s string) (t tag, ok bool) {
	if strings.TrimSpace(s) == "-" {
		return tag{skip: true}, true
	}
	for s != "" {
		word, rest, hasValue := s, "", false
		if end := strings.IndexAny(s, ",="); end >= 0 {
			word, hasValue, rest = s[:end], s[end] == '=', s[end+1:]
		}
		if hasValue {
			if rest, ok = afterValue(rest); !ok {
				return t, false
			}
		}
		switch strings.TrimSpace(word) {
		case "key":
			t.key = true
		case "embed":
			t.embed = true
		}
		s = rest
	}
	return t, true
}

// afterValue returns what follows the value of an option, given what follows its equals sign.
func afterValue(s string) (rest string, ok bool) {
	if !strings.HasPrefix(s, "'") {
		_, rest, _ = strings.Cut(s, ",")
		return rest, true
	}
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] != '\'':
		case strings.HasPrefix(s[i+1:], "'"): // a quote in the value
			i++
		default:
			rest = strings.TrimSpace(s[i+1:])
			return strings.TrimPrefix(rest, ","), rest == "" || rest[0] == ','
		}
	}
	return "", false
}
