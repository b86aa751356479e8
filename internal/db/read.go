package db

import (
	"context"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/db/replica"
)

// Read runs a statement that returns rows, as Query does, and has them read. The result is closed when the reader
// returns or panics. This costs no memory, while the rows of Query do. The error of the result counts more than that of
// the reader, since it explains it. Outside of a transaction it runs once more when what the connection had prepared no
// longer fits or is gone; the reader has got no row by then.
func (db *DB) Read(ctx context.Context, st *driver.Statement, to driver.RowReader) error {
	return db.ReadLoop(ctx, st, nil, to)
}

// ReadLoop is Read for a reader that is a loop, whose body is the application's: in a transaction its end may take the
// rows while the body runs. A nil loop is none.
func (db *DB) ReadLoop(ctx context.Context, st *driver.Statement, loop *Loop, to driver.RowReader) error {
	var l limit
	if loop == nil { // the body of a loop takes as long as it needs
		ctx, l = db.limit(ctx)
	}
	err := db.read(ctx, st, loop, to)
	if err != nil && !st.Fresh && driver.IsStale(err) && db.txOf(ctx) == nil {
		st.Fresh = true
		st.Attempt++
		db.Retries(ctx, st, err)
		err = db.read(ctx, st, loop, to)
		st.Fresh = false
	}
	return l.end(err)
}

func (db *DB) read(ctx context.Context, st *driver.Statement, loop *Loop, to driver.RowReader) error {
	if err := db.check(st); err != nil {
		return err
	}
	ctx, e := db.observe(ctx, EventStatement, st)
	if t := db.txOf(ctx); t != nil {
		if err := t.acquire(ctx); err != nil {
			err = db.describe(err, st)
			e.end(ctx, 0, err)
			return err
		}
		if err := t.setActor(ctx, st); err != nil {
			t.giveBack()
			e.end(ctx, 0, err)
			return err
		}
		f := t.apart(ctx)
		defer f.end()
		rows, err := t.engine.Query(ctx, st)
		if loop == nil || err != nil {
			defer t.giveBack()
		} else {
			loop.begin(t, rows)
			defer loop.end()
		}
		return f.explain(db.finishRead(ctx, e, st, loop, rows, err, to))
	}
	var rows driver.Rows
	f := db.apart(ctx, st.MayWrite())
	defer f.end()
	engine, err := db.use(ctx)
	var l *telling
	if err == nil {
		defer db.leave()
		if st.Read == driver.AnyReader && db.ReadsReplicas() {
			if ok, err := db.readReplica(ctx, e, st, loop, to); ok {
				return err
			}
		}
		l = db.logs(ctx, st, st.MayWrite())
		rows, err = engine.Query(ctx, st)
	}
	err = db.finishRead(ctx, e, st, loop, rows, err, to)
	l.done(err)
	return f.explain(err)
}

// readReplica is read from a standby; ok is false when the primary has to answer.
func (db *DB) readReplica(ctx context.Context, e *Event, st *driver.Statement, loop *Loop,
	to driver.RowReader) (ok bool, err error) {
	var rows driver.Rows
	var a replica.Answer
	ok = db.onReplica(ctx, st, &a, func(on driver.Replica) (err error) {
		rows, err = on.Query(ctx, st)
		return err
	})
	if !ok {
		return false, nil
	}
	if e != nil {
		e.Host = a.Host()
	}
	done := false
	defer func() {
		st.Log = nil
		if !done { // a panic of the reader
			a.Lost()
		}
	}()
	err = db.finishRead(ctx, e, st, loop, rows, nil, to)
	done = true
	a.Done(err)
	return true, replicaError(ctx, err)
}

func (db *DB) finishRead(
	ctx context.Context, e *Event, st *driver.Statement, loop *Loop, rows driver.Rows, err error, to driver.RowReader,
) (result error) {
	if err != nil {
		err = db.describe(err, st)
		e.end(ctx, 0, err)
		return err
	}
	done := false
	defer func() {
		if !loop.Return() {
			result = driver.Describe(ErrLoopEnded(), st)
			e.end(ctx, 0, result)
			return
		}
		if !done || result != nil {
			driver.Refuse(rows, st)
		}
		happens := result != nil && driver.Commits(rows)
		// A close that fails counts, and after a panic nothing does.
		closeErr := rows.Close()
		switch {
		case closeErr != nil:
			result = closeErr
		case happens:
			result = &happened{result}
		}
		failed := result
		if !done && failed == nil {
			failed = errPanicked
		}
		e.endRows(ctx, failed)
	}()
	result = to.ReadRows(rows)
	done = true
	return result
}

// happened is the error of who could not read the rows of a write that could not be undone. It is of
// KindOutcomeUnknown.
type happened struct{ error }

func (h *happened) Unwrap() error { return h.error }
func (h *happened) Is(target error) bool {
	k, ok := driver.KindIn(target)
	return ok && k == driver.KindOutcomeUnknown
}
