package prom

import (
	"context"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
)

// Isolation is the isolation level of a transaction, as the SQL standard names them. SQLite runs every level as
// Serializable.
type Isolation uint8

// The isolation levels. SQLite runs all of them as Serializable.
const (
	// of the server; PostgreSQL's is ReadCommitted unless it was configured otherwise
	DefaultIsolation = Isolation(driver.DefaultIsolation)
	ReadCommitted    = Isolation(driver.ReadCommitted)
	RepeatableRead   = Isolation(driver.RepeatableRead)
	Serializable     = Isolation(driver.Serializable)
)

// TxOption changes how a transaction runs. Options belong to the outermost transaction; on a nested one they are an
// error.
type TxOption struct{ o db.TxOption }

// WithIsolation sets the isolation level of a transaction.
func WithIsolation(level Isolation) TxOption {
	return TxOption{db.WithIsolation(driver.Isolation(level))}
}

// ReadOnly makes the transaction refuse writes. On SQLite it runs on a reader, beside the writer.
func ReadOnly() TxOption { return TxOption{db.ReadOnly()} }

// Deferrable makes a read-only serializable transaction of PostgreSQL wait for a moment when it cannot fail; see "SET
// TRANSACTION" in its manual. It changes nothing elsewhere.
func Deferrable() TxOption { return TxOption{db.Deferrable()} }

// Retry has a transaction run again, at most n more times, when it failed as ErrSerialization, ErrDeadlock or
// ErrBusy, or because what a connection had prepared no longer fits: at its beginning, in fn or at its commit. Such a
// transaction has left nothing behind. Any other failure is passed on at once, above all ErrOutcomeUnknown. Between
// the attempts it waits, longer each time, and ends with the context. The error is that of the last attempt, or the
// context's when that ends a pause.
//
// Each attempt calls fn anew: what fn changes outside of the database must bear that. What a failed attempt gave to
// [DB.AfterCommit] is dropped.
func Retry(n int) TxOption { return TxOption{db.Retry(n)} }

// Tx runs fn in a transaction. The context that fn gets carries it: every statement on this DB with that context, or
// one made from it, is part of the transaction; statements with another context are not. When fn returns nil the
// transaction commits; when it returns an error, panics or ends its goroutine, it rolls back, and the error or panic is
// passed on unchanged.
//
// When ctx carries a transaction of this DB already, the new one is nested, a savepoint: its rollback loses its own
// work alone. Goroutines that share a transaction's context are served one after the other; a statement that waits
// longer than the busy timeout fails with ErrBusy.
//
// A transaction must not outlive fn: its context is of no use afterwards and gives ErrClosed. When the connection
// breaks while committing, nobody knows the outcome; the error is of ErrOutcomeUnknown and must not be answered by
// blind repetition.
func (d *DB) Tx(ctx context.Context, fn func(ctx context.Context) error, options ...TxOption) error {
	return d.in().Tx(ctx, fn, txOptionsAt(options)...)
}

// InTx reports whether ctx carries a transaction of this DB.
func (d *DB) InTx(ctx context.Context) bool { return d.in().InTx(ctx) }

// AfterCommit has fn called once the work that ctx belongs to is there for everybody: when the outermost transaction of
// this DB has been committed, or at once when ctx carries none. A rollback drops it, also one of a savepoint between
// the two, and so does a commit whose outcome is unknown. It is the place for what cannot be undone: a message, a
// cache, a job for others.
//
// Functions are called in the order in which they were given, in the goroutine of the outermost Tx, before it returns,
// and with the context that it was called with: that of a function which is given here has ended by then. What they do
// is no part of the transaction and does not change what Tx returns; a panic comes out of Tx when the others have been
// called. Giving one to a transaction that has ended is ErrClosed.
func (d *DB) AfterCommit(ctx context.Context, fn func(ctx context.Context)) error {
	return d.in().AfterCommit(ctx, fn)
}

// AfterCommit has fn called once the work that ctx belongs to is there for everybody: when the outermost transaction
// has been committed, or at once when ctx carries none. A rollback, also of a nested transaction around it, drops fn.
// The transaction is the one that was begun last of those that ctx carries, so that a model's hook needs not know its
// connection; see [DB.AfterCommit], which chooses one, for what fn is given and may do.
func AfterCommit(ctx context.Context, fn func(ctx context.Context)) error {
	return db.AfterCommit(ctx, fn)
}
