package sqlite3

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// progressOps is after how many instructions of SQLite's machine onProgress runs: some ten microseconds.
const progressOps = 1000

// watchEvery is how often the watchdog looks at the context of a call that runs.
const watchEvery = 5 * time.Millisecond

// SetContext makes what runs from now on end with ctx: statements, waiting for locks, and the reading of rows. The call
// costs nothing when ctx cannot end. ClearContext must follow once the work is done.
//
// Two things look at the context, and neither is a goroutine of a call. SQLite's progress handler runs in the goroutine
// of the statement, so it is in time even when all processors are busy; but it does not run inside one long instruction
// of SQLite's machine, such as a count of a whole table or the last part of a sort. There a timer of the connection,
// which is set only when it is not set yet, interrupts the statement.
func (c *Conn) SetContext(ctx context.Context) {
	if ctx.Done() == nil && c.limit <= 0 {
		return
	}
	c.ctx, c.cause, c.limited = ctx, nil, false
	c.deadline, c.hasDeadline = ctx.Deadline()
	if c.limit > 0 {
		if end := time.Now().Add(c.limit); !c.hasDeadline || end.Before(c.deadline) {
			c.deadline, c.hasDeadline, c.limited = end, true, true
		}
	}
	c.watch.begin(c)
}

// ErrStatementTimeout is why a statement was interrupted that took longer than the statement timeout.
var ErrStatementTimeout = errors.New("statement timeout")

// SetStatementTimeout bounds the work of each SetContext that follows, beside its context. Zero is no bound.
func (c *Conn) SetStatementTimeout(d time.Duration) { c.limit = d }

// ClearContext ends the work of SetContext. An interruption that came too late for it does not reach what runs next.
func (c *Conn) ClearContext() {
	if c.ctx == nil {
		return
	}
	c.watch.end()
	c.ctx, c.cause = nil, nil
	// SQLite clears the flag when a statement begins and no other is open. Whether another is open is not known here.
	atomic.StoreInt32(c.interrupted(), 0)
}

// Interrupt ends the statement that runs on the connection, if one does. Unlike the other methods it may be called
// beside them.
func (c *Conn) Interrupt() { lib.Xsqlite3_interrupt(c.tls, c.db) }

// interrupted is SQLite's flag of an interruption, which it reads and writes atomically.
func (c *Conn) interrupted() *int32 {
	return &c.handle().Fu1.FisInterrupted
}

// ended returns why the context of the running call has ended, or nil. It runs in the goroutine of the call.
func (c *Conn) ended() error {
	if err := c.ctx.Err(); err != nil {
		c.cause = err
	} else if c.hasDeadline && !time.Now().Before(c.deadline) {
		if c.cause = context.DeadlineExceeded; c.limited { // otherwise the context's own timer is late
			c.cause = ErrStatementTimeout
		}
	}
	return c.cause
}

// Ended reports whether the context of the running call has ended. It is for functions that may take long, which then
// say that they were interrupted.
func (c *Conn) Ended() bool { return c.ctx != nil && c.ended() != nil }

// onProgress is SQLite's progress handler, int (*)(void*). Other than 0 interrupts.
func onProgress(_ *libc.TLS, id uintptr) int32 {
	c := connection(id)
	if c.ctx == nil || c.ended() == nil {
		return 0
	}
	// SQLite calls it once more when a statement has ended, and would then say that one was interrupted which has been
	// committed.
	if c.running != nil && c.running.FeVdbeState == lib.VDBE_HALT_STATE {
		return 0
	}
	return 1
}

// watchdog interrupts the statements of a connection whose context has ended. Its timer runs on by itself, a few times
// each hundredth of a second, while calls with contexts are made, and stops when it finds none: so a call sets no
// timer.
type watchdog struct {
	mu    sync.Mutex
	conn  *Conn           // non-nil while a call runs
	ctx   context.Context // of that call; not Conn.ctx, which belongs to the call's goroutine
	until time.Time
	timed bool
	timer *time.Timer
	armed bool
}

func (w *watchdog) begin(c *Conn) {
	w.mu.Lock()
	w.conn, w.ctx, w.until, w.timed = c, c.ctx, c.deadline, c.hasDeadline
	if !w.armed {
		w.armed = true
		if w.timer == nil {
			w.timer = time.AfterFunc(watchEvery, w.look)
		} else {
			w.timer.Reset(watchEvery)
		}
	}
	w.mu.Unlock()
}

func (w *watchdog) end() {
	w.mu.Lock()
	w.conn, w.ctx = nil, nil
	w.mu.Unlock()
}

// look is the timer's function. It holds the lock while it interrupts, so that the call which it interrupts is still
// there.
func (w *watchdog) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn == nil {
		w.armed = false
		return
	}
	if w.ctx.Err() != nil || w.timed && !time.Now().Before(w.until) {
		lib.Xsqlite3_interrupt(w.conn.tls, w.conn.db) // an atomic store, which is all that another goroutine may do
	}
	w.timer.Reset(watchEvery)
}

// stop ends the watchdog for good.
func (w *watchdog) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conn, w.ctx = nil, nil
	if w.timer != nil {
		w.timer.Stop()
	}
}
