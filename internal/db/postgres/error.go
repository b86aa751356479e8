package postgres

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// SQLStates are the error codes of PostgreSQL by kind, from its manual, appendix "PostgreSQL Error Codes".
var SQLStates = map[string]driver.Kind{
	"23505": driver.KindUnique,
	"23P01": driver.KindUnique, // exclusion_violation: what an exclusion constraint says instead
	"23502": driver.KindNotNull,
	"23503": driver.KindForeignKey,
	"23001": driver.KindForeignKey, // restrict_violation
	"23514": driver.KindCheck,
	"22001": driver.KindTooLong,
	"54000": driver.KindTooLong, // program_limit_exceeded: an index row or a value that is too large
	"54001": driver.KindSyntax,  // statement_too_complex
	"54011": driver.KindSyntax,  // too_many_columns
	"54023": driver.KindSyntax,  // too_many_arguments
	"42P01": driver.KindNoTable,
	"3F000": driver.KindNoTable, // invalid_schema_name
	"42703": driver.KindNoColumn,
	"42P10": driver.KindNoIndex, // invalid_column_reference: no unique index for ON CONFLICT, or else KindSyntax
	"42804": driver.KindType,
	"25006": driver.KindReadOnly,
	"42501": driver.KindPermission,
	"55P03": driver.KindBusy, // lock_not_available
	"40001": driver.KindSerialization,
	"40P01": driver.KindDeadlock,
	"57014": driver.KindTimeout, // query_canceled: statement_timeout, or a cancel request
	"25P03": driver.KindTimeout, // idle_in_transaction_session_timeout
	"25P04": driver.KindTimeout, // transaction_timeout
	"57P05": driver.KindTimeout, // idle_session_timeout
	"57P01": driver.KindConnection,
	"57P02": driver.KindConnection,
	"57P03": driver.KindConnection,
	"53300": driver.KindConnection,
	"3D000": driver.KindConnection, // the database does not exist
	"53100": driver.KindDiskFull,
	"25P02": driver.KindClosed, // an earlier error ended the transaction
	"0A000": driver.KindUnsupported,
	"XX000": driver.KindInternal,
	"XX001": driver.KindCorrupt,
	"XX002": driver.KindCorrupt,
}

// SQLClasses are whole classes of codes, by their first two characters.
var SQLClasses = map[string]driver.Kind{
	"08": driver.KindConnection,
	"22": driver.KindType,
	"28": driver.KindPermission,
	"42": driver.KindSyntax,
}

// generatedAlways is the code of a value for a generated column, or an identity column that is GENERATED ALWAYS.
const generatedAlways = "428C9"

// SQLStateNames says more about codes whose kind alone says little.
var SQLStateNames = map[string]string{
	"22003":         "the number is outside the range of the column",
	"22007":         "the text is not a date or time",
	"22008":         "the date or time is outside the range of the column",
	"22012":         "division by zero",
	"2201F":         "the number has no such power or root",
	"22021":         "the text is not valid in the database's encoding",
	"22P02":         "the text does not have the form of the type",
	generatedAlways: "the database generates the column and accepts no value for it: give its field the tag option readonly, or leave a generated key unset",
	"42883":         "there is no such function or operator",
	"3D000":         "the database does not exist",
	"28P01":         "the password was not accepted",
	"28000": "the server does not let this role in: it does not exist, it may not log in, or pg_hba.conf refuses this " +
		"host, database or connection without TLS",
	"54001": "it is nested deeper than the server's max_stack_depth allows; use fewer conditions at once",
	"54011": "it has more columns than the server accepts; select fewer",
	"54023": "a function has more arguments than the server accepts; pass fewer",
	"2BP01": "another object of the database depends on it",
	"53300": "the server has no connection left",
}

// ErrorOf translates an error of pgx. It returns nil for nil.
func ErrorOf(err error) error {
	if err == nil {
		return nil
	}
	var known *driver.Error
	if errors.As(err, &known) {
		return err
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		forgetSecrets(connect)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		e := serverError(pg, err)
		if connect != nil {
			e.Detail = cmp.Or(detailParameter(pg), e.Detail)
		}
		return e
	}
	// The pool connects by itself: a deadline in here is connect_timeout and a cancellation the pool's end, not those
	// of the caller, who gets the bare error of the context.
	if connect != nil {
		if errors.Is(err, context.Canceled) {
			return driver.Unsent(&driver.Error{Kind: driver.KindClosed, Detail: "the connection was closed", Err: err})
		}
		return driver.Unsent(&driver.Error{Kind: driver.KindConnection, Detail: connectDetail(err), Err: err})
	}
	if e := driver.EndOfContext(err); e != nil {
		return e
	}
	e := driver.WithFacts(&driver.Error{Kind: driver.KindOther, Err: err}, driver.Facts{Unsent: unsent(err)})
	var netErr net.Error
	switch {
	case strings.Contains(err.Error(), "closed pool"):
		e.Kind, e.Detail, driver.FactsOf(e).Unsent = driver.KindClosed, "the connection was closed", true
	case errors.Is(err, pgx.ErrTxClosed):
		e.Kind, e.Detail = driver.KindClosed, "the transaction has ended"
	case errors.Is(err, pgx.ErrTxCommitRollback):
		e.Kind, e.Detail = driver.KindClosed, "the transaction was rolled back, because a statement in it had failed"
	case errors.As(err, &netErr), driver.FactsOf(e).Unsent, brokenConnection(err):
		e.Kind, e.Detail = driver.KindConnection, "the connection broke"
	case errors.Is(err, errColumns):
		e.Kind, e.Detail = driver.KindConnection, err.Error()
	case errors.Is(err, errKey):
		e.Kind, e.Detail = driver.KindType, err.Error()
	case misunderstood(err):
		e.Kind, e.Detail = driver.KindConnection, "the server sent a message that is not part of PostgreSQL's protocol"
	case strings.Contains(err.Error(), "failed to encode args") || strings.Contains(err.Error(), "cannot encode"):
		// Or the type that it wanted when it was prepared, before the table changed; pgx forgets it now.
		e.Kind, e.Detail, driver.FactsOf(e).Unsent = driver.KindType, "an argument does not fit the type of its parameter", true
	default: // which may hold a value
		e.Detail = "the driver's error is the cause"
	}
	return e
}

// serverError translates what the server said. Its Message and Detail may hold values: see tellPostgres.
func serverError(pg *pgconn.PgError, err error) *driver.Error {
	kind, ok := SQLStates[pg.Code]
	if !ok && len(pg.Code) == 5 {
		kind = SQLClasses[pg.Code[:2]]
	}
	if pg.Code == "42P10" && pg.Routine != "infer_arbiter_indexes" && pg.Routine != "" {
		kind = driver.KindSyntax // such as a term of ORDER BY that a SELECT DISTINCT does not have
	}
	e := &driver.Error{Kind: kind, Constraint: pg.ConstraintName, Err: err}
	if pg.TableName != "" {
		e.Table = schema.Named(pg.SchemaName, pg.TableName)
	}
	if pg.ColumnName != "" {
		e.Columns = []string{pg.ColumnName}
	}
	switch {
	case pg.Code == readOnlyCode && (pg.Hint == hintStandby || pg.Hint == hintUncertain):
		e.Detail, driver.FactsOf(e).Standby = pg.Hint+" and takes no writes", true
	case raced(pg):
		e.Kind, driver.FactsOf(e).Raced = driver.KindOther, true
		e.Detail = "another session changed the schema at the same time"
	case pg.Code == "23514" && pg.ConstraintName == "" && strings.HasPrefix(pg.Message, "no partition of relation "):
		e.Detail = "the table has no partition for the row: add one, or a default partition"
	case pg.Code == "23503" && strings.HasPrefix(pg.Message, "removing partition "):
		e.Detail = "rows of the partition are referred to: delete or change the rows that refer to them first"
	case kind == driver.KindUnique && len(e.Columns) == 0:
		e.Columns = detailColumns(pg.Detail)
	case pg.Code == "0A000" && strings.Contains(pg.Routine, "RevalidateCachedQuery"):
		e.Kind, driver.FactsOf(e).Stale = driver.KindSerialization, true
		e.Detail = "the table changed after the statement was prepared"
	case lostStatement(pg):
		e.Kind, driver.FactsOf(e).Stale = driver.KindSerialization, true
		e.Detail = "the server's session does not have the prepared statement (SQLSTATE " + pg.Code + "); " +
			"behind a pooler in transaction mode set default_query_exec_mode=exec"
	case kind == driver.KindNoTable, kind == driver.KindNoColumn, kind == driver.KindTooLong: // which say enough by themselves
		driver.FactsOf(e).Tell = tellPostgres
	case kind == driver.KindOther, kind == driver.KindType, kind == driver.KindSyntax, kind == driver.KindPermission,
		kind == driver.KindConnection, kind == driver.KindUnsupported, kind == driver.KindInternal:
		driver.FactsOf(e).Tell = tellPostgres
		e.Detail = "SQLSTATE " + pg.Code
		if name, ok := SQLStateNames[pg.Code]; ok {
			e.Detail = name + " (" + e.Detail + ")"
		}
	}
	return e
}

// raced tells errors of DDL that ran beside other DDL on the same names: what exists already, a row in the catalog that
// another session has just inserted, and one that it has just changed.
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

// unsent reports whether pgx knows that nothing was sent. It says so of every closed connection, and of one too that
// broke while it read the answer to a statement without arguments (pgconn.MultiResultReader.NextResult drops the error
// at first), so that does not count.
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
