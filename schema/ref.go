package schema

import (
	"encoding/json"
	"reflect"
)

// Ref is a reference to a row of T, which has a key of type int64. It is one column that holds the key of that row.
//
// As a field of type Ref[T] it is required: its row is deleted with the row that it refers to. As *Ref[T] it is
// optional: it becomes NULL then. The zero value refers to nothing, which a required reference refuses to store.
type Ref[T any] = RefBy[T, int64]

// RefBy is a [Ref] to a model whose key is of type K, such as a string or a UUID.
type RefBy[T any, K comparable] struct {
	key K
	to  *T // keeps Ref[Author] and Ref[Post] different types; relations will load into it
}

// NewRef returns a reference to the row of T with that key.
func NewRef[T any, K comparable](key K) RefBy[T, K] { return RefBy[T, K]{key: key} }

// Key returns the key of the row referred to; the zero key when there is none.
func (r RefBy[T, K]) Key() K { return r.key }

// SetKey makes r refer to the row with that key.
func (r *RefBy[T, K]) SetKey(key K) { r.key, r.to = key, nil }

// IsZero reports whether r refers to nothing.
func (r RefBy[T, K]) IsZero() bool { var zero K; return r.key == zero }

// MarshalJSON writes the key.
func (r RefBy[T, K]) MarshalJSON() ([]byte, error) { return json.Marshal(r.key) }

// UnmarshalJSON reads the key.
func (r *RefBy[T, K]) UnmarshalJSON(b []byte) error {
	r.to = nil
	return json.Unmarshal(b, &r.key)
}

// ReferenceTypes returns the model that a reference type refers to and the type of its key. It makes RefBy known to
// [Of] and is of no other use.
func (RefBy[T, K]) ReferenceTypes() (model, key reflect.Type) {
	return reflect.TypeFor[T](), reflect.TypeFor[K]()
}

// referrer is implemented by the instances of RefBy.
type referrer interface {
	ReferenceTypes() (model, key reflect.Type)
}

// Tracker holds what a value looked like when it was loaded or saved last. prom.Model has one; [Of] finds it by its
// type. It is owned by internal/scan; what Loaded holds is never changed in place, so that copies of a model may share it. The
// zero value belongs to a value that no database has seen.
type Tracker struct {
	Loaded any
	Row    int // which row it is, when Loaded holds several
}
