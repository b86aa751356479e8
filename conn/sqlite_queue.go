package conn

import (
	"context"
	"sync"
	"time"
)

// liteQueue hands the connections of one kind to those who ask, in turn. A free connection costs a lock, and neither a goroutine
// nor memory.
type liteQueue struct {
	mu     sync.Mutex
	free   []*liteConn // the one that was used last is at the end
	head   *liteWaiter
	tail   *liteWaiter
	all    []*liteConn
	closed bool
}

// liteWaiter is somebody who waits, a link of the queue.
type liteWaiter struct {
	next, prev *liteWaiter
	queued     bool
	single     bool // a single write, which may share a transaction with others
	conn       *liteConn
	group      *liteGroup    // of the transaction that is open on conn
	ready      chan struct{} // gets one value when conn is there, or nothing can be any more
	timer      *time.Timer
}

var liteWaiters = sync.Pool{New: func() any {
	w := &liteWaiter{ready: make(chan struct{}, 1), timer: time.NewTimer(time.Hour)}
	w.timer.Stop()
	return w
}}

func (q *liteQueue) add(c *liteConn) {
	q.free, q.all = append(q.free, c), append(q.all, c)
}

// take waits for a connection, until the context ends or, when patience is not negative, so long. The connection may come with a
// group, in whose transaction a single write is then done.
func (q *liteQueue) take(ctx context.Context, patience time.Duration, single bool) (*liteConn, *liteGroup, error) {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return nil, nil, closedError()
	}
	if n := len(q.free); n > 0 && q.head == nil {
		c := q.free[n-1]
		q.free = q.free[:n-1]
		q.mu.Unlock()
		return c, nil, nil
	}
	w := liteWaiters.Get().(*liteWaiter)
	w.single = single
	q.push(w)
	q.mu.Unlock()
	err := q.wait(ctx, w, patience)
	c, g := w.conn, w.group
	w.conn, w.group = nil, nil
	liteWaiters.Put(w)
	return c, g, err
}

// wait waits for the turn of w.
func (q *liteQueue) wait(ctx context.Context, w *liteWaiter, patience time.Duration) error {
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
		err = contextError(ctx.Err())
	case <-late:
		err = &Error{Kind: KindBusy, Detail: "another transaction of this process holds the database; inside one, use the context that it gives you"}
	}
	if err != nil && q.leave(w) {
		return err
	}
	if err != nil {
		<-w.ready // its turn came at the same moment
	}
	if w.conn == nil {
		return closedError()
	}
	return nil
}

// leave takes w out of the queue. It is false when its turn has come already.
func (q *liteQueue) leave(w *liteWaiter) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !w.queued {
		return false
	}
	q.unlink(w)
	return true
}

// give gives a connection to who waits first, or puts it away.
func (q *liteQueue) give(c *liteConn) {
	q.mu.Lock()
	if w := q.head; w != nil {
		q.serve(w, c, nil)
		q.mu.Unlock()
		return
	}
	if q.closed && c.Conn != nil {
		// Close did not wait for it.
		_ = c.Conn.Close()
		c.Conn = nil
	}
	q.free = append(q.free, c)
	q.mu.Unlock()
}

// pass gives a connection with its group to a single write, if one waits first, and reports whether it did.
func (q *liteQueue) pass(c *liteConn, g *liteGroup) bool {
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
func (q *liteQueue) singleWaits() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.head != nil && q.head.single
}

func (q *liteQueue) serve(w *liteWaiter, c *liteConn, g *liteGroup) {
	q.unlink(w)
	w.conn, w.group = c, g
	w.ready <- struct{}{} // has room
}

func (q *liteQueue) push(w *liteWaiter) {
	w.queued, w.prev, w.next = true, q.tail, nil
	if q.tail == nil {
		q.head = w
	} else {
		q.tail.next = w
	}
	q.tail = w
}

func (q *liteQueue) unlink(w *liteWaiter) {
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

// close refuses all who wait or come, and closes the connections that are free. The others are closed when they are given back.
func (q *liteQueue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for w := q.head; w != nil; w = q.head {
		q.serve(w, nil, nil)
	}
	for _, c := range q.free {
		if c.Conn != nil {
			_ = c.Conn.Close()
			c.Conn = nil
		}
	}
}

func closedError() *Error {
	return &Error{Kind: KindClosed, Detail: "the connection was closed", fresh: true}
}
