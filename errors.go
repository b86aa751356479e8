package prom

import (
	"unsafe"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/sqlite3"
)

// The kinds of errors, for errors.Is.
const (
	ErrNotFound    = Kind(driver.KindNotFound)    // no row has the key, or matches the query of One
	ErrTooManyRows = Kind(driver.KindTooManyRows) // [Query.One] has found several rows
	ErrStale       = Kind(driver.KindStale)       // the row has been changed since the value was loaded
	// a trigger or a rule of the database suppressed the write of a row
	ErrNotStored = Kind(driver.KindNotStored)
	ErrUnique    = Kind(driver.KindUnique)  // a unique index or a primary key has the value already
	ErrNotNull   = Kind(driver.KindNotNull) // NULL in a column that does not take it
	// a reference to a row that does not exist, or a row that is still referred to
	ErrForeignKey    = Kind(driver.KindForeignKey)
	ErrCheck         = Kind(driver.KindCheck)         // a CHECK constraint
	ErrTooLong       = Kind(driver.KindTooLong)       // longer than the column, or than the database takes
	ErrNoTable       = Kind(driver.KindNoTable)       // the table does not exist
	ErrNoColumn      = Kind(driver.KindNoColumn)      // a column does not exist
	ErrNoIndex       = Kind(driver.KindNoIndex)       // no unique index on the columns of an upsert
	ErrType          = Kind(driver.KindType)          // a value that the column's or the field's type does not take
	ErrReadOnly      = Kind(driver.KindReadOnly)      // a write where nothing may be written
	ErrPermission    = Kind(driver.KindPermission)    // the database's user may not do that
	ErrBusy          = Kind(driver.KindBusy)          // a lock was not to be had in time
	ErrSerialization = Kind(driver.KindSerialization) // run the transaction again
	ErrDeadlock      = Kind(driver.KindDeadlock)      // run the transaction again
	ErrTimeout       = Kind(driver.KindTimeout)       // a deadline of the context or a timeout of the server
	ErrCanceled      = Kind(driver.KindCanceled)      // the context was canceled
	ErrConnection    = Kind(driver.KindConnection)    // the server cannot be reached, or the connection broke
	ErrClosed        = Kind(driver.KindClosed)        // the transaction has ended already
	ErrDiskFull      = Kind(driver.KindDiskFull)      // no space is left for the database
	ErrCorrupt       = Kind(driver.KindCorrupt)       // the database file is damaged, or is none
	// the answer to a write or a commit was lost: it may have happened or not; beside the write's own kind
	ErrOutcomeUnknown = Kind(driver.KindOutcomeUnknown)
	ErrValidation     = Kind(driver.KindValidation) // a value breaks a rule of its field; found before any SQL
	ErrDrift          = Kind(driver.KindDrift)      // the database lacks what the model wants, and may not be changed
	ErrSyntax         = Kind(driver.KindSyntax)     // the database does not understand the statement
)

// Error is an error of the database, or one that kept a statement from reaching it. Its text names the operation, the
// table, the columns and the constraint as far as they are known, and never a value, a DSN or a password. What the
// driver said is reached by errors.As and may hold values.
//
// errors.Is tells its kind: a write outside of a transaction whose answer was lost, by the end of its context or a
// broken connection, is of that kind and of [ErrOutcomeUnknown]. errors.As finds it in what this library returns; an
// assertion of the type may not.
type Error struct {
	Kind       Kind
	Op         string   // what was done, such as "insert"; "" when it is not known
	Table      string   // "" when it is not known
	Columns    []string // the columns at fault, as far as they are known
	Constraint string   // the name of the constraint or index, as far as it is known
	Detail     string   // more for people, free of values; "" for nothing more
	Err        error    // the cause: the driver's error, the context's, or one of this library; may be nil

	facts driver.Facts
}

func (e *Error) in() *driver.Error { return (*driver.Error)(unsafe.Pointer(e)) }

// Error returns one line of the form "prom: insert post: unique violation: column title: constraint post_title".
func (e *Error) Error() string { return e.in().Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the kind of e. A write outside of a transaction whose answer was lost, by the end of its
// context or a broken connection, is of that kind and of [ErrOutcomeUnknown].
func (e *Error) Is(target error) bool { return e.in().Is(target) }

// As gives the library's own packages the error as theirs. It is for errors.As.
func (e *Error) As(target any) bool {
	t, ok := target.(**driver.Error)
	if ok {
		*t = e.in()
	}
	return ok
}

// MarshalJSON writes the kind, the place and the text of the error. Its cause, which may hold values, is left out.
func (e *Error) MarshalJSON() ([]byte, error) { return e.in().MarshalJSON() }

// GoString is what %#v shows: the text of the error, and nothing of its cause.
func (e *Error) GoString() string { return e.in().GoString() }

// SQLiteError is the error of SQLite itself that an [Error] wraps; errors.As finds it. Its text names tables, columns
// and constraints, and may quote the statement. That of a statement that was running is what a function, a virtual
// table or a trigger's RAISE says, and may hold any value.
type SQLiteError struct {
	Code    int    // the extended result code, https://www.sqlite.org/rescode.html
	Message string // what sqlite3_errmsg says
	Offset  int    // the byte of the statement at fault, -1 when SQLite does not tell

	// Running is of a statement that was understood and failed later.
	Running bool

	// Err is the error of the context when the statement ended with it, and nil otherwise.
	Err error
}

func (e *SQLiteError) in() *sqlite3.Error { return (*sqlite3.Error)(unsafe.Pointer(e)) }

// Error returns the message and the code.
func (e *SQLiteError) Error() string { return e.in().Error() }

// Unwrap returns the error of the context that ended the statement.
func (e *SQLiteError) Unwrap() error { return e.Err }

// Primary returns the primary code, of which Code is a special case.
func (e *SQLiteError) Primary() int { return e.in().Primary() }

// Kind says what went wrong, the same on every engine. A Kind is an error itself, so that errors.Is(err, ErrUnique)
// asks whether err is of that kind. The zero Kind is an error that is of no known kind.
type Kind uint8

// Error returns the kind's description.
func (k Kind) Error() string { return driver.Kind(k).Error() }

// Is reports whether target is the same kind.
func (k Kind) Is(target error) bool {
	own, ok := target.(driver.Kind) //nolint:errorlint // it is a target of errors.Is
	return ok && own == driver.Kind(k)
}

// KindOf returns the kind of err, the zero Kind when it has none.
func KindOf(err error) Kind { return Kind(driver.KindOf(err)) }
