package prom

import (
	"context"

	"github.com/prom-go/prom/internal/db"
)

// Committed describes a committed write: what one call of a repo has written to a table. The functions of [OnCommit]
// get it. They may keep it, but must not change Keys, which they share.
type Committed struct {
	DB *DB // the connection
	// Op is the kind of the write: "insert", "update", "delete" (a soft delete too), "undelete", or "upsert" if only
	// the database knows whether it has inserted a row or updated it.
	Op    string
	Table string // the name of the table
	Rows  int64  // how many rows have been written, at least 1
	// Keys are the primary keys of the rows, each with its values in the order of the key's fields and in the Go types
	// of these; for a reference, the type of the key that it holds. [Repo.Get] takes one as it is: Get(ctx, key...).
	// After an update that changes a key, it is the new key. Keys is nil if the model has no primary key, and for
	// [UnsafeClear].
	Keys [][]any
}

// OnCommit calls fn after a call of a repo has written rows and they have been committed: after the commit of the
// outermost transaction, or at once if the call is in none. fn gets every kind of write: of single values, of many
// (COPY too), upserts, links, batches, chunks, and updates and deletes of a query. With repos, fn gets only writes to
// their tables, by whichever repo; without, writes to all tables.
//
// As with [AfterCommit], fn is not called for what a rollback undoes, of the transaction or of a savepoint, nor after a
// commit whose outcome is unknown. The calls are in the order of the writes, in the goroutine of the outermost Tx,
// before it returns, and with the context that this Tx was called with. Several goroutines may call fn at the same
// time. What fn does is not part of the transaction. If the program ends between the commit and the call, fn is not
// called.
//
// fn is not called for raw SQL, for writes of other programs and of the database itself (triggers, cascades), for
// [Restore], for dropping and clearing all tables, and for writes in a transaction that the program began
// ([WithPgxTx]), because prom does not learn of its commit. The audit log has the writes of everybody; see package
// audit.
//
// Writes to a table without such a function cost nothing more. With one, updates and deletes of a query return the keys
// of their rows, and the keys of a transaction's rows are in memory until it ends.
func OnCommit(fn func(ctx context.Context, c Committed), repos ...AnyRepo) OpenOption {
	tables := make([]string, len(repos))
	for i, r := range repos {
		tables[i] = r.Schema().Name
	}
	return OpenOption{db.OnCommit(func(ctx context.Context, c db.Committed) {
		fn(ctx, Committed{(*DB)(c.DB), c.Op, c.Table, c.Rows, c.Keys})
	}, tables)}
}
