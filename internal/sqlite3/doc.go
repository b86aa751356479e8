// Package sqlite3 drives SQLite directly: the C interface of SQLite, https://www.sqlite.org/c3ref/intro.html, as
// modernc.org/sqlite/lib has it in Go. It is below database/sql and beside that module's driver, whose every call boxes
// values, prepares its statement anew and watches its context with a goroutine.
//
// # A statement
//
// [Conn.Prepare] finds a statement of the connection by its text, Bind… copies arguments into memory of the statement,
// [Stmt.Step] goes to a row, [Stmt.Row] shows its cells where SQLite has them, and [Stmt.Reset] gives the statement
// back:
//
//	s, err := c.Prepare("SELECT name FROM t WHERE id = ?")
//	err = s.BindInt64(0, 7)
//	row, err := s.Step()
//	name := string(s.Raw(0))
//	err = s.Reset()
//
// None of this allocates once the statement is known. Columns and parameters are counted from 0.
//
// # Memory
//
// SQLite's memory is C memory: it is not the collector's, does not move, and is freed by hand. Views of it, what
// [Stmt.Raw], [Stmt.Row] and the functions of collations get, are good until the next call on their statement, and must
// not leave the code that reads them. No pointer into Go's memory is ever handed to SQLite: callbacks get a number by
// which the connection is found.
//
// Each use of unsafe says why it is right. Two assumptions about SQLite go beyond its documented interface: that a row
// is an array of cells, whose flags say what they hold, and where the structure of a prepared statement has its row.
// The structures are those of the module itself, so that their form is the compiler's business; what they mean is
// checked when the first connection is opened, and compared with SQLite's own functions by TestColumns.
//
// # Contexts and locks
//
// [Conn.SetContext] bounds all that follows, until [Conn.ClearContext]: statements, the reading of rows, and waiting
// for other processes' locks, which is done here in pauses that grow and vary. A statement that ended because of it
// returns an [Error] that wraps the context's.
//
// A connection has no mutex: it belongs to one goroutine at a time.
package sqlite3
