package schema

import (
	"fmt"
	"reflect"
)

// ColumnOf returns a column that holds a Go type, without a name, a table or rules: what an expression of that type is like.
func ColumnOf(t reflect.Type) (*Column, error) {
	c := &Column{Field: t.String(), Type: t}
	if err := c.setKind(&tag{}); err != nil {
		return nil, fmt.Errorf("prom: %w", err)
	}
	return c, nil
}
