package schema

import (
	"fmt"
	"reflect"
)

// ColumnOf returns a column that holds a Go type, without a name, a table or rules: what an expression of that type is
// like.
func ColumnOf(t reflect.Type) (*Column, error) {
	c := &Column{Field: t.String(), Type: t}
	if err := c.setKind(&tag{}); err != nil {
		return nil, fmt.Errorf("prom: %w", err)
	}
	return c, nil
}

// FieldsOf returns the columns of any struct, a model or not, for reading rows that need not be those of a table. They
// have the names that tags and fields give, and offsets; a table, keys and indexes are of no matter.
func FieldsOf(t reflect.Type) ([]*Column, error) {
	b := builder{table: &Table{Model: t, byName: map[string]*Column{}}, result: true}
	if err := b.addStruct(t, place{}); err != nil {
		return nil, fmt.Errorf("prom: %s: %w", t, err)
	}
	return append(b.table.Columns, b.last...), nil
}

// IsRow reports whether a type is a struct whose fields are columns, and not one that is a single value itself, such as
// a time.Time, a sql.Null or a type that converts itself.
func IsRow(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && !isColumnStruct(t)
}
