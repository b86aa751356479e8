package prom

import "github.com/prom-go/prom/dialect"

// LockOption says what a query that locks rows does about those that others have locked. Without one it waits for them.
type LockOption struct{ wait dialect.LockWait }

// The options of locks. SQLite knows neither: a transaction that may write is the only one.
var (
	SkipLocked = LockOption{dialect.SkipLocked} // leave the rows out
	NoWait     = LockOption{dialect.NoWait}     // fail at once, with ErrBusy
)

// ForUpdate locks the rows that are read until the end of the transaction: nobody else can lock, update or delete them meanwhile, and
// others read them as they were. It belongs to a transaction; outside it is an error, and in a read-only one ErrReadOnly.
//
// On SQLite a transaction that may write has locked the whole database when it began, so there is nothing more to lock.
func (q *Query[T]) ForUpdate(options ...LockOption) *Query[T] {
	return q.locked(dialect.LockUpdate, options)
}

// ForNoKeyUpdate is [Query.ForUpdate] that lets others insert rows which refer to those that are locked. It is what an update of
// columns that are no keys takes.
func (q *Query[T]) ForNoKeyUpdate(options ...LockOption) *Query[T] {
	return q.locked(dialect.LockNoKeyUpdate, options)
}

// ForShare lets others lock the rows in the same way, but not update or delete them.
func (q *Query[T]) ForShare(options ...LockOption) *Query[T] {
	return q.locked(dialect.LockShare, options)
}

// ForKeyShare keeps others from deleting the rows and from changing their keys.
func (q *Query[T]) ForKeyShare(options ...LockOption) *Query[T] {
	return q.locked(dialect.LockKeyShare, options)
}

func (q *Query[T]) locked(lock dialect.Lock, options []LockOption) *Query[T] {
	wait := dialect.LockWaits
	for _, o := range options {
		wait = o.wait
	}
	return q.as(q.spec.Lock(lock, wait))
}
