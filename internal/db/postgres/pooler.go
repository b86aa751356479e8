package postgres

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prom-go/prom/internal/db/driver"
)

// A pooler in transaction mode gives a connection another session of the server with each transaction, and one session
// to several clients. What is prepared in a session may then be missing in the next, or be another client's. So it is
// looked for when a connection is made: PgBouncer tells its clients a process number of its own making (its manual,
// "cancel requests"). Behind one, statements stay unnamed: each is parsed, bound and executed in the messages of one
// round trip, which no pooler takes apart.
//
// A pooler that cannot be seen so is noticed when a statement is missing. Until then no client runs what another one
// has prepared, because the names of a connection's statements are random. See session.

// poolerMode is what a connection does about a pooler, by the mode that the DSN names.
type poolerMode uint8

const (
	poolerUnnamed   poolerMode = iota // behind one, statements are not prepared
	poolerFollows                     // it follows prepared statements, as the DSN says
	poolerPgx                         // the mode does not depend on the session
	poolerForbidden                   // the mode would run the statements of others
)

// look looks once at the connection of a session, before its first statement: whether there is a pooler in between, and
// whether floats keep their digits. In a transaction that has failed it looks later. When the connection has been given
// back once, it looks whether what was prepared is there still.
func (s *session) look(ctx context.Context, c *pgx.Conn, how settings) error {
	if s.looked {
		if how.resets && !s.kept && s.named > 0 {
			return s.lookAgain(ctx, c)
		}
		return nil
	}
	if c.PgConn().TxStatus() == txFailed {
		return nil
	}
	switch how.pooler {
	case poolerPgx:
	case poolerFollows:
		s.typed = true
	default:
		shared, err := s.sharesSession(ctx, c)
		switch {
		case errors.Is(err, context.Canceled): // by the pool's end: the pool connects by itself
			return driver.Unsent(&driver.Error{Kind: driver.KindClosed, Detail: "the connection was closed", Err: err})
		case err != nil:
			return driver.Unsent(&driver.Error{Kind: driver.KindConnection,
				Detail: "the connection broke before it was used", Err: err})
		case shared && how.pooler == poolerForbidden:
			return driver.Unsent(&driver.Error{Kind: driver.KindConnection,
				Detail: "there is a connection pooler, and with it default_query_exec_mode=describe_exec " +
					"could run statements of other clients: leave the option out, or set it to exec"})
		}
		s.shared = shared
	}
	if how.texts {
		if err := keepsFloats(ctx, c); err != nil {
			return err
		}
	}
	s.looked = true
	return nil
}

// lookAgain looks whether a hook of the program, such as one that runs DISCARD ALL, has deallocated what was prepared.
// Then statements stay unnamed.
func (s *session) lookAgain(ctx context.Context, c *pgx.Conn) error {
	if c.PgConn().TxStatus() == txFailed {
		return nil
	}
	there, err := askOne(ctx, c.PgConn(), "SELECT count(*) FROM pg_catalog.pg_prepared_statements WHERE name LIKE '"+s.prefix+"%'")
	if err != nil {
		return err
	}
	s.kept = true
	if there == "0" {
		clear(s.stmts)
		s.gone, s.shared = nil, true
	}
	return nil
}

// ShareSession has a connection take its session for one that the next transaction may not have.
func ShareSession(c *pgx.Conn) { sessionOf(c).shared = true }

// standby is what is known of a server.
type standby uint8

const (
	notAsked standby = iota
	isStandby
	isPrimary
)

// sharesSession reports whether the process that serves the connection is another one than the server named when it was
// made. It asks in the same breath what the server is.
func (s *session) sharesSession(ctx context.Context, c *pgx.Conn) (bool, error) {
	told, err := askSoon(ctx, c, "SELECT pg_backend_pid() || CASE WHEN pg_is_in_recovery() THEN ' standby' ELSE '' END")
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused) && !c.PgConn().IsClosed():
		return true, nil // a server that does not tell: what is unnamed is right in any case
	case err != nil:
		return false, err
	}
	pid, recovers := strings.CutSuffix(told, " standby")
	s.standby, s.alone = isPrimary, pid == strconv.FormatUint(uint64(c.PgConn().PID()), 10)
	if recovers {
		s.standby = isStandby
	}
	return !s.alone, nil
}

// lostStatement reports whether the server refused a statement because its session has other prepared statements than
// the connection knows of. Nothing has happened then, but that a transaction has failed.
func lostStatement(e *pgconn.PgError) bool {
	switch e.Code {
	case "26000", // invalid_sql_statement_name: it is not there
		"42P05": // duplicate_prepared_statement: it is there already
		return true
	case "08P01": // protocol_violation: it has other parameters or results
		return e.SeverityUnlocalized == "ERROR"
	}
	return false
}

// maxLost is how often statements may be lost in a session that is not shared: a program may deallocate all that is
// prepared whenever it gives a connection back. Then they stay unnamed.
const maxLost = 2

// doubtful takes back what is known of the session, after a statement was lost.
func (s *session) doubtful() {
	clear(s.stmts)
	s.gone, s.doubt = nil, true
	s.lost++
}

// settleDoubt finds out whether the connection shares sessions, after a statement was lost. In a transaction that
// cannot be told, so it is left in doubt.
func (s *session) settleDoubt(ctx context.Context, c *pgx.Conn) error {
	if !s.doubt || c.PgConn().TxStatus() != txIdle {
		return nil
	}
	shared, err := s.sharesSession(ctx, c)
	if err == nil {
		s.shared, s.doubt = shared || s.lost > maxLost, false
		clear(s.stmts) // those without a name
	}
	return err
}
