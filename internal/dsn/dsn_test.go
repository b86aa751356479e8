package dsn

import (
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
)

// Ensure every form of a PostgreSQL DSN gives the parts that libpq would.
func TestParseDSN_Postgres(t *testing.T) {
	t.Parallel()
	one := func(name string, port uint16) []Host { return []Host{{name, port}} }
	tests := []struct {
		in       string
		name     string
		user     string
		password string
		hosts    []Host
		path     string
	}{
		// parity: D1
		{in: "postgres://u:p@h:5433/db?sslmode=disable#main", name: "main", user: "u", password: "p", hosts: one("h", 5433),
			path: "db"},
		// parity: D2
		{in: "postgresql://h/db", hosts: one("h", 5432), path: "db"},
		{in: "psql://h/db", hosts: one("h", 5432), path: "db"},
		{in: "PostgreSQL://h/db", hosts: one("h", 5432), path: "db"},
		{in: " POSTGRES://h/db\n", hosts: one("h", 5432), path: "db"},
		// parity: D4
		{in: "postgres://h/db", hosts: one("h", 5432), path: "db"},
		{in: "postgres://h/db#a.b-c_1", name: "a.b-c_1", hosts: one("h", 5432), path: "db"},
		{in: "postgres://h/d#b#n", name: "n", hosts: one("h", 5432), path: "d#b"},
		{in: "postgres://h/db#", hosts: one("h", 5432), path: "db#"},
		{in: "postgres://h/db#a b", hosts: one("h", 5432), path: "db#a b"},
		{in: "postgres://u:p#w@h/db", user: "u", password: "p#w", hosts: one("h", 5432), path: "db"},
		{in: "postgres://u:p#w@h/db#n", name: "n", user: "u", password: "p#w", hosts: one("h", 5432), path: "db"},
		{in: "postgres://h#n", name: "n", hosts: one("h", 5432)},
		{in: "postgres://h/db?application_name=x#n", name: "n", hosts: one("h", 5432), path: "db"},
		// parity: D10
		{in: "postgres://u%40x:p%3A%2F%40%23@h/d%20b", user: "u@x", password: "p:/@#", hosts: one("h", 5432), path: "d b"},
		{in: "postgres://u:a+b@h/c+d", user: "u", password: "a+b", hosts: one("h", 5432), path: "c+d"},
		{in: "postgres://u:p@ss@h/db", user: "u", password: "p@ss", hosts: one("h", 5432), path: "db"},
		{in: "postgres://u:p:q@h/db", user: "u", password: "p:q", hosts: one("h", 5432), path: "db"},
		{in: "postgres://h/%2Fdb", hosts: one("h", 5432), path: "/db"},
		// parity: D12
		{in: "postgres://h:/db", hosts: one("h", 5432), path: "db"},
		// parity: D14
		{in: "postgres://[::1]:5433/db", hosts: one("::1", 5433), path: "db"},
		{in: "postgres://[::1]/db", hosts: one("::1", 5432), path: "db"},
		{in: "postgres://u@[fe80::1%25eth0]/db", user: "u", hosts: one("fe80::1%eth0", 5432), path: "db"},
		{in: "postgres://h1:5432,h2:5433/db", hosts: []Host{{"h1", 5432}, {"h2", 5433}}, path: "db"},
		{in: "postgres://h1,h2:5433,[::1]/db", hosts: []Host{{"h1", 5432}, {"h2", 5433}, {"::1", 5432}}, path: "db"},
		{in: "postgres://h1,h2/db?port=6000", hosts: []Host{{"h1", 6000}, {"h2", 6000}}, path: "db"},
		{in: "postgres:///db?host=h1,h2&port=1,2", hosts: []Host{{"h1", 1}, {"h2", 2}}, path: "db"},
		{in: "postgres:///db?port=1,&host=h1,h2", hosts: []Host{{"h1", 1}, {"h2", 5432}}, path: "db"},
		{in: "postgres:///db?host=::1", hosts: one("::1", 5432), path: "db"},
		// parity: B36
		{in: "postgres:///db", path: "db"},
		{in: "postgres:////db", path: "db"},
		{in: "postgres://"},
		{in: "postgres:///"},
		{in: "postgres://u@/db", user: "u", path: "db"},
		{in: "postgres://:5433/db", hosts: one("", 5433), path: "db"},
		{in: "postgres:///db?port=5433", hosts: one("", 5433), path: "db"},
		{in: "postgres:///db?host=/var/run/postgresql", hosts: one("/var/run/postgresql", 5432), path: "db"},
		{in: "postgres://u@%2Fvar%2Frun:5433/db", user: "u", hosts: one("/var/run", 5433), path: "db"},
		{in: "postgres://?dbname=db&user=u&password=p%40", user: "u", password: "p@", path: "db"},
		{in: "postgres://?database=db", path: "db"},
		// parity: D18
		{in: "host=localhost dbname=foo user=bar", user: "bar", hosts: one("localhost", 5432), path: "foo"},
		{in: "  host = localhost\n dbname= foo  #n", name: "n", hosts: one("localhost", 5432), path: "foo"},
		{in: "host=localhost dbname=foo#n", name: "n", hosts: one("localhost", 5432), path: "foo"},
		{in: `user='a b'password='it'`, user: "a b", password: "it"},
		{in: `password='it\'s' user=x`, user: "x", password: "it's"},
		{in: `password=it\'s\ \\ user=x`, user: "x", password: `it's \`},
		{in: `user=x password=end\ `, user: "x", password: "end "},
		{in: "password='a#b' dbname=x", password: "a#b", path: "x"},
		{in: "password='a#b'#n", name: "n", password: "a#b"},
		{in: "password=a#b dbname=x", password: "a#b", path: "x"},
		{in: "password=a #n", name: "n", password: "a"},
		{in: "password='' host='' port='' user=u", user: "u"},
		{in: "host=/tmp,::1,h port=1,2,3", hosts: []Host{{"/tmp", 1}, {"::1", 2}, {"h", 3}}},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			d, err := Parse(tt.in)
			is.NoErr(err)
			is.Equal(d.Dialect, "postgres")
			is.Equal(d.Name, tt.name)
			is.Equal(d.User, tt.user)
			is.Equal(d.password(), tt.password)
			is.Equal(d.Hosts, tt.hosts)
			is.Equal(d.Path, tt.path)
		})
	}
}

// Ensure every form of a SQLite DSN gives the path that the reference would.
func TestParseDSN_SQLite(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, path, name string }{
		// parity: D5
		{"sqlite://:memory:", ":memory:", ""},
		{"sqlite://:memory:#m", ":memory:", "m"},
		{"sqlite::memory:", ":memory:", ""},
		// parity: D6
		{"sqlite:///abs/x.db", "/abs/x.db", ""},
		{"sqlite:////abs/x.db", "/abs/x.db", ""},
		{"sqlite:/abs/x.db", "/abs/x.db", ""},
		// parity: D7
		{"sqlite://./x", "./x", ""},
		{"sqlite://../x", "../x", ""},
		// parity: D8
		{"sqlite://rel.db", "rel.db", ""},
		{"sqlite://dir/rel.db", "dir/rel.db", ""},
		{"sqlite:rel.db", "rel.db", ""},
		{"sqlite:./rel.db#n", "./rel.db", "n"},
		// parity: D2
		{"sqlite3://rel.db", "rel.db", ""},
		{"SQLite3:///x", "/x", ""},
		// parity: D10
		{"sqlite:///a%20b%23c%3Fd%25.db", "/a b#c?d%.db", ""},
		{"sqlite:///a b+c.db", "/a b+c.db", ""},
		{"sqlite:///a#b c.db", "/a#b c.db", ""},
		{"sqlite:///me@work/x.db", "/me@work/x.db", ""},
		{"sqlite://./a:b@c", "./a:b@c", ""},
		{"sqlite://\u00e9t\u00e9.db?readonly=1#n", "\u00e9t\u00e9.db", "n"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			d, err := Parse(tt.in)
			is.NoErr(err)
			is.Equal(d.Dialect, "sqlite")
			is.Equal(d.Path, tt.path)
			is.Equal(d.Name, tt.name)
			is.Equal(d.Hosts, nil)
			is.Equal(d.User, "")
		})
	}
}

// Ensure the defaults are filled in, and the zero Options mean the same.
func TestParseDSN_Defaults(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d, err := Parse("postgres://h/db")
	is.NoErr(err)
	is.Equal(d.Options, Options{InstallLockTimeout: 2 * time.Second})
	d, err = Parse("sqlite://x.db")
	is.NoErr(err)
	is.Equal(d.Options, Options{InstallLockTimeout: 2 * time.Second, BusyTimeout: 10 * time.Second})
}

// Ensure a malformed DSN is refused with a message that says what to do, and names no value.
func TestParseDSN_Bad(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"", "the text is empty"},
		{" \n", "the text is empty"},
		{"#name", "the text is empty"},
		{"postgres://h/d\x00b", "NUL byte"},
		// parity: D2
		{"mysql://u:p@h/db", `unknown scheme "mysql"`},
		{"jdbc:postgresql://h/db", `unknown scheme "jdbc"`},
		{"MYSQL://h", `unknown scheme "mysql"`},
		{"db.sqlite", "does not begin with a known scheme"},
		{"user:secret@host/db", "does not begin with a known scheme"},
		{"user:secret@host/db?x=//", "does not begin with a known scheme"},
		{"://h", "does not begin with a known scheme"},
		{strings.Repeat("a", 33) + "://h", "does not begin with a known scheme"},
		{"postgres:h/db", "write // after the scheme"},
		{"postgres:u:p@h/db", "write // after the scheme"},
		{"postgres://u:p/w@h/db", "an @ follows the host"},
		{"postgres://u:1?w@h/db", "an @ follows the host"},
		{"postgres://u:1?a=w@h/db", "an @ follows the host"},
		{"postgres://u:%zz@h/db", "the password holds a %"},
		{"postgres://%z@h/db", "the user holds a %"},
		{"postgres://h/%", "the database's name holds a %"},
		{"postgres://%x/db", "a host holds a %"},
		{"postgres://h:port/db", "a port is not a number"},
		{"postgres://h:0/db", "a port is not a number"},
		{"postgres://h:65536/db", "a port is not a number"},
		{"postgres://h:+1/db", "a port is not a number"},
		{"postgres://::1/db", "write host:5432, [::1]:5432 for IPv6"},
		{"postgres://[::1/db", "not closed"},
		{"postgres://[::1]x/db", "not closed"},
		{"postgres://[127.0.0.1]/db", "not an IPv6 address"},
		{"postgres://[]/db", "not an IPv6 address"},
		{"postgres://h%2Cx/db", "a character that no host has"},
		{"postgres://[fe80::1%25e%2Cx]/db", "not an IPv6 address"},
		{"host=:", `option "host" has a wrong value`},
		{"host=h:5432", `option "host" has a wrong value`},
		{"postgres://h x/db", "a character that no host has"},
		{"postgres://h/db?host=x", `option "host" is given twice`},
		{"postgres://h/db?dbname=x", `option "dbname" is given twice`},
		{"postgres://u@h/db?user=x", `option "user" is given twice`},
		{"postgres://u:p@h/db?password=x", `option "password" is given twice`},
		{"postgres://h:1/db?port=2", `option "port" is given twice`},
		{"postgres://h1,h2/db?port=1,2,3", "3 ports for 2 hosts"},
		{"postgres:///db?port=1,2", "2 ports for 0 hosts"},
		{"postgres:///db?port=x", `option "port" has a wrong value`},
		{"postgres:///db?host=a%20b", `option "host" has a wrong value`},
		// parity: D18
		{"host=h user", "keyword number 2 has no value"},
		{"host=h us er=x", "keyword number 2 has no value"},
		{"host=h =x", "keyword number 2 has no value"},
		{"user='x", "quoted value of keyword number 1 does not end"},
		{`user='x\'`, "quoted value of keyword number 1 does not end"},
		{"user=x password=se#cret", `there is a # in the value of "password"`},
		{"password=my sec=ret", `an unknown option follows "password"`},
		{"host=h host=g", `option "host" is given twice`},
		// parity: D9
		{"sqlite:", "the path is empty"},
		{"sqlite://", "the path is empty"},
		{"sqlite://?readonly=1", "the path is empty"},
		{"sqlite://#n", "the path is empty"},
		{"sqlite:///", "names a directory"},
		{"sqlite://dir/", "names a directory"},
		{"sqlite://.", "names a directory"},
		{"sqlite://a/..", "names a directory"},
		{"sqlite:///:memory:", "with two slashes"},
		{"sqlite:file:x.db", "leave file: out"},
		{"sqlite://%zz", "the path holds a %"},
		{"sqlite://a%00b", "NUL byte"},
		{"sqlite://u:p@h/x.db", "SQLite has no user"},
		{"sqlite://:p@h/x.db", "SQLite has no user"},
		{"sqlite://u:p/w@h/x.db", "SQLite has no user"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			d, err := Parse(tt.in)
			is.True(err != nil)
			is.True(strings.HasPrefix(err.Error(), "prom: dsn: "))
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, want %q in it", err, tt.want)
			}
			is.True(d.Equal(DSN{}))
		})
	}
}

// Ensure two DSNs are equal when they say the same, and the secrets count.
func TestDSN_Equal(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	parse := func(s string) DSN {
		d, err := Parse(s)
		is.NoErr(err)
		return d
	}
	d := parse("postgres://u:p@h/db?jit=on#n")
	is.True(d.Equal(parse("host=h user=u password=p dbname=db jit=on #n")))
	is.True(d.Equal(parse(d.String())) == false) // the password is gone
	for _, other := range []string{
		"postgres://u:q@h/db?jit=on#n", "postgres://u:p@h/db?jit=off#n", "postgres://u:p@h/db#n", "postgres://u:p@h/db?jit=on",
		"postgres://v:p@h/db?jit=on#n", "postgres://u:p@h:1/db?jit=on#n", "postgres://u:p@h/db?jit=on&readonly=1#n",
	} {
		is.True(!d.Equal(parse(other)))
	}
}
