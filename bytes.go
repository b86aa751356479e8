package prom

import (
	"context"
	"io"

	"github.com/prom-go/prom/internal/core"
)

// BytesColumn is a field of type []byte or *[]byte: the result of [FieldOf], [NullOf] or [OrderedOf] for it.
type BytesColumn[P any] interface {
	Term[P, []byte]
	Columner
}

// BytesReader reads a column of bytes in parts; [OpenBytes] returns one. It is an [io.ReadSeekCloser] and an
// [io.ReaderAt], as [net/http.ServeContent] and [archive/zip.NewReader] need. Several goroutines may call ReadAt at the
// same time. The other methods are not safe for concurrent use.
type BytesReader struct{ core *core.BytesReader }

// OpenBytes opens the value of a column in the row with the given key, as in [Repo.Get], and reads it in bounded
// memory: at most 512 kB at a time. All parts are from one snapshot, taken when the value was opened. Close must be
// called: until then the reader holds a connection, in a read-only transaction. If ctx carries a transaction, the
// reader is part of it and ends with it. The reader is canceled with ctx.
//
//	f, err := prom.OpenBytes(ctx, files, fileData, id)
//	if err != nil {
//		return err
//	}
//	defer f.Close()
//	http.ServeContent(w, r, name, modified, f)
//
// If the row does not exist, the error is [ErrNotFound]; if the column is NULL, it is [ErrType]. In a transaction that
// changes the row while its value is read, or that sees such a change, the next read fails with [ErrStale].
//
// SQLite reads the value by its incremental BLOB I/O (https://www.sqlite.org/c3ref/blob.html), which does not support
// views and WITHOUT ROWID tables. An in-memory database has one connection, so nothing else can use it until the reader
// is closed. PostgreSQL reads the parts by substring. If it has compressed the value, it decompresses it from the
// beginning for each part. For columns with large, compressible values use ALTER TABLE … ALTER COLUMN … SET STORAGE
// EXTERNAL (section "TOAST" of its manual).
func OpenBytes[T any](ctx context.Context, r *Repo[T], column BytesColumn[*T], key ...any) (*BytesReader, error) {
	return bytesReader(r.core.OpenBytes(ctx, column, key))
}

func bytesReader(v *core.BytesReader, err error) (*BytesReader, error) {
	if err != nil {
		return nil, err
	}
	return &BytesReader{v}, nil
}

// Size returns the number of bytes of the whole value.
func (b *BytesReader) Size() int64 { return b.core.Size() }

// Read reads the next bytes of the value. It returns io.EOF at the end.
func (b *BytesReader) Read(p []byte) (n int, err error) { return b.core.Read(p) }

// ReadAt reads bytes of the value from an offset; see [io.ReaderAt].
func (b *BytesReader) ReadAt(p []byte, off int64) (n int, err error) { return b.core.ReadAt(p, off) }

// Seek sets the offset of the next Read; see [io.Seeker]. It reads nothing.
func (b *BytesReader) Seek(offset int64, whence int) (int64, error) {
	return b.core.Seek(offset, whence)
}

// Close releases the connection. It may be called twice, and always returns nil.
func (b *BytesReader) Close() error { return b.core.Close() }

// WriteBytes replaces the value of a column in the row with the given key, as in [Repo.Get], by the next size bytes of
// src. It works in bounded memory: it holds 64 kB at a time. It is an update of the row, as [Query.Update] is: it
// checks the rules of the field, sets the updated column, increments the version and calls no hooks. A value that was
// loaded before then has an old version. The size must be known before, and is at most 999 000 000 bytes; a greater
// size is [ErrTooLong].
//
//	err := prom.WriteBytes(ctx, files, fileData, file, size, id)
//
// WriteBytes writes all bytes or nothing. If the row does not exist, the error is [ErrNotFound]. If src ends too early,
// the error is [ErrValidation] and io.ErrUnexpectedEOF. errors.Is finds any other error of src. WriteBytes does not
// read more than size bytes.
//
// WriteBytes locks the row, on SQLite the database, until src has returned all bytes, and in a transaction until its
// end. So src should not block (use a file, for example), and must not use the same transaction. On SQLite, triggers
// do not see the bytes, only zeros in their place, and the columns of the row after this one must fit into memory
// together with the value.
func WriteBytes[T any](ctx context.Context, r *Repo[T], column BytesColumn[*T], src io.Reader, size int64,
	key ...any) error {
	return r.core.WriteBytes(ctx, column, src, size, key)
}
