package dsn

import (
	"context"
	"net"
	"syscall"
	"testing"

	"github.com/matryer/is"
)

// Ensure that tcp_user_timeout reaches the socket.
func TestTCPUserTimeout(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	is.NoErr(err)
	defer l.Close()
	for text, want := range map[string]int{
		"postgres://h/db?tcp_user_timeout=12s": 12000, "postgres://h/db?tcp_user_timeout=1500": 1500,
		"postgres://h1,h2/db": 30000, "postgres://h1,h2/db?tcp_user_timeout=0": 0, "postgres://h/db": 0,
	} {
		d, err := Parse(text)
		is.NoErr(err)
		cfg, err := PoolConfig(d)
		is.NoErr(err)
		c, err := cfg.ConnConfig.DialFunc(context.Background(), "tcp", l.Addr().String())
		is.NoErr(err)
		raw, err := c.(*net.TCPConn).SyscallConn()
		is.NoErr(err)
		got := -1
		is.NoErr(raw.Control(func(fd uintptr) {
			got, _ = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, 18)
		}))
		is.NoErr(c.Close())
		is.Equal(got, want)
	}
}
