package db

import (
	"context"
	"errors"
	"slices"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/db/replica"
)

// Batch runs statements in one transaction, in one round trip where the engine has them: all of them or none. Inside a
// transaction they are a nested one. Read is called with the rows of each statement in turn and must not use the DB.
// With an error comes the statement that failed, or -1 when it was none of them.
func (db *DB) Batch(ctx context.Context, sts []*driver.Statement, read driver.BatchFunc) (failed int, err error) {
	if len(sts) == 0 {
		return -1, nil
	}
	for i, st := range sts {
		if err := db.check(st); err != nil {
			return i, err
		}
	}
	e := db.newEvent(EventBatch, &driver.Statement{Op: "batch", Attempt: sts[0].Attempt})
	if e != nil {
		e.Batch = len(sts)
		ctx = db.start(ctx, e)
		for _, st := range sts {
			st.Counted = true
		}
	}
	if db.comments != nil {
		comment := db.comments(ctx)
		for _, st := range sts {
			st.Comment = comment
		}
	}
	inner, l := db.limit(ctx)
	failed, err = db.batch(inner, e, sts, read)
	err = l.end(err)
	if err != nil && failed >= 0 {
		err = db.describe(err, sts[failed])
	}
	if e != nil {
		e.end(ctx, db.observeBatch(ctx, e, sts, failed, err), err)
	}
	return failed, err
}

// observeBatch tells of the statements of a batch, and returns how many rows they had. Those after the one that failed
// have not run, and without one nobody knows which have.
func (db *DB) observeBatch(ctx context.Context, batch *Event, sts []*driver.Statement, failed int, err error) (rows int64) {
	for i, st := range sts {
		if err != nil && i > failed {
			break
		}
		e := db.newEvent(EventStatement, st)
		e.Batched, e.Start, e.Host = true, batch.Start, batch.Host
		inside := db.start(ctx, e)
		var own error
		if i == failed {
			own = err
		}
		e.end(inside, st.Changed, own)
		rows += st.Changed
	}
	return rows
}

func (db *DB) batch(ctx context.Context, event *Event, sts []*driver.Statement, read driver.BatchFunc) (failed int,
	err error) {
	failed = driver.NoPlace
	if tx := db.txOf(ctx); tx != nil {
		if b, ok := tx.engine.(driver.Batcher); ok {
			failed, err = tx.batch(ctx, b, sts, read)
		}
	} else {
		e, err := db.use(ctx)
		if err != nil {
			return -1, err
		}
		defer db.leave()
		f := db.apart(ctx, true)
		defer f.end()
		if b, ok := e.(driver.Batcher); ok {
			if failed, err = db.batchOn(ctx, event, b, sts, read); failed != driver.NoPlace {
				return failed, f.explain(err)
			}
		}
	}
	if failed == driver.NoPlace {
		return db.batchInTx(ctx, sts, read)
	}
	return failed, err
}

// batchOn runs statements together, on a standby if all of them may run on one.
func (db *DB) batchOn(ctx context.Context, event *Event, b driver.Batcher, sts []*driver.Statement,
	read driver.BatchFunc) (failed int, err error) {
	if db.replicas() == nil {
		return b.Batch(ctx, sts, read)
	}
	writes := slices.ContainsFunc(sts, (*driver.Statement).MayWrite)
	if !writes && !slices.ContainsFunc(sts, func(st *driver.Statement) bool { return st.Read != driver.AnyReader }) {
		var a replica.Answer
		if db.onReplica(ctx, sts[0], &a, func(e driver.Replica) error {
			b, ok := e.(driver.Batcher)
			if !ok {
				return driver.ErrBehind
			}
			if failed, err = b.Batch(ctx, sts, read); errors.Is(err, driver.ErrBehind) {
				return err
			}
			return nil
		}) {
			sts[0].Log = nil
			if event != nil {
				event.Host = a.Host()
			}
			a.Done(err)
			return failed, replicaError(ctx, err)
		}
	}
	l := db.logs(ctx, sts[0], writes)
	failed, err = b.Batch(ctx, sts, read)
	l.done(err)
	return failed, err
}

func (t *tx) batch(ctx context.Context, b driver.Batcher, sts []*driver.Statement, read driver.BatchFunc) (failed int,
	err error) {
	if err := t.acquire(ctx); err != nil {
		return -1, err
	}
	defer t.giveBack()
	for _, st := range sts {
		if err := t.setActor(ctx, st); err != nil {
			return -1, err
		}
	}
	f := t.apart(ctx)
	defer f.end()
	failed, err = b.Batch(ctx, sts, read)
	return failed, f.explain(err)
}

// readAndClose has rows read, and closes them even when the reader panics.
func readAndClose(i int, rows driver.Rows, read driver.BatchFunc) (err error) {
	defer func() {
		if closeErr := rows.Close(); closeErr != nil {
			err = closeErr
		}
	}()
	return read(i, rows)
}

// batchInTx runs the statements one after the other.
func (db *DB) batchInTx(ctx context.Context, sts []*driver.Statement, read driver.BatchFunc) (failed int, err error) {
	failed = -1
	err = db.Tx(ctx, func(ctx context.Context) error {
		for i, st := range sts {
			var rows driver.Rows
			var err error
			if st.Batched == driver.BatchCount {
				if st.Changed, err = db.exec(ctx, st); err == nil {
					err = st.Stored(st.Changed)
				}
			} else if rows, err = db.query(ctx, st); err == nil {
				err = readAndClose(i, rows, read)
			}
			if err != nil {
				failed = i
				return err
			}
		}
		return nil
	})
	return failed, err
}
