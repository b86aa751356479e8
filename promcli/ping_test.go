package promcli_test

import (
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
)

func TestPing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		r := run(t, nil, "ping", "--dsn", e.DSN)
		is.Equal(r.err, "")
		is.Equal(r.code, promcli.CodeDone)
		is.True(strings.Contains(r.out, "answered"))
		is.True(!strings.Contains(r.out, "\x1b[")) // no colours but on a terminal

		r = run(t, nil, "ping", "--json", "--dsn", e.DSN)
		var pong struct {
			Dialect string
			Tries   int
		}
		is.NoErr(json.Unmarshal([]byte(r.out), &pong))
		is.Equal(pong.Dialect, e.Name)
		is.Equal(pong.Tries, 1)
	})
}

// TestPingWait pings a server that is not there, and one that comes while ping waits.
func TestPingWait(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	is.NoErr(err)
	addr := l.Addr().String()
	is.NoErr(l.Close())
	dsn := "postgres://app:secret@" + addr + "/app?sslmode=disable"

	r := run(t, nil, "ping", "--dsn", dsn)
	is.Equal(r.code, promcli.CodeFailed)
	is.True(r.err != "")
	is.True(!strings.Contains(r.err, "secret"))

	start := time.Now()
	r = run(t, nil, "ping", "--wait", "300ms", "--dsn", dsn)
	is.Equal(r.code, promcli.CodeFailed)
	is.True(time.Since(start) >= 100*time.Millisecond) // it tried again
	is.True(time.Since(start) < 5*time.Second)
}
