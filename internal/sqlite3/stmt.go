package sqlite3

import (
	"strings"
	"time"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// Stmt is a prepared statement of a connection: bind its parameters, Step through its rows, and Reset it, which gives
// it back to the connection. It is used by the goroutine that uses the connection.
type Stmt struct {
	conn *Conn
	stmt uintptr    // *lib.TVdbe, in C memory
	vdbe *lib.TVdbe // the same; SQLite keeps the address when it prepares the statement again

	// row is the first cell of the current row, in C memory, and ready how many cells it has: 0 when there is no row.
	row   unsafe.Pointer
	ready int

	params int
	arena  arena
	busy   bool // between Prepare and Reset
	failed bool // the last Step returned an error, which Reset need not repeat

	sql    string
	used   uint64
	cached bool

	names    []string
	declared []string
	namesFor int32 // how often the statement had been prepared again when names was filled
}

// Prepare returns the statement of a text, prepared now or before, ready for Step or for its parameters. The text holds
// one statement. Reset gives it back; until then another Prepare of the same text makes a statement of its own.
func (c *Conn) Prepare(sql string) (*Stmt, error) {
	s := c.cache.get(sql)
	if s != nil && !s.busy {
		s.busy = true
		return s, nil
	}
	twin := s != nil
	s, rest, err := c.prepare(sql, lib.SQLITE_PREPARE_PERSISTENT)
	if err != nil {
		return nil, err
	}
	switch {
	case s == nil:
		return nil, misuse("the text holds no statement")
	case c.more(rest):
		s.finalize()
		return nil, misuse("the text holds more than one statement")
	}
	s.busy = true
	// What EXPLAIN tells is read from the statement as it was prepared, without a look at whether its tables are still
	// there.
	if !twin && lib.Xsqlite3_stmt_isexplain(c.tls, s.stmt) == 0 {
		c.cache.put(s)
	}
	return s, nil
}

// Exec runs all statements of a text, one after the other, and passes over their rows. They are not kept.
func (c *Conn) Exec(sql string) error {
	for sql != "" {
		s, rest, err := c.prepare(sql, 0)
		if err != nil {
			return err
		}
		if s == nil {
			return nil
		}
		for more := true; more && err == nil; {
			more, err = s.Step()
		}
		if resetErr := s.Reset(); err == nil {
			err = resetErr
		}
		if err != nil {
			return err
		}
		sql = rest
	}
	return nil
}

// schemaRetries is how often a statement is prepared again because another connection changed the schema meanwhile.
// SQLite itself does it once when it prepares, and as often as this when it steps (SQLITE_MAX_SCHEMA_RETRY).
const schemaRetries = 50

// prepare prepares the first statement of a text and returns what follows it. A text of spaces and comments has none.
func (c *Conn) prepare(sql string, flags uint32) (s *Stmt, rest string, err error) {
	if strings.IndexByte(sql, 0) >= 0 {
		return nil, "", misuse("the statement holds a NUL byte")
	}
	p, free, err := c.cString(sql)
	if err != nil {
		return nil, "", err
	}
	defer free()
	for attempt := 0; ; attempt++ {
		rc := lib.Xsqlite3_prepare_v3(c.tls, c.db, p, int32(len(sql)+1), flags, c.out, c.out+unsafe.Sizeof(c.out))
		if rc == lib.SQLITE_OK {
			break
		}
		if rc == lib.SQLITE_LOCKED_SHAREDCACHE && c.waitShared(attempt) {
			continue
		}
		if rc == lib.SQLITE_SCHEMA && attempt < schemaRetries {
			continue
		}
		return nil, "", c.fail(rc)
	}
	rest = sql[*c.outPointer(1)-p:]
	handle := *c.outPointer(0)
	if handle == 0 {
		return nil, rest, nil
	}
	return &Stmt{
		conn: c, stmt: handle, vdbe: (*lib.TVdbe)(pointer(handle)), // what sqlite3_prepare_v3 returned, alive until finalize
		sql: sql, params: int(lib.Xsqlite3_bind_parameter_count(c.tls, handle)), namesFor: -1,
	}, rest, nil
}

// more reports whether a text holds another statement.
func (c *Conn) more(sql string) bool {
	for sql = strings.TrimLeft(sql, " \t\r\n\f;"); sql != ""; {
		s, rest, err := c.prepare(sql, 0)
		if err != nil {
			return true
		}
		if s != nil {
			s.finalize()
			return true
		}
		if len(rest) == len(sql) {
			return false
		}
		sql = rest
	}
	return false
}

// Params returns the number of parameters. Each must be bound before the first Step, or is what it was the last time.
func (s *Stmt) Params() int { return s.params }

// Step runs the statement up to its next row, which it reports. When there is none the statement has ended; outside a
// transaction what it wrote is then committed. After an error it must be Reset.
func (s *Stmt) Step() (row bool, err error) {
	c := s.conn
	if c.ctx != nil && c.ctx.Err() != nil {
		return false, s.interrupt()
	}
	c.running = s.vdbe
	switch rc := lib.Xsqlite3_step(c.tls, s.stmt); rc {
	case lib.SQLITE_ROW:
		// SQLite points pResultRow to an array of cells, one for each column, that stays as it is until the next call on the
		// statement. See column.go.
		s.row = *(*unsafe.Pointer)(unsafe.Pointer(&s.vdbe.FpResultRow))
		s.ready = int(s.vdbe.FnResColumn)
		return true, nil
	case lib.SQLITE_DONE:
		s.row, s.ready = nil, 0
		return false, nil
	default:
		return s.stepFailed(rc)
	}
}

func (s *Stmt) stepFailed(rc int32) (bool, error) {
	s.row, s.ready = nil, 0
	for attempt := 0; rc == lib.SQLITE_LOCKED_SHAREDCACHE && s.conn.waitShared(attempt); attempt++ {
		lib.Xsqlite3_reset(s.conn.tls, s.stmt)
		switch rc = lib.Xsqlite3_step(s.conn.tls, s.stmt); rc {
		case lib.SQLITE_ROW:
			s.row = *(*unsafe.Pointer)(unsafe.Pointer(&s.vdbe.FpResultRow)) // as in Step
			s.ready = int(s.vdbe.FnResColumn)
			return true, nil
		case lib.SQLITE_DONE:
			return false, nil
		}
	}
	s.failed = true
	return false, s.runningFailed(rc)
}

// runningFailed makes the error of a statement that was running, unless it no longer fits the schema: SQLite has
// prepared it once more then, and that failed.
func (s *Stmt) runningFailed(rc int32) *Error {
	err := s.conn.fail(rc)
	err.Running = lib.Xsqlite3_expired(s.conn.tls, s.stmt) == 0
	return err
}

// interrupt ends the statement because its context has ended, between two rows or before the first.
func (s *Stmt) interrupt() error {
	s.row, s.ready, s.failed = nil, 0, true
	_ = s.conn.ended()
	return &Error{Code: lib.SQLITE_INTERRUPT, Message: "interrupted", Offset: -1, Err: s.conn.cause}
}

// Undo ends a statement that writes, on one of its rows, in such a way that it has not happened. Outside a transaction
// alone: SQLite rolls a whole one back. The statement must be Reset.
func (s *Stmt) Undo() {
	c := s.conn
	s.row, s.ready, s.failed = nil, 0, true
	lib.Xsqlite3_interrupt(c.tls, c.db)
	// The first thing that a step does is to look for that, and it is forgotten when the next statement begins.
	lib.Xsqlite3_step(c.tls, s.stmt)
}

// waitShared waits before another attempt to get a lock of a shared cache, for which SQLite does not call the busy
// handler.
func (c *Conn) waitShared(attempt int) bool {
	if attempt == 0 {
		c.busySince = time.Now()
	}
	return c.pause(attempt, c.busyTimeout-time.Since(c.busySince))
}

// Reset ends the run of the statement and gives it back to the connection. Outside a transaction that commits what it
// wrote, unless its last Step did, so the error counts; it is nil when that Step has told it already. The row's bytes
// are gone.
//
// An INSERT, UPDATE or DELETE with RETURNING should have been stepped to its end: SQLite 3.54 loses eight bytes of its
// memory each time that one is reset on a row.
func (s *Stmt) Reset() error {
	s.row, s.ready = nil, 0
	s.conn.running = nil
	rc := lib.Xsqlite3_reset(s.conn.tls, s.stmt)
	var err error
	if rc != lib.SQLITE_OK && !s.failed {
		err = s.runningFailed(rc)
	}
	s.busy, s.failed = false, false
	if !s.cached {
		s.finalize()
		return err
	}
	if s.arena.untidy() {
		s.unbind()
		s.arena.tidy(s.conn.tls)
	}
	return err
}

// finalize frees the statement.
func (s *Stmt) finalize() {
	if s.stmt == 0 {
		return
	}
	s.row, s.ready = nil, 0
	if s.conn.running == s.vdbe {
		s.conn.running = nil
	}
	lib.Xsqlite3_finalize(s.conn.tls, s.stmt)
	s.stmt, s.vdbe = 0, nil
	s.arena.free(s.conn.tls)
}

// ReadOnly reports whether the statement changes no database file by itself.
func (s *Stmt) ReadOnly() bool { return lib.Xsqlite3_stmt_readonly(s.conn.tls, s.stmt) != 0 }

// Columns returns the number of columns of the result, 0 for a statement that has none. It changes when the schema
// does, at the first Step.
func (s *Stmt) Columns() int { return int(s.vdbe.FnResColumn) }

// Name returns the name of a column.
func (s *Stmt) Name(i int) string {
	s.describe()
	return s.names[i]
}

// Declared returns the type that the table declares for a column of the result, as it was written, and "" for an
// expression.
func (s *Stmt) Declared(i int) string {
	s.describe()
	return s.declared[i]
}

// describe asks for the columns of the result, anew when the statement has been prepared again.
func (s *Stmt) describe() {
	if n := lib.Xsqlite3_stmt_status(s.conn.tls, s.stmt, lib.SQLITE_STMTSTATUS_REPREPARE, 0); n != s.namesFor {
		s.names, s.declared = make([]string, s.Columns()), make([]string, s.Columns())
		for i := range s.names {
			s.names[i] = libc.GoString(lib.Xsqlite3_column_name(s.conn.tls, s.stmt, int32(i)))
			s.declared[i] = libc.GoString(lib.Xsqlite3_column_decltype(s.conn.tls, s.stmt, int32(i)))
		}
		s.namesFor = n
	}
}
