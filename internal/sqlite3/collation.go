package sqlite3

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// mostCollations is how many collations a connection may have; their number is kept in four bits.
const mostCollations = 16

// CreateCollation gives the connection a way to compare texts. The strings that compare gets lie in SQLite's memory: it
// must not keep them, and must neither panic nor use the connection.
func (c *Conn) CreateCollation(name string, compare func(a, b string) int) error {
	if len(c.collations) == mostCollations {
		return misuse("the connection has too many collations")
	}
	p, free, err := c.cString(name)
	if err != nil {
		return err
	}
	defer free()
	c.collations = append(c.collations, compare)
	arg := c.id*mostCollations + uintptr(len(c.collations)-1)
	if rc := lib.Xsqlite3_create_collation_v2(c.tls, c.db, p, lib.SQLITE_UTF8, arg, funcPointer(onCompare),
		0); rc != lib.SQLITE_OK {
		return c.fail(rc)
	}
	return nil
}

// onCompare is the function of a collation, int (*)(void*, int, const void*, int, const void*).
func onCompare(_ *libc.TLS, arg uintptr, aLen int32, a uintptr, bLen int32, b uintptr) int32 {
	compare := connection(arg / mostCollations).collations[arg%mostCollations]
	return int32(compare(view(a, aLen), view(b, bLen)))
}

// view is a text in C memory, good while the call that got it runs.
func view(p uintptr, n int32) string {
	return unsafe.String((*byte)(pointer(p)), int(n)) // SQLite says that n bytes are there
}
