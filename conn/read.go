package conn

import (
	"context"
	"time"
)

// RowReader reads the rows of a statement.
type RowReader interface {
	// ReadRows reads the rows. It must neither keep nor close them, and must not use the same transaction.
	ReadRows(rows Rows) error
}

// RowFunc is a function that is a [RowReader].
type RowFunc func(rows Rows) error

// ReadRows implements [RowReader].
func (f RowFunc) ReadRows(rows Rows) error { return f(rows) }

// Read runs a statement that returns rows, as Query does, and has them read. The result is closed when the reader
// returns or panics. This costs no memory, while the rows of Query do. The error of the result counts more than that of
// the reader, since it explains it. Outside of a transaction it runs once more when what the connection had prepared no
// longer fits or is gone; the reader has got no row by then.
func (db *DB) Read(ctx context.Context, st *Statement, to RowReader) error {
	err := db.read(ctx, st, to)
	if err != nil && !st.Fresh && IsStale(err) && db.txOf(ctx) == nil {
		st.Fresh = true
		err = db.read(ctx, st, to)
		st.Fresh = false
	}
	return err
}

func (db *DB) read(ctx context.Context, st *Statement, to RowReader) error {
	if err := db.check(st); err != nil {
		return err
	}
	start := db.log.begin()
	if t := db.txOf(ctx); t != nil {
		if err := t.acquire(ctx); err != nil {
			err = db.describe(err, st)
			db.log.end(ctx, start, st, err)
			return err
		}
		defer t.giveBack()
		rows, err := t.engine.query(ctx, st)
		return db.finishRead(ctx, start, st, rows, err, to)
	}
	var rows Rows
	e, err := db.open(ctx)
	if err == nil {
		rows, err = e.query(ctx, st)
	}
	return db.finishRead(ctx, start, st, rows, err, to)
}

func (db *DB) finishRead(ctx context.Context, start time.Time, st *Statement, rows Rows, err error, to RowReader) (result error) {
	if err != nil {
		err = db.describe(err, st)
		db.log.end(ctx, start, st, err)
		return err
	}
	done := false
	defer func() {
		if !done || result != nil {
			refuse(rows, st)
		}
		happens := result != nil && commits(rows)
		// A close that fails counts, and after a panic nothing does.
		closeErr := rows.Close()
		db.log.end(ctx, start, st, closeErr)
		switch {
		case closeErr != nil:
			result = closeErr
		case happens:
			result = &happened{result}
		}
	}()
	result = to.ReadRows(rows)
	done = true
	return result
}
