package prom

import (
	"encoding/json"
	"reflect"
)

// CompositeRef is the row of T that several columns of the row which it is a field of refer to together: T has a
// primary key of several columns. The tag option on names them, in the order of that key. It is no column itself: it
// holds the row that was loaded, or says that it was not; see [CompositeRefOf]. A reference of one column is a [Ref].
//
//	Shop   int64
//	Number int64
//	Order  prom.CompositeRef[Order] `prom:"on='shop, number'"`
//
// The columns are a foreign key. Those that may be NULL become NULL with the row that they refer to; when there are
// none, the row is deleted with it. Where some may be NULL and others not, SQLite and PostgreSQL before 15 refuse to
// delete the row that is referred to instead.
type CompositeRef[T any] struct {
	row    *T // nil when there is none
	loaded bool
}

// Get returns the row, and whether it is there. Rows that were loaded together share it. When it was not loaded nobody
// knows, and Get panics, and says which field it may be and how to load it. [CompositeRef.Loaded] asks.
func (o CompositeRef[T]) Get() (row *T, ok bool) {
	mustBeLoaded(o.loaded, reflect.TypeFor[CompositeRef[T]](), reflect.TypeFor[T]())
	return o.row, o.row != nil
}

// Loaded reports whether the row was loaded or set, which includes that it was found not to be there.
func (o CompositeRef[T]) Loaded() bool { return o.loaded }

// Reset makes o one whose row was not loaded.
func (o *CompositeRef[T]) Reset() { *o = CompositeRef[T]{} }

// IsZero reports whether the row was not loaded, so that the option omitzero of encoding/json leaves it out.
func (o CompositeRef[T]) IsZero() bool { return !o.loaded }

// MarshalJSON writes the row, or null when there is none or it was not loaded.
func (o CompositeRef[T]) MarshalJSON() ([]byte, error) { return json.Marshal(o.row) }

// UnmarshalJSON reads a row; null makes it not loaded.
func (o *CompositeRef[T]) UnmarshalJSON(b []byte) error {
	err := json.Unmarshal(b, &o.row)
	o.loaded = o.row != nil
	return err
}

// RelationTypes returns the model whose row a CompositeRef holds. It makes it known to package schema and is of no
// other use.
func (CompositeRef[T]) RelationTypes() (model, link reflect.Type) { return reflect.TypeFor[T](), nil }

// RelationRows returns the row, a *T that is nil when there is none, and whether it was loaded. It is for package
// schema and of no other use; see [CompositeRef.Get].
func (o CompositeRef[T]) RelationRows() (row any, loaded bool) { return o.row, o.loaded }
