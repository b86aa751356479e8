package dsn

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"
)

// Ensure a DSN prints as a URL without its secrets, which reads back as the same DSN.
func TestDSN_String(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"postgresql://user:secret@host/db?sslmode=disable#name", "postgres://user:xxxxx@host:5432/db?sslmode=disable#name"},
		{"postgres://user@host/db", "postgres://user@host:5432/db"},
		{"postgres:///db", "postgres:///db"},
		{"postgres://", "postgres://"},
		{"postgres://h1,[::1]:1/d%2Fb", "postgres://h1:5432,[::1]:1/d%2Fb"},
		{"host=/tmp dbname='a b' user=x password=secret #n", "postgres://x:xxxxx@%2Ftmp:5432/a%20b#n"},
		{"password=secret", "postgres://:xxxxx@"},
		{"postgres:///db?sslkey=secret&sslcert=s&sslrootcert=s&passfile=s",
			"postgres:///db?sslkey=xxxxx&sslcert=xxxxx&sslrootcert=xxxxx&passfile=xxxxx"},
		{"postgres:///db?sslpassword=secret&options=secret&my.key=secret",
			"postgres:///db?sslpassword=xxxxx&options=xxxxx&my.key=xxxxx"},
		{"postgres:///db?search_path=a,b&timezone=+02", "postgres:///db?search_path=a,b&timezone=%2B02"},
		{
			"postgres:///db?jit=off&install=off&readonly=1&pool_maxconn=2&pool_minconn=1&connect_timeout=3&statement_timeout=0&lock_timeout=1500&install_lock_timeout=0",
			"postgres:///db?pool_minconn=1&pool_maxconn=2&readonly=true&install=off&connect_timeout=3s&statement_timeout=0&lock_timeout=1.5s&install_lock_timeout=0&jit=off",
		},
		{"sqlite:///a%20b.db", "sqlite:///a%20b.db"},
		{"sqlite3:rel.db?mode=ro#n", "sqlite://rel.db?readonly=true&mode=ro#n"},
		{"sqlite::memory:#n", "sqlite://:memory:#n"},
		{"sqlite://x?busy_timeout=5&_fk=0", "sqlite://x?busy_timeout=5ms&_foreign_keys=0"},
		{"sqlite://x?busy_timeout=10s", "sqlite://x"},
		{"sqlite://x?in_use=2", "sqlite://x?in_use=48h0m0s"},
		{"sqlite://x?in_use=0h", "sqlite://x?in_use=0"},
		{"sqlite://x?_pragma=cache_size(-8000)&_pragma=key('secret')",
			"sqlite://x?_pragma=cache_size(-8000)&_pragma=xxxxx(xxxxx)"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			d, err := Parse(tt.in)
			is.NoErr(err)
			is.Equal(d.String(), tt.want)
			again, err := Parse(d.String())
			is.NoErr(err)
			is.Equal(again.String(), tt.want)
			is.Equal(again.Options, d.Options)
		})
	}
}

// Ensure every verb prints the redacted text, with its width, and not the fields.
func TestDSN_Format(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d, err := Parse("postgres://u:secret@h/db")
	is.NoErr(err)
	const text = "postgres://u:xxxxx@h:5432/db"
	for _, verb := range []string{"%v", "%+v", "%s", "%d", "%x", "%t", "% x"} {
		is.Equal(fmt.Sprintf(verb, d), text)
	}
	is.Equal(fmt.Sprintf("%#v", d), `conn.DSN{"`+text+`"}`)
	is.Equal(fmt.Sprintf("%q", d), `"`+text+`"`)
	is.Equal(fmt.Sprintf("%30s|%-30v|%.8s", d, d, d), "  "+text+"|"+text+"  |postgres")
	is.Equal(fmt.Sprint(&d), text)
	b, err := json.Marshal(map[string]any{"dsn": d})
	is.NoErr(err)
	is.Equal(string(b), `{"dsn":"`+text+`"}`)
	b, err = d.MarshalText()
	is.NoErr(err)
	is.Equal(string(b), text)
	is.Equal(d.LogValue().String(), text)
}

// Ensure a DSN made by hand prints too.
func TestDSN_String_byHand(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(DSN{}.String(), "")
	is.Equal(DSN{Dialect: "odd one", Path: "x"}.String(), "odd%20one:///x")
	is.Equal(DSN{Dialect: "sqlite", Path: "a:b", Options: Options{LockTimeout: time.Second}}.String(), "sqlite://a%3Ab")
	is.Equal(DSN{Dialect: "postgres", Hosts: []Host{{Name: "h"}}, Name: "a b"}.String(), "postgres://h#a%20b")
}
