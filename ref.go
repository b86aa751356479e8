package prom

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/prom-go/prom/schema"
)

// Ref is a reference to a row of T, a model whose key is an int64, such as the key of [Model]. It is one column, a
// foreign key that holds the key of that row. Its methods are those of [RefBy]: Key, SetKey, Set, Get, Loaded, IsZero
// and those for JSON. A field of type Ref[T] is required: its row is deleted together with the row that it refers to. A
// field of type *Ref[T] is optional: it becomes NULL then.
type Ref[T any] = RefBy[T, int64]

// RefBy is a [Ref] to a model whose key has the type K, such as a UUID or a string. The zero value refers to no row; a
// required reference with the zero value cannot be stored. A reference also holds the row itself if it was loaded; see
// [RefBy.Get].
type RefBy[T any, K comparable] struct {
	key K             // first, since a column is decoded into it by the reference's own address
	to  *target[T, K] // keeps Ref[Author] and Ref[Post] different types
}

// target is a row that was loaded for the references with a key, nil when there is none. References may share one, so
// it is never changed.
type target[T any, K comparable] struct {
	key K
	row *T
}

// NewRef returns a reference to the row of T with the given key.
func NewRef[T any](key int64) Ref[T] { return Ref[T]{key: key} }

// NewRefBy returns a reference to the row of T with the given key.
func NewRefBy[T any, K comparable](key K) RefBy[T, K] { return RefBy[T, K]{key: key} }

// RefTo returns a reference to a saved row whose key is an int64. The reference holds the row, as if it had been
// loaded; see [RefBy.Set].
func RefTo[T any](row *T) (r Ref[T]) {
	r.Set(row)
	return r
}

// RefByTo is [RefTo] for a row whose key has the type K. K must be given: prom.RefByTo[string](&country).
func RefByTo[K comparable, T any](row *T) (r RefBy[T, K]) {
	r.Set(row)
	return r
}

// Key returns the key of the row that r refers to. It is zero if r refers to no row.
func (r RefBy[T, K]) Key() K { return r.key }

// SetKey makes r refer to the row with the given key. The row counts as not loaded.
func (r *RefBy[T, K]) SetKey(key K) { r.key, r.to = key, nil }

// Set makes r refer to the given row, which counts as loaded; nil makes r refer to no row. The row must have a key: it
// was saved, or its key was set. A reference to a row without a key refers to no row, and cannot be stored. Set panics
// if the model T has no key of type K.
func (r *RefBy[T, K]) Set(row *T) { *r = refOf[T, K](row) }

// refOf returns the reference to a row, which counts as loaded; nil makes one to nothing.
func refOf[T any, K comparable](row *T) (r RefBy[T, K]) {
	if row == nil {
		return r
	}
	key := keyOf[T, K](row)
	return RefBy[T, K]{key: key, to: &target[T, K]{key: key, row: row}}
}

// keyOf returns the key of a row.
func keyOf[T any, K comparable](row *T) K {
	key, err := schema.RowKey(reflect.ValueOf(row).Elem(), reflect.TypeFor[K]())
	if err != nil {
		panic(err)
	}
	k, _ := reflect.TypeAssert[K](key)
	return k
}

// Get returns the row that r refers to, and whether it exists. References that were loaded together, and their copies,
// share the row: a change of it is visible through all of them. For a nil reference (NULL) and for a reference to no
// row, ok is false. Get panics if the row was not loaded; the message names the possible fields and says how to load
// it. [RefBy.Loaded] reports whether it was loaded.
func (r *RefBy[T, K]) Get() (row *T, ok bool) {
	mustBeLoaded(r.Loaded() || r.IsZero(), reflect.TypeFor[RefBy[T, K]](), reflect.TypeFor[T]())
	return rowOf(r)
}

// mustBeLoaded panics when a field of a type, which holds rows of a model, was not loaded.
func mustBeLoaded(loaded bool, field, model reflect.Type) {
	if !loaded {
		panic(schema.NotLoaded(field, model))
	}
}

// rowOf returns the row referred to, if it was loaded and is there. The key may have become another one since: it is a
// column, and was read again, say.
func rowOf[T any, K comparable](r *RefBy[T, K]) (row *T, ok bool) {
	if r != nil && r.Loaded() {
		row = r.to.row
	}
	return row, row != nil
}

// Loaded reports whether the row was loaded or set, also if the row was found not to exist. A nil reference (NULL)
// counts as loaded.
func (r *RefBy[T, K]) Loaded() bool { return r == nil || r.to != nil && r.to.key == r.key }

// IsZero reports whether r refers to no row.
func (r RefBy[T, K]) IsZero() bool { var zero K; return r.key == zero }

// MarshalJSON returns the JSON of the row if it was loaded and exists, and else the JSON of the key.
func (r RefBy[T, K]) MarshalJSON() ([]byte, error) { return json.Marshal(shown(r.ReferenceValues())) }

// shown returns what the JSON of a reference shows: the row if there is one, or the key.
func shown(key, row any) any {
	if row != nil {
		return row
	}
	return key
}

// UnmarshalJSON reads the key, or takes it from the JSON of a row, as MarshalJSON writes it. The row counts as not
// loaded: only its key is used.
func (r *RefBy[T, K]) UnmarshalJSON(b []byte) error { return unmarshalRef(r, b) }

func unmarshalRef[T any, K comparable](r *RefBy[T, K], b []byte) error {
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

// ReferenceTypes returns the model that a reference type refers to and the type of its key. It is for package schema
// only.
func (RefBy[T, K]) ReferenceTypes() (model, key reflect.Type) {
	return reflect.TypeFor[T](), reflect.TypeFor[K]()
}

// ReferenceValues returns the key, and the row (a *T) if it was loaded and exists, else nil. It is for package schema
// only; see [RefBy.Key] and [RefBy.Get].
func (r RefBy[T, K]) ReferenceValues() (key, row any) {
	to, ok := rowOf(&r)
	return r.key, anyOf(to, ok)
}

// anyOf returns a pointer, if it is there.
func anyOf[T any](p *T, ok bool) any {
	if !ok {
		return nil
	}
	return p
}
