package postgres

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/prom-go/prom/internal/db/driver"
)

// listener is a connection that listens to one channel. It is none of the pool's: who takes a connection of the pool to
// wait on it keeps others from it, and LISTEN would stay behind on it.
type listener struct {
	conn        *pgx.Conn
	beforeClose func(*pgx.Conn)
}

// Conn returns the connection.
func (l *listener) Conn() *pgx.Conn { return l.conn }

func (e *engine) Listen(ctx context.Context, channel string, _ time.Duration) (driver.Listener, error) {
	c, err := e.connect(ctx)
	if err != nil {
		return nil, err
	}
	l := &listener{c, e.beforeClose}
	if _, err := c.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
		l.Close()
		return nil, ErrorOf(err)
	}
	if err := e.reached(ctx, l); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// DetailUnheard is the detail of a listener behind a pooler that keeps its notifications.
const DetailUnheard = "a connection pooler keeps notifications from the connection, as PgBouncer does in transaction mode: " +
	"leave WatchTrigger out, so that the watch polls, or watch on a connection that leads straight to the server"

// probeTime is how long a notification may take to a listener behind a pooler.
const probeTime = 2 * time.Second

// reached finds out whether notifications reach a listener. Behind a pooler they do if it gives each client a session
// for as long as it is connected, and not if only for a transaction: LISTEN stays behind with a session of the server.
func (e *engine) reached(ctx context.Context, l *listener) error {
	shared, err := sessionOf(l.conn).sharesSession(ctx, l.conn)
	if err != nil || !shared {
		return ErrorOf(err)
	}
	probe := "prom_probe_" + strings.ToLower(rand.Text())
	if _, err := l.conn.Exec(ctx, "LISTEN "+probe); err != nil {
		return ErrorOf(err)
	}
	if _, err := e.Exec(ctx, &driver.Statement{SQL: "NOTIFY " + probe, Op: "listen"}); err != nil {
		return err
	}
	told, err := l.receive(ctx, probeTime)
	if err == nil && !told {
		err = &driver.Error{Kind: driver.KindUnsupported, Detail: DetailUnheard}
	}
	return err
}

// drainTime is how long notifications are gathered after the first one, so that many transactions that commit at once
// are reported once.
const drainTime = time.Millisecond

func (l *listener) Wait(ctx context.Context, most time.Duration) (bool, error) {
	told, err := l.receive(ctx, most)
	if told {
		for more := true; more && err == nil; {
			more, err = l.receive(ctx, drainTime)
		}
		return true, nil // what broke in between breaks again
	}
	return false, err
}

// receive waits for one notification.
func (l *listener) receive(ctx context.Context, most time.Duration) (bool, error) {
	wait, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	_, err := l.conn.WaitForNotification(wait)
	switch {
	case err == nil:
		return true, nil
	case ctx.Err() != nil:
		return false, driver.EndOfContext(ctx.Err())
	case wait.Err() != nil && !l.conn.IsClosed():
		return false, nil
	}
	return false, ErrorOf(err)
}

// Close waits until pgx has closed the connection, which it does in a goroutine when the connection is broken.
func (l *listener) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	l.beforeClose(l.conn)
	_ = l.conn.Close(ctx)
	abandon(l.conn)
	<-l.conn.PgConn().CleanupDone()
}
