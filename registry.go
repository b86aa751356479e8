package prom

import (
	"log/slog"
	"time"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/dsn"
)

// Registry holds connections by name. Registering a connection does no I/O. A Registry is safe for concurrent use. The
// zero value is empty and does not read the environment.
//
// Its field Prefix is the prefix of the environment variables PREFIX, PREFIX_1, PREFIX_2 and so on. The registry reads
// them once, when a connection is used that was not registered by Open. With "" it reads none. Do not change Prefix
// after the registry has been used.
type Registry db.Registry

// DefaultPrefix is the prefix of the default registry.
const DefaultPrefix = db.DefaultPrefix

// OpenOption is an option of a connection in addition to its DSN, such as [Logger], [Observe], [OnCommit],
// [Installing], [CallTimeout] or [ConfigurePool].
type OpenOption struct{ o db.OpenOption }

// Logger logs what happens on a connection. At the level warn it logs slow statements and waits (see [LogSlow]),
// connections that fail, and failures that concern the database and not the row or the caller. At the level info it
// logs changes of the schema, and a new connection after a failure. At the level debug it logs every statement, batch,
// transaction, wait and retry, with its operation, table, rows, duration and error, and the text of the statement
// without its arguments. The log also gets the connection's other warnings, which otherwise go to [slog.Default].
func Logger(log *slog.Logger) OpenOption { return OpenOption{db.Logger(log)} }

// LogArgs adds the arguments of statements to the log of [Logger], and to each [Event]. They are the application's
// data: be careful where you store them.
func LogArgs() OpenOption { return OpenOption{db.LogArgs()} }

// LogSlow sets the least duration of a statement, batch or wait that [Logger] logs as slow, instead of 500 ms. A
// negative duration logs none.
func LogSlow(least time.Duration) OpenOption { return OpenOption{db.LogSlow(least)} }

// Installing sets what a connection does if a table or a column is missing, whatever its DSN says. Use it with
// [InstallCheck] for a release job that calls [Apply], and for a service whose database user cannot change the schema.
func Installing(mode InstallMode) OpenOption {
	return OpenOption{db.Installing(dsn.InstallMode(mode))}
}

func (r *Registry) in() *db.Registry { return (*db.Registry)(r) }

// Open registers the connection of a DSN under the name in its fragment, and returns it. It returns an error if an open
// connection has this name; it replaces a closed one. prom connects at the first operation.
func (r *Registry) Open(text string, options ...OpenOption) (*DB, error) {
	d, err := r.in().Open(text, openOptionsAt(options)...)
	return (*DB)(d), err
}

// Get returns the connection with the given name. If the name is unknown, it returns an error that lists the known
// names.
func (r *Registry) Get(name string) (*DB, error) {
	d, err := r.in().Get(name)
	return (*DB)(d), err
}

// Names returns the names of the registered connections, in order.
func (r *Registry) Names() []string { return r.in().Names() }

// SetOptions sets options of the connections that are registered later, including those of the environment. They come
// before the options of Open, and replace those of an earlier call.
func (r *Registry) SetOptions(options ...OpenOption) { r.in().SetOptions(openOptionsAt(options)...) }

// Close closes all connections. They stay registered, and connect again when they are used.
func (r *Registry) Close() error { return r.in().Close() }
