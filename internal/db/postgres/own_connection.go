package postgres

import (
	"context"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
)

// unbounded are the settings of a connection that would end a statement which may take as long as it needs.
var unbounded = []string{"lock_timeout", "statement_timeout"}

// Alone implements [Engine], on a connection of its own.
func (e *engine) Alone(ctx context.Context, st *driver.Statement) error {
	l, err := e.connectAlone(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	text, _ := st.Comment.Once(st.SQL)
	_, err = l.conn.Exec(ctx, text)
	return ErrorOf(err)
}

// connectAlone makes a connection that is none of the pool's, without the timeouts of the DSN.
func (e *engine) connectAlone(ctx context.Context) (*listener, error) {
	c, err := e.connect(ctx, unbounded...)
	if err != nil {
		return nil, err
	}
	return &listener{c, e.beforeClose}, nil
}

// holdLock begins a transaction that may be idle for long, and keeps no snapshot meanwhile.
const holdLock = `BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT set_config(name, '0', true) FROM pg_catalog.pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')`

// lockPause is how long it is until a lock is asked for again.
const lockPause = 100 * time.Millisecond

// Lock implements [Engine]: a transaction on a connection of its own holds the lock, idle and without a snapshot for
// whose end others would wait.
func (e *engine) Lock(ctx context.Context, sql string) (release func(), err error) {
	l, err := e.connectAlone(ctx)
	if err != nil {
		return nil, err
	}
	_, err = l.conn.PgConn().Exec(ctx, holdLock).ReadAll()
	for err == nil {
		// In the extended protocol a portal would keep its snapshot until the end of the transaction.
		var got string
		if got, err = askOne(ctx, l.conn.PgConn(), sql); err != nil || got == "t" {
			break
		}
		select {
		case <-time.After(lockPause):
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	if err != nil {
		l.Close()
		return nil, ErrorOf(err)
	}
	return l.Close, nil
}
