package db

import (
	"io"
	"sync/atomic"

	"github.com/prom-go/prom/internal/db/driver"
)

// Loop is a loop over the rows of a statement in a transaction, whose body is the application's. The body may be left
// and never entered again, as that of an iterator which was pulled from and not stopped is. So the rows are lent
// while it runs, and the end of the transaction may take them then. A nil Loop is one outside of transactions, of
// which nobody takes the rows.
type Loop struct {
	state atomic.Int32
	tx    *tx
	rows  io.Closer
}

// The states of a loop.
const (
	loopReads int32 = iota // the rows are being read
	loopLent               // the body runs, or has been left
	loopTaken              // the transaction has ended, and the rows with it
)

// begin begins a loop over rows, for which the transaction's turn is held.
func (l *Loop) begin(t *tx, rows io.Closer) {
	l.tx, l.rows = t, rows
	l.state.Store(loopReads)
	t.loop.Store(l)
}

// Lend is called before the body runs. It is false when the transaction ends: then the loop should end too.
func (l *Loop) Lend() bool {
	if l == nil || l.tx == nil {
		return true
	}
	l.state.Store(loopLent)
	if l.tx.ending.Load() {
		l.Return()
		return false
	}
	return true
}

// Return is called when the body has run. It is false when the transaction has ended meanwhile, and the rows are gone.
func (l *Loop) Return() bool {
	if l == nil || l.tx == nil {
		return true
	}
	return l.state.CompareAndSwap(loopLent, loopReads) || l.state.Load() == loopReads
}

// take takes the rows, and with them the transaction's turn, if the body runs.
func (l *Loop) take() bool { return l != nil && l.state.CompareAndSwap(loopLent, loopTaken) }

// ErrLoopEnded returns the error of a loop whose transaction has ended.
func ErrLoopEnded() error {
	return &driver.Error{Kind: driver.KindClosed,
		Detail: "the transaction of this context has ended, and so has the loop over its rows"}
}

// end gives the transaction's turn back, unless its end has taken that.
func (l *Loop) end() {
	if l.Return() {
		l.tx.loop.Store(nil)
		l.tx.giveBack()
	}
}
