package sqlite

import (
	"errors"
	"sync"
	"time"
)

// idleWatch ends a transaction that runs no statement for too long, as PostgreSQL does by
// idle_in_transaction_session_timeout: it would keep other writers out, and one that reads would keep the WAL from
// being reset. Statements, open results and the transaction's end are its work; in between a timer runs. A nil watch
// does nothing.
type idleWatch struct {
	mu    sync.Mutex
	tx    *liteTx
	after time.Duration
	timer *time.Timer
	busy  int
	since time.Time // of being idle
}

// errIdle is why a transaction is dead that was idle for too long.
var errIdle = errors.New("idle in transaction")

// watchIdle begins to watch a transaction that has begun, if there is a bound.
func (t *liteTx) watchIdle(after time.Duration) {
	if after <= 0 {
		return
	}
	w := &idleWatch{tx: t, after: after, busy: 1}
	w.timer = time.AfterFunc(after, w.expire)
	t.idle = w
	w.end()
}

func (w *idleWatch) lock() {
	if w != nil {
		w.mu.Lock()
	}
}

func (w *idleWatch) unlock() {
	if w != nil {
		w.mu.Unlock()
	}
}

// begin is called before work on the transaction. What has expired by then is dead.
func (w *idleWatch) begin() {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy++
	w.timer.Stop()
}

func (w *idleWatch) end() {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy--; w.busy == 0 && w.tx.conn != nil && w.tx.dead == nil {
		w.since = time.Now()
		w.timer.Reset(w.after)
	}
}

// expire is the timer's function. It may come late, when work has been done meanwhile.
func (w *idleWatch) expire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t := w.tx; w.busy == 0 && t.conn != nil && t.dead == nil && time.Since(w.since) >= w.after {
		t.dead = errIdle
		t.end()
	}
}
