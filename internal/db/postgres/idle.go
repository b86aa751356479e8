package postgres

import (
	"context"
	"net"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A server that restarts, and one that ends a session, say so on connections that nobody reads. The next statement on
// one would fail, and a write would not know why. So a connection that has been idle is looked at before it is used,
// without a round trip: if the socket has something to read, or has been closed, the server is asked.

// pingAfter is how long a connection may be idle before the server is asked in any case, as pgxpool does.
const pingAfter = time.Second

// lookAfter is how long a connection may be idle before its socket is looked at. What happens within this time is as
// if it happened during the statement.
const lookAfter = time.Millisecond

// shouldPing is the hook of a pool that says whether the server is asked before a connection is used.
func shouldPing(_ context.Context, p pgxpool.ShouldPingParams) bool {
	return p.IdleDuration > pingAfter || p.IdleDuration > lookAfter && arrived(p.Conn)
}

// arrived reports whether the server has sent something on an idle connection, or has closed it.
func arrived(c *pgx.Conn) bool {
	s := sessionOf(c)
	if !s.socketKnown {
		s.socketKnown, s.socket = true, socketOf(c.PgConn().Conn())
	}
	return s.socket != nil && s.socket.arrived()
}

// socketOf returns the socket of a connection, nil if it cannot be had, as with some dialers of programs.
func socketOf(c net.Conn) *socket {
	for {
		over, ok := c.(interface{ NetConn() net.Conn }) // as a tls.Conn is
		if !ok {
			break
		}
		c = over.NetConn()
	}
	sc, ok := c.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil
	}
	return newSocket(raw)
}
