package db

import (
	"context"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
)

// Listener learns that a database may have changed, on a connection of its own. It must be closed, and is not safe for
// concurrent use.
type Listener struct {
	l       driver.Listener
	release func() // of its connection
}

// Listen opens a listener: on PostgreSQL to the notifications of a channel; on a SQLite file to the commits of all
// connections, for which it looks once a pace. It is nil for a database in memory, which has the one connection alone.
func (db *DB) Listen(ctx context.Context, channel string, pace time.Duration) (*Listener, error) {
	release, err := db.tenant.reserve(ctx)
	if err != nil {
		return nil, db.describe(err, &driver.Statement{Op: "listen"})
	}
	e, err := db.use(ctx)
	if err != nil {
		release()
		return nil, err
	}
	defer db.leave()
	l, err := e.Listen(ctx, channel, pace)
	if err != nil || l == nil {
		release()
		return nil, db.describe(err, &driver.Statement{Op: "listen"})
	}
	return &Listener{l, release}, nil
}

// Wait waits until it is notified of a change, or for the given time at most, and reports which. A listener that has
// failed, because its connection broke, cannot wait again. What changed while no call waited is reported by the next
// one.
func (l *Listener) Wait(ctx context.Context, most time.Duration) (told bool, err error) {
	if told, err = l.l.Wait(ctx, most); err != nil {
		err = driver.Describe(err, &driver.Statement{Op: "listen"})
	}
	return told, err
}

// Close closes the listener's connection.
func (l *Listener) Close() {
	l.l.Close()
	l.release()
}

// Channel returns the channel on which new rows of a table are notified, "" where there is none, and whether the
// trigger that tells is there.
func (db *DB) Channel(ctx context.Context, table string) (channel string, told bool, err error) {
	if sql := db.dialect.Channel(); sql != "" {
		err = db.inspect(ctx, sql, table, func(r inspected) { channel, told = r.text(0), r.bool(1) })
	}
	return channel, told, err
}
