package schema

import (
	"encoding/json"
	"reflect"
)

// Many is the rows of T that refer to the row that it is a field of. It is no column: it holds the rows that were
// loaded, or says that they were not. Copies of a Many share the rows.
type Many[T any] struct {
	rows *[]T // nil when they were not loaded
}

// LoadMany gives m the rows that were loaded for it.
func LoadMany[T any](m *Many[T], rows *[]T) { m.rows = rows }

// Rows returns the rows. They may be changed and saved where they are. Rows that were not loaded are not the same as
// none: Rows panics then, and says which field it may be and how to load it. [Many.Loaded] asks.
func (m Many[T]) Rows() []T {
	if m.rows == nil {
		panic(notLoaded(reflect.TypeFor[Many[T]](), reflect.TypeFor[T]()))
	}
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
func (m Many[T]) MarshalJSON() ([]byte, error) {
	if m.rows != nil && *m.rows == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(m.rows)
}

// UnmarshalJSON reads an array of rows; null makes them not loaded.
func (m *Many[T]) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &m.rows) }

// RelationTypes returns the model whose rows a Many holds, and the join model of a ManyToMany. It makes both known to [Of]
// and is of no other use.
func (Many[T]) RelationTypes() (model, link reflect.Type) { return reflect.TypeFor[T](), nil }

// ManyToMany is the rows of T that rows of a join model L connect with the row that it is a field of: L refers to both. It
// is otherwise as a [Many].
type ManyToMany[T, L any] struct {
	_ [0]*L // keeps the instances with other join models different types
	Many[T]
}

// RelationTypes returns the model whose rows a ManyToMany holds and the join model.
func (ManyToMany[T, L]) RelationTypes() (model, link reflect.Type) {
	return reflect.TypeFor[T](), reflect.TypeFor[L]()
}

func (m Many[T]) anyRows() (any, bool) {
	if m.rows == nil {
		return []T(nil), false
	}
	return *m.rows, true
}

// relater is implemented by the instances of Many, ManyToMany and CompositeRef.
type relater interface {
	RelationTypes() (model, link reflect.Type)
	anyRows() (any, bool)
	single() bool // it holds one row at most
}

// LoadedRows returns the rows that a field, a relation, holds: a slice, and of a One a pointer, nil when there is no
// row.
func LoadedRows(field reflect.Value) (rows reflect.Value, loaded bool) {
	list, loaded := field.Interface().(relater).anyRows()
	return reflect.ValueOf(list), loaded
}
