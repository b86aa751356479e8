package driver

import (
	"context"
	"errors"
	"io"
)

// Stream is a write whose statement has a value of bytes that is read while it is sent, or stored, and never held.
type Stream struct {
	Statement           // an update of one row; in place of the value Args has one without bytes
	Arg       int       // the place of the value in Args
	Size      int64     // how many bytes it has
	Source    io.Reader // which gives them

	Column string // that is written, and
	Row    int64  // the number of the row, of an engine that writes into values; see BlobOpener
}

// Streamer is a [Tx] that streams values.
type Streamer interface {
	// Stream runs a statement and returns how many rows it changed. When it fails, nothing of it has happened; of the
	// source it has read Size bytes at most.
	Stream(ctx context.Context, s *Stream) (int64, error)
}

// BlobOpener is a [Tx] of an engine in which a value of a row, given by its rowid, is open for reading and
// writing. Other engines read parts of a value by SQL.
type BlobOpener interface {
	OpenBlob(ctx context.Context, table, column string, row int64) (Blob, error)
}

// Blob is an open value. It is closed by the end of its transaction, too.
type Blob interface {
	Size() int64
	// ReadAt fills p with the bytes from an offset on, all of which must be there. A value whose row was changed
	// meanwhile is KindStale.
	ReadAt(p []byte, off int64) error
	Close() error
}

// SourceError returns the error of a stream whose source has failed, io.EOF before it has given all bytes.
func SourceError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &Error{Kind: KindValidation,
			Detail: "the reader ended before it had given as many bytes as the value is to have", Err: io.ErrUnexpectedEOF}
	}
	return &Error{Detail: "the reader of the value failed", Err: err}
}

// CopyStream reads the bytes of a stream into a buffer, again and again, and has each part written.
func CopyStream(ctx context.Context, s *Stream, buf []byte, write func(p []byte, off int64) error) error {
	for off := int64(0); off < s.Size; {
		if err := ctx.Err(); err != nil {
			return EndOfContext(err)
		}
		n, err := io.ReadFull(s.Source, buf[:min(int64(len(buf)), s.Size-off)])
		if err != nil {
			return SourceError(err)
		}
		if err := write(buf[:n], off); err != nil {
			return err
		}
		off += int64(n)
	}
	return nil
}
