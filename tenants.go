package prom

import (
	"context"
	"time"

	"github.com/prom-go/prom/internal/db"
)

// Tenants opens connections at run time, one for the database, the file or the schema of each tenant, within a budget
// of connections over all of them. A tenant is connected at its first call. It is closed when it has been idle for
// long, or when another tenant needs its connections: the one that was used least recently first. Any number of tenants
// is fine; memory is needed only for those that are open or that the program holds. Tenants is safe for concurrent use.
//
// Use a repo with the connection of a tenant by its method Using, which costs about a microsecond:
//
//	db, err := tenants.DB(ctx, id)
//	…
//	book, err := books.Using(db).Get(ctx, key)
type Tenants db.Tenants

// TenantOptions bound the connections of tenants. The zero value has the defaults.
type TenantOptions struct {
	// MaxConns is the greatest number of connections of all tenants together, 100 by default. A tenant that is open
	// reserves as many of them as it may have: its pool on PostgreSQL, and its readers and the writer on SQLite. The
	// connection on which Watch waits counts too, and so do two for Apply on PostgreSQL.
	MaxConns int
	// PerTenant is the number of connections that a tenant may have on PostgreSQL, and the number of its readers on
	// SQLite, if its DSN has no pool_maxconn: 2 by default.
	PerTenant int
	// IdleAfter is how long a tenant stays open without a call: 5 minutes by default. A negative value means for ever,
	// until another tenant needs its connections.
	IdleAfter time.Duration
}

// NewTenants returns tenants whose DSNs the function dsn knows. It is called outside of all locks, by the calls of
// [Tenants.DB], when a tenant is not in memory. The connection's name is the DSN's fragment, or else the tenant's id.
// An in-memory database cannot be a tenant's, because it ends when it is closed.
//
// The open options are those of each connection. Set [CallTimeout]: a call waits for a free connection of the budget as
// long as its context allows, and a call for one tenant in the transaction of another may wait for itself.
func NewTenants(dsn func(ctx context.Context, id string) (string, error), o TenantOptions,
	options ...OpenOption) *Tenants {
	return (*Tenants)(db.NewTenants(dsn, db.TenantOptions(o), openOptionsAt(options)))
}

func (t *Tenants) in() *db.Tenants { return (*db.Tenants)(t) }

// DB returns the connection of a tenant. It does not connect, and does no I/O besides that of the function dsn, whose
// error it returns with the tenant's id. The DB may be kept: if its pool has been closed meanwhile, its next call
// connects again, within the budget. While somebody holds it, the same DB is returned for the id.
func (t *Tenants) DB(ctx context.Context, id string) (*DB, error) {
	d, err := t.in().DB(ctx, id)
	return (*DB)(d), err
}

// With returns a context of a tenant, for [Tenants.From]: a service sets it where it knows the tenant of a request.
func (t *Tenants) With(ctx context.Context, id string) context.Context { return t.in().With(ctx, id) }

// From returns the connection of the tenant of a context, as [Tenants.DB] does. A context without a tenant of these
// tenants is an error, so that no call goes to a wrong one.
func (t *Tenants) From(ctx context.Context) (*DB, error) {
	d, err := t.in().From(ctx)
	return (*DB)(d), err
}

// Forget closes the connection of a tenant, and asks for its DSN again when the tenant is next used: for a tenant that
// has moved or is gone. It waits for running statements, as [DB.Close] does.
func (t *Tenants) Forget(id string) error { return t.in().Forget(id) }

// Stats returns figures for monitoring.
func (t *Tenants) Stats() TenantStats { return TenantStats(t.in().Stats()) }

// Close closes the connections of all tenants. Later calls return [ErrClosed].
func (t *Tenants) Close() error { return t.in().Close() }

// TenantStats are the figures of tenants.
type TenantStats struct {
	// Known is how many tenants are in memory, Open how many of them are connected or are about to be, and Busy how
	// many of these have running calls or transactions.
	Known, Open, Busy int
	// Reserved is how many connections the open tenants may have, Max is the budget, and Waiting is how many calls wait
	// for a part of it.
	Reserved, Max, Waiting int
	// Opened is how often a tenant was opened, and Waits how often a call had to wait for the budget.
	Opened, Waits uint64
	// ClosedForRoom is how many tenants were closed because another one needed their connections, and ClosedIdle how
	// many because they were idle for long.
	ClosedForRoom, ClosedIdle uint64
}
