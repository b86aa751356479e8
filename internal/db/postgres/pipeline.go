package postgres

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom/internal/db/driver"
)

// pipelined sends the savepoint, a prepared statement and the release together. What cannot be encoded is an error
// before anything is sent.
func (t *pgTx) pipelined(ctx context.Context, s *session, p *pgPrepared, st *driver.Statement) (*pgRows, error) {
	c := t.tx.Conn()
	s.args.reset()
	if err := s.args.add(p.ParamOIDs, st.Args); err != nil {
		s.forget(p)
		return nil, err
	}
	sending := ctx
	traced := s.traceQuery(ctx, c, st.SQL, st.Args)
	if traced != nil {
		sending = traced
	}
	line := c.PgConn().StartPipeline(sending)
	line.SendQueryParams(guardOpen, nil, nil, nil, nil)
	s.queue(line, p, st, 0, len(s.args.values))
	line.SendQueryParams(guardClose, nil, nil, nil, nil)
	err := line.Sync()
	if err == nil {
		_, err = skipResult(line)
	}
	var reader *pgconn.ResultReader
	if err == nil {
		reader, err = nextResult(line)
	}
	if err != nil {
		s.traced(traced, pgconn.CommandTag{}, err)
		closeErr := line.Close()
		if t.status() != txFailed {
			return nil, ErrorOf(firstError(err, closeErr)) // nothing was sent, so there is no savepoint; or the connection broke
		}
		err = ErrorOf(err)
		s.failed(p, err)
		return nil, t.undo(ctx, err)
	}
	s.rows = pgRows{reader: reader, session: s, prepared: p, st: st, traced: traced}
	s.rows.finish = func(err error) error {
		closeErr := line.Close()
		if err == nil {
			err = ErrorOf(closeErr)
		}
		if err != nil {
			return t.undo(ctx, err)
		}
		return nil
	}
	return &s.rows, nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// nextResult returns the next result of a pipeline.
func nextResult(line *pgconn.Pipeline) (*pgconn.ResultReader, error) {
	result, err := line.GetResults()
	if err != nil {
		return nil, err
	}
	reader, ok := result.(*pgconn.ResultReader)
	if !ok {
		return nil, errPipeline()
	}
	return reader, nil
}

func skipResult(line *pgconn.Pipeline) (pgconn.CommandTag, error) {
	reader, err := nextResult(line)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	return reader.Close()
}

// errPipeline returns an error of its own each time, since an Error gets its place later.
func errPipeline() error {
	return &driver.Error{Kind: driver.KindConnection,
		Detail: "the server's responses do not match the statements"}
}

// batch sends the statements together. The server takes them as one transaction, which ends at the synchronization
// behind them (PostgreSQL's manual, section "Pipelining" of "Message Flow").
func (e *engine) Batch(ctx context.Context, sts []*driver.Statement, read driver.BatchFunc) (failed int, err error) {
	if e.chooses {
		return driver.NoPlace, nil // pgx's batches leave no choice of the formats
	}
	c, err := e.acquire(ctx)
	if err != nil {
		return -1, err
	}
	defer func() { giveBack(c, err) }()
	i, undo, err := e.unsure(ctx, c.Conn(), sts)
	if err != nil {
		return i, err
	}
	for i := 0; i < len(sts) && !undo; i++ {
		if undo, err = sessionOf(c.Conn()).intercepted(ctx, c.Conn(), sts[i]); err != nil {
			return -1, err
		}
	}
	if undo {
		return e.judgedBatch(ctx, c, sts, read)
	}
	failed, err = e.sendBatch(ctx, c.Conn(), sts, read)
	if failed >= 0 && sts[failed].Stores.Must() && driver.KindOf(err) == driver.KindNotStored {
		sessionOf(c.Conn()).intercepts[written{sts[failed].Table, sts[failed].Stores}] = true // by now
	}
	return failed, err
}

// judgedBatch sends the statements together in a transaction that commits when their rows have been read.
func (e *engine) judgedBatch(ctx context.Context, c *pgxpool.Conn, sts []*driver.Statement,
	read driver.BatchFunc) (failed int, err error) {
	tx, err := c.Begin(ctx)
	if err != nil {
		return -1, ErrorOf(err)
	}
	t := &pgTx{tx: tx, settings: e.settings}
	committed := false
	defer func() {
		if !committed { // by an error, or a panic of the reader
			ctx, cancel := driver.Settling(ctx)
			defer cancel()
			_ = t.Rollback(ctx)
		}
	}()
	if failed, err = e.sendBatch(ctx, c.Conn(), sts, read); err != nil {
		return failed, err
	}
	committed = true
	if err = t.Commit(ctx); err == nil {
		thenLogApart(ctx, c.Conn(), sts[0].Log)
	}
	return -1, err
}

func (e *engine) sendBatch(ctx context.Context, c *pgx.Conn, sts []*driver.Statement,
	read driver.BatchFunc) (failed int, err error) {
	if e.direct {
		return sessionOf(c).batch(ctx, c, sts, read)
	}
	return batchByPgx(ctx, c, sts, read)
}

// batch sends the statements together, behind a savepoint unless they need none.
func (t *pgTx) Batch(ctx context.Context, sts []*driver.Statement, read driver.BatchFunc) (failed int, err error) {
	if t.chooses {
		return driver.NoPlace, nil
	}
	guarded := !t.direct || slices.ContainsFunc(sts,
		func(st *driver.Statement) bool { return st.Batched != driver.BatchKnown })
	if guarded {
		if err := t.run(ctx, guardOpen); err != nil {
			return -1, err
		}
	}
	panics := true
	defer func() {
		if panics && guarded {
			_ = t.undo(ctx, errPanicked)
		}
	}()
	c := t.tx.Conn()
	if t.direct {
		failed, err = sessionOf(c).batch(ctx, c, sts, read)
	} else {
		failed, err = batchByPgx(ctx, c, sts, read)
	}
	panics = false
	switch {
	case !guarded:
		return failed, err
	case err != nil:
		return failed, t.undo(ctx, err)
	}
	return -1, t.settle(ctx)
}

func (s *session) batch(ctx context.Context, c *pgx.Conn, sts []*driver.Statement, read driver.BatchFunc) (failed int,
	err error) {
	prepared := make([]*pgPrepared, len(sts))
	s.args.reset()
	s.tick++
	s.keep = s.tick
	defer func() { s.keep = 0 }()
	for i, st := range sts {
		if prepared[i], err = s.prepareFor(ctx, c, st, st.SQL); err != nil {
			return i, ErrorOf(err)
		}
		if err := s.args.add(prepared[i].ParamOIDs, st.Args); err != nil {
			s.forget(prepared[i])
			return i, err
		}
	}
	alone := c.PgConn().TxStatus() == txIdle
	trace := s.traceBatch(ctx, c, sts)
	defer func() { trace.end(err) }()
	var ask *pgPrepared
	log := sts[0].Log
	if !alone {
		log = nil
	}
	if log != nil {
		if ask, err = s.prepareLog(ctx, c); err != nil {
			return -1, ErrorOf(err)
		}
	}
	line := c.PgConn().StartPipeline(trace.context(ctx))
	if log != nil && log.Before {
		s.queue(line, ask, logStatement, 0, 0)
		line.SendPipelineSync()
	}
	at := 0
	for i, st := range sts {
		end := at + len(st.Args)
		s.queue(line, prepared[i], st, at, end)
		at = end
	}
	line.SendPipelineSync()
	if log != nil && log.After {
		s.queue(line, ask, logStatement, 0, 0)
		line.SendPipelineSync()
	}
	if err := line.Flush(); err != nil {
		_ = line.Close()
		if err = ErrorOf(err); alone {
			batchOutcome(sts, -1, err)
		}
		return -1, err
	}
	if log != nil && log.Before {
		if err := seeLog(line, log); err != nil {
			_ = line.Close()
			return -1, queryError(err)
		}
	}
	failed = -1
	unread := false // the error is that of the reader
	reading := false
	defer func() {
		if reading { // and it panics
			_ = s.rows.Close()
			_ = line.Close()
		}
	}()
	for i, st := range sts {
		reader, resultErr := nextResult(line)
		if resultErr == nil {
			s.rows = pgRows{reader: reader, session: s, prepared: prepared[i], st: st}
			reading = true
			readErr := read(i, &s.rows)
			reading = false
			var tag pgconn.CommandTag
			tag, resultErr = s.rows.end()
			trace.did(st, tag, resultErr)
			if resultErr == nil {
				st.Changed, resultErr, unread = tag.RowsAffected(), readErr, readErr != nil
			}
		} else {
			trace.did(st, pgconn.CommandTag{}, resultErr)
			resultErr = ErrorOf(resultErr)
			s.failed(prepared[i], resultErr)
		}
		if resultErr != nil {
			failed, err = i, resultErr
			break
		}
	}
	landed := false
	if log != nil && err == nil {
		if err = ErrorOf(readSync(line)); err == nil {
			landed = true
			if log.After {
				log.Then, _ = readLog(line)
			}
		}
	}
	if closeErr := line.Close(); err == nil && closeErr != nil && !landed {
		err = ErrorOf(closeErr)
	}
	if unread {
		return failed, err
	}
	if alone {
		failed = batchOutcome(sts, failed, err)
	}
	return failed, err
}

// batchOutcome is markUnknown for a batch. One of the statements is to blame only when the server has refused it.
func batchOutcome(sts []*driver.Statement, failed int, err error) int {
	if err != nil && slices.ContainsFunc(sts, (*driver.Statement).MayWrite) {
		if markUnknown(err); errors.Is(err, driver.KindOutcomeUnknown) {
			return -1
		}
	}
	return failed
}

// batchByPgx sends the statements together by pgx's own batch, in the exec modes that do not go the direct way.
func batchByPgx(ctx context.Context, c *pgx.Conn, sts []*driver.Statement, read driver.BatchFunc) (failed int,
	err error) {
	b := &pgx.Batch{}
	for _, st := range sts {
		b.Queue(queryText(c, st), pgxArgs(st.Args)...)
	}
	alone := c.PgConn().TxStatus() == txIdle
	if alone {
		if err := seeLogApart(ctx, c, sts[0].Log); err != nil {
			return -1, err
		}
	}
	results := c.SendBatch(ctx, b)
	failed = -1
	unread := false // the error is that of the reader
	var reading *pgRows
	defer func() {
		if reading != nil { // and it panics
			_ = reading.Close()
			_ = results.Close()
		}
	}()
	for i, st := range sts {
		rows, resultErr := results.Query()
		if resultErr == nil {
			r := newPgRows(rows, st)
			reading = r
			readErr := read(i, r)
			reading = nil
			var tag pgconn.CommandTag
			if tag, resultErr = r.end(); resultErr == nil {
				st.Changed, resultErr, unread = tag.RowsAffected(), readErr, readErr != nil
			}
		} else {
			if resultErr = ErrorOf(resultErr); i == 0 && readsAhead(c) && refusedByServer(resultErr) {
				i = driver.NoPlace
			}
		}
		if resultErr != nil {
			failed, err = i, resultErr
			break
		}
	}
	if closeErr := results.Close(); err == nil && closeErr != nil {
		err = ErrorOf(closeErr)
	}
	if unread {
		return failed, err
	}
	if alone && failed != driver.NoPlace {
		failed = batchOutcome(sts, failed, err)
	}
	if alone && err == nil {
		thenLogApart(ctx, c, sts[0].Log)
	}
	return failed, err
}

// readsAhead reports whether the server looks at all statements of pgx's batch before it runs the first, so that the
// error of any may be that of the first.
func readsAhead(c *pgx.Conn) bool { return c.Config().DefaultQueryExecMode != pgx.QueryExecModeExec }

func refusedByServer(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg)
}
