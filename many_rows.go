package prom

import (
	"encoding/json"
	"reflect"
)

// Many is the rows of T that refer to the row that it is a field of. It is no column: it holds the rows that were
// loaded, or says that they were not. Copies of a Many share the rows;
// see [ManyOf].
type Many[T any] struct {
	rows *[]T // nil when they were not loaded
}

// Rows returns the rows. They may be changed and saved where they are. Rows that were not loaded are not the same as
// none: Rows panics then, and says which field it may be and how to load it. [Many.Loaded] asks.
func (m Many[T]) Rows() []T {
	mustBeLoaded(m.rows != nil, reflect.TypeFor[Many[T]](), reflect.TypeFor[T]())
	return *m.rows
}

// Loaded reports whether the rows were loaded or set, be it that there are none.
func (m Many[T]) Loaded() bool { return m.rows != nil }

// Set makes rows what m holds. It stores nothing.
func (m *Many[T]) Set(rows []T) { m.rows = &rows }

// Reset makes m one whose rows were not loaded.
func (m *Many[T]) Reset() { m.rows = nil }

// IsZero reports whether the rows were not loaded, so that the option omitzero of encoding/json leaves them out.
func (m Many[T]) IsZero() bool { return m.rows == nil }

// MarshalJSON writes the rows as an array, or null when they were not loaded.
func (m Many[T]) MarshalJSON() ([]byte, error) { return marshalRows(m.rows) }

// UnmarshalJSON reads an array of rows; null makes them not loaded.
func (m *Many[T]) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &m.rows) }

// RelationTypes returns the model whose rows a Many holds. It makes it known to package schema and is of no other use.
func (Many[T]) RelationTypes() (model, link reflect.Type) { return reflect.TypeFor[T](), nil }

// RelationRows returns the rows, a []T, and whether they were loaded. It is for package schema and of no other use; see
// [Many.Rows].
func (m Many[T]) RelationRows() (rows any, loaded bool) { return rowsAt(m.rows), m.rows != nil }

// rowsAt returns the rows of a list that may not have been loaded.
func rowsAt[T any](rows *[]T) []T {
	if rows == nil {
		return nil
	}
	return *rows
}

// marshalRows writes rows as an array, or null when they were not loaded.
func marshalRows[T any](rows *[]T) ([]byte, error) {
	if rows != nil && *rows == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(rows)
}

// ManyToMany is the rows of T that rows of a join model L connect with the row that it is a field of: L refers to both.
// It is otherwise as a [Many]; see [ManyToManyOf].
type ManyToMany[T, L any] struct {
	_    [0]*L // keeps the instances with other join models different types
	rows *[]T
}

// Rows returns the rows. They may be changed and saved where they are. Rows that were not loaded are not the same as
// none: Rows panics then, and says which field it may be and how to load it. [ManyToMany.Loaded] asks.
func (m ManyToMany[T, L]) Rows() []T {
	mustBeLoaded(m.rows != nil, reflect.TypeFor[ManyToMany[T, L]](), reflect.TypeFor[T]())
	return *m.rows
}

// Loaded reports whether the rows were loaded or set, be it that there are none.
func (m ManyToMany[T, L]) Loaded() bool { return m.rows != nil }

// Set makes rows what m holds. It stores nothing.
func (m *ManyToMany[T, L]) Set(rows []T) { m.rows = &rows }

// Reset makes m one whose rows were not loaded.
func (m *ManyToMany[T, L]) Reset() { m.rows = nil }

// IsZero reports whether the rows were not loaded, so that the option omitzero of encoding/json leaves them out.
func (m ManyToMany[T, L]) IsZero() bool { return m.rows == nil }

// MarshalJSON writes the rows as an array, or null when they were not loaded.
func (m ManyToMany[T, L]) MarshalJSON() ([]byte, error) { return marshalRows(m.rows) }

// UnmarshalJSON reads an array of rows; null makes them not loaded.
func (m *ManyToMany[T, L]) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &m.rows) }

// RelationTypes returns the model whose rows a ManyToMany holds and the join model. It makes both known to package
// schema and is of no other use.
func (ManyToMany[T, L]) RelationTypes() (model, link reflect.Type) {
	return reflect.TypeFor[T](), reflect.TypeFor[L]()
}

// RelationRows returns the rows, a []T, and whether they were loaded. It is for package schema and of no other use; see
// [ManyToMany.Rows].
func (m ManyToMany[T, L]) RelationRows() (rows any, loaded bool) {
	return rowsAt(m.rows), m.rows != nil
}
