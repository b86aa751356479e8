package db

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
)

// A call whose context is not that of the transaction which its goroutine runs goes its own way: it takes another
// connection, and waits for what the transaction has locked, which is for ever. On SQLite the queue of writers says so.
// PostgreSQL does not detect a wait for oneself, but the call stack shows it: it has a frame for each transaction that
// the goroutine runs, and the context knows how many it carries. A call that is meant to be outside, such as one that
// writes an audit trail, looks the same, so that nothing is said of it unless it waits.

// forgetful is such a call, while it lasts. A nil one is any other call.
type forgetful struct {
	db    *DB
	timer *time.Timer
}

// patience is how long such a call lasts before it seems to wait for its own transaction.
const patience = time.Second

const forgottenText = "the goroutine runs a transaction with another context, and this call may wait for the transaction's locks or connection: " +
	"inside a transaction, use the context that Tx passes to the function"

// apart looks at a call outside of transactions, which locks something or needs a connection when none may be left. It
// is ended by [forgetful.end].
func (db *DB) apart(ctx context.Context, locks bool) *forgetful {
	e := db.engine.Load()
	if e == nil || !e.Contends(locks) || !forgotten(ctx) {
		return nil
	}
	return db.forgetful(ctx)
}

func (db *DB) forgetful(ctx context.Context) *forgetful {
	f := &forgetful{db: db}
	f.timer = time.AfterFunc(patience, func() { f.warn(context.WithoutCancel(ctx)) })
	return f
}

// Forgotten reports whether the goroutine runs a transaction that the context does not carry, while this DB has one
// open: it may be this DB's.
func (db *DB) Forgotten(ctx context.Context) bool {
	e := db.engine.Load()
	return e != nil && e.Contends(true) && forgotten(ctx)
}

// warn has the log tell of the first such call of a DB.
func (f *forgetful) warn(ctx context.Context) {
	if !f.db.warned.Swap(true) {
		f.db.Warn(ctx, "prom: a call in a transaction does not use the transaction's context: "+forgottenText)
	}
}

func (f *forgetful) end() {
	if f != nil {
		f.timer.Stop()
	}
}

// explain says in the error of a call that has waited for something what that may have been.
func (f *forgetful) explain(err error) error {
	if f == nil || err == nil {
		return err // nothing is allocated
	}
	var e *driver.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Kind {
	case driver.KindBusy, driver.KindTimeout, driver.KindCanceled, driver.KindDeadlock:
		if e.Detail != forgottenText {
			e.Detail = forgottenText
			f.warn(context.Background())
		}
	}
	return err
}

// runEntry is where the code of (*tx).run begins.
var runEntry = reflect.ValueOf((*tx).run).Pointer()

// forgotten reports whether the goroutine runs more transactions than the context carries.
func forgotten(ctx context.Context) bool {
	var pcs [128]uintptr
	runs := 0
	for _, pc := range pcs[:runtime.Callers(3, pcs[:])] {
		if f := runtime.FuncForPC(pc - 1); f != nil && f.Entry() == runEntry {
			runs++
		}
	}
	return runs > levels(ctx)
}

// levels is how many transactions and savepoints a context carries.
func levels(ctx context.Context) int {
	if t, ok := ctx.Value(txKey{}).(*tx); ok {
		return t.levels
	}
	return 0
}
