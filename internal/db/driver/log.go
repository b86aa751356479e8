package driver

import (
	"context"
	"errors"
	"time"
)

// A position in the write-ahead log of PostgreSQL says what of it a server shows: a standby that has replayed the log
// up to a position shows all transactions whose commits are before it. See "Write-Ahead Logging" in its manual, and
// pg_last_wal_replay_lsn in "System Administration Functions".

// Log is what a statement asks about the log, in the same round trip: of the server's position before it, behind it, or
// both. A primary tells where it writes, and a standby what it has replayed.
type Log struct {
	Before, After bool

	Need uint64 // with Before: a server that has not got there is [ErrBehind]
	Seen uint64 // the position before the statement
	Then uint64 // the position behind it, 0 when it is not known
}

// ErrBehind is the error of a statement whose server has not replayed what it needs. It has not run, or its rows are
// dropped.
var ErrBehind = errors.New("prom: the standby is behind")

// Standing is what a server says of itself, to those who choose among several.
type Standing struct {
	Standby  bool
	Position uint64 // as of [Log]
	Received uint64 // of a standby: how much of the log it has
	// Timeline counts the promotions before this primary; of a standby, those before the one that it follows, 0 if it
	// does not tell.
	Timeline uint32
	Started  time.Time // when the server was started
}

// Replica is an [Engine] that can be one of several servers of a database, one of which takes the writes.
type Replica interface {
	Engine
	// Meet has a function called with the server of each new connection before that is used, which can refuse it by an
	// error. It must be called before the engine is used.
	Meet(fn func(Standing) error)
	// BeginAt is Begin where the server has got to a position, and otherwise [ErrBehind].
	BeginAt(ctx context.Context, opts TxOptions, log *Log) (Tx, error)
	// Look asks the server about itself, by a connection of its own.
	Look(ctx context.Context) (Standing, error)
	// Break ends all connections, those in use too: the server does not answer.
	Break()
}

// LogCommitter is a [Tx] that tells the log's position when it has committed.
type LogCommitter interface {
	// CommitLog is Commit. The position is 0 if it is not known.
	CommitLog(ctx context.Context) (position uint64, err error)
}
