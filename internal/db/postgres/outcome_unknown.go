package postgres

import (
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prom-go/prom/internal/db/driver"
)

// An error means that nothing has happened, or belongs to the class KindOutcomeUnknown. A statement outside of a
// transaction is one by itself, which the server commits before it answers: when the answer does not come, because the
// context or the connection has ended, nobody on this side knows. Inside a transaction only COMMIT can end so.

// outcome translates the error of a statement outside of a transaction, and adds it to the class unless nothing was
// sent, or the server has said that it refuses.
func outcome(err error) error {
	if err == nil {
		return nil
	}
	err = ErrorOf(err)
	markUnknown(err)
	return err
}

// markUnknown is outcome for an error that has been translated, or is not of the driver's.
func markUnknown(err error) {
	var e *driver.Error
	var pg *pgconn.PgError
	if !errors.As(err, &e) || driver.IsUnsent(e) || driver.IsStale(e) || unsent(err) ||
		errors.As(err, &pg) && refuses(pg) {
		return
	}
	switch e.Kind {
	case driver.KindTimeout, driver.KindCanceled, driver.KindConnection, driver.KindClosed, driver.KindOther,
		driver.KindUnsupported, driver.KindInternal:
		driver.FactsOf(e).Unknown = true
	}
}

// refusesCommit reports whether an error of a commit says that nothing was committed.
func refusesCommit(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && refuses(pg) || errors.Is(err, pgx.ErrTxCommitRollback) ||
		errors.Is(err, pgx.ErrTxClosed) || unsent(err)
}

// refuses reports whether an error says that the server has refused a statement. One with which a connection ends, such
// as a pooler's that has lost the server, or the server's that shuts down, says nothing of that, unless it came because
// nothing had been sent for long.
func refuses(e *pgconn.PgError) bool {
	const idleTooLong = "25P03"
	ends := slices.Contains([]string{"FATAL", "PANIC"}, e.SeverityUnlocalized) ||
		slices.Contains([]string{"FATAL", "PANIC"}, e.Severity) ||
		strings.HasPrefix(e.Code, "08") || strings.HasPrefix(e.Code, "57P0")
	return !ends || e.Code == idleTooLong
}
