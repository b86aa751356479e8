package schema

import (
	"fmt"
	"reflect"
)

// referrer is implemented by the references of package prom, which are one column with a key.
type referrer interface {
	ReferenceTypes() (model, key reflect.Type)
	ReferenceValues() (key, row any) // a pointer to the row, or nil
}

// relater is implemented by the relations of package prom, which are no columns and hold rows.
type relater interface {
	RelationTypes() (model, link reflect.Type)
	RelationRows() (rows any, loaded bool) // a slice, or a pointer when it is one row at most
}

// RowKey returns the key of a row of a model with one key column, for a reference that holds keys of a type.
func RowKey(row reflect.Value, key reflect.Type) (reflect.Value, error) {
	table, err := Of(row.Type())
	if err != nil {
		return reflect.Value{}, err
	}
	column, err := table.SingleKey()
	if err != nil {
		return reflect.Value{}, fmt.Errorf("prom: a reference needs a model with one key column: %w", err)
	}
	if column.Type != key {
		return reflect.Value{}, fmt.Errorf("prom: the key of %s is a %s, the reference holds a %s", table.Model, column.Type,
			key)
	}
	return row.FieldByIndex(column.Path), nil
}

// LoadedRow returns the row that a reference holds, of a field that is one, a pointer to one or a sql.Null of one.
func LoadedRow(field reflect.Value) (row reflect.Value, ok bool) {
	if IsNullType(field.Type()) {
		field = field.Field(0)
	}
	if field.Kind() == reflect.Pointer && field.IsNil() {
		return reflect.Value{}, false
	}
	_, held := field.Interface().(referrer).ReferenceValues()
	if held == nil {
		return reflect.Value{}, false
	}
	return reflect.ValueOf(held).Elem(), true
}

// KeyOf returns the key that a reference holds, of a field that is one or a pointer to one; nil for a nil pointer.
func KeyOf(field reflect.Value) any {
	if field.Kind() == reflect.Pointer && field.IsNil() {
		return nil
	}
	key, _ := field.Interface().(referrer).ReferenceValues()
	return key
}

// LoadedRows returns the rows that a field, a relation, holds: a slice, and of a CompositeRef a pointer, nil when there
// is no row.
func LoadedRows(field reflect.Value) (rows reflect.Value, loaded bool) {
	list, loaded := field.Interface().(relater).RelationRows()
	return reflect.ValueOf(list), loaded
}
