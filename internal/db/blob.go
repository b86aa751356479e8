package db

import (
	"context"
	"errors"

	"github.com/prom-go/prom/internal/db/driver"
)

// Snapshot begins a read-only transaction of one snapshot, which end ends: for readings that are open between calls.
// When ctx carries a transaction of db, that is the one, and end does nothing.
func (db *DB) Snapshot(ctx context.Context) (inside context.Context, end func(), err error) {
	if db.txOf(ctx) != nil {
		return ctx, func() {}, nil
	}
	ctx, whole := db.observe(ctx, EventTx, &driver.Statement{Op: "transaction"})
	t, err := db.begin(ctx, driver.TxOptions{Isolation: driver.RepeatableRead, ReadOnly: true}, true)
	if err != nil {
		whole.end(ctx, 0, err)
		return nil, nil, err
	}
	return &txContext{ctx, t}, func() {
		_ = t.finish(ctx)
		whole.end(ctx, 0, t.rollback(ctx))
		db.leave()
	}, nil
}

// errNoBlobs is of an engine that has no such values.
var errNoBlobs = errors.New("the engine does not stream values")

// Stream runs a write whose value is streamed, in the transaction that ctx carries.
func (db *DB) Stream(ctx context.Context, s *driver.Stream) (n int64, err error) {
	if err := db.check(&s.Statement); err != nil {
		return 0, err
	}
	ctx, e := db.observe(ctx, EventStatement, &s.Statement)
	err = db.inTurn(ctx, func(t *tx) error {
		streamer, ok := t.engine.(driver.Streamer)
		if !ok {
			return errNoBlobs
		}
		if err := t.setActor(ctx, &s.Statement); err != nil {
			return err
		}
		f := t.apart(ctx)
		defer f.end()
		n, err = streamer.Stream(ctx, s)
		return f.explain(err)
	})
	if err != nil {
		err = db.describe(err, &s.Statement)
	}
	if e != nil {
		e.Bytes = s.Size
		e.end(ctx, n, err)
	}
	return n, err
}

// OpensBlobs reports whether values are open for reading in the transaction that ctx carries; otherwise they are read
// by SQL.
func (db *DB) OpensBlobs(ctx context.Context) bool {
	t := db.txOf(ctx)
	if t == nil {
		return false
	}
	_, ok := t.engine.(driver.BlobOpener)
	return ok
}

// OpenBlob opens a value of a row, by the number of the row, in the transaction that ctx carries. The value may be used
// by several goroutines.
func (db *DB) OpenBlob(ctx context.Context, table, column string, row int64) (driver.Blob, error) {
	var b driver.Blob
	st := &driver.Statement{Op: "read", Table: table}
	err := db.inTurn(ctx, func(t *tx) (err error) {
		opener, ok := t.engine.(driver.BlobOpener)
		if !ok {
			return errNoBlobs
		}
		b, err = opener.OpenBlob(ctx, table, column, row)
		return err
	})
	if err != nil {
		return nil, db.describe(err, st)
	}
	return &turnBlob{ctx, db, b, st}, nil
}

// inTurn calls fn when no other goroutine uses the transaction of ctx.
func (db *DB) inTurn(ctx context.Context, fn func(t *tx) error) error {
	t := db.txOf(ctx)
	if t == nil {
		return errors.New("a value is streamed in a transaction")
	}
	if err := t.acquire(ctx); err != nil {
		return err
	}
	defer t.giveBack()
	return fn(t)
}

// turnBlob is a value that waits for the turn of its transaction at each call.
type turnBlob struct {
	ctx  context.Context //nolint:containedctx // of the transaction
	db   *DB
	blob driver.Blob
	st   *driver.Statement
}

func (b *turnBlob) Size() int64 { return b.blob.Size() }

func (b *turnBlob) ReadAt(p []byte, off int64) error {
	err := b.db.inTurn(b.ctx, func(*tx) error {
		if err := driver.Ended(b.ctx); err != nil {
			return driver.EndOfContext(err)
		}
		return b.blob.ReadAt(p, off)
	})
	if err != nil {
		return b.db.describe(err, b.st)
	}
	return nil
}

// Close closes the value, which the end of the transaction has done as well.
func (b *turnBlob) Close() error {
	_ = b.db.inTurn(b.ctx, func(*tx) error { return b.blob.Close() })
	return nil
}
