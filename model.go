package prom

import (
	"time"

	"github.com/google/uuid"

	"github.com/prom-go/prom/schema"
)

// Model adds to the struct that embeds it an auto-increment key, the times of insertion and of the last write, and
// change tracking: saving a loaded value writes only the columns that changed. Its columns are _id, _created and
// _updated. They are the last columns of the table.
//
// A model may be copied; each copy then tracks its own changes. Compare the fields of two models and not the structs,
// which include the data of change tracking. The zero Model is that of a value that is not stored.
type Model struct {
	ID      int64     `prom:"_id,key,auto" json:"id"`          // the primary key; 0 in a new value
	Created time.Time `prom:"_created,created" json:"created"` // set at insertion, if zero; UTC, microseconds
	Updated time.Time `prom:"_updated,updated" json:"updated"` // set at every write, unless the program set it

	track schema.Tracker
}

// IsNew reports whether the value has not been stored: it was neither loaded nor saved, or it was deleted since.
func (m *Model) IsNew() bool { return m.track.Loaded == nil }

// UUIDModel is [Model] with a UUID as its key. The key is a UUID of version 7, generated in Go at insertion, unless it
// is set. Such keys sort by the time of their creation.
type UUIDModel struct {
	ID      UUID      `prom:"_id,key,auto" json:"id"`          // the primary key; zero in a new value
	Created time.Time `prom:"_created,created" json:"created"` // set at insertion, if zero; UTC, microseconds
	Updated time.Time `prom:"_updated,updated" json:"updated"` // set at every write, unless the program set it

	track schema.Tracker
}

// IsNew reports whether the value has not been stored: it was neither loaded nor saved, or it was deleted since.
func (m *UUIDModel) IsNew() bool { return m.track.Loaded == nil }

// Tracking adds the change tracking of [Model], and no columns, to the struct that embeds it. Use it for models that
// declare the key and the times themselves:
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

// IsNew reports whether the value has not been stored: it was neither loaded nor saved, or it was deleted since.
func (t *Tracking) IsNew() bool { return t.track.Loaded == nil }

// UUID is a universally unique identifier. It is the type of github.com/google/uuid, which documents its methods.
type UUID = uuid.UUID

// NewUUID returns a new UUID of version 7 (RFC 9562), which sorts by the time of its creation. It panics if the
// operating system cannot provide random numbers.
func NewUUID() UUID { return uuid.Must(uuid.NewV7()) }
