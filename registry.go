package prom

import (
	"log/slog"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/dsn"
)

// Registry keeps connections by name. Registering one does no I/O. A Registry is safe for concurrent use; the zero
// value is empty and does not read the environment.
//
// Its field Prefix is the prefix of the environment variables that are read, once, when a connection is asked for that
// nobody has registered by hand: PREFIX, and PREFIX_1, PREFIX_2 and so on. "" reads none. It must not be changed once
// the registry is in use.
type Registry db.Registry

// DefaultPrefix is the prefix of the default registry.
const DefaultPrefix = db.DefaultPrefix

// OpenOption changes how a connection is opened, beyond its DSN: [Logger], [LogArgs] and [Installing].
type OpenOption struct{ o db.OpenOption }

// Logger logs every statement of a connection at the level debug, without its arguments, and takes its warnings, which
// go to [slog.Default] otherwise.
func Logger(log *slog.Logger) OpenOption { return OpenOption{db.Logger(log)} }

// LogArgs adds the arguments to what [Logger] logs. They are the application's data: mind where the log goes.
func LogArgs() OpenOption { return OpenOption{db.LogArgs()} }

// Installing sets what happens on a connection when a table or a column is missing, whatever its DSN says. A release
// job that calls [Apply], and a service whose user may not change the schema, are opened with [InstallCheck].
func Installing(mode InstallMode) OpenOption {
	return OpenOption{db.Installing(dsn.InstallMode(mode))}
}

func (r *Registry) in() *db.Registry { return (*db.Registry)(r) }

// Open registers the connection that a DSN describes, under the name that its fragment gives, and returns it. A name
// that is taken by an open connection is refused; a closed one is replaced. The connection is made at the first
// operation.
func (r *Registry) Open(text string, options ...OpenOption) (*DB, error) {
	d, err := r.in().Open(text, openOptionsAt(options)...)
	return (*DB)(d), err
}

// Get returns the connection of that name. An unknown name is an error that lists the known ones.
func (r *Registry) Get(name string) (*DB, error) {
	d, err := r.in().Get(name)
	return (*DB)(d), err
}

// Names lists the names of the connections that are registered, in order.
func (r *Registry) Names() []string { return r.in().Names() }

// SetLogger sets the log of the connections that are registered from now on, those of the environment included. With
// args their arguments are logged too.
func (r *Registry) SetLogger(log *slog.Logger, args bool) { r.in().SetLogger(log, args) }

// Close closes all connections. They stay registered and connect again when they are used.
func (r *Registry) Close() error { return r.in().Close() }
