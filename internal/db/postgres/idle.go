package postgres

import (
	"context"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom/internal/db/driver"
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
	return p.IdleDuration > pingAfter || sessionOf(p.Conn).doubted() || p.IdleDuration > lookAfter && arrived(p.Conn)
}

// A connection can also be broken without a sign, until something is sent on it. A call of which nothing was sent runs
// once more, on another connection; so that this one is not broken too, the server is asked on each connection that has
// not been used since.

// doubts counts the connections of a pool that broke while they were used.
type doubts struct{ n atomic.Uint64 }

// begin tells of a new connection.
func (d *doubts) begin(c *pgx.Conn) {
	s := sessionOf(c)
	s.doubts, s.trusted = d, d.n.Load()
}

// giveBack gives a connection back after an error, or without one. That one was closed for another reason than its own,
// such as the end of a context, says nothing about the others.
func giveBack(c *pgxpool.Conn, err error) {
	if err != nil && c.Conn().IsClosed() && driver.KindOf(ErrorOf(err)) == driver.KindConnection {
		if d := sessionOf(c.Conn()).doubts; d != nil {
			d.n.Add(1)
		}
	}
	c.Release()
}

// doubted reports, once, whether a connection of the pool broke since it was known that this one works. Whoever asks
// finds out.
func (s *session) doubted() bool {
	if s.doubts == nil {
		return false
	}
	n := s.doubts.n.Load()
	since := n != s.trusted
	s.trusted = n
	return since
}

// suspects is [shouldPing] for a pool of the program's.
func (e *engine) suspects(c *pgx.Conn) bool {
	s := sessionOf(c)
	if s.doubts == nil { // it is met for the first time
		s.doubts = &e.doubts
	}
	return s.doubted() || arrived(c)
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
