package db

import "github.com/prom-go/prom/internal/db/driver"

// txRows gives the transaction's turn back when the rows are closed. Who has them is a loop, which may forget them.
type txRows struct {
	driver.Rows
	loop   Loop
	closed bool
	err    error
}

func (r *txRows) Next() bool {
	if r.closed || !r.loop.Return() {
		return false
	}
	defer r.loop.Lend()
	return r.Rows.Next()
}

func (r *txRows) Close() error {
	switch {
	case r.closed:
	case r.loop.Return():
		r.err = r.Rows.Close()
		r.loop.end()
	default:
		r.err = ErrLoopEnded()
	}
	r.closed = true
	return r.err
}

// Inner returns the rows themselves, for who reads them in the engine's own form.
func (r *txRows) Inner() any { return r.Rows }
