package sqlite

import (
	"context"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
)

// listener looks at SQLite's counter of commits, which tells a connection what others have committed, in this process
// or another: https://www.sqlite.org/pragma.html#pragma_data_version. The counter means something on one and the same
// connection only.
type listener struct {
	conn    *liteConn
	pace    time.Duration
	version int64
}

func (e *engine) Listen(ctx context.Context, _ string, pace time.Duration) (driver.Listener, error) {
	if e.memory != "" {
		return nil, nil
	}
	l := &listener{conn: &liteConn{engine: e}, pace: pace}
	if err := l.conn.ready(ctx); err != nil {
		return nil, err
	}
	var err error
	if l.version, err = l.look(ctx); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

func (l *listener) Wait(ctx context.Context, most time.Duration) (bool, error) {
	end := time.Now().Add(most)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return false, driver.EndOfContext(ctx.Err())
		case <-timer.C:
		}
		version, err := l.look(ctx)
		if err != nil {
			return false, err
		}
		if version != l.version {
			l.version = version
			return true, nil
		}
		left := time.Until(end)
		if left <= 0 {
			return false, nil
		}
		timer.Reset(min(l.pace, left))
	}
}

// look reads the counter.
func (l *listener) look(ctx context.Context) (version int64, err error) {
	s, row, err := l.conn.start(ctx, &driver.Statement{SQL: "PRAGMA data_version"}, nil)
	if err != nil {
		return 0, err
	}
	if row {
		version = s.Int64(0)
	}
	return version, l.conn.end(s)
}

func (l *listener) Close() { _ = l.conn.Conn.Close() }
