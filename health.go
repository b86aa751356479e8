package prom

import (
	"context"
	"time"

	"github.com/prom-go/prom/internal/db"
)

// Stats are the figures of a connection, a snapshot for monitoring. The counters of connections begin anew when the DB
// connects again after Close.
type Stats struct {
	// Open reports whether the DB is connected. If it is not, Pool, Writer and the figures of group commits are zero.
	Open bool
	// Connected is how often the DB has connected: 1, and one more for each use after a Close.
	Connected uint64
	// Pool are the connections of PostgreSQL, or those that read a SQLite file. It is zero for an in-memory database,
	// which has the writer alone.
	Pool PoolStats
	// Writer is the one connection that writes to a SQLite file. It is zero on PostgreSQL.
	Writer PoolStats
	// GroupCommits is the number of commits that several writes of SQLite have shared.
	GroupCommits uint64
	// GroupedWrites is the number of these writes.
	GroupedWrites uint64
	// Statements are the caches of SQL texts of all tables together.
	Statements CacheStats
}

// PoolStats are the figures of a pool of connections.
type PoolStats struct {
	// Max is the greatest number of connections, Total how many are open now, Idle how many of these are free, and
	// InUse how many are taken. On SQLite a connection may be taken before it has been opened.
	Max, Total, Idle, InUse int
	// Connecting is how many connections are being opened now. It is zero on SQLite.
	Connecting int
	// Waiting is how many calls wait for a connection now.
	Waiting int

	// Acquires is how often a connection was taken.
	Acquires uint64
	// Waits is how often a call had to wait because no connection was free. On PostgreSQL it includes waits for a new
	// connection, and not those that ended without a connection.
	Waits uint64
	// WaitTime is the time of these waits together.
	WaitTime time.Duration
	// GaveUp is how many calls got no connection, because their context ended or a timeout expired.
	GaveUp uint64

	// Opened is the number of connections that were opened, or tried on PostgreSQL.
	Opened uint64
	// Closed is how many connections were closed or have failed, for any reason, including the next two.
	Closed uint64
	// ClosedIdle is how many were closed after pool_max_conn_idle_time. It is zero on SQLite.
	ClosedIdle uint64
	// ClosedAge is how many were closed after pool_max_conn_lifetime. It is zero on SQLite.
	ClosedAge uint64
}

// Stats returns the figures of the connection. It does no I/O and does not connect.
func (d *DB) Stats() Stats {
	s := d.in().Stats()
	return Stats{Open: s.Open, Connected: s.Connected, Pool: PoolStats(s.Pool), Writer: PoolStats(s.Writer),
		GroupCommits: s.GroupCommits, GroupedWrites: s.GroupedWrites,
		Statements: CacheStats{Shapes: s.Shapes, Hits: s.Hits, Misses: s.Misses}}
}

// Health is the outcome of a health check.
type Health struct {
	// Name is the connection's name.
	Name string
	// Err is nil if the database has answered. Otherwise it is an [Error], which holds no values and no secrets.
	Err error
	// Latency is how long the check took, including the wait for a connection, and connecting if it was necessary.
	Latency time.Duration
	// Version is the version of the server, or of SQLite, such as "16.4". It is empty if the server has not answered.
	Version string
	// ReadOnly reports that writes would be refused: by readonly, by the server's settings, because the server is a
	// standby, or because the SQLite file may not be written.
	ReadOnly bool
	// Recovery reports that the PostgreSQL server is in recovery, as a standby is.
	Recovery bool
	// Journal is the journal mode of a SQLite file, such as "wal". It is empty on PostgreSQL.
	Journal string
	// Exhausted reports that all connections were in use when the check began.
	Exhausted bool
}

// Health checks whether the database answers. It connects if necessary, and is cheap: one round trip on PostgreSQL; on
// SQLite it reads the head of the file, checks that the file was not moved or replaced, and takes and releases the lock
// for writing if nobody has it. It does not wait for locks. A context without a deadline gets one of 5 seconds.
//
// A full disk is not noticed: it shows in the errors of writes, [ErrDiskFull]. Nor is the content of the file checked:
// use SQLite's PRAGMA quick_check for that, which reads all of it. See docs/production.md for probes.
func (d *DB) Health(ctx context.Context) Health { return ownHealth(d.in().Health(ctx)) }

// Health checks all connections of the registry at the same time, including those of the environment, and returns the
// outcomes in the order of the names; see [DB.Health]. If the environment holds an invalid DSN, the last one has its
// error.
func (r *Registry) Health(ctx context.Context) []Health {
	var list []Health
	for _, h := range r.in().Health(ctx) {
		list = append(list, ownHealth(h))
	}
	return list
}

// CheckHealth checks all connections of the default registry; see [Registry.Health].
func CheckHealth(ctx context.Context) []Health { return Default.Health(ctx) }

func ownHealth(h db.Health) Health {
	return Health{Name: h.Name, Err: h.Err, Latency: h.Latency, Version: h.Version, ReadOnly: h.ReadOnly,
		Recovery: h.Recovery, Journal: h.Journal, Exhausted: h.Exhausted}
}
