package driver

import (
	"context"
	"time"
)

// Watcher is told what an engine does besides the statements that it is given. It is safe for concurrent use.
type Watcher interface {
	// Waited is told of a wait that has ended, with an error if it was in vain.
	Waited(ctx context.Context, wait Wait, start time.Time, err error)
	// Connected is told of a new connection, or of one that could not be made.
	Connected(ctx context.Context, start time.Time, err error)
	// Retried is told that the engine runs a statement again, and why.
	Retried(ctx context.Context, st *Statement, err error)
}

// Wait says what a call waited for.
type Wait uint8

// What calls wait for.
const (
	NoWait   Wait = iota
	WaitPool      // a connection of the pool, or a reader of SQLite
	// the writer of a SQLite database, which another call of this process has
	WaitWriter
	WaitLock // a lock of the database that another process has
	WaitTurn // the end of another statement in the same transaction
)

var waits = [...]string{WaitPool: "pool", WaitWriter: "writer", WaitLock: "lock", WaitTurn: "transaction"}

// String returns the name of what was waited for.
func (w Wait) String() string {
	if int(w) < len(waits) {
		return waits[w]
	}
	return ""
}

// ShortWait is how long a call must have waited at least for a watcher to be told.
const ShortWait = 100 * time.Microsecond
