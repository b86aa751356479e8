package prom

import (
	"context"
	"io"

	"github.com/prom-go/prom/internal/core"
)

// BytesColumn is a handle of a field of type []byte, or *[]byte: what [FieldOf], [NullOf] and [OrderedOf] return for
// one.
type BytesColumn[P any] interface {
	Term[P, []byte]
	Columner
}

// BytesReader reads a column of bytes a part at a time; [OpenBytes] opens one. It is an [io.ReadSeekCloser] and an
// [io.ReaderAt], which is what [net/http.ServeContent] and [archive/zip.NewReader] take. ReadAt may be called by
// several goroutines at the same time, the other methods by one.
type BytesReader struct{ core *core.BytesReader }

// OpenBytes opens the value in a column of the row with that key, as [Repo.Get] would find it, for reading in bounded
// memory: a part of 512 kB at most is held at a time. All parts are of one snapshot, the value as it was when it was
// opened. Close must be called: a reader has a connection until then, in a read-only transaction, or, when ctx carries
// a transaction, is a part of that and ends with it. The reading ends with ctx.
//
//	f, err := prom.OpenBytes(ctx, files, fileData, id)
//	if err != nil {
//		return err
//	}
//	defer f.Close()
//	http.ServeContent(w, r, name, modified, f)
//
// A row that is not there is [ErrNotFound], NULL is [ErrType]. In a transaction that changes the row while its value is
// read, or sees a change of it, the next reading is [ErrStale]. SQLite reads the value where it is stored
// (https://www.sqlite.org/c3ref/blob.html), and has no way to in a view or a table WITHOUT ROWID; a database in memory
// has one connection, which nobody else has until the reader is closed. PostgreSQL reads parts by substring. Those of a
// value that it has compressed it decompresses from the beginning each time; of a column that gets large values that
// can be compressed, say ALTER TABLE … ALTER COLUMN … SET STORAGE EXTERNAL (section "TOAST" of its manual).
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

// Read reads the next bytes of the value, io.EOF at its end.
func (b *BytesReader) Read(p []byte) (n int, err error) { return b.core.Read(p) }

// ReadAt reads bytes of the value from an offset on, as [io.ReaderAt] says.
func (b *BytesReader) ReadAt(p []byte, off int64) (n int, err error) { return b.core.ReadAt(p, off) }

// Seek says where the next Read begins, as [io.Seeker] says. It reads nothing.
func (b *BytesReader) Seek(offset int64, whence int) (int64, error) {
	return b.core.Seek(offset, whence)
}

// Close gives the connection back. It may be called twice, and returns no error.
func (b *BytesReader) Close() error { return b.core.Close() }

// WriteBytes makes the value in a column of the row with that key, as [Repo.Get] would find it, the next size bytes of
// a reader, in bounded memory: 64 kB of them are held at a time. It is an update of the row, as [Query.Update]: the
// rules of the field hold, the updated column is set, the version is incremented, and hooks are not called. A value
// that was loaded before has an old version then. The size must be known ahead, and is at most 999 000 000 bytes,
// [ErrTooLong] otherwise.
//
//	err := prom.WriteBytes(ctx, files, fileData, file, size, id)
//
// All is written or nothing. A row that is not there is [ErrNotFound]; a reader that ends too early is [ErrValidation]
// and io.ErrUnexpectedEOF, and errors.Is finds another error of the reader. More than size bytes are not read.
//
// The row is locked, on SQLite the database, until the reader has given all bytes, and for a transaction until its end.
// So give it a reader that does not wait, such as a file, and none that uses the same transaction. On SQLite the bytes
// are written past triggers, which see zeros in their place, and what a row has in columns behind this one must fit
// into memory together with the value.
func WriteBytes[T any](ctx context.Context, r *Repo[T], column BytesColumn[*T], src io.Reader, size int64,
	key ...any) error {
	return r.core.WriteBytes(ctx, column, src, size, key)
}
