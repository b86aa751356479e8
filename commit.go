package prom

import (
	"context"

	"github.com/prom-go/prom/internal/db"
)

// Committed is what a call has written to a table, and what has been committed since. [OnCommit] says who is told. It
// belongs to the function that gets it, which may keep it, but must not change Keys: others get the same ones.
type Committed struct {
	DB *DB
	// Op is what has been done: "insert", "update", "delete" (a soft delete too), "undelete", or "upsert" if only the
	// database knows whether it has inserted a row or updated it.
	Op    string
	Table string // the name of the table
	Rows  int64  // how many rows have been written, at least 1
	// Keys are the primary keys of the rows, each with its values in the order of the key's fields and in the Go types
	// of these; for a reference, the type of the key that it holds. [Repo.Get] takes one as it is: Get(ctx, key...). An
	// update that changes a key tells the new one. Keys is nil if the model has no primary key, and for [UnsafeClear].
	Keys [][]any
}

// OnCommit calls fn when a call of a repo has written rows, and these have been committed: after the outermost
// transaction, or at once when the call is in none. It is told of every way in which a repo writes: single values, many
// of them (by COPY too), upserts, links, batches, chunks, and updates and deletes of a query. With repos, fn is told of
// writes to their tables only, whichever repo writes; without any, of writes to all tables.
//
// As with [AfterCommit], a rollback drops what was written in the transaction, or since the savepoint, and so does a
// commit whose outcome is unknown. The calls are in the order of the writes, in the goroutine of the outermost Tx,
// before it returns, with the context that it was called with, and several goroutines may make some at the same time.
// What fn does is no part of the transaction. If the program ends after the commit and before the call, there is none.
//
// Not told are raw SQL, other programs, what the database does itself (triggers, cascades), [Restore], the dropping and
// clearing of all tables, and writes in a transaction that the program began ([WithPgxTx]), of whose commit prom does
// not learn. The audit log sees the writes of everybody.
//
// Writes cost nothing more on a table about which nobody is told. Otherwise, updates and deletes of a query return the
// keys of their rows, and the keys of a transaction's rows are in memory until it ends.
func OnCommit(fn func(ctx context.Context, c Committed), repos ...AnyRepo) OpenOption {
	tables := make([]string, len(repos))
	for i, r := range repos {
		tables[i] = r.Schema().Name
	}
	return OpenOption{db.OnCommit(func(ctx context.Context, c db.Committed) {
		fn(ctx, Committed{(*DB)(c.DB), c.Op, c.Table, c.Rows, c.Keys})
	}, tables)}
}
