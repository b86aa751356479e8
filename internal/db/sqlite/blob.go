package sqlite

import (
	"cmp"
	"context"
	"errors"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/sqlite3"
	"github.com/prom-go/prom/schema"
)

// streamRoom is how many bytes of a value are held while it is written.
const streamRoom = 64 << 10

// codeAbort is SQLITE_ABORT: an open value is none any more, since its row was changed.
const codeAbort = 4

// liteBlob is an open value of a transaction.
type liteBlob struct {
	tx *liteTx
	io *sqlite3.BlobIO
}

// OpenBlob implements [driver.BlobOpener].
func (t *liteTx) OpenBlob(ctx context.Context, table, column string, row int64) (driver.Blob, error) {
	t.idle.begin()
	defer t.idle.end()
	if t.dead != nil {
		return nil, t.deadError()
	}
	if err := ctx.Err(); err != nil {
		return nil, driver.EndOfContext(err)
	}
	t.conn.SetContext(ctx)
	defer t.conn.ClearContext()
	io, err := t.conn.OpenBlob(place(table), local(table), column, row, false)
	if err != nil {
		return nil, t.note(ErrorOf(err))
	}
	b := &liteBlob{t, io}
	if t.blobs == nil {
		t.blobs = map[*liteBlob]struct{}{}
	}
	t.blobs[b] = struct{}{}
	return b, nil
}

// place returns the database of a table, the main one or one that is attached, and local the table's name in it.
func place(table string) string {
	space, _ := schema.SplitName(table)
	return cmp.Or(space, "main")
}

func local(table string) string {
	_, name := schema.SplitName(table)
	return name
}

// closeBlobs closes the values that are still open.
func (t *liteTx) closeBlobs() {
	for b := range t.blobs {
		b.close()
	}
}

func (b *liteBlob) Size() int64 { return b.io.Size() }

func (b *liteBlob) ReadAt(p []byte, off int64) error {
	b.tx.idle.begin()
	defer b.tx.idle.end()
	if b.tx.dead == errIdle { //nolint:errorlint // it is set as it is
		return b.tx.deadError()
	}
	return blobError(b.io.ReadAt(p, off))
}

func (b *liteBlob) Close() error {
	b.tx.idle.begin()
	defer b.tx.idle.end()
	b.close()
	return nil
}

func (b *liteBlob) close() {
	delete(b.tx.blobs, b)
	_ = b.io.Close() // it says again what the last call said
}

// blobError translates the error of a call on an open value.
func blobError(err error) error {
	var e *sqlite3.Error
	if errors.As(err, &e) && e.Primary() == codeAbort {
		return &driver.Error{Kind: driver.KindStale, Detail: "the row was changed while its value was read", Err: err}
	}
	return ErrorOf(err)
}

// Stream implements [driver.Streamer]: the statement stores zeros, and the bytes are written over them.
func (t *liteTx) Stream(ctx context.Context, s *driver.Stream) (int64, error) {
	t.idle.begin()
	defer t.idle.end()
	if t.dead != nil {
		return 0, t.deadError()
	}
	if err := t.conn.run("SAVEPOINT prom_guard"); err != nil {
		return 0, t.note(err)
	}
	done := false
	defer func() {
		if !done && t.dead == nil { // the source panicked
			_ = t.conn.run("ROLLBACK TO prom_guard")
			_ = t.conn.run("RELEASE prom_guard")
		}
	}()
	n, err := t.conn.execWith(ctx, &s.Statement,
		func(stmt *sqlite3.Stmt) error { return stmt.BindZeroBlob(s.Arg, s.Size) })
	if err = t.note(err); err == nil && n > 0 && s.Size > 0 {
		err = t.fill(ctx, s)
	}
	if done = true; err != nil {
		n = 0
		if t.dead == nil {
			_ = t.note(t.conn.run("ROLLBACK TO prom_guard"))
		}
	}
	return n, t.endGuard(false, err)
}

// fill writes the bytes of a stream into the value that its statement has made.
func (t *liteTx) fill(ctx context.Context, s *driver.Stream) error {
	io, err := t.conn.OpenBlob(place(s.Table), local(s.Table), s.Column, s.Row, true)
	if err != nil {
		return t.note(ErrorOf(err))
	}
	defer io.Close() //nolint:errcheck // it says again what the last call said
	return driver.CopyStream(ctx, s, make([]byte, min(streamRoom, s.Size)), func(p []byte, off int64) error {
		return t.note(blobError(io.WriteAt(p, off)))
	})
}
