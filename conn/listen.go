package conn

import (
	"context"
	"time"
)

// Listener learns that a database may have changed, on a connection of its own. It must be closed, and is not safe for concurrent use.
type Listener struct{ l listener }

// listener is a Listener of one engine.
type listener interface {
	wait(ctx context.Context, most time.Duration) (told bool, err error)
	close()
}

// Listen opens a listener: on PostgreSQL to the notifications of a channel; on a SQLite file to the commits of all connections, for
// which it looks once a pace. It is nil for a database in memory, which has the one connection alone.
func (db *DB) Listen(ctx context.Context, channel string, pace time.Duration) (*Listener, error) {
	e, err := db.open(ctx)
	if err != nil {
		return nil, err
	}
	var l listener
	switch e := unwrap(e).(type) {
	case *pgEngine:
		l, err = e.listen(ctx, channel)
	case *liteEngine:
		if e.memory != "" {
			return nil, nil
		}
		l, err = e.listen(ctx, pace)
	}
	if err != nil {
		return nil, db.describe(err, &Statement{Op: "listen"})
	}
	return &Listener{l}, nil
}

// Wait waits until it is told of a change, or for the given time at most, and reports which. A listener that has failed, because its
// connection broke, cannot wait again. What changed while nobody waited is told at the next call.
func (l *Listener) Wait(ctx context.Context, most time.Duration) (told bool, err error) {
	if told, err = l.l.wait(ctx, most); err != nil {
		err = describe(err, &Statement{Op: "listen"})
	}
	return told, err
}

// Close closes the listener's connection.
func (l *Listener) Close() { l.l.close() }

// Channel returns the channel on which new rows of a table are told, "" where there is none, and whether the trigger that tells is
// there.
func Channel(ctx context.Context, db *DB, table string) (channel string, told bool, err error) {
	if sql := db.dialect.Channel(); sql != "" {
		err = inspect(ctx, db, sql, table, func(r inspected) { channel, told = r.text(0), r.bool(1) })
	}
	return channel, told, err
}
