package prom

import (
	"encoding/json"
	"reflect"
)

// Many holds the rows of T that refer to the row which has it as a field (a one-to-many relation). It is not a column.
// It holds the rows that were loaded, or the information that they were not loaded. Copies of a Many share the rows.
// See [ManyOf].
type Many[T any] struct {
	rows *[]T // nil when they were not loaded
}

// Rows returns the rows. They may be changed and saved in place. Rows panics if the rows were not loaded, which is not
// the same as no rows; the message names the possible fields and says how to load it. [Many.Loaded] reports whether
// they were loaded.
func (m Many[T]) Rows() []T {
	mustBeLoaded(m.rows != nil, reflect.TypeFor[Many[T]](), reflect.TypeFor[T]())
	return *m.rows
}

// Loaded reports whether the rows were loaded or set, also if there are none.
func (m Many[T]) Loaded() bool { return m.rows != nil }

// Set sets the rows that m holds. It stores nothing in the database.
func (m *Many[T]) Set(rows []T) { m.rows = &rows }

// Reset makes the rows of m count as not loaded.
func (m *Many[T]) Reset() { m.rows = nil }

// IsZero reports whether the rows were not loaded, so that the option omitzero of encoding/json omits them.
func (m Many[T]) IsZero() bool { return m.rows == nil }

// MarshalJSON returns the rows as a JSON array, or null if they were not loaded.
func (m Many[T]) MarshalJSON() ([]byte, error) { return marshalRows(m.rows) }

// UnmarshalJSON reads a JSON array of rows. After null, the rows count as not loaded.
func (m *Many[T]) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &m.rows) }

// RelationTypes returns the model whose rows a Many holds. It is for package schema only.
func (Many[T]) RelationTypes() (model, link reflect.Type) { return reflect.TypeFor[T](), nil }

// RelationRows returns the rows (a []T) and whether they were loaded. It is for package schema only; see [Many.Rows].
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

// ManyToMany holds the rows of T that are linked to the row which has it as a field. The rows of the join model L are
// the links: each refers to both rows. ManyToMany works like [Many]; see [ManyToManyOf].
type ManyToMany[T, L any] struct {
	_    [0]*L // keeps the instances with other join models different types
	rows *[]T
}

// Rows returns the rows. They may be changed and saved in place. Rows panics if the rows were not loaded, which is not
// the same as no rows; the message names the possible fields and says how to load it. [ManyToMany.Loaded] reports
// whether they were loaded.
func (m ManyToMany[T, L]) Rows() []T {
	mustBeLoaded(m.rows != nil, reflect.TypeFor[ManyToMany[T, L]](), reflect.TypeFor[T]())
	return *m.rows
}

// Loaded reports whether the rows were loaded or set, also if there are none.
func (m ManyToMany[T, L]) Loaded() bool { return m.rows != nil }

// Set sets the rows that m holds. It stores nothing in the database.
func (m *ManyToMany[T, L]) Set(rows []T) { m.rows = &rows }

// Reset makes the rows of m count as not loaded.
func (m *ManyToMany[T, L]) Reset() { m.rows = nil }

// IsZero reports whether the rows were not loaded, so that the option omitzero of encoding/json omits them.
func (m ManyToMany[T, L]) IsZero() bool { return m.rows == nil }

// MarshalJSON returns the rows as a JSON array, or null if they were not loaded.
func (m ManyToMany[T, L]) MarshalJSON() ([]byte, error) { return marshalRows(m.rows) }

// UnmarshalJSON reads a JSON array of rows. After null, the rows count as not loaded.
func (m *ManyToMany[T, L]) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &m.rows) }

// RelationTypes returns the model whose rows a ManyToMany holds, and the join model. It is for package schema only.
func (ManyToMany[T, L]) RelationTypes() (model, link reflect.Type) {
	return reflect.TypeFor[T](), reflect.TypeFor[L]()
}

// RelationRows returns the rows (a []T) and whether they were loaded. It is for package schema only; see
// [ManyToMany.Rows].
func (m ManyToMany[T, L]) RelationRows() (rows any, loaded bool) {
	return rowsAt(m.rows), m.rows != nil
}
