package sqlite

import (
	"context"
	"slices"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
)

// listener looks at SQLite's counter of commits, which tells a connection what others have committed, in this process
// or another: https://www.sqlite.org/pragma.html#pragma_data_version. The counter means something on one and the same
// connection only.
type listener struct {
	conn     *liteConn
	pace     time.Duration
	attached []string // what stands before the name of a PRAGMA
	version  []int64  // of the main database and those that are attached
}

func (e *engine) Listen(ctx context.Context, _ string, pace time.Duration) (driver.Listener, error) {
	if e.memory != "" {
		return nil, nil
	}
	l := &listener{conn: &liteConn{engine: e}, pace: pace}
	for _, a := range dsn.Attachments(e.dsn) {
		l.attached = append(l.attached, dialect.Quote(a.Name)+".")
	}
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
		if !slices.Equal(version, l.version) {
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

// look reads the counters.
func (l *listener) look(ctx context.Context) ([]int64, error) {
	version := make([]int64, 0, 1+len(l.attached))
	for _, database := range append([]string{""}, l.attached...) {
		s, row, err := l.conn.start(ctx, &driver.Statement{SQL: "PRAGMA " + database + "data_version"}, nil)
		if err != nil {
			return nil, err
		}
		if row {
			version = append(version, s.Int64(0))
		}
		if err := l.conn.end(s, nil); err != nil {
			return nil, err
		}
	}
	return version, nil
}

func (l *listener) Close() { _ = l.conn.Conn.Close() }
