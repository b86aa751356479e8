// Package dsn reads DSNs, and the environment variables that hold some, and says what a DSN means in each driver's own
// form: the configuration of a pool of pgx, and the URI and the settings of SQLite. Nothing that leaves it, errors
// included, shows a password.
package dsn

import (
	"slices"
	"strings"
	"time"
)

// The two dialects a DSN can name, and the SQLite path that is not a file.
const (
	Postgres = "postgres"
	SQLite   = "sqlite"
	Memory   = ":memory:"
)

// DefaultPort is the TCP port of a PostgreSQL host that names none.
const DefaultPort uint16 = 5432

// DefaultBusyTimeout is how long SQLite waits for another connection's lock when the DSN does not say.
const DefaultBusyTimeout = 10 * time.Second

// DefaultInstallLockTimeout is how long DDL waits for a table's lock when the DSN does not say.
const DefaultInstallLockTimeout = 2 * time.Second

// DefaultInUse is how long a program counts as in use after it was seen, when the DSN does not say.
const DefaultInUse = 30 * 24 * time.Hour

// NoTimeout is the value of a timeout that the DSN switched off by writing 0. It differs from the zero
// [time.Duration], which means the default. Any negative duration is treated the same.
const NoTimeout time.Duration = -1

// DSN names a database and how to reach it. It is made by [Parse]; the zero value names no database.
//
// Whatever prints it, prints it without its secrets: every verb of fmt, encoding/json, log/slog and
// [DSN.String] give the same redacted text. A DSN is a value: copies share nothing that changes, and it is
// safe for concurrent use.
type DSN struct {
	// Dialect is "postgres" or "sqlite".
	Dialect string
	// Name is the connection's name, the DSN's fragment. The empty name is the default connection.
	Name string
	// User is the PostgreSQL role to log in as. Empty leaves it to the driver: PGUSER, else the name of
	// the operating system's user. Always empty for SQLite.
	User string
	// Hosts are the PostgreSQL servers, tried in order. None leaves it to the driver: PGHOST and PGPORT,
	// else the local socket, else localhost. Always empty for SQLite.
	Hosts []Host
	// Replicas are the reader endpoints of a service, behind each of which any of its standbys may answer (replica), for
	// ReadReplicas. The standbys among Hosts need not be named again.
	Replicas []Host
	// Path is the database's name on PostgreSQL (empty leaves it to the driver: PGDATABASE, else the
	// user's name). On SQLite it is the path of the file, relative to the working directory unless it
	// begins with a slash, or ":memory:".
	Path string
	// Options are the options that prom itself understands.
	Options Options

	// hidden returns what must not be printed. It is a function because fmt, and the dumpers of test
	// libraries, print the fields of a struct without calling its methods when it is itself an unexported
	// field or the verb is wrong; pointers they may follow, a function never. It is nil for a DSN that
	// was not parsed.
	hidden func() *hiddenPart
}

// hiddenPart is never changed once a DSN has been parsed.
type hiddenPart struct {
	password string
	params   []Param
	oneOf    bool // the host is one of several, see OnHost
}

// Param is an option that prom hands on to the driver, or to the PostgreSQL server.
type Param struct {
	option *option
	Name   string
	Value  string
}

// Host is one PostgreSQL server.
type Host struct {
	// Name is a host name, an IP address without brackets, or the directory of a Unix socket if it
	// begins with a slash. Empty is the driver's default host.
	Name string
	// Port is the TCP port, or the number in the socket's name. [Parse] puts 5432 where the text has
	// none; zero means 5432 too.
	Port uint16
}

// Options are the options of a DSN that prom itself understands. The zero value is the default of all.
type Options struct {
	// MinConns is the number of connections a PostgreSQL pool keeps open (pool_minconn, or pgx's
	// pool_min_conns). Zero is none. SQLite has no use for it.
	MinConns int32
	// MaxConns is the greatest number of connections of a PostgreSQL pool (pool_maxconn, or pgx's
	// pool_max_conns); zero is four for each CPU. On SQLite it is the number of readers, beside the one
	// writer.
	MaxConns int32
	// ReadOnly makes the connection refuse writes (readonly).
	ReadOnly bool
	// Install says whether tables and columns may be created (install=auto|check|off).
	Install InstallMode
	// ConnectTimeout bounds the making of one connection to one PostgreSQL host (connect_timeout; a bare
	// number is in seconds, as in libpq). Zero leaves it to PGCONNECT_TIMEOUT, else it is two minutes, as
	// for a negative one; the call's context bounds it too.
	ConnectTimeout time.Duration
	// StatementTimeout is PostgreSQL's statement_timeout, and the same on SQLite, where prom interrupts the
	// statement (a bare number is in milliseconds). Zero leaves it to the server's configuration, and is no
	// bound on SQLite; negative is no bound.
	StatementTimeout time.Duration
	// LockTimeout is PostgreSQL's lock_timeout (a bare number is in milliseconds). Zero leaves it to the
	// server's configuration; negative is no bound.
	LockTimeout time.Duration
	// BusyTimeout is how long SQLite waits for another connection's lock (busy_timeout; a bare number is
	// in milliseconds). Zero is [DefaultBusyTimeout], which [Parse] fills in; negative is not at all.
	BusyTimeout time.Duration
	// NoGroupCommit makes each SQLite write outside a transaction commit by itself (group_commit=false), also when
	// others wait to write.
	NoGroupCommit bool
	// NoHistory leaves out the record of each change of the schema (history=false).
	NoHistory bool

	// InUse is how long a program counts as in use after the history has seen it (in_use; a bare number is in days).
	// Zero is [DefaultInUse]; negative is not at all.
	InUse time.Duration

	// InstallLockTimeout is how long DDL waits for a table's lock (install_lock_timeout; a bare number is
	// in milliseconds). Zero is [DefaultInstallLockTimeout], which [Parse] fills in; negative is no
	// bound.
	InstallLockTimeout time.Duration

	// IdleInTransactionTimeout is PostgreSQL's idle_in_transaction_session_timeout, and the same on SQLite, where
	// prom rolls the transaction back (a bare number is in milliseconds). Zero leaves it to the server's
	// configuration, and is no bound on SQLite; negative is no bound.
	IdleInTransactionTimeout time.Duration
	// FailoverWait is how long a call on PostgreSQL waits for a connection that cannot be made, and tries again
	// (failover_wait; a bare number is in seconds). Zero and negative are not at all.
	FailoverWait time.Duration
	// TCPUserTimeout breaks a connection whose peer has acknowledged nothing for that long (tcp_user_timeout; a bare
	// number is in milliseconds, as in libpq). Zero is [HostsTCPUserTimeout] for several hosts, where the operating
	// system can do it, and the operating system's own otherwise, as for a negative one.
	TCPUserTimeout time.Duration
	// ReadReplicas has standbys answer reads (reads=replicas).
	ReadReplicas bool
	// MaxLag is how far behind the primary a standby may be that answers reads (max_lag; a bare number is in
	// milliseconds). Zero is [DefaultMaxLag]; negative is no bound.
	MaxLag time.Duration
	// ReplicaWait is how long a read waits for a standby that has not replayed yet what the read must see (replica_wait;
	// a bare number is in milliseconds). Zero is [DefaultReplicaWait]; negative is not at all.
	ReplicaWait time.Duration
	// CallTimeout bounds each statement whose context has no deadline (call_timeout; a bare number is in
	// milliseconds). Zero and negative are no bound.
	CallTimeout time.Duration
}

// InstallMode says what happens when a table or a column that a repository needs is missing.
type InstallMode uint8

// The modes of install=auto|check|off.
const (
	// InstallAuto creates it. It is the zero value.
	InstallAuto InstallMode = iota
	// InstallCheck reports it as drift and changes nothing.
	InstallCheck
	// InstallOff does nothing: the database's own error comes back.
	InstallOff
)

// String returns the mode as the option's value spells it: "auto", "check" or "off".
func (m InstallMode) String() string {
	switch m {
	case InstallAuto:
		return "auto"
	case InstallCheck:
		return "check"
	case InstallOff:
		return "off"
	}
	return "invalid"
}

// Parse reads a DSN. It does no I/O. These forms are understood:
//
//	postgres://user:password@host:5432/database?option=value#name
//	postgres://[::1]:5432,other:5433/database
//	postgres:///database?host=/var/run/postgresql
//	host=localhost dbname=database user=me password='it\'s' #name
//	sqlite:///absolute/path.db?option=value#name
//	sqlite://relative/path.db
//	sqlite://:memory:
//
// The scheme, in any case, is postgres, postgresql, psql, sqlite or sqlite3. What follows the last # is the
// connection's name if it is made of letters, digits, dots, hyphens and underscores; it is cut off before
// anything else is read, and any other # belongs to the rest. User, password, host, path and the values of
// options are percent-decoded: write %2F, %3F, %23, %40 and %26 for /, ?, #, @ and & inside them. A plus sign is
// a plus sign. The keyword form is that of libpq, quoting included.
//
// An unknown option, one given twice, and a value of the wrong form are errors. An error never
// holds a value of the DSN, only the names of the scheme and of options.
//
// The rules are those of libpq, https://www.postgresql.org/docs/current/libpq-connect.html section 34.1.1,
// and of SQLite, https://www.sqlite.org/uri.html.
func Parse(s string) (DSN, error) {
	if strings.ContainsRune(s, 0) {
		return DSN{}, Errorf("the text holds a NUL byte")
	}
	text, name := cutName(s)
	if strings.TrimSpace(text) == "" {
		return DSN{}, Errorf("the text is empty: write postgres://user@host/database or sqlite://path/to/file.db")
	}
	var b *builder
	var err error
	if isKeywordForm(text) {
		b = newBuilder(Postgres)
		err = b.parseKeywords(text, name != "")
	} else {
		b, err = parseURL(strings.TrimSpace(text))
	}
	if err == nil {
		err = b.finish()
	}
	if err != nil {
		return DSN{}, err
	}
	b.dsn.Name = name
	hidden := &b.hidden
	b.dsn.hidden = func() *hiddenPart { return hidden }
	return b.dsn, nil
}

// cutName cuts the fragment off. pgx would take it for a part of the database's name.
func cutName(s string) (text, name string) {
	trimmed := strings.TrimSpace(s)
	i := strings.LastIndexByte(trimmed, '#')
	if i < 0 || i == len(trimmed)-1 {
		return s, ""
	}
	for _, c := range []byte(trimmed[i+1:]) {
		if !isASCIIAlnum(c) && c != '_' && c != '.' && c != '-' {
			return s, ""
		}
	}
	return trimmed[:i], trimmed[i+1:]
}

func isASCIIAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// password returns the password, or "".
func (d DSN) password() string {
	if d.hidden == nil {
		return ""
	}
	return d.hidden().password
}

// params returns the driver's options in the order of the text. They must not be changed.
func (d DSN) params() []Param {
	if d.hidden == nil {
		return nil
	}
	return d.hidden().params
}

// param returns the value of the driver's option name, and whether it was given.
func (d DSN) param(name string) (string, bool) {
	return findParam(d.params(), name)
}

// Lookup returns the value of an option of a DSN that is handed on to the driver, and whether it was given.
func Lookup(d DSN, name string) (string, bool) { return d.param(name) }

// With returns a DSN for PostgreSQL in which an option that is handed on to the driver has another value.
func With(d DSN, name, value string) DSN {
	h := *d.hidden()
	h.params = slices.DeleteFunc(slices.Clone(h.params), func(p Param) bool { return p.Name == name })
	h.params = append(h.params, Param{option: postgresOptions[name], Name: name, Value: value})
	d.hidden = func() *hiddenPart { return &h }
	return d
}

// BusyTimeout returns how long a statement waits for a lock of this process or of SQLite.
func BusyTimeout(d DSN) time.Duration {
	if d.Options.BusyTimeout == 0 {
		return DefaultBusyTimeout
	}
	return max(0, d.Options.BusyTimeout)
}

func findParam(params []Param, name string) (string, bool) {
	for _, p := range params {
		if p.Name == name {
			return p.Value, true
		}
	}
	return "", false
}

// Equal reports whether both say the same, secrets included. The operator == and [reflect.DeepEqual] cannot
// tell: a DSN hides its secrets from them as well.
func (d DSN) Equal(other DSN) bool {
	return d.Dialect == other.Dialect && d.Name == other.Name && d.User == other.User && d.Path == other.Path &&
		d.Options == other.Options && slices.Equal(d.Hosts, other.Hosts) &&
		slices.Equal(d.Replicas, other.Replicas) && d.password() == other.password() &&
		slices.EqualFunc(d.params(), other.params(), func(p, q Param) bool { return p.Name == q.Name && p.Value == q.Value })
}
