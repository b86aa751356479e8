package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom/internal/db/driver"
)

// What a statement asks about the log, see [driver.Log], goes by the direct way in the same round trip as the
// statement:
//
//	Execute position, Sync, Execute statement, Sync, Execute position, Sync
//
// Each Sync ends a transaction. So the snapshot of the statement is taken behind the first position, and the second one
// is behind the commit. The other ways ask in round trips of their own.

// logPosition asks a standby what it has replayed, and a primary where it writes. It may be asked of either.
const logPosition = `SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
ELSE pg_catalog.pg_current_wal_insert_lsn() END`

// logPositionText is logPosition as a number in decimals, 0 for none.
const logPositionText = `SELECT coalesce((` + logPosition + `) - '0/0'::pg_catalog.pg_lsn, 0)::pg_catalog.text`

// logEnd returns the end of the last record for a position of writing. At the end of a page that is behind the header
// of the next one, which nobody replays before there is a record on it: the headers of pages and of segments have these
// lengths (SizeOfXLogShortPHD and SizeOfXLogLongPHD in src/include/access/xlog_internal.h of PostgreSQL).
func logEnd(position uint64) uint64 {
	const page, segment, shortHeader, longHeader = 8 << 10, 1 << 20, 24, 40
	switch {
	case position%segment == longHeader:
		return position - longHeader
	case position%page == shortHeader:
		return position - shortHeader
	}
	return position
}

// logStatement is logPosition for the sessions that prepare it.
var logStatement = &driver.Statement{SQL: logPosition, Op: "position"}

// prepareLog prepares the question for the position.
func (s *session) prepareLog(ctx context.Context, c *pgx.Conn) (*pgPrepared, error) {
	p, err := s.prepare(ctx, c, logStatement, logPosition)
	if err == nil {
		p.formats = binaryFormat
	}
	return p, err
}

var binaryFormat = []int16{pgx.BinaryFormatCode}

// sendLogged is send for a statement that asks about the log.
func (s *session) sendLogged(ctx context.Context, c *pgx.Conn, pooled *pgxpool.Conn, p *pgPrepared,
	st *driver.Statement) (*pgRows, error) {
	ask, err := s.prepareLog(ctx, c)
	if err != nil {
		return nil, err
	}
	s.args.reset()
	if err := s.args.add(p.ParamOIDs, st.Args); err != nil {
		s.forget(p)
		return nil, err
	}
	traced := s.traceQuery(ctx, c, st.SQL, st.Args)
	if traced != nil {
		ctx = traced
	}
	line := c.PgConn().StartPipeline(ctx)
	if st.Log.Before {
		s.queue(line, ask, logStatement, 0, 0)
		line.SendPipelineSync()
	}
	s.queue(line, p, st, 0, len(s.args.values))
	line.SendPipelineSync()
	if st.Log.After {
		s.queue(line, ask, logStatement, 0, 0)
		line.SendPipelineSync()
	}
	err = line.Flush()
	if err == nil && st.Log.Before {
		err = seeLog(line, st.Log)
	}
	var reader *pgconn.ResultReader
	if err == nil {
		reader, err = nextResult(line)
	}
	if err != nil {
		s.traced(traced, pgconn.CommandTag{}, err)
		if closeErr := line.Close(); errors.Is(err, driver.ErrBehind) {
			return nil, firstError(closeErr, err)
		}
		if st.MayWrite() {
			err = outcome(err)
		}
		err = ErrorOf(err)
		s.failed(p, err)
		return nil, err
	}
	s.rows = pgRows{reader: reader, session: s, prepared: p, pooled: pooled, st: st, traced: traced, line: line}
	return &s.rows, nil
}

// seeLog reads the position before a statement.
func seeLog(line *pgconn.Pipeline, log *driver.Log) (err error) {
	if log.Seen, err = readLog(line); err != nil {
		return err
	}
	if log.Seen < log.Need {
		return driver.ErrBehind
	}
	return nil
}

// readLog reads a position, and what ends its transaction.
func readLog(line *pgconn.Pipeline) (position uint64, err error) {
	reader, err := nextResult(line)
	if err != nil {
		return 0, err
	}
	for reader.NextRow() {
		if v := reader.Values(); len(v) == 1 && len(v[0]) == 8 {
			position = binary.BigEndian.Uint64(v[0])
		}
	}
	if _, err = reader.Close(); err == nil {
		err = readSync(line)
	}
	return logEnd(position), err
}

// readSync reads the end of a transaction in a pipeline.
func readSync(line *pgconn.Pipeline) error {
	result, err := line.GetResults()
	if _, ok := result.(*pgconn.PipelineSync); err == nil && !ok {
		err = errPipeline()
	}
	return err
}

// land ends the pipeline of a statement whose rows have been read, with its error.
func (r *pgRows) land(err error) error {
	if err == nil {
		err = readSync(r.line) // its commit
	}
	if err == nil && r.st.Log.After {
		if then, logErr := readLog(r.line); logErr == nil {
			r.st.Log.Then = then
		}
	}
	_ = r.line.Close() // what has happened has happened
	return err
}

// askLog asks for the position in a round trip of its own. It is 0 when it is not known.
func askLog(ctx context.Context, c *pgconn.PgConn) uint64 {
	text, err := askOne(ctx, c, logPositionText)
	if err != nil {
		return 0
	}
	position, _ := strconv.ParseUint(text, 10, 64)
	return logEnd(position)
}

// seeLogApart is seeLog in a round trip of its own.
func seeLogApart(ctx context.Context, c *pgx.Conn, log *driver.Log) error {
	if log == nil || !log.Before {
		return nil
	}
	if log.Seen = askLog(ctx, c.PgConn()); log.Seen < log.Need {
		return driver.ErrBehind
	}
	return nil
}

// thenLogApart asks for the position behind a statement in a round trip of its own, whatever its context says by now.
func thenLogApart(ctx context.Context, c *pgx.Conn, log *driver.Log) {
	if log == nil || !log.After || c.PgConn().TxStatus() != txIdle {
		return
	}
	ctx, cancel := driver.Settling(ctx)
	defer cancel()
	log.Then = askLog(ctx, c.PgConn())
}

// CommitLog implements [driver.LogCommitter].
func (t *pgTx) CommitLog(ctx context.Context) (position uint64, err error) {
	c := t.tx.Conn()
	if c.IsClosed() || t.status() == txFailed {
		return 0, t.Commit(ctx)
	}
	defer t.end()
	s := sessionOf(c)
	traced := s.traceQuery(ctx, c, "commit", nil)
	if traced != nil {
		ctx = traced
	}
	results, err := c.PgConn().Exec(ctx, "commit; "+logPositionText).ReadAll()
	var tag pgconn.CommandTag
	if len(results) > 0 && results[0].Err == nil {
		tag = results[0].CommandTag
	}
	switch tag.String() {
	case "COMMIT":
		err = nil // whatever became of the question
	case "ROLLBACK":
		err = pgx.ErrTxCommitRollback
	}
	s.traced(traced, tag, err)
	if err != nil {
		if c.PgConn().TxStatus() != txIdle {
			_ = c.Close(ctx)
		}
		return 0, commitError(err)
	}
	if len(results) > 1 && len(results[1].Rows) == 1 && len(results[1].Rows[0]) == 1 {
		position, _ = strconv.ParseUint(string(results[1].Rows[0][0]), 10, 64)
	}
	return logEnd(position), nil
}

// commitError is the error of a COMMIT that was sent.
func commitError(err error) error {
	if refusesCommit(err) {
		return ErrorOf(err)
	}
	// The answer was lost: it may have happened.
	return &driver.Error{Kind: driver.KindOutcomeUnknown,
		Detail: "the connection broke before the server answered", Err: err}
}
