package conn

import (
	"context"
)

// batcher is an engine, or a transaction of one, that sends several statements together.
type batcher interface {
	batch(ctx context.Context, sts []*Statement, read func(i int, rows Rows) error) (failed int, err error)
}

// Batch runs statements in one transaction, in one round trip where the engine has them: all of them or none. Inside a transaction
// they are a nested one. Read is called with the rows of each statement in turn and must not use the DB. With an error comes the
// statement that failed, or -1 when it was none of them.
func (db *DB) Batch(ctx context.Context, sts []*Statement, read func(i int, rows Rows) error) (failed int, err error) {
	if len(sts) == 0 {
		return -1, nil
	}
	for i, st := range sts {
		if err := db.check(st); err != nil {
			return i, err
		}
	}
	start := db.log.begin()
	failed, err = db.batch(ctx, sts, read)
	for i, st := range sts {
		var own error
		if err != nil && i == failed {
			own = err
		}
		db.log.end(ctx, start, st, own)
	}
	if err != nil && failed >= 0 {
		err = db.describe(err, sts[failed])
	}
	return failed, err
}

func (db *DB) batch(ctx context.Context, sts []*Statement, read func(i int, rows Rows) error) (failed int, err error) {
	failed = noPlace
	if tx := db.txOf(ctx); tx != nil {
		if b, ok := tx.engine.(batcher); ok {
			failed, err = tx.batch(ctx, b, sts, read)
		}
	} else {
		e, err := db.open(ctx)
		if err != nil {
			return -1, err
		}
		if b, ok := unwrap(e).(batcher); ok {
			if failed, err = b.batch(ctx, sts, read); failed != noPlace {
				return failed, err
			}
		}
	}
	if failed == noPlace {
		return db.batchInTx(ctx, sts, read)
	}
	return failed, err
}

func (t *tx) batch(ctx context.Context, b batcher, sts []*Statement, read func(i int, rows Rows) error) (failed int, err error) {
	if err := t.acquire(ctx); err != nil {
		return -1, err
	}
	defer t.giveBack()
	return b.batch(ctx, sts, read)
}

// readAndClose has rows read, and closes them even when the reader panics.
func readAndClose(i int, rows Rows, read func(i int, rows Rows) error) (err error) {
	defer func() {
		if closeErr := rows.Close(); closeErr != nil {
			err = closeErr
		}
	}()
	return read(i, rows)
}

// noPlace, for the statement that failed, says that nothing has happened and nobody knows which of them it was.
const noPlace = -2

// batchInTx runs the statements one after the other.
func (db *DB) batchInTx(ctx context.Context, sts []*Statement, read func(i int, rows Rows) error) (failed int, err error) {
	failed = -1
	err = db.Tx(ctx, func(ctx context.Context) error {
		for i, st := range sts {
			var rows Rows
			var err error
			if st.NoRows {
				if st.Changed, err = db.exec(ctx, st); err == nil {
					err = st.stored(st.Changed)
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
