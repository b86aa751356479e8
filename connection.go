package prom

import (
	"context"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom/conn"
)

// DB is a named connection to one database. It connects when it is first used, is safe for concurrent use, and prints
// without its secrets.
type DB = conn.DB

// Registry keeps connections by name. The package has a default one, which reads the environment; libraries and tests
// make their own.
type Registry = conn.Registry

// DSN names a database and how to reach it.
type DSN = conn.DSN

// OpenOption changes how a connection is opened, beyond its DSN: [Logger], [LogArgs] and [Installing].
type OpenOption = conn.OpenOption

// TxOption changes how a transaction runs: [WithIsolation], [ReadOnly], [Deferrable] and [Retry].
type TxOption = conn.TxOption

// Isolation is the isolation level of a transaction.
type Isolation = conn.Isolation

// The isolation levels. SQLite runs all of them as Serializable.
const (
	DefaultIsolation = conn.DefaultIsolation
	ReadCommitted    = conn.ReadCommitted
	RepeatableRead   = conn.RepeatableRead
	Serializable     = conn.Serializable
)

// Default is the registry of the functions of this package. It reads PROM_DSN, then PROM_DSN_0 or PROM_DSN_1 and on to
// the first gap, once, when a connection is asked for that was not opened by hand.
var Default = &Registry{Prefix: conn.DefaultPrefix}

// Open registers the connection that a DSN describes under the name that the DSN's fragment gives; without a fragment
// it is the default connection. It does no I/O: the connection is made at the first operation. A name that an open
// connection has is refused. See [DSN] for the grammar:
//
//	sqlite:///var/lib/app/app.db    sqlite://relative.db    sqlite://:memory:
//	postgres://user:password@host:5432/database?sslmode=require#name
func Open(dsn string, options ...OpenOption) (*DB, error) { return Default.Open(dsn, options...) }

// ParseDSN reads a DSN. Its errors hold neither the text nor any value of it.
func ParseDSN(dsn string) (DSN, error) { return conn.ParseDSN(dsn) }

// Conn returns the connection of that name; "" is the default one. An unknown name is an error that lists the known
// ones.
func Conn(name string) (*DB, error) { return Default.Get(name) }

// PgxPool returns the pgx pool of a connection to PostgreSQL, connecting it if need be, and nil for SQLite. [DB.Close]
// ends it. What is called on it goes by pgx's own modes: behind a pooler that does not follow prepared statements set
// default_query_exec_mode=exec.
func PgxPool(ctx context.Context, db *DB) (*pgxpool.Pool, error) { return conn.PgxPool(ctx, db) }

// Close closes all connections of the default registry. They stay registered and connect again when they are used.
func Close() error { return Default.Close() }

// Logger logs every statement of a connection at the level debug, without its arguments, and takes its warnings, which
// go to [slog.Default] otherwise.
func Logger(log *slog.Logger) OpenOption { return conn.Logger(log) }

// LogArgs adds the arguments to what [Logger] logs. They are the application's data: mind where the log goes.
func LogArgs() OpenOption { return conn.LogArgs() }

// InstallMode says what happens when a table or a column that a repo needs is missing.
type InstallMode = conn.InstallMode

// The modes of installation, which the DSN's option install names.
const (
	InstallAuto  = conn.InstallAuto  // it is created; the zero value
	InstallCheck = conn.InstallCheck // it is reported as [ErrDrift], and nothing is changed
	InstallOff   = conn.InstallOff   // the database's own error comes back
)

// Installing sets what happens on a connection when a table or a column is missing, whatever its DSN says. A release
// job that calls [Apply], and a service whose user may not change the schema, are opened with [InstallCheck].
func Installing(mode InstallMode) OpenOption { return conn.Installing(mode) }

// Tx runs fn in a transaction of the default connection; see [DB.Tx]. Every call on a repo of this connection with the
// context that fn gets is part of it.
func Tx(ctx context.Context, fn func(ctx context.Context) error, options ...TxOption) error {
	db, err := Conn("")
	if err != nil {
		return err
	}
	return db.Tx(ctx, fn, options...)
}

// AfterCommit has fn called once the work that ctx belongs to is there for everybody: when the outermost transaction
// has been committed, or at once when ctx carries none. A rollback, also of a nested transaction around it, drops fn.
// The transaction is the one that was begun last of those that ctx carries, so that a model's hook needs not know its
// connection; see [DB.AfterCommit], which chooses one, for what fn is given and may do.
func AfterCommit(ctx context.Context, fn func(ctx context.Context)) error {
	return conn.AfterCommit(ctx, fn)
}

// WithIsolation sets the isolation level of a transaction.
func WithIsolation(level Isolation) TxOption { return conn.WithIsolation(level) }

// ReadOnly makes a transaction refuse writes. On SQLite it runs beside the writer.
func ReadOnly() TxOption { return conn.ReadOnly() }

// Deferrable makes a read-only serializable transaction of PostgreSQL wait for a moment when it cannot fail.
func Deferrable() TxOption { return conn.Deferrable() }

// Retry has a transaction run again, at most n more times, when it failed as [ErrSerialization], [ErrDeadlock] or
// [ErrBusy], after a pause that hears the context. Each attempt calls the function anew; see [conn.Retry].
func Retry(n int) TxOption { return conn.Retry(n) }
