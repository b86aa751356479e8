package scan

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"
)

// jsonType is a Go type that is stored as JSON, with what can go wrong there, so that nothing is looked for that
// cannot be.
type jsonType struct {
	t      reflect.Type
	raw    bool       // it is a json.RawMessage, whose text is stored as it is
	loose  bool       // its text need not be what encoding/json makes of plain values, or may be of any depth
	unsure bool       // its text need not be one that it reads
	fast   jsonReader // nil where there is none
	joins  bool       // it does not read the last of equal keys: a null leaves a field as it is, and objects are joined
}

var (
	anyJSON         = jsonTypeOf(reflect.TypeFor[any]())
	rawJSON         = reflect.TypeFor[json.RawMessage]()
	jsonNumber      = reflect.TypeFor[json.Number]()
	jsonMarshaler   = reflect.TypeFor[json.Marshaler]()
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textMarshaler   = reflect.TypeFor[encoding.TextMarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

	// provenJSON are types with methods of which it is known that they read what they write.
	provenJSON = []reflect.Type{reflect.TypeFor[time.Time](), reflect.TypeFor[uuid.UUID]()}
)

func jsonTypeOf(t reflect.Type) *jsonType {
	j := &jsonType{t: t, raw: t == rawJSON}
	j.look(t, nil)
	j.fast = newJSONReader(t)
	return j
}

// has reports whether a type or a pointer to it has the methods of an interface.
func has(t, methods reflect.Type) bool {
	return t.Implements(methods) || reflect.PointerTo(t).Implements(methods)
}

// writesJSON reports whether a type writes its own JSON, as a json.RawMessage does.
func writesJSON(t reflect.Type) bool { return has(t, jsonMarshaler) }

// look notes what can go wrong with a type that is within others.
func (j *jsonType) look(t reflect.Type, within []reflect.Type) {
	switch {
	case slices.Contains(provenJSON, t):
		return
	case slices.Contains(within, t):
		j.loose = true // it may be deep
		return
	case t == rawJSON, t == jsonNumber:
		j.loose = true
		return
	case has(t, jsonMarshaler), has(t, jsonUnmarshaler):
		j.loose, j.unsure, j.joins = true, true, true
		return
	case has(t, textMarshaler), has(t, textUnmarshaler):
		j.unsure = true
		return
	}
	within = append(within, t)
	switch t.Kind() {
	case reflect.Interface:
		j.loose = true
		j.unsure = j.unsure || t.NumMethod() > 0
	case reflect.Pointer, reflect.Slice, reflect.Array:
		j.look(t.Elem(), within)
	case reflect.Map:
		if has(t.Key(), textMarshaler) || has(t.Key(), textUnmarshaler) {
			j.loose, j.unsure = true, true // two keys may have one text
		}
		j.look(t.Elem(), within)
	case reflect.Struct:
		j.joins = true
		for f := range t.Fields() {
			if f.Tag.Get("json") == "-" || !f.IsExported() && !f.Anonymous {
				continue
			}
			// A pointer to a struct that is not exported is written and cannot be made.
			j.unsure = j.unsure || f.Anonymous && !f.IsExported() && f.Type.Kind() == reflect.Pointer
			j.look(f.Type, within)
		}
	}
}

// JSONForm returns what every value of a type is as JSON, if it is not null: reflect.Map for an object, reflect.Slice
// for a list, or reflect.Invalid when that is not certain.
func JSONForm(t reflect.Type) reflect.Kind {
	methods := []reflect.Type{jsonMarshaler, jsonUnmarshaler, textMarshaler, textUnmarshaler}
	if slices.ContainsFunc(methods, func(m reflect.Type) bool { return has(t, m) }) { // a json.RawMessage has some
		return reflect.Invalid
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return reflect.Map
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return reflect.Invalid // a text in base64
		}
		return reflect.Slice
	case reflect.Array:
		return reflect.Slice
	}
	return reflect.Invalid
}
