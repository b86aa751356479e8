package dsn

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
)

// Ensure each of prom's own options sets its field.
func TestDSNOptions(t *testing.T) {
	t.Parallel()
	const pg, lite = "postgres://h/db?", "sqlite://x.db?"
	tests := []struct {
		in   string
		want Options
	}{
		// parity: R19
		{pg + "pool_minconn=1&pool_maxconn=9", Options{MinConns: 1, MaxConns: 9}},
		{pg + "pool_min_conns=1&pool_max_conns=1", Options{MinConns: 1, MaxConns: 1}},
		{pg + "POOL_MINCONN=1", Options{MinConns: 1}},
		{lite + "pool_maxconn=3", Options{MaxConns: 3}},
		// parity: D16
		{pg + "readonly=true", Options{ReadOnly: true}},
		{pg + "readonly=1", Options{ReadOnly: true}},
		{pg + "readonly=YES", Options{ReadOnly: true}},
		{pg + "readonly=false", Options{}},
		{pg + "readonly=0", Options{}},
		{pg + "readonly=no", Options{}},
		{pg + "default_transaction_read_only=on", Options{ReadOnly: true}},
		{lite + "readonly=true", Options{ReadOnly: true}},
		{lite + "mode=ro", Options{ReadOnly: true}},
		{lite + "mode=ro&readonly=1", Options{ReadOnly: true}},
		{lite + "immutable=yes", Options{ReadOnly: true}},
		{lite + "immutable=no", Options{}},
		{pg + "install=auto", Options{}},
		{pg + "install=check", Options{Install: InstallCheck}},
		{lite + "install=OFF", Options{Install: InstallOff}},
		// parity: D15
		{pg + "connect_timeout=3", Options{ConnectTimeout: 3 * time.Second}},
		{pg + "connect_timeout=250ms", Options{ConnectTimeout: 250 * time.Millisecond}},
		{pg + "connect_timeout=0", Options{ConnectTimeout: NoTimeout}},
		{pg + "statement_timeout=1500", Options{StatementTimeout: 1500 * time.Millisecond}},
		{pg + "statement_timeout=2s", Options{StatementTimeout: 2 * time.Second}},
		{pg + "statement_timeout=0s", Options{StatementTimeout: NoTimeout}},
		{pg + "lock_timeout=1m", Options{LockTimeout: time.Minute}},
		{pg + "lock_timeout=007", Options{LockTimeout: 7 * time.Millisecond}},
		{pg + "install_lock_timeout=5s", Options{InstallLockTimeout: 5 * time.Second}},
		{pg + "install_lock_timeout=0", Options{InstallLockTimeout: NoTimeout}},
		{pg + "in_use=7", Options{InUse: 7 * 24 * time.Hour}},
		{lite + "in_use=720h", Options{InUse: 720 * time.Hour}},
		{lite + "in_use=0", Options{InUse: NoTimeout}},
		{lite + "install_lock_timeout=5", Options{InstallLockTimeout: 5 * time.Millisecond}},
		{lite + "busy_timeout=250", Options{BusyTimeout: 250 * time.Millisecond}},
		{lite + "_busy_timeout=250", Options{BusyTimeout: 250 * time.Millisecond}},
		{lite + "_timeout=250", Options{BusyTimeout: 250 * time.Millisecond}},
		{lite + "_pragma=busy_timeout(250)", Options{BusyTimeout: 250 * time.Millisecond}},
		{lite + "_pragma=busy_timeout%20=%20'250'", Options{BusyTimeout: 250 * time.Millisecond}},
		{lite + "busy_timeout=0", Options{BusyTimeout: NoTimeout}},
		{lite + "group_commit=off", Options{NoGroupCommit: true}},
		{lite + "group_commit=true", Options{}},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			d, err := Parse(tt.in)
			is.NoErr(err)
			if tt.want.InstallLockTimeout == 0 {
				tt.want.InstallLockTimeout = DefaultInstallLockTimeout
			}
			if d.Dialect == "sqlite" && tt.want.BusyTimeout == 0 {
				tt.want.BusyTimeout = DefaultBusyTimeout
			}
			is.Equal(d.Options, tt.want)
		})
	}
}

// Ensure what the driver knows passes through in order.
// parity: D15
func TestDSNOptions_PassThrough(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"postgres://h/db?sslmode=disable&search_path=a,b", "sslmode=disable search_path=a,b"},
		{"postgres://h/db?&search_path=a%26b&&timezone=+02", "search_path=a&b timezone=+02"},
		{"postgres://h/db?TimeZone=UTC", "timezone=UTC"},
		{"postgres://h/db?ssl=true", "sslmode=require"},
		{"postgres://h/db?myapp.user=x&a.b.c=", "myapp.user=x a.b.c="},
		{"postgres://h/db?options=-c%20geqo=off", "options=-c geqo=off"},
		{"postgres://h/db?require_auth=md5,scram-sha-256", "require_auth=md5,scram-sha-256"},
		{"postgres://h/db?require_auth=!password,!none", "require_auth=!password,!none"},
		{"postgres://h/db?client_encoding=utf8&datestyle=ISO,DMY", "client_encoding=utf8 datestyle=ISO,DMY"},
		{"postgres://u@h/db?application_name=a@b", "application_name=a@b"},
		{"host=h sslpassword='x y' pool_max_conn_lifetime=1h", "sslpassword=x y pool_max_conn_lifetime=1h"},
		{"sqlite://x?_pragma=cache_size(-8000)&_pragma=mmap_size=1", "_pragma=cache_size(-8000) _pragma=mmap_size=1"},
		{"sqlite://x?attach=billing:/a/b%20c.db&ATTACH=B-2:d:e.db", "attach=billing:/a/b c.db attach=B-2:d:e.db"},
		{"sqlite://:memory:?attach=billing::memory:", "attach=billing::memory:"},
		{"sqlite://x?_pragma=foreign_keys(0)", "_foreign_keys=0"},
		{"sqlite://x?_pragma=main.Journal_Mode=delete", "_journal_mode=DELETE"},
		{"sqlite://x?_fk=off&_sync=full&_journal=wal&_vacuum=full",
			"_foreign_keys=0 _synchronous=FULL _journal_mode=WAL _auto_vacuum=FULL"},
		{"sqlite://x?vfs=unix-dotfile&cache=private&mode=rw&nolock=yes&psow=0",
			"vfs=unix-dotfile cache=private mode=rw nolock=1 psow=0"},
		{"sqlite://x?_defensive=true&_error_rc=1&modeof=y", "_defensive=1 _error_rc=1 modeof=y"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			d, err := Parse(tt.in)
			is.NoErr(err)
			var got []string
			for _, p := range d.params() {
				got = append(got, p.Name+"="+p.Value)
			}
			is.Equal(strings.Join(got, " "), tt.want)
		})
	}
}

// Ensure an option that cannot be is an error that names it, never its value.
// parity: D15
func TestDSNOptions_Bad(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"postgres://h/db?pool_maxcon=3", `unknown option "pool_maxcon": did you mean "pool_maxconn"?`},
		{"postgres://h/db?pool_max=3", `unknown option "pool_max": did you mean "pool_maxconn"?`},
		{"postgres://h/db?pool-max-conn=3", `did you mean "pool_max_conns"?`},
		{"postgres://h/db?sslmod=x", `unknown option "sslmod": did you mean "sslmode"?`},
		{"postgres://h/db?zzzzzzzz=1", `unknown option "zzzzzzzz": a run-time parameter`},
		{"postgres://h/db?" + strings.Repeat("z", 40) + "=1", `unknown option "` + strings.Repeat("z", 32) + `..."`},
		{"postgres://h/db?" + strings.Repeat("z", 65) + "=1", "a character that no option has"},
		{"postgres://h/db?a%20b=1", "a character that no option has"},
		{"postgres://h/db?=1", "a character that no option has"},
		{"postgres://h/db?1.a=1", `unknown option "1.a"`},
		{"postgres://h/db?readonly", `option "readonly" has no value`},
		{"postgres://h/db?secret", "option number 1 has no value"},
		{"postgres://h/db?jit=%zz", "the value of option number 1 holds a %"},
		{"postgres://h/db?%zz=1", "the name of option number 1 holds a %"},
		{"postgres://h/db?jit=%00", `the value of option "jit" holds a NUL byte`},
		{"postgres://h/db?password=a&b=c", `an unknown option follows "password"`},
		{"postgres://u:p@h?b=c", `unknown option "b"`},
		{"postgres://h/db?readonly=1&readonly=1", `option "readonly" is given twice`},
		{"postgres://h/db?pool_max_conns=1&pool_maxconn=1", `option "pool_maxconn" is given twice`},
		{"postgres://h/db?ssl=true&sslmode=disable", `option "sslmode" is given twice`},
		{"postgres://h/db?a.b=1&A.B=1", `option "a.b" is given twice`},
		{"postgres://h/db?readonly=maybe", `option "readonly" has a wrong value: it takes true or false`},
		{"postgres://h/db?readonly=", `option "readonly" has a wrong value`},
		{"postgres://h/db?install=never", "it takes auto, check or off"},
		{"postgres://h/db?pool_maxconn=0", "it takes a whole number from 1"},
		{"postgres://h/db?pool_maxconn=99999999999", "it takes a whole number from 1"},
		{"postgres://h/db?pool_minconn=-1", "it takes a whole number from 0"},
		{"postgres://h/db?pool_minconn=3&pool_maxconn=2", "pool_minconn is greater than pool_maxconn"},
		{"postgres://h/db?connect_timeout=-1", "it takes a number of seconds or a duration"},
		{"postgres://h/db?connect_timeout=1.5", "it takes a number of seconds"},
		{"postgres://h/db?lock_timeout=-1s", "it takes a number of milliseconds or a duration"},
		{"postgres://h/db?statement_timeout=99999999999999999999", "it takes a number of milliseconds"},
		{"postgres://h/db?statement_timeout=2147483648", "it takes a number of milliseconds"},
		{"postgres://h/db?statement_timeout=9999h", "it takes a number of milliseconds"},
		{"postgres://h/db?sslmode=maybe", "it takes one of disable, allow"},
		{"postgres://h/db?ssl=false", "for anything else use sslmode"},
		{"postgres://h/db?default_query_exec_mode=fast", "it takes one of cache_statement"},
		{"postgres://h/db?target_session_attrs=x", "it takes one of any"},
		{"postgres://h/db?statement_cache_capacity=x", "it takes a whole number"},
		{"postgres://h/db?statement_cache_capacity=0", "set default_query_exec_mode"},
		{"postgres://h/db?default_query_exec_mode=cache_describe&description_cache_capacity=0",
			"set default_query_exec_mode"},
		{"postgres://h/db?pool_health_check_period=0s", "it takes a duration of at least 1ms"},
		{"postgres://h/db?pool_max_conn_lifetime=0", "it takes a duration of at least 1ms"},
		{"postgres://h/db?pool_max_conn_idle_time=300", "it takes a duration with a unit"},
		{"postgres://h/db?pool_ping_timeout=5", "it takes a duration"},
		{"postgres://h/db?require_auth=md5,!gss", "methods separated by commas"},
		{"postgres://h/db?require_auth=md5,md5", "methods separated by commas"},
		{"postgres://h/db?require_auth=", "methods separated by commas"},
		{"postgres://h/db?min_protocol_version=3.2&max_protocol_version=3.0", "min_protocol_version is greater"},
		{"postgres://h/db?client_encoding=latin1", "it takes UTF8"},
		{"postgres://h/db?datestyle=German", "it takes ISO"},
		{"postgres://h/db?bytea_output=escape", "it takes hex"},
		{"postgres://h/db?extra_float_digits=0", "it takes 1, 2 or 3"},
		{"postgres://h/db?hostaddr=::1", `option "hostaddr" is refused`},
		{"postgres://h/db?keepalives=1", `option "keepalives" is refused: libpq knows it`},
		{"postgres://h/db?busy_timeout=1",
			`option "busy_timeout" belongs to SQLite, and this DSN is for PostgreSQL; PostgreSQL has lock_timeout`},
		{"postgres://h/db?_pragma=x(1)", `option "_pragma" belongs to SQLite`},
		{"sqlite://x?lock_timeout=1", `option "lock_timeout" belongs to PostgreSQL, and this DSN is for SQLite; SQLite has busy_timeout`},
		{"sqlite://x?sslmode=disable", `option "sslmode" belongs to PostgreSQL`},
		{"sqlite://x?_jornal_mode=wal", `did you mean "_journal_mode"?`},
		{"sqlite://x?qqqqqqqq=1", "a PRAGMA goes into _pragma"},
		{"sqlite://x?a.b=1", `unknown option "a.b"`},
		{"sqlite://x?_time_format=sqlite", `option "_time_format" is refused: prom sets it itself`},
		{"sqlite://x?_inttotime=1", "prom sets it itself"},
		{"sqlite://x?_texttotime=1", "prom sets it itself"},
		{"sqlite://x?_time_integer_format=unix", "prom sets it itself"},
		{"sqlite://x?_timezone=UTC", "prom sets it itself"},
		{"sqlite://x?_txlock=deferred", "prom sets it itself"},
		{"sqlite://x?_dqs=1", "prom sets it itself"},
		{"sqlite://x?_query_only=1", "write readonly=true"},
		{"sqlite://x?_pragma=query_only(1)", "write readonly=true"},
		{"sqlite://x?_pragma=a(1);DROP", "it takes one PRAGMA"},
		{"sqlite://x?_pragma=", "it takes one PRAGMA"},
		{"sqlite://x?_pragma=optimize", "write _pragma=name(value)"},
		{"sqlite://x?_pragma=journal_mode(fast)", `option "_journal_mode" has a wrong value`},
		{"sqlite://x?_pragma=foreign_keys(1)&_fk=1", `option "_foreign_keys" is given twice`},
		{"sqlite://x?_pragma=busy_timeout(1)&busy_timeout=1", `option "busy_timeout" is given twice`},
		{"sqlite://x?_foreign_keys=maybe", "it takes true or false"},
		{"sqlite://x?mode=memory", "it takes one of ro, rw, rwc"},
		{"sqlite://x?mode=rwc&readonly=1", "readonly=true contradicts"},
		{"sqlite://x?mode=ro&readonly=0", "readonly=false contradicts"},
		{"sqlite://x?vfs=", "it takes the name of a VFS"},
		{"sqlite://:memory:?cache=shared", `option "cache" has no effect on :memory:`},
		{"sqlite://:memory:?_pragma=journal_mode(wal)", `option "_journal_mode" has no effect on :memory:`},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			_, err := Parse(tt.in)
			is.True(err != nil)
			is.True(strings.HasPrefix(err.Error(), "prom: dsn: "))
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, want %q in it", err, tt.want)
			}
		})
	}
}

// Ensure a mode prints as it is written.
func TestInstallMode_String(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(fmt.Sprint(InstallAuto, InstallCheck, InstallOff, InstallMode(9)), "auto check off invalid")
}

// Ensure every option that takes a value says which form it wants, so that its error is complete.
func TestDSNOptions_Want(t *testing.T) {
	t.Parallel()
	for _, set := range []optionSet{postgresOptions, sqliteOptions} {
		for name, o := range set {
			if o.valid != nil && o.want == "" {
				t.Errorf("option %s checks its value, but does not say for what", name)
			}
		}
	}
}

// Ensure the distance counts typing mistakes.
func TestEditDistance(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(editDistance("", "abc"), 3)
	is.Equal(editDistance("abc", "abc"), 0)
	is.Equal(editDistance("sslmod", "sslmode"), 1)
	is.Equal(editDistance("kitten", "sitting"), 3)
}
