package sqlite3

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// Parameters are counted from 0 here, as columns are. Texts and bytes are copied into memory of the statement, where
// they stay until its next run: SQLite gets no pointer to Go's memory, and makes no copy of its own.

// BindNull binds NULL.
func (s *Stmt) BindNull(i int) error {
	return s.bound(lib.Xsqlite3_bind_null(s.conn.tls, s.stmt, int32(i+1)))
}

// BindInt64 binds an INTEGER.
func (s *Stmt) BindInt64(i int, v int64) error {
	return s.bound(lib.Xsqlite3_bind_int64(s.conn.tls, s.stmt, int32(i+1), v))
}

// BindFloat64 binds a REAL. SQLite makes NULL of NaN.
func (s *Stmt) BindFloat64(i int, v float64) error {
	return s.bound(lib.Xsqlite3_bind_double(s.conn.tls, s.stmt, int32(i+1), v))
}

// BindText binds a TEXT, which may be empty and may hold NUL bytes.
func (s *Stmt) BindText(i int, v string) error {
	p, err := s.room(len(v))
	if err != nil {
		return err
	}
	to := unsafe.Slice((*byte)(pointer(p)), len(v)+1) // room returned one byte more at least
	copy(to, v)
	to[len(v)] = 0 // SQLite would copy a text without it to see whether a column of affinity NUMERIC makes a number of it
	return s.bound(lib.Xsqlite3_bind_text64(s.conn.tls, s.stmt, int32(i+1), p, uint64(len(v)), static, lib.SQLITE_UTF8_ZT))
}

// BindTextBytes binds a TEXT that is held as bytes.
func (s *Stmt) BindTextBytes(i int, v []byte) error {
	return s.BindText(i, unsafe.String(unsafe.SliceData(v), len(v))) // it is copied before this returns
}

// BindBytes binds a BLOB. No bytes are an empty BLOB, whether v is nil or not.
func (s *Stmt) BindBytes(i int, v []byte) error {
	p, err := s.room(len(v))
	if err != nil {
		return err
	}
	copy(unsafe.Slice((*byte)(pointer(p)), len(v)), v) // room returned as many bytes
	return s.bound(lib.Xsqlite3_bind_blob64(s.conn.tls, s.stmt, int32(i+1), p, uint64(len(v)), static))
}

// static is SQLITE_STATIC: the memory stays as it is until the parameter is bound again.
const static = 0

func (s *Stmt) bound(rc int32) error {
	if rc == lib.SQLITE_OK {
		return nil
	}
	return s.conn.fail(rc)
}

// room returns more than n bytes for the value of a parameter. Binding begins with parameter 0, and what the
// memory held before is then needed no more.
func (s *Stmt) room(n int) (uintptr, error) {
	if p := s.arena.alloc(n); p != 0 {
		return p, nil
	}
	if !s.arena.grow(s.conn.tls, n) {
		return 0, noMemory()
	}
	return s.arena.alloc(n), nil
}

// unbind makes NULL of the parameters that point into the arena, so that nothing points to memory that is freed. It
// does not ask SQLite to, which would call for another plan of some statements: the flag of a value that SQLite does
// not own is all there is to it.
func (s *Stmt) unbind() {
	for i := range s.params {
		m := (*lib.TMem)(pointer(s.vdbe.FaVar + uintptr(i)*cellSize)) // aVar is an array of as many cells as parameters
		if m.Fflags&(lib.MEM_Str|lib.MEM_Blob) != 0 && m.Fflags&(lib.MEM_Dyn|lib.MEM_Agg) == 0 {
			m.Fflags = lib.MEM_Null
		}
	}
}

// An arena is memory for the texts and bytes of one run. It is one block that is used again; when it is too small
// others are added, since what is bound may not move, and after the run they become one of the right size.
type arena struct {
	block      uintptr // the block that is filled
	size, used int
	full       []uintptr // blocks before it
	total      int       // the size of all
}

const (
	smallestBlock = 256
	largestBlock  = 64 << 10 // more is not kept from one run to the next
)

func (a *arena) alloc(n int) uintptr {
	// Each value has a byte more, so that its address is never that of nothing, which would be NULL, and a text ends with
	// a NUL. They are aligned for the sake of copying.
	n = (n + 8) &^ 7
	if n > a.size-a.used {
		return 0
	}
	p := a.block + uintptr(a.used)
	a.used += n
	return p
}

func (a *arena) grow(tls *libc.TLS, n int) bool {
	size := max(smallestBlock, 2*a.size, n+8)
	p := lib.Xsqlite3_malloc64(tls, uint64(size))
	if p == 0 {
		return false
	}
	if a.block != 0 {
		a.full = append(a.full, a.block)
	}
	a.block, a.size, a.used = p, size, 0
	a.total += size
	return true
}

// untidy reports whether tidy has something to do.
func (a *arena) untidy() bool {
	a.used = 0
	return len(a.full) > 0 || a.size > largestBlock
}

// tidy frees blocks. No parameter may point into them.
func (a *arena) tidy(tls *libc.TLS) {
	total := a.total
	a.free(tls)
	if total <= largestBlock {
		a.grow(tls, total)
	}
}

func (a *arena) free(tls *libc.TLS) {
	for _, p := range a.full {
		lib.Xsqlite3_free(tls, p)
	}
	lib.Xsqlite3_free(tls, a.block)
	*a = arena{full: a.full[:0]}
}
