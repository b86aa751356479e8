// Package conn has the types of package prom for connections, transactions and DSNs under the same names: for code that
// opens connections and has no repositories. They are aliases: a conn.DB is a [prom.DB].
package conn

import (
	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dsn"
)

// The types of connections and transactions.
type (
	// DB is a named connection to one database, with a pool; see [prom.DB].
	DB = prom.DB
	// Registry holds connections by name; see [prom.Registry].
	Registry = prom.Registry
	// OpenOption is an option of a connection in addition to its DSN; see [prom.OpenOption].
	OpenOption = prom.OpenOption
	// TxOption is an option of a transaction; see [prom.TxOption].
	TxOption = prom.TxOption
	// Isolation is an isolation level of a transaction; see [prom.Isolation].
	Isolation = prom.Isolation
	// Error is an error of the database; see [prom.Error].
	Error = prom.Error
	// Kind is the kind of an error, such as [prom.ErrUnique]; see [prom.Kind].
	Kind = prom.Kind
	// DSN is a parsed data source name; see [prom.DSN] and [prom.ParseDSN].
	DSN = prom.DSN
)

// Host is one PostgreSQL server of a DSN: its name and its port, for which zero means [DefaultPort]; see [prom.Host].
type Host = prom.Host

// Options are the options of a DSN that prom itself interprets. The zero value has the defaults; see
// [prom.DSNOptions].
type Options = prom.DSNOptions

// DefaultPort is the TCP port of a PostgreSQL host that names none.
const DefaultPort = dsn.DefaultPort

// DefaultBusyTimeout is how long SQLite waits for another connection's lock unless the DSN's option busy_timeout
// says otherwise.
const DefaultBusyTimeout = dsn.DefaultBusyTimeout

// DefaultInstallLockTimeout is how long DDL waits for the lock of a table, unless the DSN's option install_lock_timeout
// says otherwise.
const DefaultInstallLockTimeout = dsn.DefaultInstallLockTimeout

// NoTimeout is the value of a timeout in [Options] that the DSN disables by 0, such as statement_timeout=0. A zero
// duration is the default instead. Every other negative duration means the same as NoTimeout.
const NoTimeout = dsn.NoTimeout
