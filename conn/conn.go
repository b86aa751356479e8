// Package conn has the names of package prom that are about connections, and the parts of a DSN: for code that opens
// connections and has no repositories. They are the same types, so that what one package makes the other takes.
package conn

import (
	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dsn"
)

// The types of connections and transactions.
type (
	DB         = prom.DB
	Registry   = prom.Registry
	OpenOption = prom.OpenOption
	TxOption   = prom.TxOption
	Isolation  = prom.Isolation
	Error      = prom.Error
	Kind       = prom.Kind
	DSN        = prom.DSN
)

// Host is one PostgreSQL server: Name, a host name, an address without brackets or the directory of a Unix socket, and
// Port, for which zero means [DefaultPort].
type Host = prom.Host

// Options are the options of a DSN that prom itself understands. The zero value is the default of all.
type Options = prom.DSNOptions

// DefaultPort is the TCP port of a PostgreSQL host that names none.
const DefaultPort = dsn.DefaultPort

// DefaultBusyTimeout is how long SQLite waits for another connection's lock when the DSN does not say.
const DefaultBusyTimeout = dsn.DefaultBusyTimeout

// DefaultInstallLockTimeout is how long DDL waits for a table's lock when the DSN does not say.
const DefaultInstallLockTimeout = dsn.DefaultInstallLockTimeout

// NoTimeout is the value of a timeout that the DSN switched off by writing 0. It differs from the zero
// [time.Duration], which means the default. Any negative duration is treated the same.
const NoTimeout = dsn.NoTimeout
