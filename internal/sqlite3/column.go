package sqlite3

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// Type is the storage class of a value.
type Type uint8

// The storage classes.
const (
	Null Type = iota
	Integer
	Float
	Text
	Blob
)

// String returns SQLite's name of the class.
func (t Type) String() string {
	return [...]string{"NULL", "INTEGER", "REAL", "TEXT", "BLOB"}[t]
}

// A row of a result is an array of SQLite's cells, structures with flags, a number, and the place and length of a text.
// The functions sqlite3_column_… look up the cell, check and convert; the readers below look at the cell themselves
// when its flags say that the value is plainly there, and call those functions otherwise. TestColumns compares the two
// for all kinds of values, and check, which runs once in a process, refuses a SQLite whose cells are not as expected.

// Cell is one column of the current row. It lies in SQLite's memory, and is good until the next Step or Reset of its
// statement.
type Cell lib.TMem

const cellSize = unsafe.Sizeof(Cell{})

// Row returns the cells of the current row, none when there is no row. Whoever reads all columns is quicker with it
// than with the readers of the statement, which look for the row each time.
func (s *Stmt) Row() []Cell {
	// SQLite keeps the cells of a row one after the other; Step noted where and how many.
	return unsafe.Slice((*Cell)(s.row), s.ready)
}

// Type returns the storage class of the value.
func (c *Cell) Type() Type { return types[c.Fflags&lib.MEM_AffMask] }

// Int64 returns the value of an INTEGER, and 0 for all else.
func (c *Cell) Int64() int64 {
	if c.Fflags&lib.MEM_Int != 0 {
		return *(*int64)(unsafe.Pointer(&c.Fu)) // of the union, the member that the flag says it holds
	}
	return 0
}

// Float64 returns the value of a REAL or an INTEGER, and 0 for all else.
func (c *Cell) Float64() float64 {
	if c.Fflags&lib.MEM_Real != 0 {
		return c.Fu.Fr
	}
	if c.Fflags&(lib.MEM_Int|lib.MEM_IntReal) != 0 {
		return float64(*(*int64)(unsafe.Pointer(&c.Fu))) // as in Int64
	}
	return 0
}

// Bytes returns the bytes of a TEXT, in UTF-8, or of a BLOB, as Stmt.Raw does. It is false for all else, and for what
// SQLite would have to convert or write out first, which Stmt.Raw can do.
func (c *Cell) Bytes() ([]byte, bool) {
	if f := c.Fflags & (lib.MEM_Str | lib.MEM_Blob | lib.MEM_Zero); f == lib.MEM_Blob ||
		f == lib.MEM_Str && c.Fenc == lib.SQLITE_UTF8 {
		// z points to n bytes that live as long as the row
		return unsafe.Slice(*(**byte)(unsafe.Pointer(&c.Fz)), int(c.Fn)), true
	}
	return nil, false
}

// cell returns a column of the current row. It panics when there is none.
func (s *Stmt) cell(i int) *Cell {
	if uint(i) >= uint(s.ready) {
		noCell()
	}
	return (*Cell)(unsafe.Add(s.row, uintptr(i)*cellSize)) // as in Row
}

func noCell() { panic("sqlite3: no such column in the current row, or no row") }

// Type returns the storage class of a column of the current row.
func (s *Stmt) Type(i int) Type { return s.cell(i).Type() }

// Int64 returns the value of an INTEGER, and 0 for all else.
func (s *Stmt) Int64(i int) int64 { return s.cell(i).Int64() }

// Float64 returns the value of a REAL or an INTEGER, and 0 for all else.
func (s *Stmt) Float64(i int) float64 { return s.cell(i).Float64() }

// Raw returns the bytes of a TEXT, in UTF-8, or of a BLOB, and nothing for all else. They are SQLite's own: they may be
// read until the next Step or Reset of the statement, and must not be changed.
func (s *Stmt) Raw(i int) []byte {
	if b, ok := s.cell(i).Bytes(); ok {
		return b
	}
	return s.convert(i)
}

// convert lets SQLite make the bytes of a column: of a text in UTF-16, or a blob of zeros that is not written out.
func (s *Stmt) convert(i int) []byte {
	var p uintptr
	switch s.Type(i) {
	case Blob:
		p = lib.Xsqlite3_column_blob(s.conn.tls, s.stmt, int32(i))
	case Text:
		p = lib.Xsqlite3_column_text(s.conn.tls, s.stmt, int32(i))
	}
	if p == 0 {
		return nil
	}
	n := lib.Xsqlite3_column_bytes(s.conn.tls, s.stmt, int32(i))
	return unsafe.Slice((*byte)(pointer(p)), int(n)) // what sqlite3_column_blob and sqlite3_column_bytes say
}

// types are the storage classes by the flags of a cell that tell them, as SQLite itself answers.
var types = func() (list [lib.MEM_AffMask + 1]Type) {
	tls := libc.NewTLS()
	defer tls.Close()
	m := lib.Xsqlite3_malloc64(tls, uint64(cellSize))
	if m == 0 {
		panic("sqlite3: out of memory")
	}
	defer lib.Xsqlite3_free(tls, m)
	cell := (*lib.TMem)(pointer(m)) // just allocated in its size
	*cell = lib.TMem{}
	for flags := range list {
		cell.Fflags = uint16(flags)
		list[flags] = map[int32]Type{
			lib.SQLITE_NULL: Null, lib.SQLITE_INTEGER: Integer, lib.SQLITE_FLOAT: Float, lib.SQLITE_TEXT: Text, lib.SQLITE_BLOB: Blob,
		}[lib.Xsqlite3_value_type(tls, m)]
	}
	return list
}()
