package sqlite

import (
	"context"
	"time"

	"github.com/prom-go/prom/internal/db/driver"

	lib "modernc.org/sqlite/lib"
)

// Stats implements [driver.Engine].
func (e *engine) Stats() driver.Stats {
	s := driver.Stats{Writer: e.writer.stats(), GroupCommits: e.groups.Load(), GroupedWrites: e.grouped.Load()}
	if e.readers != nil {
		s.Pool = e.readers.stats()
	}
	return s
}

// queueStats are the figures of a queue, which its lock guards.
type queueStats struct {
	acquires, waits, gaveUp uint64
	waited                  time.Duration
}

func (q *queue) stats() driver.PoolStats {
	opened, closed := q.opened.Load(), q.shut.Load()
	q.mu.Lock()
	defer q.mu.Unlock()
	p := driver.PoolStats{Max: len(q.all), Total: int(opened - min(opened, closed)), InUse: len(q.all) - len(q.free),
		Acquires: q.counts.acquires, Waits: q.counts.waits, WaitTime: q.counts.waited, GaveUp: q.counts.gaveUp,
		Opened: opened, Closed: closed}
	for w := q.head; w != nil; w = w.next {
		p.Waiting++
	}
	p.Idle = max(0, p.Total-p.InUse)
	return p
}

// waitedSince counts a wait that has ended, by a connection or by giving up.
func (q *queue) waitedSince(began time.Time, got bool) {
	waited := time.Since(began)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.counts.waits++
	q.counts.waited += waited
	if got {
		q.counts.acquires++
	} else {
		q.counts.gaveUp++
	}
}

// writerPatience is how long a look at the writer waits for another process.
const writerPatience = 20 * time.Millisecond

// Health implements [driver.Engine]. It reads the head of the file, and takes the lock of a writer, if nobody has it.
func (e *engine) Health(ctx context.Context) (driver.Health, error) {
	h := driver.Health{Version: lib.SQLITE_VERSION}
	c, err := e.take(ctx, true)
	if err != nil {
		return h, err
	}
	h.Journal, err = c.text(ctx, "PRAGMA journal_mode")
	if err == nil {
		_, err = c.text(ctx, "SELECT name FROM sqlite_schema LIMIT 1") // which the file must be a database for
	}
	if err == nil && e.memory == "" && c.Moved() {
		e.moved.Store(true)
		err = movedError()
	}
	e.give(c)
	if err != nil {
		return h, err
	}
	if e.dsn.Options.ReadOnly {
		h.ReadOnly = true
		return h, nil
	}
	switch err = e.lockOnce(ctx); driver.KindOf(err) {
	case driver.KindReadOnly:
		h.ReadOnly, err = true, nil
	case driver.KindBusy: // somebody writes
		err = nil
	case driver.KindTimeout:
		if ctx.Err() == nil {
			err = nil
		}
	}
	return h, err
}

// takeFree takes a connection that is free and that nobody waits for, nil if there is none.
func (q *queue) takeFree() *liteConn {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := len(q.free)
	if n == 0 || q.head != nil || q.closed {
		return nil
	}
	c := q.free[n-1]
	q.free = q.free[:n-1]
	q.counts.acquires++
	return c
}

// lockOnce takes the lock of the file for writing and gives it back, if no call of this process has it.
func (e *engine) lockOnce(ctx context.Context) error {
	c := e.writer.takeFree()
	if c == nil {
		return nil // somebody writes
	}
	defer e.give(c) // rolls back
	short, cancel := context.WithTimeout(ctx, writerPatience)
	defer cancel()
	if err := c.ready(short); err != nil {
		return err
	}
	_, err := c.exec(short, &driver.Statement{SQL: "BEGIN IMMEDIATE"})
	return err
}

// text runs a statement of the library's own and returns the text of its first row, "" without one.
func (c *liteConn) text(ctx context.Context, sql string) (text string, err error) {
	r, err := c.query(ctx, &driver.Statement{SQL: sql})
	if err != nil {
		return "", err
	}
	if r.Next() && !r.IsNull(0) {
		text, err = r.Text(0)
	}
	if endErr := c.end(r.stmt, nil); err == nil {
		err = endErr
	}
	if r.err != nil {
		err = r.err
	}
	r.stmt = nil
	return text, err
}
