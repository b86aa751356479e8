package sqlite3

import (
	"strconv"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/prom-go/prom/internal/twin"
)

// Error is what SQLite answered. Its text names tables, columns and constraints, and may quote the statement. That of a
// statement that was running is what a function, a virtual table or a trigger's RAISE says, and may hold any value.
type Error struct {
	Code    int    // the extended result code, https://www.sqlite.org/rescode.html
	Message string // what sqlite3_errmsg says
	Offset  int    // the byte of the statement at fault, -1 when SQLite does not tell

	// Running is of a statement that was understood and failed later.
	Running bool

	// Err is the error of the context when the statement ended with it, and nil otherwise.
	Err error
}

// Error returns the message and the code.
func (e *Error) Error() string {
	return "sqlite: " + e.Message + " (" + strconv.Itoa(e.Code) + ")"
}

// Unwrap returns the error of the context that ended the statement.
func (e *Error) Unwrap() error { return e.Err }

// As finds the error as what users know it as.
func (e *Error) As(target any) bool { return twin.As(e, target) }

// Primary returns the primary code, of which Code is a special case.
func (e *Error) Primary() int { return e.Code & 0xff }

// misuse is an error that this package found before it asked SQLite.
func misuse(message string) *Error {
	return &Error{Code: lib.SQLITE_MISUSE, Message: message, Offset: -1}
}

// fail makes the error of a call that returned rc.
func (c *Conn) fail(rc int32) *Error {
	e := &Error{Code: int(rc), Offset: -1}
	switch rc & 0xff {
	case lib.SQLITE_INTERRUPT:
		if c.ctx != nil {
			e.Err = c.ended() // the watchdog does not tell
		}
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		e.Err = c.cause // when the waiting for a lock ended with the context
	}
	// The handle's message belongs to its last call. A code that did not go through it, such as that of a callback, has
	// the text of the code alone.
	if c.db != 0 && lib.Xsqlite3_errcode(c.tls, c.db)&0xff == rc&0xff {
		if ext := lib.Xsqlite3_extended_errcode(c.tls, c.db); ext&0xff == rc&0xff {
			e.Code = int(ext)
		}
		e.Message = libc.GoString(lib.Xsqlite3_errmsg(c.tls, c.db))
		e.Offset = int(lib.Xsqlite3_error_offset(c.tls, c.db))
	} else {
		e.Message = libc.GoString(lib.Xsqlite3_errstr(c.tls, rc))
	}
	return e
}
