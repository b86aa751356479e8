package prom

import (
	"context"
	"time"

	"github.com/prom-go/prom/internal/db"
)

// ReadScope returns a context with a read scope of its own, for one request or one job, on every connection with
// reads=replicas. The reads of a scope never miss a row that the scope has written, and never go back in time: a read
// sees at least what the reads of the scope before it have shown. One standby at a time answers the reads of a scope,
// and the primary when none has replayed enough. So a scope for each request spreads the requests over the standbys.
//
// Without ReadScope, the scope of a context is the process: its reads see everything that the process has written.
// Calls with the scope's context may run at the same time. A scope needs no end.
//
// A context without a connection that reads replicas, and SQLite, ignore it. See docs/growth.md, and "Hot Standby" in
// PostgreSQL's manual.
func ReadScope(ctx context.Context) context.Context {
	ctx, _ = db.WithReadScope(ctx, "")
	return ctx
}

// ReadScopeAt is [ReadScope] whose reads also see everything that was written and read before a position, a text of
// [ReadPosition]: of the request before, from a cookie, or of another service, from a message. The empty text is no
// position. If the text is none of ReadPosition's, there is an error, and the context has a scope without a position.
//
// A position names no row and holds no secret. One that the primary has not reached, because it was made up or lost
// with a server, has no other effect than that a read goes to the primary.
func ReadScopeAt(ctx context.Context, position string) (context.Context, error) {
	return db.WithReadScope(ctx, position)
}

// ReadPosition returns the position of the context's read scope as text, for [ReadScopeAt]: on each connection with
// reads=replicas that the scope was used with, behind what was written and read. Without a scope it is the position of
// the process on the connections of the default registry; see [Registry.ReadPosition]. The text has no character that a
// cookie or a URL would have to encode, and is empty if there is no position.
//
// It is known without I/O, except behind a write that does not tell it, such as CreateMany of many rows, and after the
// scope went from one server to another: then ReadPosition asks the primary, and returns its error. What an open
// transaction has written is not behind the position.
func ReadPosition(ctx context.Context) (string, error) { return Default.ReadPosition(ctx) }

// ReadPosition is the function [ReadPosition] for the connections of this registry.
func (r *Registry) ReadPosition(ctx context.Context) (string, error) {
	return r.in().ReadPosition(ctx)
}

// Stale returns a context whose reads any standby may answer that is not further behind than max_lag, though it has not
// replayed what the scope of ctx has written: for reports and lists in which a moment does not matter. Among each other
// the reads with the context do not go back in time. Its writes count for the scope of ctx.
//
// It has no effect on a connection without replicas, nor in a transaction.
func Stale(ctx context.Context) context.Context { return db.Stale(ctx) }

// Primary returns a context whose reads the primary answers, also if its reads would go to standbys otherwise. It has
// no effect on a connection without replicas, nor in a transaction.
func Primary(ctx context.Context) context.Context { return db.OnPrimary(ctx) }

// HostRole is what a server of a database does.
type HostRole uint8

// The roles. They are found out by asking the servers, so a promotion changes them.
const (
	HostUnknown  HostRole = iota // it has not answered yet
	HostPrimary                  // it takes the writes
	HostStandby                  // it follows the primary, and may answer reads
	HostEndpoint                 // an address of the option replica, where one of several standbys answers
)

// String returns "unknown", "primary", "standby" or "endpoint".
func (r HostRole) String() string {
	switch r {
	case HostPrimary:
		return "primary"
	case HostStandby:
		return "standby"
	case HostEndpoint:
		return "endpoint"
	}
	return "unknown"
}

// HostState is whether a server answers reads.
type HostState uint8

// The states.
const (
	HostAway   HostState = iota // it has not answered, or does not follow the primary: see the Err of the [HostInfo]
	HostBehind                  // a standby that is further behind than max_lag, or has not been found to follow the primary
	HostServes                  // it answers reads
)

// String returns "away", "behind" or "serves".
func (s HostState) String() string {
	switch s {
	case HostBehind:
		return "behind"
	case HostServes:
		return "serves"
	}
	return "away"
}

// HostInfo is what a connection with reads=replicas knows of one server. It is a snapshot for monitoring.
type HostInfo struct {
	// Address is the host and the port, as in the DSN.
	Address string
	// Role is what the server was when it was last asked.
	Role HostRole
	// State says whether it answers reads.
	State HostState
	// Lag is for how long the primary has had something that the standby had not replayed when it was last asked, to the
	// precision of these questions: a quarter of max_lag, and at most a second. It is zero for the primary, and for a
	// standby that has replayed everything, however long nothing was written.
	Lag time.Duration
	// LagBytes is how many bytes of the log the standby had not replayed then; -1 if that is not known.
	LagBytes int64
	// Reads is how many reads, batches of reads and read-only transactions the standby has answered since the connection
	// was opened; of the primary, how many it has answered because no standby could.
	Reads uint64
	// Err is why the server answers no reads, if it failed; otherwise nil.
	Err error
}

// Hosts returns what the connection knows of its servers: those of the DSN, and then those of the option replica. It
// does no I/O and does not connect. It is nil without reads=replicas, and while the DB is not open.
func (d *DB) Hosts() []HostInfo {
	var list []HostInfo
	for _, h := range d.in().Hosts() {
		i := HostInfo{Address: h.Address, Lag: h.Lag, LagBytes: h.LagBytes, Reads: h.Reads, Err: h.Err}
		switch {
		case h.Endpoint:
			i.Role = HostEndpoint
		case h.Seen && h.Standby:
			i.Role = HostStandby
		case h.Seen:
			i.Role = HostPrimary
		}
		switch {
		case h.Open:
			i.State = HostServes
		case h.Seen && h.Standby && h.Err == nil:
			i.State = HostBehind
		}
		list = append(list, i)
	}
	return list
}
