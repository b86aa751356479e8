package sqlite3

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/matryer/is"
	lib "modernc.org/sqlite/lib"
)

// Ensure that a value is made, written and read in place, in parts of any size, that what is beyond it is refused, and
// that a change of the row by a statement ends it.
func TestOpenBlob(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := memory(t)
	do(t, c, "CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB, c TEXT)")
	const size = 3*blobRoom + 17
	s, err := c.Prepare("INSERT INTO t VALUES (7, ?, 'é')")
	is.NoErr(err)
	is.NoErr(s.BindZeroBlob(0, size))
	_, err = s.Step()
	is.NoErr(err)
	is.NoErr(s.Reset())

	want := make([]byte, size)
	for i := range want {
		want[i] = byte(rand.Int())
	}
	b, err := c.OpenBlob("main", "t", "b", 7, true)
	is.NoErr(err)
	is.Equal(b.Size(), int64(size))
	for at := 0; at < size; {
		n := min(size-at, 1+rand.IntN(2*blobRoom))
		is.NoErr(b.WriteAt(want[at:at+n], int64(at)))
		at += n
	}
	got := make([]byte, size)
	is.NoErr(b.ReadAt(got, 0))
	is.True(bytes.Equal(got, want))
	is.NoErr(b.ReadAt(got[:5], size-5))
	is.True(bytes.Equal(got[:5], want[size-5:]))
	is.NoErr(b.ReadAt(nil, size))
	for _, at := range []int64{-1, size - 4, size + 1} {
		is.Equal(codeOf(b.ReadAt(got[:5], at)), lib.SQLITE_MISUSE)
		is.Equal(codeOf(b.WriteAt(got[:5], at)), lib.SQLITE_MISUSE)
	}
	do(t, c, "UPDATE t SET c = 'other' WHERE a = 7")
	is.Equal(codeOf(b.ReadAt(got, 0)), lib.SQLITE_ABORT)
	is.Equal(codeOf(b.WriteAt(got, 0)), lib.SQLITE_ABORT)
	_ = b.Close()
	is.NoErr(b.Close())
	is.Equal(codeOf(b.ReadAt(got, 0)), lib.SQLITE_MISUSE)

	r, err := c.OpenBlob("main", "t", "b", 7, false)
	is.NoErr(err)
	is.Equal(codeOf(r.WriteAt(want[:1], 0)), lib.SQLITE_READONLY)
	_ = r.Close() // says the same again
	do(t, c, "UPDATE t SET b = NULL")
	for _, open := range []func() (*BlobIO, error){
		func() (*BlobIO, error) { return c.OpenBlob("main", "t", "b", 7, false) },
		func() (*BlobIO, error) { return c.OpenBlob("main", "t", "b", 8, false) },
		func() (*BlobIO, error) { return c.OpenBlob("main", "t", "no", 7, false) },
		func() (*BlobIO, error) { return c.OpenBlob("main", "no", "b", 7, false) },
		func() (*BlobIO, error) { return c.OpenBlob("main", "t", "a", 7, false) },
	} {
		_, err := open()
		is.Equal(codeOf(err), lib.SQLITE_ERROR)
	}
}

func codeOf(err error) int {
	var e *Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code
}
