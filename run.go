package prom

import (
	"context"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// call is one statement of a repo on its way to the database.
type call struct {
	op       string // for messages
	sql      string
	args     []schema.Value
	write    bool
	complete bool // its success shows that the table has all columns
}

// query runs a statement and reads its rows with read, which must begin anew when it is called again.
func (b *binding) query(ctx context.Context, c call, read func(conn.Rows) error) error {
	return b.run(ctx, c, func(st *conn.Statement) error {
		rows, err := b.db.Query(ctx, st)
		if err != nil {
			return err
		}
		err = read(rows)
		// What ended the result explains more than what the reading made of it.
		if closeErr := rows.Close(); closeErr != nil {
			return closeErr
		}
		return err
	})
}

// exec runs a statement that returns no rows, and returns how many it changed.
func (b *binding) exec(ctx context.Context, c call) (n int64, err error) {
	err = b.run(ctx, c, func(st *conn.Statement) (err error) {
		n, err = b.db.Exec(ctx, st)
		return err
	})
	return n, err
}

// run runs a statement. A missing table, column or index is installed, once, and the statement run again; what is otherwise worth
// another run, because nothing has happened, gets one too.
func (b *binding) run(ctx context.Context, c call, once func(*conn.Statement) error) error {
	repaired, repeats := false, 0
	for {
		st := &conn.Statement{SQL: c.sql, Args: c.args, Op: c.op, Table: b.table.Name, Write: c.write, Guard: b.guard(ctx, c)}
		err := once(st)
		if err == nil {
			break
		}
		spent := repaired
		if missing(err) {
			// What was known is no longer so, whether or not this call can be helped: the next one looks again.
			b.marked.Clear()
			repaired = true
		} else {
			repeats++
			spent = repeats > 1 && (!conn.IsStale(err) || repeats > maxStale)
		}
		if spent || !b.again(ctx, st, err) {
			return errorOf(c.op, b.table, err)
		}
		if err := b.repair(ctx, err); err != nil {
			return errorOf(c.op, b.table, err)
		}
	}
	if c.complete {
		b.marked.Set(ctx)
	}
	return nil
}

// maxStale bounds how often a statement is run again because its connection had prepared it before the table changed. Each run
// may get another connection of the pool, and each of them fails once.
const maxStale = 5

// guard chooses how a statement in a transaction is protected.
func (b *binding) guard(ctx context.Context, c call) conn.Guard {
	switch {
	case !b.marked.IsSet(ctx):
		return conn.GuardMissing
	case c.write:
		return conn.GuardData
	}
	return conn.NoGuard
}

// again reports whether a failed statement may be run a second time.
func (b *binding) again(ctx context.Context, st *conn.Statement, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	inTx := b.db.InTx(ctx)
	if missing(err) {
		if b.db.ReadOnly() || b.db.DSN().Options.Install == conn.InstallOff {
			return false
		}
		// Without its savepoint the statement has ended the transaction, and nothing can be installed in it.
		return !inTx || !b.db.Dialect().Features().ErrorAborts || st.Guard == conn.GuardMissing
	}
	if inTx {
		return false
	}
	return conn.IsStale(err) || conn.IsUnsent(err) || !st.Write && conn.KindOf(err) == ErrConnection
}

// missing reports whether err says that the table is not there or not complete.
func missing(err error) bool {
	switch conn.KindOf(err) {
	case ErrNoTable, ErrNoColumn, ErrNoIndex:
		return true
	}
	return false
}

// repair installs what an error says is missing.
func (b *binding) repair(ctx context.Context, err error) error {
	if !missing(err) {
		return nil
	}
	_, installErr := install.Ensure(ctx, b.db, b.table)
	if conn.KindOf(installErr) == ErrReadOnly {
		return err // of a read-only transaction, in which it is the missing table that matters
	}
	return installErr
}

// readOne runs a statement that returns the one row that it wrote and reads it into v.
func (r *Repo[T]) readOne(ctx context.Context, b *binding, c call, v *T) error {
	found := false
	err := b.query(ctx, c, func(rows conn.Rows) error {
		found = false
		loader := scan.Loader[T]{Plan: r.plan}
		for rows.Next() {
			if err := loader.Load(rows, v); err != nil {
				return err
			}
			found = true
		}
		return nil
	})
	if err == nil && !found {
		return r.notFound(c.op)
	}
	return err
}

func (r *Repo[T]) notFound(op string) error {
	return &Error{Kind: ErrNotFound, Op: op, Table: r.table.Name}
}
