package prom

import (
	"fmt"
	"log/slog"
	"time"
	"unsafe"

	"github.com/prom-go/prom/internal/dsn"
)

// DSN is a parsed data source name: a database and how to connect to it. [ParseDSN] returns a DSN; the zero value is no
// database.
//
// A DSN is always printed without its secrets: all verbs of fmt, encoding/json, log/slog and [DSN.String] print the
// same redacted text. Copies share no mutable state, and a DSN is safe for concurrent use.
type DSN struct {
	// Dialect is "postgres" or "sqlite".
	Dialect string
	// Name is the name of the connection, the DSN's fragment. The empty name is the default connection.
	Name string
	// User is the PostgreSQL role to log in as. If it is empty, the driver uses PGUSER, or else the name of the
	// operating system's user. It is always empty for SQLite.
	User string
	// Hosts are the PostgreSQL servers, tried in order. If there are none, the driver uses PGHOST and PGPORT, or else
	// the local socket, or else localhost. It is always empty for SQLite.
	Hosts []Host
	// Replicas are the reader endpoints of a managed service (replica): addresses behind each of which any of its
	// standbys may answer, for ReadReplicas. The standbys among Hosts need not be named again. It is always empty for
	// SQLite.
	Replicas []Host
	// Path is the name of the database on PostgreSQL. If it is empty, the driver uses PGDATABASE, or else the user's
	// name. On SQLite it is ":memory:", or the path of the file, which is relative to the working directory unless it
	// begins with a slash.
	Path string
	// Options are the options that prom itself interprets.
	Options DSNOptions

	hidden func() // what must not be printed; never called here
}

// Host is one PostgreSQL server.
type Host struct {
	// Name is a host name, an IP address without brackets, or, if it begins with a slash, the directory of a Unix
	// socket. If it is empty, the driver uses its default host.
	Name string
	// Port is the TCP port, or the number in the name of the socket. [ParseDSN] sets 5432 if the DSN has no port; zero
	// means 5432 too.
	Port uint16
}

// DSNOptions are the options of a DSN that prom itself interprets. The zero value has the defaults.
type DSNOptions struct {
	// MinConns is the number of connections that a PostgreSQL pool keeps open (pool_minconn, or pgx's pool_min_conns).
	// Zero is none. SQLite ignores it.
	MinConns int32
	// MaxConns is the greatest number of connections of a PostgreSQL pool (pool_maxconn, or pgx's pool_max_conns); zero
	// means four for each CPU. On SQLite it is the number of reader connections, in addition to the one writer.
	MaxConns int32
	// ReadOnly makes the connection refuse writes (readonly).
	ReadOnly bool
	// Install says whether tables and columns may be created (install=auto|check|off).
	Install InstallMode
	// ConnectTimeout limits the time to connect to one PostgreSQL host (connect_timeout; a number without a unit is in
	// seconds, as in libpq). If it is zero, PGCONNECT_TIMEOUT applies, or else two minutes; a negative value means two
	// minutes. The context of the call limits it too.
	ConnectTimeout time.Duration
	// StatementTimeout is the time limit of a statement, PostgreSQL's statement_timeout; on SQLite prom interrupts the
	// statement (a number without a unit is in milliseconds). If it is zero, the server's configuration applies on
	// PostgreSQL, and SQLite has no limit; a negative value means no limit.
	StatementTimeout time.Duration
	// LockTimeout is PostgreSQL's lock_timeout (a number without a unit is in milliseconds). If it is zero, the
	// server's configuration applies; a negative value means no limit.
	LockTimeout time.Duration
	// BusyTimeout is how long SQLite waits for the lock of another connection (busy_timeout; a number without a unit is
	// in milliseconds). Zero means the default, which [ParseDSN] sets; a negative value means not to wait.
	BusyTimeout time.Duration
	// NoGroupCommit makes each SQLite write outside a transaction commit by itself (group_commit=false), also if other
	// writes are waiting.
	NoGroupCommit bool
	// NoHistory disables the record of schema changes (history=false).
	NoHistory bool

	// InUse is how long a program counts as in use after it was last seen (in_use; a number without a unit is in days):
	// until then, plans do not drop columns that it stores. Zero means the default of 30 days; a
	// negative value means not at all. See docs/schema.md.
	InUse time.Duration

	// InstallLockTimeout is how long DDL waits for the lock of a table (install_lock_timeout; a number without a unit
	// is in milliseconds). Zero means the default, which [ParseDSN] sets; a negative value means no limit.
	InstallLockTimeout time.Duration

	// IdleInTransactionTimeout is the time limit for a transaction that runs no statement, PostgreSQL's
	// idle_in_transaction_session_timeout; on SQLite prom rolls the transaction back (a number without a unit is in
	// milliseconds). If it is zero, the server's configuration applies on PostgreSQL, and SQLite has no limit; a
	// negative value means no limit.
	IdleInTransactionTimeout time.Duration
	// FailoverWait is how long a call on PostgreSQL waits if no connection can be made, and tries again (failover_wait; a
	// number without a unit is in seconds). Zero and negative values mean not to wait. See docs/growth.md.
	FailoverWait time.Duration
	// TCPUserTimeout closes a connection whose peer has acknowledged nothing for so long (tcp_user_timeout, only on
	// Linux; a number without a unit is in milliseconds, as in libpq). If it is zero, it is 30 seconds for several
	// hosts, and the default of the operating system for one; a negative value means the latter too.
	TCPUserTimeout time.Duration
	// ReadReplicas sends reads to standbys (reads=replicas). See [ReadScope] and docs/growth.md.
	ReadReplicas bool
	// MaxLag is how far behind the primary a standby may be that answers reads (max_lag; a number without a unit is in
	// milliseconds). Zero means 10 seconds; a negative value means no limit.
	MaxLag time.Duration
	// ReplicaWait is how long a read waits for a standby that has not replayed yet what the read must see, before the
	// primary answers it (replica_wait; a number without a unit is in milliseconds). Zero means 50 milliseconds; a
	// negative value means not to wait.
	ReplicaWait time.Duration
	// CallTimeout is the time limit of each statement whose context has no deadline (call_timeout; a number without a
	// unit is in milliseconds). Zero and negative values mean no limit. See docs/production.md.
	CallTimeout time.Duration
}

// InstallMode says what prom does if a table or a column that a repo needs is missing.
type InstallMode uint8

// The install modes, the values of the DSN's option install.
const (
	// InstallAuto creates the table or column. It is the zero value.
	InstallAuto = InstallMode(dsn.InstallAuto)
	// InstallCheck returns [ErrDrift] and changes nothing.
	InstallCheck = InstallMode(dsn.InstallCheck)
	// InstallOff does nothing: the call returns the error of the database.
	InstallOff = InstallMode(dsn.InstallOff)
)

// String returns the mode as in the DSN: "auto", "check" or "off".
func (m InstallMode) String() string { return dsn.InstallMode(m).String() }

// ParseDSN parses a DSN. It does no I/O. It accepts these forms:
//
//	postgres://user:password@host:5432/database?option=value#name
//	postgres://[::1]:5432,other:5433/database
//	postgres:///database?host=/var/run/postgresql
//	host=localhost dbname=database user=me password='it\'s' #name
//	sqlite:///absolute/path.db?option=value#name
//	sqlite://relative/path.db
//	sqlite://:memory:
//
// An unknown option, an option that is given twice, and an invalid value are errors. An error never holds a value of
// the DSN, only the names of the scheme and of options.
func ParseDSN(s string) (DSN, error) {
	d, err := dsn.Parse(s)
	return ownDSN(d), err
}

func ownDSN(d dsn.DSN) DSN { return *(*DSN)(unsafe.Pointer(&d)) }

func (d DSN) in() dsn.DSN { return *(*dsn.DSN)(unsafe.Pointer(&d)) }

// Equal reports whether two DSNs are the same, including their secrets. Do not use == or [reflect.DeepEqual]: they
// cannot compare the secrets.
func (d DSN) Equal(other DSN) bool { return d.in().Equal(other.in()) }

// String returns the DSN as a URL in which xxxxx replaces the secrets: the password, the values of options that hold a
// secret, a key or a file with one, and the values of parameters that prom does not know. [ParseDSN] accepts the
// result. The zero DSN is "".
func (d DSN) String() string { return d.in().String() }

// GoString returns the text that %#v prints: the redacted text.
func (d DSN) GoString() string { return d.in().GoString() }

// Format implements fmt.Formatter: %#v prints [DSN.GoString], %q the quoted redacted text, and all other verbs
// [DSN.String].
func (d DSN) Format(f fmt.State, verb rune) { d.in().Format(f, verb) }

// MarshalJSON returns the redacted text as a JSON string.
func (d DSN) MarshalJSON() ([]byte, error) { return d.in().MarshalJSON() }

// MarshalText returns the redacted text.
func (d DSN) MarshalText() ([]byte, error) { return d.in().MarshalText() }

// LogValue returns the redacted text.
func (d DSN) LogValue() slog.Value { return d.in().LogValue() }
