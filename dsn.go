package prom

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

// InstallMode says what happens when a table or a column that a repository needs is missing.
type InstallMode = dsn.InstallMode

// The modes of installation, which the DSN's option install names.
const (
	// InstallAuto creates it. It is the zero value.
	InstallAuto = dsn.InstallAuto
	// InstallCheck reports it as drift and changes nothing.
	InstallCheck = dsn.InstallCheck
	// InstallOff does nothing: the database's own error comes back.
	InstallOff = dsn.InstallOff
)

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
