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

// Tracking gives the struct that embeds it the change tracking of [Model] and no columns: for models whose key and
// times are fields of their own, with names of their own.
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

// UUID is a universally unique identifier: the type of github.com/google/uuid, which documents its methods, so that
// what one library makes the other takes.
type UUID = uuid.UUID

// NewUUID returns a new UUID of version 7 (RFC 9562), which sorts by the time of its making. It panics if the operating
// system gives no random numbers, after which no program should go on.
func NewUUID() UUID { return uuid.Must(uuid.NewV7()) }
