package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// Ref is a reference to a row of T, which has a key of type int64. It is one column that holds the key of that row.
//
// As a field of type Ref[T] it is required: its row is deleted with the row that it refers to. As *Ref[T] it is
// optional: it becomes NULL then. The zero value refers to nothing, which a required reference refuses to store.
//
// A reference also holds the row itself, once that has been loaded; see [RefBy.Get].
type Ref[T any] = RefBy[T, int64]

// RefBy is a [Ref] to a model whose key is of type K, such as a string or a UUID.
type RefBy[T any, K comparable] struct {
	key K             // first, since a column is decoded into it by the reference's own address
	to  *Target[T, K] // keeps Ref[Author] and Ref[Post] different types
}

// Target is a row that was loaded for the references with a key, nil when there is none. References may share one, so
// it is never changed.
type Target[T any, K comparable] struct {
	Key K
	Row *T
}

// NewRef returns a reference to the row of T with that key.
func NewRef[T any, K comparable](key K) RefBy[T, K] { return RefBy[T, K]{key: key} }

// LoadRef gives a reference the row that was loaded for it.
func LoadRef[T any, K comparable](r *RefBy[T, K], to *Target[T, K]) { r.to = to }

// Key returns the key of the row referred to; the zero key when there is none.
func (r RefBy[T, K]) Key() K { return r.key }

// SetKey makes r refer to the row with that key, which counts as not loaded.
func (r *RefBy[T, K]) SetKey(key K) { r.key, r.to = key, nil }

// Set makes r refer to a row, which counts as loaded; nil makes it refer to nothing. The row must have been saved, or
// have a key that was set by hand: a reference to one without a key refers to nothing, and is refused when it is to be
// stored. Set panics when the model T has no key of type K.
func (r *RefBy[T, K]) Set(row *T) {
	if row == nil {
		*r = RefBy[T, K]{}
		return
	}
	r.key = keyOf[T, K](row)
	r.to = &Target[T, K]{Key: r.key, Row: row}
}

// keyOf returns the key of a row.
func keyOf[T any, K comparable](row *T) K {
	table, err := Of(reflect.TypeFor[T]())
	if err != nil {
		panic(err)
	}
	column, err := table.SingleKey()
	if err != nil {
		panic(fmt.Errorf("prom: a reference needs a model with one key column: %w", err))
	}
	key, ok := reflect.TypeAssert[K](reflect.ValueOf(row).Elem().FieldByIndex(column.Path))
	if !ok {
		panic(fmt.Errorf("prom: the key of %s is a %s, the reference holds a %s", table.Model, column.Type, reflect.TypeFor[K]()))
	}
	return key
}

// Get returns the row referred to, and whether it is there. The references that were loaded together, and copies of
// them, share the row: who changes it changes it for all. A nil reference, which is NULL, and one that refers to
// nothing have none. Of one that was not loaded nobody knows: Get panics, and says which field it may be and how to load
// it. [RefBy.Loaded] asks.
func (r *RefBy[T, K]) Get() (row *T, ok bool) {
	if r != nil && !r.Loaded() && !r.IsZero() {
		panic(notLoaded(reflect.TypeFor[RefBy[T, K]](), reflect.TypeFor[T]()))
	}
	return r.row()
}

// row returns the row referred to, if it was loaded and is there.
func (r *RefBy[T, K]) row() (row *T, ok bool) {
	// The key may have become another one since: it is a column, and was read again, say.
	if r == nil || r.to == nil || r.to.Key != r.key || r.to.Row == nil {
		return nil, false
	}
	return r.to.Row, true
}

// Loaded reports whether the row referred to was loaded or set, which includes that it was found not to be there. A nil
// reference, which is NULL, counts as loaded, since there is nothing to load.
func (r *RefBy[T, K]) Loaded() bool { return r == nil || r.to != nil && r.to.Key == r.key }

// IsZero reports whether r refers to nothing.
func (r RefBy[T, K]) IsZero() bool { var zero K; return r.key == zero }

// MarshalJSON writes the row referred to, when it was loaded and is there, and else the key.
func (r RefBy[T, K]) MarshalJSON() ([]byte, error) {
	if row, ok := r.row(); ok {
		return json.Marshal(row)
	}
	return json.Marshal(r.key)
}

// UnmarshalJSON reads the key, or takes it from a row such as MarshalJSON writes. The row counts as not loaded,
// whatever the text says that it holds.
func (r *RefBy[T, K]) UnmarshalJSON(b []byte) error {
	var key K
	if bytes.HasPrefix(b, []byte("{")) {
		row := new(T)
		if err := json.Unmarshal(b, row); err != nil {
			return err
		}
		key = keyOf[T, K](row)
	} else if err := json.Unmarshal(b, &key); err != nil {
		return err
	}
	r.SetKey(key)
	return nil
}

// ReferenceTypes returns the model that a reference type refers to and the type of its key. It makes RefBy known to
// [Of] and is of no other use.
func (RefBy[T, K]) ReferenceTypes() (model, key reflect.Type) {
	return reflect.TypeFor[T](), reflect.TypeFor[K]()
}

func (r RefBy[T, K]) anyRow() (any, bool) { row, ok := r.row(); return row, ok }
func (r RefBy[T, K]) anyKey() any         { return r.key }

// referrer is implemented by the instances of RefBy.
type referrer interface {
	ReferenceTypes() (model, key reflect.Type)
	anyRow() (any, bool)
	anyKey() any
}

// LoadedRow returns the row that a reference holds, of a field that is one, a pointer to one or a sql.Null of one.
func LoadedRow(field reflect.Value) (row reflect.Value, ok bool) {
	if IsNullType(field.Type()) {
		field = field.Field(0)
	}
	if field.Kind() == reflect.Pointer && field.IsNil() {
		return reflect.Value{}, false
	}
	p, ok := field.Interface().(referrer).anyRow()
	return reflect.ValueOf(p).Elem(), ok
}

// KeyOf returns the key that a reference holds, of a field that is one or a pointer to one; nil for a nil pointer.
func KeyOf(field reflect.Value) any {
	if field.Kind() == reflect.Pointer && field.IsNil() {
		return nil
	}
	return field.Interface().(referrer).anyKey()
}
