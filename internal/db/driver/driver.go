package driver

import (
	"context"
	"database/sql"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/dsn"
)

// Driver opens the databases of one engine.
type Driver interface {
	// Open opens the database of a DSN. The watcher may be nil.
	Open(ctx context.Context, d dsn.DSN, w Watcher) (Engine, error)
	// Dialect returns the dialect of the engine's SQL.
	Dialect(d dsn.DSN) dialect.Dialect
	// Where returns where the connection leads whose error it is, "" for an error of something else. It may complete
	// the error's detail.
	Where(d dsn.DSN, e *Error) string
}

// Engine is a database that is open. It is safe for concurrent use. Its errors are [Error]s.
type Engine interface {
	// Query runs a statement that returns rows. They belong to their connection: who reads them closes them once, soon.
	Query(ctx context.Context, st *Statement) (Rows, error)
	// QueryApart is Query for a caller of whom nothing is known: nobody waits for the end of its rows, and they can be
	// closed at any time.
	QueryApart(ctx context.Context, st *Statement) (Rows, error)
	// Exec runs a statement that returns no rows, and returns how many it changed.
	Exec(ctx context.Context, st *Statement) (int64, error)
	// Bulks reports whether Bulk works, which it does not in the exec modes of PostgreSQL that have no binary formats.
	Bulks() bool
	// Bulk inserts many rows, all or none of them.
	Bulk(ctx context.Context, b *Bulk) error
	// Begin begins a transaction.
	Begin(ctx context.Context, opts TxOptions) (Tx, error)

	// Alone runs a statement that cannot be part of a transaction, without the timeouts of the DSN.
	Alone(ctx context.Context, st *Statement) error
	// Lock takes a lock by a statement that is asked again until it says so, and holds it until release is called.
	Lock(ctx context.Context, sql string) (release func(), err error)
	// Listen opens a listener, nil where nobody else can change the database.
	Listen(ctx context.Context, channel string, pace time.Duration) (Listener, error)
	// Contends reports whether a call outside of the transactions that are open may wait for one of them without an
	// end: one that locks something, or any when no connection is left.
	Contends(locks bool) bool

	// Stats returns the figures of the connections, without I/O.
	Stats() Stats
	// Health asks the database about itself. It waits for a connection, and not for locks.
	Health(ctx context.Context) (Health, error)
	// Ping makes sure that the database answers.
	Ping(ctx context.Context) error
	// SQL returns the database as one of database/sql.
	SQL() (*sql.DB, error)
	// Close closes the connections. It waits for statements, and not for transactions.
	Close()
}

// Tx is one transaction of an engine. It is used by one goroutine at a time.
type Tx interface {
	// Query, Exec, Bulks and Bulk are those of [Engine], in the transaction.
	Query(ctx context.Context, st *Statement) (Rows, error)
	Exec(ctx context.Context, st *Statement) (int64, error)
	Bulks() bool
	Bulk(ctx context.Context, b *Bulk) error

	// Savepoint, Release and RollbackTo are the statements of these names.
	Savepoint(ctx context.Context, name string) error
	Release(ctx context.Context, name string) error
	RollbackTo(ctx context.Context, name string) error

	// Cut ends what another goroutine runs in it, and may end the transaction.
	Cut()
	Commit(ctx context.Context) error
	Rollback(ctx context.Context) error
}

// Batcher is an [Engine], or a [Tx], that sends several statements together.
type Batcher interface {
	// Batch runs statements, all of them or none, and has the rows of each read in turn. With an error comes the
	// statement that failed, -1 when it was none of them, or [NoPlace].
	Batch(ctx context.Context, sts []*Statement, read BatchFunc) (failed int, err error)
}

// BatchFunc reads the rows of a batch's statement, by its number.
type BatchFunc func(i int, rows Rows) error

// NoPlace, for the statement that failed, says that nothing has happened and nobody knows which of them it was.
const NoPlace = -2

// Listener learns that a database may have changed.
type Listener interface {
	// Wait waits until it is notified of a change, or for the given time at most, and reports which.
	Wait(ctx context.Context, most time.Duration) (told bool, err error)
	// Close closes the listener's connection.
	Close()
}

// TxOptions are how an engine begins a transaction.
type TxOptions struct {
	Isolation     Isolation
	ReadOnly      bool
	Deferrable    bool
	NoForeignKeys bool // SQLite does not enforce foreign keys in it
	// Prelude is a statement that is sent together with BEGIN, "" for none. Only PostgreSQL has one.
	Prelude string
}

// Isolation is the isolation level of a transaction, as the SQL standard names them. SQLite runs every level as
// Serializable.
type Isolation uint8

// The isolation levels.
const (
	DefaultIsolation Isolation = iota // of the server; PostgreSQL's is ReadCommitted unless it was configured otherwise
	ReadCommitted
	RepeatableRead
	Serializable
)

// CloseEvery is how often it is looked whether transactions alone keep an engine from being closed.
const CloseEvery = 10 * time.Millisecond
