package conn

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// pgListener is a connection that listens to one channel. It is none of the pool's: who takes a connection of the pool to wait on it
// keeps others from it, and LISTEN would stay behind on it.
type pgListener struct{ conn *pgx.Conn }

func (e *pgEngine) listen(ctx context.Context, channel string) (listener, error) {
	c, err := pgx.ConnectConfig(ctx, e.pool.Config().ConnConfig)
	if err != nil {
		return nil, postgresError(err)
	}
	l := &pgListener{c}
	if _, err := c.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
		l.close()
		return nil, postgresError(err)
	}
	return l, nil
}

// drainTime is how long notifications are gathered after the first one, so that many transactions that commit at once are told once.
const drainTime = time.Millisecond

func (l *pgListener) wait(ctx context.Context, most time.Duration) (bool, error) {
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
func (l *pgListener) receive(ctx context.Context, most time.Duration) (bool, error) {
	wait, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	_, err := l.conn.WaitForNotification(wait)
	switch {
	case err == nil:
		return true, nil
	case ctx.Err() != nil:
		return false, contextError(ctx.Err())
	case wait.Err() != nil && !l.conn.IsClosed():
		return false, nil
	}
	return false, postgresError(err)
}

// close waits until pgx has closed the connection, which it does in a goroutine when the connection is broken.
func (l *pgListener) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = l.conn.Close(ctx)
	<-l.conn.PgConn().CleanupDone()
}
