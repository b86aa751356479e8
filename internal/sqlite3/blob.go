package sqlite3

import (
	"unsafe"

	lib "modernc.org/sqlite/lib"
)

// blobRoom is how much of a value is read or written in one call of SQLite.
const blobRoom = 64 << 10

// BlobIO is a value of bytes, or a text, of one row, that is read and written in place,
// https://www.sqlite.org/c3ref/blob.html. It belongs to its connection, and is closed before that. When the row is
// changed or deleted by other means, calls fail with SQLITE_ABORT.
type BlobIO struct {
	conn *Conn
	blob uintptr // *lib.Tsqlite3_blob, 0 once it is closed
	room uintptr // blobRoom bytes of C memory: SQLite gets no pointer to Go's
	size int64
}

// OpenBlob opens the value in a column of the row with that number, of a table of a database, main or one that is
// attached. It fails with SQLITE_ERROR when there is no such row, when the value is neither bytes nor a text, and for a
// view or a table WITHOUT ROWID.
func (c *Conn) OpenBlob(schema, table, column string, row int64, write bool) (*BlobIO, error) {
	var names [3]uintptr
	for i, s := range []string{schema, table, column} {
		p, free, err := c.cString(s)
		if err != nil {
			return nil, err
		}
		defer free()
		names[i] = p
	}
	room := lib.Xsqlite3_malloc64(c.tls, blobRoom)
	if room == 0 {
		return nil, noMemory()
	}
	flags := int32(0)
	if write {
		flags = 1
	}
	*c.outPointer(0) = 0
	if rc := lib.Xsqlite3_blob_open(c.tls, c.db, names[0], names[1], names[2], row, flags, c.out); rc != lib.SQLITE_OK {
		err := c.fail(rc)
		lib.Xsqlite3_free(c.tls, room)
		return nil, err
	}
	b := &BlobIO{conn: c, blob: *c.outPointer(0), room: room}
	b.size = int64(lib.Xsqlite3_blob_bytes(c.tls, b.blob))
	return b, nil
}

// Size returns the number of bytes, which does not change while the value is open.
func (b *BlobIO) Size() int64 { return b.size }

// ReadAt fills p with the bytes from an offset on, all of which must be there.
func (b *BlobIO) ReadAt(p []byte, off int64) error {
	return b.each(p, off, func(part []byte, n, at int32) int32 {
		rc := lib.Xsqlite3_blob_read(b.conn.tls, b.blob, b.room, n, at)
		if rc == lib.SQLITE_OK {
			copy(part, unsafe.Slice((*byte)(pointer(b.room)), n)) // the room is blobRoom bytes, and n not more
		}
		return rc
	})
}

// WriteAt writes p over the bytes from an offset on. The value's size stays what it is.
func (b *BlobIO) WriteAt(p []byte, off int64) error {
	return b.each(p, off, func(part []byte, n, at int32) int32 {
		copy(unsafe.Slice((*byte)(pointer(b.room)), n), part) // the room is blobRoom bytes, and n not more
		return lib.Xsqlite3_blob_write(b.conn.tls, b.blob, b.room, n, at)
	})
}

func (b *BlobIO) each(p []byte, off int64, do func(part []byte, n, at int32) int32) error {
	if b.blob == 0 || off < 0 || off > b.size || int64(len(p)) > b.size-off {
		return misuse("the bytes are not those of the open value")
	}
	for len(p) > 0 {
		part := p[:min(len(p), blobRoom)]
		if rc := do(part, int32(len(part)), int32(off)); rc != lib.SQLITE_OK {
			return b.conn.fail(rc)
		}
		p, off = p[len(part):], off+int64(len(part))
	}
	return nil
}

// Close closes the value. It may be called twice.
func (b *BlobIO) Close() error {
	if b.blob == 0 {
		return nil
	}
	rc := lib.Xsqlite3_blob_close(b.conn.tls, b.blob)
	b.blob = 0
	lib.Xsqlite3_free(b.conn.tls, b.room)
	if rc != lib.SQLITE_OK {
		return b.conn.fail(rc)
	}
	return nil
}

// BindZeroBlob binds a BLOB of n bytes that are 0, without making them.
func (s *Stmt) BindZeroBlob(i int, n int64) error {
	return s.bound(lib.Xsqlite3_bind_zeroblob64(s.conn.tls, s.stmt, int32(i+1), uint64(n)))
}
