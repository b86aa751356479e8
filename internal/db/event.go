package db

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// Event is something that happens on a DB. Package prom documents its fields.
type Event struct {
	Kind      EventKind
	DB        *DB
	Op        string
	Table     string
	SQL       string
	Args      []any
	Start     time.Time
	Duration  time.Duration
	Rows      int64
	Bytes     int64
	Batch     int
	Batched   bool
	DDL       bool
	Depth     int
	Attempt   int
	Wait      driver.Wait
	Reconnect bool
	Host      string
	Err       error

	st    *driver.Statement // whose rows are counted
	ended bool
}

var hashSeed = maphash.MakeSeed()

// ArgsHash returns a hash of the statement's arguments, 0 without arguments. Package prom documents it.
func (e *Event) ArgsHash() uint64 {
	if e.st == nil || len(e.st.Args) == 0 {
		return 0
	}
	var b []byte
	for _, v := range e.st.Args {
		b = appendArg(b, v)
	}
	return maphash.Bytes(hashSeed, b)
}

// appendArg appends a value, or the values of a list.
func appendArg(b []byte, v schema.Value) []byte {
	if !v.IsList() {
		return v.AppendBinary(b)
	}
	n := v.Len()
	b = binary.AppendUvarint(append(b, '['), uint64(n))
	for i := range n {
		b = appendArg(b, v.At(i))
	}
	return b
}

// EventKind says what happens.
type EventKind uint8

// What happens. Package prom documents them.
const (
	EventStatement EventKind = iota + 1
	EventBatch
	EventCopy
	EventTx
	EventBegin
	EventCommit
	EventRollback
	EventSavepoint
	EventRelease
	EventRollbackTo
	EventInstall
	EventRetry
	EventWait
	EventCoalesced
	EventConnect
)

var kinds = [...]string{EventStatement: "statement", EventBatch: "batch", EventCopy: "copy", EventTx: "transaction",
	EventBegin: "begin", EventCommit: "commit", EventRollback: "rollback", EventSavepoint: "savepoint",
	EventRelease: "release", EventRollbackTo: "rollback to", EventInstall: "install", EventRetry: "retry",
	EventWait: "wait", EventCoalesced: "coalesced", EventConnect: "connect"}

// String returns the name of the kind.
func (k EventKind) String() string {
	if int(k) < len(kinds) {
		return kinds[k]
	}
	return ""
}

// Observer is told of events.
type Observer interface {
	// Start is called when an event begins, and returns the context in which it happens.
	Start(ctx context.Context, e *Event) context.Context
	// End is called with that context when it has ended.
	End(ctx context.Context, e *Event)
}

// Observe adds an observer to those of a DB.
func Observe(o Observer) OpenOption { return func(db *DB) { db.observers = append(db.observers, o) } }

// observe returns the beginning of an event, nil when nobody observes the DB, and gives a statement its comment.
func (db *DB) observe(ctx context.Context, kind EventKind, st *driver.Statement) (context.Context, *Event) {
	ctx, e := db.event(ctx, kind, st)
	if db.comments != nil && kind == EventStatement {
		st.Comment = db.comments(ctx)
	}
	return ctx, e
}

func (db *DB) event(ctx context.Context, kind EventKind, st *driver.Statement) (context.Context, *Event) {
	e := db.newEvent(kind, st)
	if e == nil {
		return ctx, nil
	}
	return db.start(ctx, e), e
}

// newEvent returns an event that has not begun, nil when nobody observes the DB.
func (db *DB) newEvent(kind EventKind, st *driver.Statement) *Event {
	if len(db.observers) == 0 {
		return nil
	}
	e := &Event{Kind: kind, DB: db, Op: st.Op, Table: st.Table, SQL: st.SQL, DDL: st.DDL,
		Attempt: int(st.Attempt) + 1, st: st}
	st.Counted = true
	if db.logArgs && len(st.Args) > 0 {
		e.Args = make([]any, len(st.Args))
		for i, v := range st.Args {
			e.Args[i] = v.Any()
		}
	}
	return e
}

// start tells the observers that an event begins: now, unless it has a time.
func (db *DB) start(ctx context.Context, e *Event) context.Context {
	if e.Start.IsZero() {
		e.Start = time.Now()
	}
	for _, o := range db.observers {
		ctx = o.Start(ctx, e)
	}
	return ctx
}

// endRows is end for an event whose statement knows how many rows it had.
func (e *Event) endRows(ctx context.Context, err error) {
	if e != nil {
		e.end(ctx, e.st.Changed, err)
	}
}

// end tells the observers that an event has ended, once. It may be nil.
func (e *Event) end(ctx context.Context, rows int64, err error) {
	if e == nil || e.ended {
		return
	}
	e.ended = true
	if !e.Batched {
		e.Duration = time.Since(e.Start)
	}
	switch e.Err = err; {
	case err == nil:
		e.Rows = rows
	case driver.KindOf(err) == driver.KindConnection:
		e.DB.lost.Store(true)
	}
	for i := len(e.DB.observers) - 1; i >= 0; i-- {
		e.DB.observers[i].End(ctx, e)
	}
}

// over tells of an event that has ended already.
func (db *DB) over(ctx context.Context, e *Event, start time.Time) {
	e.DB, e.Start, e.Duration = db, start, time.Since(start)
	contexts := make([]context.Context, len(db.observers))
	for i, o := range db.observers {
		ctx = o.Start(ctx, e)
		contexts[i] = ctx
	}
	for i := len(db.observers) - 1; i >= 0; i-- {
		db.observers[i].End(contexts[i], e)
	}
}

// Observed reports whether somebody observes the DB.
func (db *DB) Observed() bool { return len(db.observers) > 0 }

// Observe tells that something begins which is no statement, and returns its context and the function that tells of
// its end.
func (db *DB) Observe(ctx context.Context, kind EventKind, op, table string) (inside context.Context,
	end func(rows int64, err error)) {
	if len(db.observers) == 0 {
		return ctx, func(int64, error) {}
	}
	inside, e := db.observe(ctx, kind, &driver.Statement{Op: op, Table: table})
	return inside, func(rows int64, err error) { e.end(inside, rows, err) }
}

// Retries tells that a statement runs again, and why: for the attempt st.Attempt, from 1.
func (db *DB) Retries(ctx context.Context, st *driver.Statement, err error) {
	if len(db.observers) > 0 {
		db.over(ctx, &Event{Kind: EventRetry, Op: st.Op, Table: st.Table, SQL: st.SQL, Attempt: int(st.Attempt) + 1,
			Err: err}, time.Now())
	}
}

// errPanicked is the error of an event in which the application's code has panicked.
var errPanicked = errors.New("prom: the function panicked")

// watcher is what an engine tells its DB.
type watcher struct{ db *DB }

// watcher returns what the engine tells, nil when nobody observes the DB.
func (db *DB) watcher() driver.Watcher {
	if len(db.observers) == 0 {
		return nil
	}
	return watcher{db}
}

func (w watcher) Waited(ctx context.Context, wait driver.Wait, start time.Time, err error) {
	if err != nil || time.Since(start) >= driver.ShortWait {
		w.db.over(ctx, &Event{Kind: EventWait, Wait: wait, Err: err}, start)
	}
}

func (w watcher) Connected(ctx context.Context, start time.Time, err error) {
	e := &Event{Kind: EventConnect, Op: "connect", Err: err}
	if err == nil {
		e.Reconnect = w.db.lost.Swap(false)
	} else {
		w.db.lost.Store(true)
		e.Err = w.db.place(err)
	}
	w.db.over(ctx, e, start)
}

func (w watcher) Retried(ctx context.Context, st *driver.Statement, err error) {
	w.db.Retries(ctx, st, err)
}
