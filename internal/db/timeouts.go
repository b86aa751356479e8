package db

import (
	"math"
	"time"

	"github.com/prom-go/prom/internal/dsn"
)

// StatementTimeout sets the option statement_timeout; zero and less switch it off.
func StatementTimeout(d time.Duration) OpenOption {
	return func(db *DB) { db.dsn.Options.StatementTimeout = switched(d) }
}

// LockTimeout sets the option lock_timeout, which SQLite has as busy_timeout; zero and less are no bound.
func LockTimeout(d time.Duration) OpenOption {
	return func(db *DB) {
		switch {
		case db.dsn.Dialect == dsn.Postgres:
			db.dsn.Options.LockTimeout = switched(d)
		case d <= 0: // at 0 it would not wait at all
			db.dsn.Options.BusyTimeout = math.MaxInt32 * time.Millisecond
		default:
			db.dsn.Options.BusyTimeout = d
		}
	}
}

// IdleInTransactionTimeout sets the option idle_in_transaction_session_timeout; zero and less switch it off.
func IdleInTransactionTimeout(d time.Duration) OpenOption {
	return func(db *DB) { db.dsn.Options.IdleInTransactionTimeout = switched(d) }
}

// CallTimeout sets the option call_timeout; zero and less switch it off.
func CallTimeout(d time.Duration) OpenOption {
	return func(db *DB) { db.dsn.Options.CallTimeout = switched(d) }
}

// switched returns a duration as the DSN's option has it: zero there is the default.
func switched(d time.Duration) time.Duration {
	if d <= 0 {
		return dsn.NoTimeout
	}
	return d
}
