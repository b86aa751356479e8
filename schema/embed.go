package schema

import (
	"errors"
	"fmt"
	"reflect"
)

// embed reads the tag of a struct field whose fields are columns of the model, and returns the prefix of their names.
func (b *builder) embed(f reflect.StructField, tg *tag) (prefix string, err error) {
	switch t := f.Type; {
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		return "", fmt.Errorf("embed the struct %s by value: a nil pointer could not be told from a struct whose columns "+
			"are NULL; make those of its fields pointers that may be NULL", t.Elem())
	case t.Kind() != reflect.Struct:
		return "", fmt.Errorf("embed is for structs, not for %s", t)
	case !f.IsExported() && !f.Anonymous:
		return "", errors.New("an unexported field cannot be embedded")
	case tg.name != "" || len(tg.items) > 1:
		return "", errors.New("embed takes no column name and no other option; give them to the fields of the struct")
	case t.Implements(referrerType) || t.Implements(relaterType) || t == timeType:
		return "", fmt.Errorf("a %s is one value, whose fields cannot be columns", t)
	}
	if prefix, _ = tg.value("embed"); prefix == "" && f.Anonymous {
		return "", nil
	}
	if _, tracks := TrackerOffset(f.Type); tracks {
		return "", fmt.Errorf("%s tracks changes of its own, as prom.Model does; embed it in the model without a tag, or "+
			"refer to its row by a field of type prom.Ref", f.Type)
	}
	return prefix, nil
}

// named returns the column of that name for the tag of a struct whose columns have a prefix: its own one, or else one
// of the model; nil for none.
func (b *builder) named(name, prefix string) *Column {
	if c := b.table.byName[prefix+name]; c != nil {
		return c
	}
	return b.table.byName[name]
}

// size returns how many fields the model has so far.
func (b *builder) size() int {
	t := b.table
	return len(t.Columns) + len(b.last) + len(t.Relations) + len(t.Computed)
}
