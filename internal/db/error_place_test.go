package db

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that an error of the connection tells which one it was, where it leads and why it failed, on every way to it,
// and neither the user nor the password.
func TestWhere(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	is.NoErr(err)
	closed := l.Addr().String()
	is.NoErr(l.Close())
	rude, err := net.Listen("tcp", "127.0.0.1:0") // hangs up
	is.NoErr(err)
	t.Cleanup(func() { _ = rude.Close() })
	go func() {
		for c, err := rude.Accept(); err == nil; c, err = rude.Accept() {
			_ = c.Close()
		}
	}()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	is.NoErr(err)
	t.Cleanup(func() { _ = silent.Close() })
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	own := must(parseDSN(e.DSN))
	here := net.JoinHostPort(own.Hosts[0].Name, "") // the port follows
	if strings.HasPrefix(own.Hosts[0].Name, "/") {
		here = own.Hosts[0].Name
	}
	for _, tt := range []struct {
		name, dsn string
		want      []string
	}{
		{"closed port", "postgres://joe:" + secret + "@" + closed + "/app?sslmode=disable",
			[]string{": connection failed: " + closed + ", database app: the connection was refused: no server listens there"}},
		{"named", "postgres://joe:" + secret + "@" + closed + "/app?sslmode=disable#stats",
			[]string{": connection failed: connection stats to " + closed +
				", database app: the connection was refused: no server listens there"}},
		{"unknown host", "postgres://joe:" + secret + "@nowhere.invalid/app?sslmode=disable",
			[]string{": connection failed: nowhere.invalid:5432, database app: the host name "}},
		{"two hosts", "postgres://joe:" + secret + "@" + closed + ",nowhere.invalid:77/app?sslmode=disable",
			[]string{": connection failed: " + closed + " or nowhere.invalid:77, database app: "}},
		{"no socket", "postgres://joe:" + secret + "@/app?host=/nowhere",
			[]string{": connection failed: /nowhere/.s.PGSQL.5432, database app: the socket does not exist"}},
		{"hangs up", "postgres://joe:" + secret + "@" + rude.Addr().String() + "/app?sslmode=disable",
			[]string{rude.Addr().String() + ", database app: the server closed the connection before it answered"}},
		{"silent", "postgres://joe:" + secret + "@" + silent.Addr().String() + "/app?sslmode=disable&connect_timeout=1s",
			[]string{silent.Addr().String() + ", database app: the server did not answer within connect_timeout"}},
		{"no database", strings.Replace(e.DSN, "/"+own.Path+"?", "/nothing_here?", 1) + "#main",
			[]string{": connection failed: connection main to ", here,
				", database nothing_here: the database does not exist (SQLSTATE 3D000)"}},
		{"no role", withUser(t, e.DSN, "joe_nobody"), []string{": permission denied: ", here,
			", database " + own.Path + ": "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := connect(t, tt.dsn)
			_, execErr := db.Exec(limited(t), write(db, "SELECT 1"))
			for _, err := range []error{db.Ping(limited(t)), execErr, attempt(limited(t), db, read(db, "SELECT 1")),
				db.Tx(limited(t), func(context.Context) error { return nil })} {
				for _, want := range tt.want {
					if err == nil || !strings.Contains(err.Error(), want) {
						t.Errorf("%v does not say %s", err, want)
					}
				}
				var e *driver.Error
				is.True(errors.As(err, &e))
				is.True(!strings.Contains(e.Error(), secret) && !strings.Contains(e.Error(), "joe"))
			}
		})
	}
}
