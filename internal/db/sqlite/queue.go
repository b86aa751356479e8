package sqlite

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
)

// queue hands the connections of one kind to those who ask, in turn. A free connection costs a lock, and neither a
// goroutine nor memory.
type queue struct {
	mu     sync.Mutex
	free   []*liteConn // the one that was used last is at the end
	head   *waiter
	tail   *waiter
	all    []*liteConn
	closed bool
	counts queueStats

	opened, shut atomic.Uint64 // connections

	watch driver.Watcher // nil for none
	kind  driver.Wait

	// overtaking lets a newcomer take a free connection while others wait, as sync.Mutex does. A connection that is
	// returned is free, and the first waiter is woken to try for it, one waiter at a time. A waiter that tried in vain
	// and has waited for maxOvertaken is handed the next connection. If each connection were handed over in turn, every
	// use would cost a switch between goroutines once somebody waits, and the queue would never become empty.
	overtaking bool
	told       bool // a waiter has been woken, and has not tried yet
}

// waiter is somebody who waits, a link of the queue.
type waiter struct {
	next, prev *waiter
	queued     bool
	single     bool      // a single write, which may share a transaction with others
	since      time.Time // when it was first woken to try
	retry      bool      // it is woken to try, not handed a connection
	conn       *liteConn
	group      *group        // of the transaction that is open on conn
	ready      chan struct{} // gets one value when conn is there, or nothing can be any more
	timer      *time.Timer
}

// maxOvertaken is how long others may overtake somebody who waits: some reads by key. Longer makes the slowest calls
// slower and the others no faster.
const maxOvertaken = 30 * time.Microsecond

var waiters = sync.Pool{New: func() any {
	w := &waiter{ready: make(chan struct{}, 1), timer: time.NewTimer(time.Hour)}
	w.timer.Stop()
	return w
}}

func (q *queue) add(c *liteConn) {
	q.free, q.all = append(q.free, c), append(q.all, c)
}

// take waits for a connection, until the context ends or, when patience is not negative, so long. The connection may
// come with a group, in whose transaction a single write is then done.
func (q *queue) take(ctx context.Context, patience time.Duration, single bool) (*liteConn, *group, error) {
	var since, began time.Time
	for {
		q.mu.Lock()
		if !since.IsZero() {
			q.told = false
		}
		if q.closed {
			q.mu.Unlock()
			return nil, nil, closedError()
		}
		if n := len(q.free); n > 0 && (q.head == nil || q.overtaking) {
			c := q.free[n-1]
			q.free = q.free[:n-1]
			if q.counts.acquires++; !began.IsZero() {
				q.counts.waits++
				q.counts.waited += time.Since(began)
			}
			if n > 1 { // returned while a waiter was woken already, so that the next one has not been
				q.tell()
			}
			q.mu.Unlock()
			if q.watch != nil && !began.IsZero() {
				q.watch.Waited(ctx, q.kind, began, nil)
			}
			return c, nil, nil
		}
		if began.IsZero() {
			began = time.Now()
		}
		w := waiters.Get().(*waiter)
		w.single, w.since = single, since
		q.push(w)
		q.mu.Unlock()
		err := q.wait(ctx, w, patience)
		c, g, retry := w.conn, w.group, w.retry
		w.conn, w.group, w.retry = nil, nil, false
		if since.IsZero() {
			since = w.since
		}
		waiters.Put(w)
		if err != nil || !retry {
			q.waitedSince(began, err == nil)
			if q.watch != nil {
				q.watch.Waited(ctx, q.kind, began, err)
			}
			return c, g, err
		}
	}
}

// wait waits for the turn of w.
func (q *queue) wait(ctx context.Context, w *waiter, patience time.Duration) error {
	var late <-chan time.Time
	if patience >= 0 {
		w.timer.Reset(patience)
		defer w.timer.Stop()
		late = w.timer.C
	}
	var err error
	select {
	case <-w.ready:
	case <-ctx.Done():
		err = driver.EndOfContext(ctx.Err())
	case <-late:
		err = &driver.Error{Kind: driver.KindBusy,
			Detail: "another transaction of this process holds the database; inside a transaction, use the context that Tx passes to the function"}
	}
	if err != nil && q.leave(w) {
		return err
	}
	if err != nil {
		<-w.ready // its turn came at the same moment
	}
	if w.retry {
		if err != nil {
			q.tellNext() // in place of w
		}
		return err
	}
	if w.conn == nil {
		return closedError()
	}
	return nil
}

// Waiting returns how many writes wait for the writer.
func (e *engine) Waiting() int { return e.writer.waiting() }

func (q *queue) waiting() (n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for w := q.head; w != nil; w = w.next {
		n++
	}
	return n
}

// leave takes w out of the queue. It is false when its turn has come already.
func (q *queue) leave(w *waiter) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !w.queued {
		return false
	}
	q.unlink(w)
	return true
}

// give gives a connection to who waits first, or puts it away.
func (q *queue) give(c *liteConn) {
	q.mu.Lock()
	if w := q.head; w != nil && (!q.overtaking || !w.since.IsZero() && time.Since(w.since) > maxOvertaken) {
		q.serve(w, c, nil)
		q.mu.Unlock()
		return
	}
	if q.closed && c.Conn != nil {
		// Close did not wait for it.
		q.shutDown(c)
	}
	q.free = append(q.free, c)
	q.tell()
	q.mu.Unlock()
}

// tell wakes the first waiter to try for a free connection, unless one is awake already.
func (q *queue) tell() {
	if w := q.head; w != nil && !q.told {
		q.told, w.retry = true, true
		if w.since.IsZero() {
			w.since = time.Now()
		}
		q.serve(w, nil, nil)
	}
}

// tellNext is tell, if there is a free connection still.
func (q *queue) tellNext() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.told = false; len(q.free) > 0 {
		q.tell()
	}
}

// pass gives a connection with its group to a single write, if one waits first, and reports whether it did.
func (q *queue) pass(c *liteConn, g *group) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	w := q.head
	if w == nil || !w.single {
		return false
	}
	g.size++
	q.serve(w, c, g)
	return true
}

// singleWaits reports whether a single write waits first.
func (q *queue) singleWaits() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.head != nil && q.head.single
}

func (q *queue) serve(w *waiter, c *liteConn, g *group) {
	q.unlink(w)
	w.conn, w.group = c, g
	w.ready <- struct{}{} // has room
}

// push puts w at the end of the queue, or at its head when it has been there before.
func (q *queue) push(w *waiter) {
	w.queued = true
	if !w.since.IsZero() && q.head != nil {
		w.prev, w.next = nil, q.head
		q.head.prev, q.head = w, w
		return
	}
	w.prev, w.next = q.tail, nil
	if q.tail == nil {
		q.head = w
	} else {
		q.tail.next = w
	}
	q.tail = w
}

func (q *queue) unlink(w *waiter) {
	if w.prev == nil {
		q.head = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		q.tail = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.queued, w.prev, w.next = false, nil, nil
}

// close refuses all who wait or come, and closes the connections that are free. The others are closed when they are
// given back.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for w := q.head; w != nil; w = q.head {
		q.serve(w, nil, nil)
	}
	for _, c := range q.free {
		if c.Conn != nil {
			q.shutDown(c)
		}
	}
}

func (q *queue) shutDown(c *liteConn) {
	_ = c.Conn.Close()
	c.Conn = nil
	q.shut.Add(1)
}

func closedError() *driver.Error {
	return driver.Unsent(&driver.Error{Kind: driver.KindClosed, Detail: "the connection was closed"})
}
