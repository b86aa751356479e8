package db

import "context"

// Committed does what Committed of package prom says.
type Committed struct {
	DB    *DB
	Op    string
	Table string
	Rows  int64
	Keys  [][]any
}

// CommitFunc is a function that is told of writes that have been committed.
type CommitFunc func(ctx context.Context, c Committed)

// CommitFuncs are those that are told of the writes to one table. They must not be changed.
type CommitFuncs []CommitFunc

// onCommit is a function that is told of writes, and to which tables; without one, to all.
type onCommit struct {
	fn     CommitFunc
	tables []string
}

// OnCommit has a function told of the writes to tables, or without one to all, when they have been committed.
func OnCommit(fn CommitFunc, tables []string) OpenOption {
	return func(db *DB) { db.onCommit = append(db.onCommit, onCommit{fn, tables}) }
}

// CommitFuncs returns the functions that are told of the writes to a table; nil for none.
func (db *DB) CommitFuncs(table string) (fns CommitFuncs) {
	for _, o := range db.onCommit {
		all := len(o.tables) == 0
		for i := 0; i < len(o.tables) && !all; i++ {
			all = o.tables[i] == table
		}
		if all {
			fns = append(fns, o.fn)
		}
	}
	return fns
}

// Wrote has functions told of a write in the transaction of ctx, once that is committed, or at once when there is none,
// as with [DB.AfterCommit]. In a transaction that the program began they are told nothing: nobody learns of its commit
// here.
func (db *DB) Wrote(ctx context.Context, to CommitFuncs, c Committed) {
	c.DB = db
	calls := make([]func(ctx context.Context), len(to))
	for i, fn := range to {
		calls[i] = func(ctx context.Context) { fn(ctx, c) }
	}
	// The error is that of a transaction whose commit nobody tells, or that has ended, and what was written in it is
	// lost.
	_ = db.AfterCommit(ctx, func(ctx context.Context) { callAll(ctx, calls) })
}
