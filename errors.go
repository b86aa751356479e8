package prom

import (
	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
)

// Error is an error of the database, or one that kept a statement from reaching it. Its text never holds a value.
type Error = conn.Error

// Kind is the kind of an [Error].
type Kind = conn.Kind

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
	ErrNotFound       = conn.KindNotFound       // no row has the key, or matches the query of One
	ErrStale          = conn.KindStale          // the row has been changed since the value was loaded
	ErrNotStored      = conn.KindNotStored      // a trigger or a rule of the database suppressed the write of a row
	ErrUnique         = conn.KindUnique         // a unique index or a primary key has the value already
	ErrNotNull        = conn.KindNotNull        // NULL in a column that does not take it
	ErrForeignKey     = conn.KindForeignKey     // a reference to a row that does not exist, or a row that is still referred to
	ErrCheck          = conn.KindCheck          // a CHECK constraint
	ErrTooLong        = conn.KindTooLong        // longer than the column, or than the database takes
	ErrNoTable        = conn.KindNoTable        // the table does not exist
	ErrNoColumn       = conn.KindNoColumn       // a column does not exist
	ErrNoIndex        = conn.KindNoIndex        // no unique index on the columns of an upsert
	ErrType           = conn.KindType           // a value that the column's or the field's type does not take
	ErrReadOnly       = conn.KindReadOnly       // a write where nothing may be written
	ErrPermission     = conn.KindPermission     // the database's user may not do that
	ErrBusy           = conn.KindBusy           // a lock was not to be had in time
	ErrSerialization  = conn.KindSerialization  // run the transaction again
	ErrDeadlock       = conn.KindDeadlock       // run the transaction again
	ErrTimeout        = conn.KindTimeout        // a deadline of the context or a timeout of the server
	ErrCanceled       = conn.KindCanceled       // the context was canceled
	ErrConnection     = conn.KindConnection     // the server cannot be reached, or the connection broke
	ErrClosed         = conn.KindClosed         // the transaction has ended already
	ErrDiskFull       = conn.KindDiskFull       // no space is left for the database
	ErrCorrupt        = conn.KindCorrupt        // the database file is damaged, or is none
	ErrOutcomeUnknown = conn.KindOutcomeUnknown // the answer to a write or a commit was lost: it may have happened or not; beside the write's own kind
	ErrValidation     = conn.KindValidation     // a value breaks a rule of its field; found before any SQL
	ErrDrift          = conn.KindDrift          // the database lacks what the model wants, and may not be changed
	ErrSyntax         = conn.KindSyntax         // the database does not understand the statement
)
