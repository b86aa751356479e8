package prom

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/prom-go/prom/schema"
)

// Ref is a reference to a row of T, a model whose key is an int64, as that of [Model] is. It is one column that holds
// the key of that row; its methods are those of [RefBy]. As a field it is a required reference, whose row is deleted
// with the row it refers to; as a pointer, *Ref[T], an optional one, which becomes NULL then.
type Ref[T any] = RefBy[T, int64]

// RefBy is a [Ref] to a model whose key is of type K, such as a UUID or a string. The zero value refers to nothing,
// which a required reference refuses to store. A reference also holds the row itself, once that has been loaded; see
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

// NewRef returns a reference to the row of T with that key.
func NewRef[T any](key int64) Ref[T] { return Ref[T]{key: key} }

// NewRefBy returns a reference to the row of T with that key.
func NewRefBy[T any, K comparable](key K) RefBy[T, K] { return RefBy[T, K]{key: key} }

// RefTo returns a reference to a row that was saved, whose key is an int64. It holds the row, as if it had been loaded;
// see [RefBy.Set].
func RefTo[T any](row *T) (r Ref[T]) {
	r.Set(row)
	return r
}

// RefByTo is [RefTo] to a row whose key is of type K, which has to be told: prom.RefByTo[string](&country).
func RefByTo[K comparable, T any](row *T) (r RefBy[T, K]) {
	r.Set(row)
	return r
}

// Key returns the key of the row referred to; the zero key when there is none.
func (r RefBy[T, K]) Key() K { return r.key }

// SetKey makes r refer to the row with that key, which counts as not loaded.
func (r *RefBy[T, K]) SetKey(key K) { r.key, r.to = key, nil }

// Set makes r refer to a row, which counts as loaded; nil makes it refer to nothing. The row must have been saved, or
// have a key that was set by hand: a reference to one without a key refers to nothing, and is refused when it is to be
// stored. Set panics when the model T has no key of type K.
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

// Get returns the row referred to, and whether it is there. The references that were loaded together, and copies of
// them, share the row: who changes it changes it for all. A nil reference, which is NULL, and one that refers to
// nothing have none. Of one that was not loaded nobody knows: Get panics, and says which field it may be and how to
// load it. [RefBy.Loaded] asks.
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

// Loaded reports whether the row referred to was loaded or set, which includes that it was found not to be there. A nil
// reference, which is NULL, counts as loaded, since there is nothing to load.
func (r *RefBy[T, K]) Loaded() bool { return r == nil || r.to != nil && r.to.key == r.key }

// IsZero reports whether r refers to nothing.
func (r RefBy[T, K]) IsZero() bool { var zero K; return r.key == zero }

// MarshalJSON writes the row referred to, when it was loaded and is there, and else the key.
func (r RefBy[T, K]) MarshalJSON() ([]byte, error) { return json.Marshal(shown(r.ReferenceValues())) }

// shown returns what the JSON of a reference shows: the row if there is one, or the key.
func shown(key, row any) any {
	if row != nil {
		return row
	}
	return key
}

// UnmarshalJSON reads the key, or takes it from a row such as MarshalJSON writes. The row counts as not loaded,
// whatever the text says that it holds.
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

// ReferenceTypes returns the model that a reference type refers to and the type of its key. It makes RefBy known to
// package schema and is of no other use.
func (RefBy[T, K]) ReferenceTypes() (model, key reflect.Type) {
	return reflect.TypeFor[T](), reflect.TypeFor[K]()
}

// ReferenceValues returns the key, and the row if it was loaded and is there: a *T, else nil. It is for package schema
// and of no other use; see [RefBy.Key] and [RefBy.Get].
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
