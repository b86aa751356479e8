package postgres

import (
	"io"
	"time"

	"github.com/jackc/pgx/v5"
)

// settleTime is how long a connection that is closed waits for the end of its session.
const settleTime = 250 * time.Millisecond

// terminate is the protocol's message Terminate.
var terminate = []byte{'X', 0, 0, 0, 4}

// Settle has the pool close a connection only when the server has ended the session: a budget of connections counts
// those of the server, which ends a session some time after its connection was closed.
func (e *engine) Settle() { e.settling.Store(true) }

// beforeClose ends the session of a connection, and waits until the server has closed it.
func (e *engine) beforeClose(c *pgx.Conn) {
	if !e.settling.Load() || c.IsClosed() {
		return
	}
	conn := c.PgConn().Conn()
	if conn.SetDeadline(time.Now().Add(settleTime)) != nil {
		return
	}
	if _, err := conn.Write(terminate); err == nil {
		_, _ = io.Copy(io.Discard, conn)
	}
}
