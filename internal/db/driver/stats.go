package driver

import "time"

// PoolStats are the figures of the connections of one kind. The counters begin when the database is opened.
type PoolStats struct {
	Max, Total, Idle, InUse, Connecting, Waiting int

	Acquires uint64
	Waits    uint64
	WaitTime time.Duration
	GaveUp   uint64

	Opened, Closed, ClosedIdle, ClosedAge uint64
}

// Stats are the figures of a database that is open. Where one connection does everything, Pool is zero.
type Stats struct {
	Pool, Writer                PoolStats
	GroupCommits, GroupedWrites uint64
}

// Health is what a database says of itself.
type Health struct {
	Version  string
	Recovery bool
	ReadOnly bool
	Journal  string
}
