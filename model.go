package prom

import (
	"time"

	"github.com/google/uuid"

	"github.com/prom-go/prom/schema"
)

// Model gives the struct that embeds it an auto-increment key, the times of its insertion and of its last write, and
// change tracking: saving a value that was loaded writes the columns that changed and no others. Its columns are _id,
// _created and _updated, and they come last in the table.
//
// A model may be copied; the copies go on independently. Because of what tracking keeps, compare the fields of two
// models and not the structs as a whole. The zero Model belongs to a value that no database has seen.
type Model struct {
	ID      int64     `prom:"_id,key,auto" json:"id"`
	Created time.Time `prom:"_created,created" json:"created"` // set at insertion, if zero; UTC, microseconds
	Updated time.Time `prom:"_updated,updated" json:"updated"` // set at every write, unless set by hand

	track schema.Tracker
}

// IsNew reports whether the value has yet to be inserted: it did not come from a database, and was not saved, or was
// deleted since.
func (m *Model) IsNew() bool { return m.track.Loaded == nil }

// UUIDModel is [Model] with a key that is a UUID of version 7, made in Go when the value is inserted, unless it is set.
// Such keys sort by the time of their making.
type UUIDModel struct {
	ID      UUID      `prom:"_id,key,auto" json:"id"`
	Created time.Time `prom:"_created,created" json:"created"` // set at insertion, if zero; UTC, microseconds
	Updated time.Time `prom:"_updated,updated" json:"updated"` // set at every write, unless set by hand

	track schema.Tracker
}

// IsNew reports whether the value has yet to be inserted: it did not come from a database, and was not saved, or was
// deleted since.
func (m *UUIDModel) IsNew() bool { return m.track.Loaded == nil }

// Tracking gives the struct that embeds it the change tracking of [Model] and no columns: for models whose key and times
// are fields of their own, with names of their own.
//
//	type Customer struct {
//		prom.Tracking
//		Number  int64     `prom:"key,auto"`
//		Since   time.Time `prom:"created"`
//		Changed time.Time `prom:"updated"`
//		Name    string
//	}
type Tracking struct {
	track schema.Tracker
}

// IsNew reports whether the value has yet to be inserted: it did not come from a database, and was not saved, or was
// deleted since.
func (t *Tracking) IsNew() bool { return t.track.Loaded == nil }

// UUID is a universally unique identifier.
type UUID = uuid.UUID

// NewUUID returns a new UUID of version 7 (RFC 9562), which sorts by the time of its making. It panics if the operating
// system gives no random numbers, after which no program should go on.
func NewUUID() UUID { return uuid.Must(uuid.NewV7()) }

// Ref is a reference to a row of T, a model whose key is an int64, as that of [Model] is. As a field it is a required
// reference, whose row is deleted with the row it refers to; as a pointer, *Ref[T], an optional one, which becomes NULL
// then.
type Ref[T any] = schema.Ref[T]

// RefBy is a [Ref] to a model whose key is of type K, such as a UUID or a string.
type RefBy[T any, K comparable] = schema.RefBy[T, K]

// Many is the rows of T that refer to the row that it is a field of. It is no column: it holds the rows once they were
// loaded; see [ManyOf].
type Many[T any] = schema.Many[T]

// CompositeRef is the row of T that several columns refer to together, a field of a model; [CompositeRefOf] makes its relation. The tag
// option on names the columns, in the order of the primary key of T:
//
//	Shop   int64
//	Number int64
//	Order  prom.CompositeRef[Order] `prom:"on='shop, number'"`
type CompositeRef[T any] = schema.CompositeRef[T]

// ManyToMany is the rows of T that rows of a join model L connect with the row that it is a field of: L refers to both. It
// is otherwise as a [Many]; see [ManyToManyOf].
type ManyToMany[T, L any] = schema.ManyToMany[T, L]

// NewRef returns a reference to the row of T with that key.
func NewRef[T any](key int64) Ref[T] { return schema.NewRef[T](key) }

// NewRefBy returns a reference to the row of T with that key.
func NewRefBy[T any, K comparable](key K) RefBy[T, K] { return schema.NewRef[T](key) }

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
