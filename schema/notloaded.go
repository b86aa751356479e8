package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// NotLoaded is the error of rows of a model that were read before they were loaded, from a field of a type.
func NotLoaded(field, model reflect.Type) error {
	generic, _, _ := strings.Cut(field.Name(), "[")
	name := "a " + generic + " of " + model.Name()
	if fields := fieldsOf(field); len(fields) > 0 {
		name = strings.Join(fields, " or ")
	}
	return fmt.Errorf("prom: %s was not loaded, so it is not known whether a row of %s exists: "+
		"load it by With or LoadInto with the handle of the field, or call Loaded first",
		name, model.Name())
}

// fieldsOf lists the fields of a type that the models which are known have.
func fieldsOf(field reflect.Type) (fields []string) {
	tables.Range(func(_, known any) bool {
		t, ok := known.(*Table)
		if !ok {
			return true
		}
		for _, r := range t.Relations {
			if r.Type == field {
				fields = append(fields, t.Model.Name()+"."+r.Field)
			}
		}
		for _, c := range t.Columns {
			held := c.Type
			if held.Kind() == reflect.Pointer {
				held = held.Elem()
			} else if inner, _, ok := nullInner(held); ok {
				held = inner
			}
			if held == field {
				fields = append(fields, t.Model.Name()+"."+c.Field)
			}
		}
		return true
	})
	slices.Sort(fields)
	return slices.Compact(fields)
}
