package postgres

import (
	"context"
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
	return l, nil
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

// close waits until pgx has closed the connection, which it does in a goroutine when the connection is broken.
func (l *listener) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	l.beforeClose(l.conn)
	_ = l.conn.Close(ctx)
	<-l.conn.PgConn().CleanupDone()
}
