package conn

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// sqlStates are the error codes of PostgreSQL by kind, from its manual, appendix "PostgreSQL Error Codes".
var sqlStates = map[string]Kind{
	"23505": KindUnique,
	"23P01": KindUnique, // exclusion_violation: what an exclusion constraint says instead
	"23502": KindNotNull,
	"23503": KindForeignKey,
	"23001": KindForeignKey, // restrict_violation
	"23514": KindCheck,
	"22001": KindTooLong,
	"54000": KindTooLong, // program_limit_exceeded: an index row or a value that is too large
	"54001": KindSyntax,  // statement_too_complex
	"54011": KindSyntax,  // too_many_columns
	"54023": KindSyntax,  // too_many_arguments
	"42P01": KindNoTable,
	"3F000": KindNoTable, // invalid_schema_name
	"42703": KindNoColumn,
	"42P10": KindNoIndex, // invalid_column_reference: no unique index for ON CONFLICT, or else KindSyntax
	"42804": KindType,
	"25006": KindReadOnly,
	"42501": KindPermission,
	"55P03": KindBusy, // lock_not_available
	"40001": KindSerialization,
	"40P01": KindDeadlock,
	"57014": KindTimeout, // query_canceled: statement_timeout, or a cancel request
	"25P03": KindTimeout, // idle_in_transaction_session_timeout
	"25P04": KindTimeout, // transaction_timeout
	"57P05": KindTimeout, // idle_session_timeout
	"57P01": KindConnection,
	"57P02": KindConnection,
	"57P03": KindConnection,
	"53300": KindConnection,
	"3D000": KindConnection, // the database does not exist
	"53100": KindDiskFull,
	"25P02": KindClosed, // an earlier error ended the transaction
	"XX001": KindCorrupt,
	"XX002": KindCorrupt,
}

// sqlClasses are whole classes of codes, by their first two characters.
var sqlClasses = map[string]Kind{
	"08": KindConnection,
	"22": KindType,
	"28": KindPermission,
	"42": KindSyntax,
}

// sqlStateNames says more about codes whose kind alone says little.
var sqlStateNames = map[string]string{
	"22003": "the number is outside the range of the column",
	"22007": "the text is not a date or time",
	"22008": "the date or time is outside the range of the column",
	"22012": "division by zero",
	"22021": "the text is not valid in the database's encoding",
	"22P02": "the text does not have the form of the type",
	"42883": "there is no such function or operator",
	"3D000": "the database does not exist",
	"28P01": "the password was not accepted",
	"54001": "it is nested deeper than the server's max_stack_depth allows; take less at once",
	"54011": "it has more columns than the server takes; select fewer",
	"54023": "a function has more arguments than the server takes; take less at once",
	"2BP01": "something else in the database depends on it",
	"53300": "the server has no connection left",
}

// postgresError translates an error of pgx. It returns nil for nil.
func postgresError(err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		forgetSecrets(connect)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return serverError(pg, err)
	}
	// The pool connects by itself: a deadline in here is connect_timeout and a cancellation the pool's end, not those of the
	// caller, who gets the bare error of the context.
	if connect != nil {
		if errors.Is(err, context.Canceled) {
			return &Error{Kind: KindClosed, Detail: "the connection was closed", Err: err, fresh: true}
		}
		return &Error{Kind: KindConnection, Detail: connectDetail(err), Err: err, fresh: true}
	}
	if e := contextError(err); e != nil {
		return e
	}
	e := &Error{Kind: KindOther, Err: err, fresh: unsent(err)}
	var netErr net.Error
	switch {
	case strings.Contains(err.Error(), "closed pool"):
		e.Kind, e.Detail, e.fresh = KindClosed, "the connection was closed", true
	case errors.Is(err, pgx.ErrTxClosed):
		e.Kind, e.Detail = KindClosed, "the transaction has ended"
	case errors.Is(err, pgx.ErrTxCommitRollback):
		e.Kind, e.Detail = KindClosed, "the transaction was rolled back, because a statement in it had failed"
	case errors.As(err, &netErr), e.fresh, brokenConnection(err):
		e.Kind, e.Detail = KindConnection, "the connection broke"
	case errors.Is(err, errColumns):
		e.Kind, e.Detail = KindConnection, err.Error()
	case errors.Is(err, errKey):
		e.Kind, e.Detail = KindType, err.Error()
	case misunderstood(err):
		e.Kind, e.Detail = KindConnection, "the server sent what is not an answer of PostgreSQL's protocol"
	case strings.Contains(err.Error(), "failed to encode args") || strings.Contains(err.Error(), "cannot encode"):
		// Or the type that it wanted when it was prepared, before the table changed; pgx forgets it now.
		e.Kind, e.Detail, e.fresh = KindType, "an argument does not fit the type that the statement wants", true
	default: // which may hold a value
		e.Detail = "the driver says what, in the cause"
	}
	return e
}

// serverError translates what the server said. Its Message and Detail may hold values: see tell.
func serverError(pg *pgconn.PgError, err error) *Error {
	kind, ok := sqlStates[pg.Code]
	if !ok && len(pg.Code) == 5 {
		kind = sqlClasses[pg.Code[:2]]
	}
	if pg.Code == "42P10" && pg.Routine != "infer_arbiter_indexes" && pg.Routine != "" {
		kind = KindSyntax // such as a term of ORDER BY that a SELECT DISTINCT does not have
	}
	e := &Error{Kind: kind, Table: pg.TableName, Constraint: pg.ConstraintName, Err: err}
	if pg.ColumnName != "" {
		e.Columns = []string{pg.ColumnName}
	}
	switch {
	case raced(pg):
		e.Kind, e.raced = KindOther, true
		e.Detail = "somebody else changed the schema at the same moment"
	case kind == KindUnique && len(e.Columns) == 0:
		e.Columns = detailColumns(pg.Detail)
	case pg.Code == "0A000" && strings.Contains(pg.Routine, "RevalidateCachedQuery"):
		e.Kind, e.stale = KindSerialization, true
		e.Detail = "the table changed after the statement was prepared"
	case lostStatement(pg):
		e.Kind, e.stale = KindSerialization, true
		e.Detail = "the server's session does not have the prepared statement (SQLSTATE " + pg.Code + "); " +
			"behind a pooler in transaction mode set default_query_exec_mode=exec"
	case kind == KindNoTable, kind == KindNoColumn, kind == KindTooLong: // which say enough by themselves
		e.untold = true
	case kind == KindOther, kind == KindType, kind == KindSyntax, kind == KindPermission, kind == KindConnection:
		e.untold = true
		e.Detail = "SQLSTATE " + pg.Code
		if name, ok := sqlStateNames[pg.Code]; ok {
			e.Detail = name + " (" + e.Detail + ")"
		}
	}
	return e
}

// raced tells errors of DDL that ran beside other DDL on the same names: what exists already, a row in the catalog that another
// session has just inserted, and one that it has just changed.
func raced(pg *pgconn.PgError) bool {
	switch pg.Code {
	case "42P07", "42710", "42701", "42P06":
		return true
	case "23505":
		return pg.SchemaName == "pg_catalog"
	case "XX000":
		return strings.Contains(pg.Message, "tuple concurrently")
	}
	return false
}

// detailColumns reads the columns from "Key (a, b)=(…) already exists." and nothing behind them.
func detailColumns(detail string) []string {
	list, ok := strings.CutPrefix(detail, "Key (")
	if !ok {
		return nil
	}
	list, _, ok = strings.Cut(list, ")=(")
	if !ok || strings.ContainsAny(list, "()") {
		return nil // another language, or an expression
	}
	cols := strings.Split(list, ", ")
	for i, c := range cols {
		if unquoted, ok := strings.CutPrefix(c, `"`); ok {
			cols[i] = strings.ReplaceAll(strings.TrimSuffix(unquoted, `"`), `""`, `"`)
		}
	}
	return cols
}

// unsent reports whether pgx knows that nothing was sent. It says so of every closed connection, and of one too that broke while
// it read the answer to a statement without arguments (pgconn.MultiResultReader.NextResult drops the error at first), so that
// does not count.
func unsent(err error) bool { return pgconn.SafeToRetry(err) && !errors.Is(err, pgconn.ErrConnClosed) }

func brokenConnection(err error) bool {
	return hasSign(err, "conn closed", "unexpected EOF", "connection reset", "broken pipe", "conn busy",
		"failed to deallocate") || errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF)
}

// misunderstood reports whether pgx could make nothing of a server's message. It has no types for most of these errors.
func misunderstood(err error) bool {
	var long *pgproto3.ExceededMaxBodyLenErr
	var scan pgx.ScanArgError
	return errors.As(err, &long) || errors.As(err, &scan) || errors.Is(err, pgx.ErrNoRows) ||
		hasSign(err, " body is invalid", " body must have length", "invalid message length", "invalid length for",
			"unknown message type", "unknown authentication type", "authentication message", "unexpected DataRow", "unexpected message",
			"unexpected pipeline result", "pipeline: ", "pipeline has unsynced", "BUG: ", "does not match field count",
			"expected statement description", "expected sync", "number of field descriptions",
			"no more results in batch", "unknown format code")
}

func hasSign(err error, signs ...string) bool {
	text := err.Error()
	return slices.ContainsFunc(signs, func(sign string) bool { return strings.Contains(text, sign) })
}
