package prom

import (
	"encoding/json"
	"reflect"
)

// CompositeRef is a composite foreign key: several columns that together refer to a row of T, whose primary key has
// several columns. The tag option on names the columns, in the order of that key. With the option to, which names
// columns of T, one column or several refer to these unique columns instead of the primary key. A CompositeRef is not a
// column. It holds the row that was loaded, or the information that it was not loaded; see [CompositeRefOf]. For a
// reference of one column to the primary key use [Ref].
//
//	Shop   int64
//	Number int64
//	Order  prom.CompositeRef[Order] `prom:"on='shop, number'"`
//	SKU    string
//	Item   prom.CompositeRef[Item] `prom:"on=sku,to=sku"`
//
// When the row that they refer to is deleted, the columns that may be NULL become NULL. If none of the columns may be
// NULL, the row is deleted too. If some may be NULL and others not, SQLite and PostgreSQL before 15 refuse to delete
// the row that is referred to.
type CompositeRef[T any] struct {
	row    *T // nil when there is none
	loaded bool
}

// Get returns the row, and whether it exists. References that were loaded together share the row. Get panics if the row
// was not loaded; the message names the possible fields and says how to load it. [CompositeRef.Loaded] reports whether
// it was loaded.
func (o CompositeRef[T]) Get() (row *T, ok bool) {
	mustBeLoaded(o.loaded, reflect.TypeFor[CompositeRef[T]](), reflect.TypeFor[T]())
	return o.row, o.row != nil
}

// Loaded reports whether the row was loaded or set, also if the row was found not to exist.
func (o CompositeRef[T]) Loaded() bool { return o.loaded }

// Reset makes the row of o count as not loaded.
func (o *CompositeRef[T]) Reset() { *o = CompositeRef[T]{} }

// IsZero reports whether the row was not loaded, so that the option omitzero of encoding/json omits it.
func (o CompositeRef[T]) IsZero() bool { return !o.loaded }

// MarshalJSON returns the JSON of the row, or null if it does not exist or was not loaded.
func (o CompositeRef[T]) MarshalJSON() ([]byte, error) { return json.Marshal(o.row) }

// UnmarshalJSON reads the JSON of a row. After null, the row counts as not loaded.
func (o *CompositeRef[T]) UnmarshalJSON(b []byte) error {
	err := json.Unmarshal(b, &o.row)
	o.loaded = o.row != nil
	return err
}

// RelationTypes returns the model whose row a CompositeRef holds. It is for package schema only.
func (CompositeRef[T]) RelationTypes() (model, link reflect.Type) { return reflect.TypeFor[T](), nil }

// RelationRows returns the row (a *T, nil if it does not exist) and whether it was loaded. It is for package schema
// only; see [CompositeRef.Get].
func (o CompositeRef[T]) RelationRows() (row any, loaded bool) { return o.row, o.loaded }
