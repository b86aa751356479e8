package schema

import (
	"fmt"
	"reflect"
)

// OfNamed is Of for a type without a name, such as one that a test makes by reflect.
func OfNamed(model reflect.Type, name string) (*Table, error) {
	b := builder{table: &Table{Name: name, Model: model, byName: map[string]*Column{}}}
	err := b.addStruct(model, nil, 0, "", false)
	if err == nil {
		var t *Table
		if t, err = b.finish(); err == nil {
			return t, nil
		}
	}
	return nil, fmt.Errorf("prom: model %s: %w", model, err)
}
