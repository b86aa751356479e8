package conn

import "github.com/prom-go/prom/internal/dsn"

// DSN names a database and how to reach it. It is made by [ParseDSN]; the zero value names no database.
//
// Its fields are Dialect, "postgres" or "sqlite"; Name, the name of the connection; User, the role to log in as; Hosts,
// the servers, tried in order; Path, the name of the database or the path of the file; and Options.
//
// Whatever prints it, prints it without its secrets: every verb of fmt, encoding/json, log/slog and its method String
// give the same redacted text. A DSN is a value: copies share nothing that changes, and it is safe for concurrent use.
// Two are compared by the method Equal.
type DSN = dsn.DSN

// Host is one PostgreSQL server: Name, a host name, an address without brackets or the directory of a Unix socket, and
// Port, for which zero means [DefaultPort].
type Host = dsn.Host

// Options are the options of a DSN that prom itself understands. The zero value is the default of all.
type Options = dsn.Options

// InstallMode says what happens when a table or a column that a repository needs is missing.
type InstallMode = dsn.InstallMode

// The modes of install=auto|check|off.
const (
	// InstallAuto creates it. It is the zero value.
	InstallAuto = dsn.InstallAuto
	// InstallCheck reports it as drift and changes nothing.
	InstallCheck = dsn.InstallCheck
	// InstallOff does nothing: the database's own error comes back.
	InstallOff = dsn.InstallOff
)

// DefaultPort is the TCP port of a PostgreSQL host that names none.
const DefaultPort = dsn.DefaultPort

// DefaultBusyTimeout is how long SQLite waits for another connection's lock when the DSN does not say.
const DefaultBusyTimeout = dsn.DefaultBusyTimeout

// DefaultInstallLockTimeout is how long DDL waits for a table's lock when the DSN does not say.
const DefaultInstallLockTimeout = dsn.DefaultInstallLockTimeout

// NoTimeout is the value of a timeout that the DSN switched off by writing 0. It differs from the zero
// [time.Duration], which means the default. Any negative duration is treated the same.
const NoTimeout = dsn.NoTimeout

// ParseDSN reads a DSN. It does no I/O. These forms are understood:
//
//	postgres://user:password@host:5432/database?option=value#name
//	postgres://[::1]:5432,other:5433/database
//	postgres:///database?host=/var/run/postgresql
//	host=localhost dbname=database user=me password='it\'s' #name
//	sqlite:///absolute/path.db?option=value#name
//	sqlite://relative/path.db
//	sqlite://:memory:
//
// An option that nobody knows, one given twice, and a value of the wrong form are errors. An error never holds a value
// of the DSN, only the names of the scheme and of options.
func ParseDSN(s string) (DSN, error) { return dsn.Parse(s) }
