package schema

import (
	"fmt"
	"reflect"
	"strings"
)

// checkDocument refuses a field that would be stored as JSON because it is, or holds, a model: its rows belong in their
// own table, and a reference or a relation was meant. The option json says that a document is meant.
//
// A model is known by its type alone, so that it does not matter which of two is declared first: it embeds prom.Model
// or another struct with a Tracker, has a method TableName, a key by a tag, a reference or a relation. A struct whose
// tags say anything else is refused as well, because they have no effect inside a document.
func (b *builder) checkDocument(c *Column, tg *tag) error {
	if b.result || c.Kind != JSON || c.Scanner || c.Codec != nil || tg.has("json") {
		return nil
	}
	m, why := b.modelIn(c.Type, map[reflect.Type]bool{})
	if m == nil {
		return nil
	}
	name, t := m.Name(), c.Type
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if inner, _, ok := nullInner(t); ok {
		t = inner
	}
	instead := fmt.Sprintf("a prom.Ref[%s] refers to its row, and a prom.Many[%s] has the rows that refer to this one",
		name, name)
	switch {
	case why == onlyTags:
		instead = "embed it without a tag to have its fields as columns"
	case t == m && hasTracker(m):
		return fmt.Errorf("embed %s without a name of the field, so that its fields are columns", m)
	case t == m:
		instead = fmt.Sprintf("write prom.Ref[%s], or *prom.Ref[%s] for one that may be NULL, to refer to its row", name,
			name)
	case (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) && t.Elem() == m, t.Kind() == reflect.Slice &&
		t.Elem() == reflect.PointerTo(m):
		instead = fmt.Sprintf("write prom.Many[%s] for the rows of %s that refer to this one", name, name)
	}
	subject := fmt.Sprintf("%s is a model (%s)", m, why)
	if why == onlyTags {
		subject = fmt.Sprintf("%s has fields with prom tags, which mean nothing in JSON,", m)
	}
	return fmt.Errorf("%s and would be stored as JSON in this row: %s; if you want a JSON document, use the option json",
		subject, instead)
}

const onlyTags = "its fields have prom tags"

// modelIn returns the first model that a document of type t would hold, and what makes it one.
func (b *builder) modelIn(t reflect.Type, seen map[reflect.Type]bool) (model reflect.Type, why string) {
	if seen[t] || t == timeType {
		return nil, ""
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return b.modelIn(t.Elem(), seen)
	case reflect.Map:
		if m, why := b.modelIn(t.Elem(), seen); m != nil {
			return m, why
		}
		return b.modelIn(t.Key(), seen)
	case reflect.Struct:
	default:
		return nil, ""
	}
	if t == b.table.Model {
		return t, "it is this one"
	}
	if why := modelSign(t); why != "" {
		return t, why
	}
	// What a type that marshals itself writes is not known; a generic one, such as an Option[T], holds it in any field.
	own := t.Implements(jsonMarshaler) || reflect.PointerTo(t).Implements(jsonMarshaler)
	for f := range t.Fields() {
		if !own && (!f.IsExported() && !f.Anonymous || f.Tag.Get("json") == "-") {
			continue
		}
		if m, why := b.modelIn(f.Type, seen); m != nil {
			return m, why
		}
	}
	return nil, ""
}

// modelSign returns what makes a struct a model, or "".
func modelSign(t reflect.Type) string {
	if _, ok := TrackerOffset(t); ok {
		return "it embeds prom.Model or its like"
	}
	if reflect.PointerTo(t).Implements(tableNamer) {
		return "it has a method TableName"
	}
	sign := ""
	for f := range t.Fields() {
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		text, tagged := f.Tag.Lookup("prom")
		tg, err := parseTag(text)
		switch {
		case inner.Implements(referrerType), inner.Implements(relaterType):
			return fmt.Sprintf("its field %s is a reference or a relation", f.Name)
		case err == nil && tg.has("key"):
			return fmt.Sprintf("its field %s is a key", f.Name)
		case tagged && strings.TrimSpace(text) != "-":
			sign = onlyTags
		}
	}
	return sign
}
