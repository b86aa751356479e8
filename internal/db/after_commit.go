package db

import (
	"context"

	"github.com/prom-go/prom/internal/db/driver"
)

// AfterCommit has fn called once the work that ctx belongs to is there for everybody: when the outermost transaction of
// this DB has been committed, or at once when ctx carries none. A rollback drops it, also one of a savepoint between
// the two, and so does a commit whose outcome is unknown. It is the place for what cannot be undone: a message, a
// cache, a job for others.
//
// Functions are called in the order in which they were given, in the goroutine of the outermost Tx, before it returns,
// and with the context that it was called with: that of a function which is given here has ended by then. What they do
// is no part of the transaction and does not change what Tx returns; a panic comes out of Tx when the others have been
// called. Giving one to a transaction that has ended is KindClosed.
func (db *DB) AfterCommit(ctx context.Context, fn func(ctx context.Context)) error {
	return db.txOf(ctx).afterCommit(ctx, fn)
}

// AfterCommit is [DB.AfterCommit] of the transaction that was begun last of those that ctx carries, whichever DB it is
// of.
func AfterCommit(ctx context.Context, fn func(ctx context.Context)) error {
	last, _ := ctx.Value(txKey{}).(*tx)
	return last.afterCommit(ctx, fn)
}

func (t *tx) afterCommit(ctx context.Context, fn func(ctx context.Context)) error {
	if t == nil {
		fn(ctx)
		return nil
	}
	if t.joined != nil {
		return &driver.Error{Kind: driver.KindOther, Op: "after commit",
			Detail: "the program began the transaction, and prom does not learn of its commit: call the function after that, " +
				"or begin the transaction by prom.Tx and pass on its pgx.Tx, see PgxTx"}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done {
		return &driver.Error{Kind: driver.KindClosed, Op: "after commit",
			Detail: "the transaction of this context has ended"}
	}
	t.committed = append(t.committed, fn)
	return nil
}

// callAll calls functions, all of them even when some panic.
func callAll(ctx context.Context, fns []func(ctx context.Context)) {
	i := 0
	defer func() {
		if i < len(fns) { // the one before panics
			callAll(ctx, fns[i:])
		}
	}()
	for i < len(fns) {
		fn := fns[i]
		i++
		fn(ctx)
	}
}
