package conn

import (
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/sqlite3"
)

// Error is an error of the database, or one that kept a statement from reaching it. Its text names the operation, the
// table, the columns and the constraint as far as they are known, and never a value, a DSN or a password. What the
// driver said is reached by errors.As and may hold values.
//
// Its fields are Kind; Op, what was done, such as "insert"; Table, Columns and Constraint, as far as they are known;
// Detail, more for people, free of values; and Err, the cause, which may be nil. errors.Is tells its kind: a write
// outside of a transaction whose answer was lost, by the end of its context or a broken connection, is of that kind and
// of [KindOutcomeUnknown].
type Error = driver.Error

// SQLiteError is the error of SQLite itself that an [Error] wraps: its code and its message, which may hold values.
type SQLiteError = sqlite3.Error

// Kind says what went wrong, the same on every engine. A Kind is an error itself, so that errors.Is(err, KindUnique)
// asks whether err is of that kind. The zero Kind is an error that is of no known kind.
type Kind = driver.Kind

// The kinds of errors.
const (
	KindOther          = driver.KindOther
	KindNotFound       = driver.KindNotFound       // no row has the key, or matches the query of One
	KindStale          = driver.KindStale          // the row has been changed since the value was loaded
	KindNotStored      = driver.KindNotStored      // a trigger or a rule of the database suppressed the write of a row, without an error
	KindUnique         = driver.KindUnique         // a unique index or a primary key has the value already
	KindNotNull        = driver.KindNotNull        // NULL in a column that does not take it
	KindForeignKey     = driver.KindForeignKey     // a reference to a row that does not exist, or a row that is still referred to
	KindCheck          = driver.KindCheck          // a CHECK constraint
	KindTooLong        = driver.KindTooLong        // a text or bytes longer than the column, or than the engine takes
	KindNoTable        = driver.KindNoTable        // the table does not exist
	KindNoColumn       = driver.KindNoColumn       // a column does not exist
	KindNoIndex        = driver.KindNoIndex        // no unique index on the columns of an upsert
	KindType           = driver.KindType           // a value that the column's type does not take, or a column that the field's type does not take
	KindReadOnly       = driver.KindReadOnly       // a write on a read-only connection, transaction or file
	KindPermission     = driver.KindPermission     // the database's user may not do that, or was not let in
	KindBusy           = driver.KindBusy           // a lock was not to be had in time
	KindSerialization  = driver.KindSerialization  // the transaction cannot be serialized with others; run it again
	KindDeadlock       = driver.KindDeadlock       // the transaction was chosen to end a deadlock; run it again
	KindTimeout        = driver.KindTimeout        // a deadline of the context or a timeout of the server
	KindCanceled       = driver.KindCanceled       // the context was canceled
	KindConnection     = driver.KindConnection     // the server cannot be reached, or the connection broke
	KindClosed         = driver.KindClosed         // the transaction has ended already
	KindDiskFull       = driver.KindDiskFull       // no space is left for the database
	KindCorrupt        = driver.KindCorrupt        // the database file is damaged, or is none
	KindOutcomeUnknown = driver.KindOutcomeUnknown // a write or a commit was sent, and its answer was lost: it may have happened or not
	KindValidation     = driver.KindValidation     // a value breaks a rule of its field; found before any SQL
	KindDrift          = driver.KindDrift          // the database lacks what the model wants, and may not be changed
	KindSyntax         = driver.KindSyntax         // the database does not understand the statement, such as raw SQL with a mistake
)

// KindOf returns the kind of err, KindOther when it has none.
func KindOf(err error) Kind { return driver.KindOf(err) }
