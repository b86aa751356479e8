package prom

import (
	"time"

	"github.com/prom-go/prom/internal/db"
)

// StatementTimeout sets the time limit of a statement, whatever the DSN says, as its option statement_timeout does. The
// error is [ErrTimeout]. On PostgreSQL the server cancels the statement, and the connection can be used further. On
// SQLite the statement is interrupted; one that writes in a transaction ends the transaction. Zero and negative
// durations mean no limit.
func StatementTimeout(d time.Duration) OpenOption { return OpenOption{db.StatementTimeout(d)} }

// LockTimeout sets how long a statement waits for a lock, whatever the DSN says, as its option lock_timeout does on
// PostgreSQL and busy_timeout on SQLite. The error is [ErrBusy]. Zero and negative durations mean no limit.
func LockTimeout(d time.Duration) OpenOption { return OpenOption{db.LockTimeout(d)} }

// IdleInTransactionTimeout sets the time limit for a transaction that runs no statement, whatever the DSN says, as its
// option idle_in_transaction_session_timeout does. Such a transaction is rolled back, and its next call, or its commit,
// returns [ErrTimeout]. PostgreSQL also closes the connection. Zero and negative durations mean no limit.
func IdleInTransactionTimeout(d time.Duration) OpenOption {
	return OpenOption{db.IdleInTransactionTimeout(d)}
}

// CallTimeout sets a deadline for the calls whose context has none, whatever the DSN says, as its option call_timeout
// does. It covers the wait for a connection, the statement and the reading of its rows. The error is [ErrTimeout]. Zero
// and negative durations mean no limit.
//
// A call of several statements, such as one that loads relations, gets the time for each of them. So does a
// transaction: its BEGIN, each statement in it and its COMMIT. These get no deadline, because they are long by nature:
// loops over the rows of one statement (Stream), streams of bytes, waiting of Watch for new rows, installation and
// plans, [Dump] and [Restore]. Each gets it for each of its pages.
func CallTimeout(d time.Duration) OpenOption { return OpenOption{db.CallTimeout(d)} }
