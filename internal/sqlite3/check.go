package sqlite3

import (
	"sync"
	"unsafe"

	lib "modernc.org/sqlite/lib"
)

// check makes sure, once in a process, that the cells of a row are where the readers of columns look for them. It
// cannot fail with the version of SQLite that the tests ran with; another one may have changed.
var check = sync.OnceValue(func() error {
	c, err := open("file:/prom-check?vfs=memdb", ReadWrite|Create, Options{})
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	s, err := c.Prepare("SELECT NULL, 7, 1.5, 'text', x'00ff', ?1")
	if err != nil {
		return err
	}
	defer func() { _ = s.Reset() }()
	if err := s.BindText(0, "bound"); err != nil {
		return err
	}
	if row, err := s.Step(); err != nil || !row {
		return misuse("the check of SQLite's rows gave no row")
	}
	ok := s.ready == 6
	for i := range s.ready {
		ok = ok && pointer(lib.Xsqlite3_column_value(c.tls, s.stmt, int32(i))) == unsafe.Pointer(s.cell(i))
	}
	ok = ok && s.Type(0) == Null && s.Type(1) == Integer && s.Type(2) == Float && s.Type(3) == Text && s.Type(4) == Blob &&
		s.Int64(1) == 7 && s.Float64(2) == 1.5 && string(s.Raw(3)) == "text" && string(s.Raw(4)) == "\x00\xff" &&
		string(s.Raw(5)) == "bound"
	if !ok {
		return misuse("this version of SQLite keeps its rows in another way than this library reads them")
	}
	return nil
})
