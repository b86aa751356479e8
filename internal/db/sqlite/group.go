package sqlite

import (
	"context"
	"strings"
	"time"

	"github.com/prom-go/prom/internal/db/driver"

	lib "modernc.org/sqlite/lib"

	"github.com/prom-go/prom/internal/sqlite3"
)

// A group is a transaction that single writes of several goroutines share, because it is the commit, and not the
// statement, that takes the time. The connection goes from one to the next with the transaction open: each runs its own
// statement in its own goroutine, in a savepoint of its own, and then waits; the last one, behind whom nobody queues,
// commits, and all go on. No write is acknowledged before the commit. Nobody waits for a group to grow: while one
// commits, the next one queues up by itself. A write behind whom nobody queues is alone and has no group.
//
// The statements of a group do not fail together. A statement that fails leaves the others, as its savepoint does. When
// SQLite rolls the whole transaction back by itself, at a full disk say, or at an interruption, the others have not
// happened either: they run again, each alone. When the commit fails, it has failed for all whose statements had not.
type group struct {
	size  int
	begun time.Time
	done  chan struct{} // closed at the end
	err   error         // of the end: nil, of the commit, or errUndone
}

// The bounds of a group, so that its first member does not wait long, nor a transaction behind it.
const (
	groupSize = 64
	groupTime = 2 * time.Millisecond
)

// lonelyTime is how long writes do not share transactions after one was lost: what failed may fail again, and those
// that are run again should meet nobody.
const lonelyTime = 50 * time.Millisecond

// undone is the error of a write that was rolled back with its group. It has not happened and may be run again.
func undone() *driver.Error {
	return driver.WithFacts(&driver.Error{Kind: driver.KindSerialization,
		Detail: "a write that shared its transaction failed; run this one again"},
		driver.Facts{Unsent: true, Stale: true})
}

// sharesTransaction reports whether a statement may run in a transaction that others share. Outside of a transaction it
// would be one by itself; VACUUM, PRAGMA and what else minds the difference, and changes of the schema, stay so.
func sharesTransaction(sql string) bool {
	sql = strings.TrimLeft(sql, " \t\r\n")
	if len(sql) < 6 {
		return false
	}
	switch sql[0] | 0x20 {
	case 'i':
		return strings.EqualFold(sql[:6], "INSERT")
	case 'u':
		return strings.EqualFold(sql[:6], "UPDATE")
	case 'd':
		return strings.EqualFold(sql[:6], "DELETE")
	case 'r':
		return strings.EqualFold(sql[:6], "REPLAC")
	case 'w':
		return strings.EqualFold(sql[:4], "WITH")
	}
	return false
}

// enter waits for the writer. A write that may share finds itself in a group when others came before it or wait behind
// it.
func (e *engine) enter(ctx context.Context, share bool) (*liteConn, *group, error) {
	c, g, err := e.writer.take(ctx, e.wait, share)
	if err != nil {
		return nil, nil, err
	}
	if g == nil {
		if err = c.ready(ctx); err == nil && share && e.writer.singleWaits() {
			if _, err = c.exec(ctx, &driver.Statement{SQL: "BEGIN IMMEDIATE"}); err == nil {
				g = &group{size: 1, begun: time.Now(), done: make(chan struct{})}
			}
		}
		if err != nil {
			e.give(c)
			return nil, nil, err
		}
	}
	if g != nil {
		if err := c.run("SAVEPOINT prom_member"); err != nil {
			return nil, nil, e.leave(c, g, err, false)
		}
	}
	return c, g, nil
}

// leave ends a write whose statement has ended with err, and returns the outcome: err itself, or that of the group. One
// that is refused is undone.
func (e *engine) leave(c *liteConn, g *group, err error, refused bool) error {
	if g == nil {
		e.give(c)
		return err
	}
	own := err
	if !c.Autocommit() {
		own = c.endMember(err, refused)
	}
	if c.Autocommit() { // SQLite has rolled back
		e.lonely.Store(time.Now().Add(lonelyTime).UnixNano())
		g.end(undone())
		e.give(c)
		return own
	}
	if g.size >= groupSize || time.Since(g.begun) > groupTime || !e.writer.pass(c, g) {
		err := c.run("COMMIT")
		if err == nil {
			e.groups.Add(1)
			e.grouped.Add(uint64(g.size))
		}
		g.end(err)
		e.give(c) // rolls back when the commit failed
	}
	<-g.done
	switch outcome := g.err.(type) {
	case nil:
		return own
	case *driver.Error:
		if own != nil && driver.KindOf(own) != driver.KindTimeout && driver.KindOf(own) != driver.KindCanceled {
			outcome = undone() // it failed in a state of the database that has not come about
		} else if own != nil {
			return own
		}
		clone := *outcome
		return &clone
	}
	return g.err
}

// end tells the members the outcome.
func (g *group) end(err error) {
	g.err = err
	close(g.done)
}

// endMember ends the savepoint of a member and returns its outcome so far. A statement that failed has undone itself,
// as far as it does so alone. A reference to nothing, which is checked at the end of a transaction, would fail the
// others with it: it is undone here.
func (c *liteConn) endMember(err error, refused bool) error {
	switch {
	case err == nil && refused:
		if err := c.run("ROLLBACK TO prom_member"); err != nil {
			c.rollBack()
			return err
		}
	case err == nil && c.DeferredViolations():
		err = ErrorOf(&sqlite3.Error{Code: lib.SQLITE_CONSTRAINT_FOREIGNKEY, Message: "FOREIGN KEY constraint failed",
			Offset: -1})
		if e := c.run("ROLLBACK TO prom_member"); e != nil {
			c.rollBack()
			return err
		}
	}
	if e := c.run("RELEASE prom_member"); e != nil {
		c.rollBack()
		if err == nil {
			err = e
		}
	}
	return err
}

// exec runs a statement on the writer.
func (e *engine) Exec(ctx context.Context, st *driver.Statement) (int64, error) {
	for share := e.mayShare(st); ; share = false {
		c, g, err := e.enter(ctx, share)
		n := int64(0)
		if err == nil {
			n, err = c.exec(ctx, st)
			err = e.leave(c, g, err, false)
		}
		if !share || !isUndone(err) {
			if err != nil {
				n = 0
			}
			return n, err
		}
		e.retried(ctx, st, err)
	}
}

// writeQuery begins a result on the writer, which its Close gives back.
func (e *engine) writeQuery(ctx context.Context, st *driver.Statement, share bool) (driver.Rows, error) {
	for ; ; share = false {
		c, g, err := e.enter(ctx, share)
		if err == nil {
			var r *liteRows
			if r, err = c.query(ctx, st); err == nil {
				r.engine, r.group = e, g
				return r, nil
			}
			err = e.leave(c, g, err, false)
		}
		if !share || !isUndone(err) {
			return nil, err
		}
		e.retried(ctx, st, err)
	}
}

// retried tells that a write of a group that was rolled back runs again.
func (e *engine) retried(ctx context.Context, st *driver.Statement, err error) {
	if st.Attempt++; e.watch != nil {
		e.watch.Retried(ctx, st, err)
	}
}

// mayShare reports whether a write may share its transaction now.
func (e *engine) mayShare(st *driver.Statement) bool {
	if e.noGroups || !st.Write || st.Fresh || !sharesTransaction(st.SQL) {
		return false
	}
	until := e.lonely.Load()
	return until == 0 || time.Now().UnixNano() > until
}

// isUndone reports whether err is undone's.
func isUndone(err error) bool {
	e, ok := err.(*driver.Error)
	return ok && driver.FactsOf(e).Unsent && driver.FactsOf(e).Stale && e.Kind == driver.KindSerialization
}
