package prom

import (
	"context"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
)

// Isolation is an isolation level of the SQL standard. SQLite runs every level as Serializable.
type Isolation uint8

// The isolation levels. SQLite runs all of them as Serializable.
const (
	// DefaultIsolation is the server's default: on PostgreSQL ReadCommitted, unless default_transaction_isolation says
	// otherwise.
	DefaultIsolation = Isolation(driver.DefaultIsolation)
	// ReadCommitted gives each statement a snapshot of its own.
	ReadCommitted = Isolation(driver.ReadCommitted)
	// RepeatableRead gives all statements one snapshot. A write of a row that another transaction has changed since is
	// [ErrSerialization].
	RepeatableRead = Isolation(driver.RepeatableRead)
	// Serializable is RepeatableRead that also detects results which no order of the transactions one after the other
	// would give, with [ErrSerialization]; see [Retry].
	Serializable = Isolation(driver.Serializable)
)

// TxOption is an option of a transaction. It applies to the outermost transaction; on a nested transaction it is an
// error.
type TxOption struct{ o db.TxOption }

// WithIsolation sets the isolation level of a transaction.
func WithIsolation(level Isolation) TxOption {
	return TxOption{db.WithIsolation(driver.Isolation(level))}
}

// ReadOnly makes the transaction refuse writes. On SQLite, a read-only transaction uses a reader connection and runs
// concurrently with the writer.
func ReadOnly() TxOption { return TxOption{db.ReadOnly()} }

// Deferrable makes a serializable, read-only transaction of PostgreSQL wait for a snapshot with which it cannot fail;
// see "SET TRANSACTION" in PostgreSQL's manual. It has no effect otherwise.
func Deferrable() TxOption { return TxOption{db.Deferrable()} }

// Retry runs the transaction again, at most n more times, if it fails with ErrSerialization, ErrDeadlock or ErrBusy, or
// because a prepared statement of the connection is no longer valid, or because the server is a standby: when it
// begins, in fn, or when it commits. It also runs again if it could not begin because no connection could be made or
// the connection broke. Such a transaction has stored nothing. Any other failure is returned at once, in particular
// ErrOutcomeUnknown. Retry waits between the attempts, longer each time, and stops when the context ends. It returns
// the error of the last attempt, or the error of the context if that ends during a wait.
//
// Each attempt calls fn again, so what fn changes outside the database must be safe to repeat. The functions that a
// failed attempt passed to [DB.AfterCommit] are not called.
func Retry(n int) TxOption { return TxOption{db.Retry(n)} }

// Tx runs fn in a transaction. The context that fn gets carries the transaction: every statement on this DB with that
// context, or with one derived from it, is part of the transaction; statements with another context are not. If fn
// returns nil, the transaction commits. If fn returns an error, panics, or calls runtime.Goexit, it rolls back, and Tx
// returns the error or repeats the panic unchanged.
//
// If ctx already carries a transaction of this DB, the new transaction is nested: it is a savepoint, and its rollback
// undoes only its own work. Goroutines that share the context of a transaction run their statements one after the
// other; a statement that waits longer than the busy timeout fails with ErrBusy.
//
// A transaction ends when fn returns: a later statement with its context fails with ErrClosed. If the connection breaks
// during the commit, the outcome is unknown: the error is ErrOutcomeUnknown. Do not run the transaction again without
// checking what was stored.
func (d *DB) Tx(ctx context.Context, fn func(ctx context.Context) error, options ...TxOption) error {
	return d.in().Tx(ctx, fn, txOptionsAt(options)...)
}

// InTx reports whether ctx carries a transaction of this DB.
func (d *DB) InTx(ctx context.Context) bool { return d.in().InTx(ctx) }

// WithoutTx returns a context that carries no transaction, of any connection, and otherwise is ctx. In a transaction, a
// call with it is deliberately not part of it: such as one that counts a failed attempt, which must stay when the
// transaction rolls back. The call takes a connection of its own, and may wait for the transaction's locks: on SQLite
// every write does, until it fails with ErrBusy.
func WithoutTx(ctx context.Context) context.Context { return db.WithoutTx(ctx) }

// AfterCommit calls fn after the outermost transaction of this DB that ctx carries has been committed, or at once if
// ctx carries none. A rollback drops fn, also a rollback of a savepoint in between, and so does a commit whose outcome
// is unknown. Use it for actions that cannot be undone, such as sending a message, invalidating a cache or starting a
// job.
//
// The functions are called in the order of the calls of AfterCommit, in the goroutine of the outermost Tx, before it
// returns. They get the context that this Tx was called with, because the context of the transaction has ended by then.
// They are not part of the transaction and do not change the result of Tx. If one panics, Tx panics after the others
// have been called. For a transaction that has ended, AfterCommit returns ErrClosed.
func (d *DB) AfterCommit(ctx context.Context, fn func(ctx context.Context)) error {
	return d.in().AfterCommit(ctx, fn)
}

// AfterCommit calls fn after the outermost transaction has been committed, or at once if ctx carries none. A rollback
// drops fn, also a rollback of a nested transaction in between. If ctx carries transactions of several connections, the
// transaction is the one that began last, so a model's hook does not need to know its connection. See [DB.AfterCommit],
// which takes a connection, for the context of fn and for what fn may do.
func AfterCommit(ctx context.Context, fn func(ctx context.Context)) error {
	return db.AfterCommit(ctx, fn)
}
