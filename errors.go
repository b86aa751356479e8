package prom

import (
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/internal/sqlite3"
)

// Violation is one rule that a value breaks, and Violations are all that it breaks. They are the cause of errors of
// kind [ErrValidation]; get them by errors.As.
//
// [Limits] are what the rules of a field allow, as data.
type (
	Violation  = scan.Violation
	Violations = scan.Violations
	Limits     = scan.Limits
)

// The kinds of errors, for errors.Is.
const (
	ErrNotFound       = driver.KindNotFound       // no row has the key, or matches the query of One
	ErrTooManyRows    = driver.KindTooManyRows    // [Query.One] has found several rows
	ErrStale          = driver.KindStale          // the row has been changed since the value was loaded
	ErrNotStored      = driver.KindNotStored      // a trigger or a rule of the database suppressed the write of a row
	ErrUnique         = driver.KindUnique         // a unique index or a primary key has the value already
	ErrNotNull        = driver.KindNotNull        // NULL in a column that does not take it
	ErrForeignKey     = driver.KindForeignKey     // a reference to a row that does not exist, or a row that is still referred to
	ErrCheck          = driver.KindCheck          // a CHECK constraint
	ErrTooLong        = driver.KindTooLong        // longer than the column, or than the database takes
	ErrNoTable        = driver.KindNoTable        // the table does not exist
	ErrNoColumn       = driver.KindNoColumn       // a column does not exist
	ErrNoIndex        = driver.KindNoIndex        // no unique index on the columns of an upsert
	ErrType           = driver.KindType           // a value that the column's or the field's type does not take
	ErrReadOnly       = driver.KindReadOnly       // a write where nothing may be written
	ErrPermission     = driver.KindPermission     // the database's user may not do that
	ErrBusy           = driver.KindBusy           // a lock was not to be had in time
	ErrSerialization  = driver.KindSerialization  // run the transaction again
	ErrDeadlock       = driver.KindDeadlock       // run the transaction again
	ErrTimeout        = driver.KindTimeout        // a deadline of the context or a timeout of the server
	ErrCanceled       = driver.KindCanceled       // the context was canceled
	ErrConnection     = driver.KindConnection     // the server cannot be reached, or the connection broke
	ErrClosed         = driver.KindClosed         // the transaction has ended already
	ErrDiskFull       = driver.KindDiskFull       // no space is left for the database
	ErrCorrupt        = driver.KindCorrupt        // the database file is damaged, or is none
	ErrOutcomeUnknown = driver.KindOutcomeUnknown // the answer to a write or a commit was lost: it may have happened or not; beside the write's own kind
	ErrValidation     = driver.KindValidation     // a value breaks a rule of its field; found before any SQL
	ErrDrift          = driver.KindDrift          // the database lacks what the model wants, and may not be changed
	ErrSyntax         = driver.KindSyntax         // the database does not understand the statement
)

// Error is an error of the database, or one that kept a statement from reaching it. Its text names the operation, the
// table, the columns and the constraint as far as they are known, and never a value, a DSN or a password. What the
// driver said is reached by errors.As and may hold values.
//
// Its fields are Kind; Op, what was done, such as "insert"; Table, Columns and Constraint, as far as they are known;
// Detail, more for people, free of values; and Err, the cause, which may be nil. errors.Is tells its kind: a write
// outside of a transaction whose answer was lost, by the end of its context or a broken connection, is of that kind and
// of [ErrOutcomeUnknown].
type Error = driver.Error

// SQLiteError is the error of SQLite itself that an [Error] wraps: its code and its message, which may hold values.
type SQLiteError = sqlite3.Error

// Kind says what went wrong, the same on every engine. A Kind is an error itself, so that errors.Is(err, ErrUnique)
// asks whether err is of that kind. The zero Kind is an error that is of no known kind.
type Kind = driver.Kind

// KindOf returns the kind of err, KindOther when it has none.
func KindOf(err error) Kind { return driver.KindOf(err) }
