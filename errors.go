package prom

import (
	"unsafe"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/sqlite3"
)

// The kinds of errors, for errors.Is.
const (
	ErrNotFound    = Kind(driver.KindNotFound)    // there is no such row
	ErrTooManyRows = Kind(driver.KindTooManyRows) // [Query.One] found several rows
	ErrStale       = Kind(driver.KindStale)       // the row was changed after the value was loaded (optimistic locking)
	// a trigger or a rule of the database suppressed the write of the row
	ErrNotStored = Kind(driver.KindNotStored)
	ErrUnique    = Kind(driver.KindUnique)  // the value violates a unique index or a primary key
	ErrNotNull   = Kind(driver.KindNotNull) // NULL in a NOT NULL column
	// a reference to a row that does not exist, or the deletion of a row that is still referred to
	ErrForeignKey    = Kind(driver.KindForeignKey)
	ErrCheck         = Kind(driver.KindCheck)         // the value violates a CHECK constraint
	ErrTooLong       = Kind(driver.KindTooLong)       // the value is too long for the column or the database
	ErrNoTable       = Kind(driver.KindNoTable)       // the table does not exist
	ErrNoColumn      = Kind(driver.KindNoColumn)      // a column does not exist
	ErrNoIndex       = Kind(driver.KindNoIndex)       // no unique index has the columns of the upsert
	ErrType          = Kind(driver.KindType)          // the type of the column or field cannot hold the value
	ErrReadOnly      = Kind(driver.KindReadOnly)      // a write on a read-only connection or transaction
	ErrPermission    = Kind(driver.KindPermission)    // the database user lacks the privilege
	ErrBusy          = Kind(driver.KindBusy)          // a lock was not available in time
	ErrSerialization = Kind(driver.KindSerialization) // serialization failure: run the transaction again
	ErrDeadlock      = Kind(driver.KindDeadlock)      // deadlock: run the transaction again
	ErrTimeout       = Kind(driver.KindTimeout)       // the context's deadline or a timeout of the server expired
	ErrCanceled      = Kind(driver.KindCanceled)      // the context was canceled
	ErrConnection    = Kind(driver.KindConnection)    // the server cannot be reached, or the connection broke
	ErrClosed        = Kind(driver.KindClosed)        // the transaction has ended already
	ErrDiskFull      = Kind(driver.KindDiskFull)      // no space is left for the database
	ErrCorrupt       = Kind(driver.KindCorrupt)       // the database file is damaged, or is not a database
	// the result of a write or a commit was lost: it took effect or not; an additional kind of such errors
	ErrOutcomeUnknown = Kind(driver.KindOutcomeUnknown)
	ErrValidation     = Kind(driver.KindValidation) // a value breaks a rule of its field; found before any SQL
	ErrDrift          = Kind(driver.KindDrift)      // the database differs from the model, and prom may not change it
	ErrSyntax         = Kind(driver.KindSyntax)     // the SQL has a syntax error
	// the database does not support the operation, such as a serializable transaction on a standby
	ErrUnsupported = Kind(driver.KindUnsupported)
	ErrInternal    = Kind(driver.KindInternal) // the server, a pooler or an extension failed with an internal error
)

// Error is an error of the database, or an error because of which a statement was not sent to it. Its text names the
// operation, the table, the columns and the constraint, if they are known. It never holds a value, a DSN or a password.
// errors.As finds the driver's error, which may hold values.
//
// Use errors.Is to test the kind. A write outside a transaction whose result was lost, because its context ended or the
// connection broke, is of that kind and also of [ErrOutcomeUnknown]. Use errors.As to get an Error; a type assertion
// may fail.
type Error struct {
	Kind       Kind     // such as [ErrUnique]; the zero Kind if it is not known
	Op         string   // the operation, such as "insert"; "" if it is not known
	Table      string   // the table, as the model names it; "" if it is not known
	Columns    []string // the columns that caused the error, if they are known
	Constraint string   // the name of the constraint or index, if it is known
	Detail     string   // more text for people, without values; may be ""
	Err        error    // the cause: the error of the driver, of the context or of prom; may be nil

	facts driver.Facts
}

func (e *Error) in() *driver.Error { return (*driver.Error)(unsafe.Pointer(e)) }

// Error returns one line of the form "prom: insert post: unique violation: column title: constraint post_title".
func (e *Error) Error() string { return e.in().Error() }

// Unwrap returns the cause of the error.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the kind of e. A write outside a transaction whose result was lost, because its context
// ended or the connection broke, is of that kind and also of [ErrOutcomeUnknown].
func (e *Error) Is(target error) bool { return e.in().Is(target) }

// As implements errors.As for the internal packages of prom: it converts e to their type.
func (e *Error) As(target any) bool {
	t, ok := target.(**driver.Error)
	if ok {
		*t = e.in()
	}
	return ok
}

// MarshalJSON returns the kind, the text, the table, the columns and the constraint of the error. It omits the cause,
// which may hold values.
func (e *Error) MarshalJSON() ([]byte, error) { return e.in().MarshalJSON() }

// GoString returns the text that %#v prints: the text of the error without its cause.
func (e *Error) GoString() string { return e.in().GoString() }

// SQLiteError is the error of SQLite that an [Error] wraps; errors.As finds it. Its text names tables, columns and
// constraints, and may quote the statement. If the statement was running, the text may come from a function, a virtual
// table or a trigger's RAISE, and may hold any value.
type SQLiteError struct {
	Code    int    // the extended result code, https://www.sqlite.org/rescode.html
	Message string // the result of sqlite3_errmsg
	Offset  int    // the byte offset of the error in the statement; -1 if SQLite does not know it

	// Running is true if the statement was prepared and failed when it ran.
	Running bool

	// Err is the error of the context if that canceled the statement, and nil otherwise.
	Err error
}

func (e *SQLiteError) in() *sqlite3.Error { return (*sqlite3.Error)(unsafe.Pointer(e)) }

// Error returns the message and the code.
func (e *SQLiteError) Error() string { return e.in().Error() }

// Unwrap returns the error of the context that canceled the statement, or nil.
func (e *SQLiteError) Unwrap() error { return e.Err }

// Primary returns the primary result code that Code extends.
func (e *SQLiteError) Primary() int { return e.in().Primary() }

// Kind is the kind of an error, the same on both engines. A Kind is itself an error: errors.Is(err, ErrUnique) reports
// whether err is of that kind. The zero Kind is an unknown kind.
type Kind uint8

// Error returns a description of the kind.
func (k Kind) Error() string { return driver.Kind(k).Error() }

// Is reports whether target is the same kind.
func (k Kind) Is(target error) bool {
	own, ok := target.(driver.Kind) //nolint:errorlint // it is a target of errors.Is
	return ok && own == driver.Kind(k)
}

// KindOf returns the kind of err, or the zero Kind if it has none.
func KindOf(err error) Kind { return Kind(driver.KindOf(err)) }
