package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// pgx tells the tracer of a connection of what goes by its own interface. The direct way goes by the protocol layer
// below it, so it tells the tracer itself, in the same calls. A session without a tracer has nil of each.

// tracers are the tracer of a connection, as what it implements.
type tracers struct {
	query   pgx.QueryTracer
	prepare pgx.PrepareTracer
	batch   pgx.BatchTracer
	copying pgx.CopyFromTracer
}

func tracersOf(t pgx.QueryTracer) (all tracers) {
	if t == nil {
		return all
	}
	all.query = t
	all.prepare, _ = t.(pgx.PrepareTracer)
	all.batch, _ = t.(pgx.BatchTracer)
	all.copying, _ = t.(pgx.CopyFromTracer)
	return all
}

// traceQuery tells of the start of a statement. It returns nil when nobody is told, and otherwise the context for the
// statement, which [session.traced] takes too.
func (s *session) traceQuery(ctx context.Context, c *pgx.Conn, sql string, args []schema.Value) context.Context {
	if s.trace.query == nil {
		return nil
	}
	return s.trace.query.TraceQueryStart(ctx, c, pgx.TraceQueryStartData{SQL: sql, Args: pgxArgs(args)})
}

// traced tells of the end of a statement.
func (s *session) traced(ctx context.Context, tag pgconn.CommandTag, err error) {
	if ctx != nil {
		s.trace.query.TraceQueryEnd(ctx, s.conn, pgx.TraceQueryEndData{CommandTag: tag, Err: err})
	}
}

// tracePrepare tells of a statement that is prepared.
func (s *session) tracePrepare(ctx context.Context, c *pgx.Conn, name, sql string) (traced context.Context, end func(err error)) {
	t := s.trace.prepare
	if t == nil {
		return ctx, func(error) {}
	}
	ctx = t.TracePrepareStart(ctx, c, pgx.TracePrepareStartData{Name: name, SQL: sql})
	return ctx, func(err error) { t.TracePrepareEnd(ctx, c, pgx.TracePrepareEndData{Err: err}) }
}

// batchTrace tells of a batch. A nil one is of a session without a tracer of batches.
type batchTrace struct {
	ctx context.Context //nolint:containedctx // of the batch
	s   *session
}

func (s *session) traceBatch(ctx context.Context, c *pgx.Conn, sts []*driver.Statement) *batchTrace {
	if s.trace.batch == nil {
		return nil
	}
	b := &pgx.Batch{}
	for _, st := range sts {
		b.Queue(st.SQL, pgxArgs(st.Args)...)
	}
	return &batchTrace{s.trace.batch.TraceBatchStart(ctx, c, pgx.TraceBatchStartData{Batch: b}), s}
}

// context returns the context for the batch.
func (t *batchTrace) context(ctx context.Context) context.Context {
	if t == nil {
		return ctx
	}
	return t.ctx
}

// did tells of the end of one of the statements.
func (t *batchTrace) did(st *driver.Statement, tag pgconn.CommandTag, err error) {
	if t != nil {
		t.s.trace.batch.TraceBatchQuery(t.ctx, t.s.conn, pgx.TraceBatchQueryData{SQL: st.SQL, Args: pgxArgs(st.Args),
			CommandTag: tag, Err: err})
	}
}

func (t *batchTrace) end(err error) {
	if t != nil {
		t.s.trace.batch.TraceBatchEnd(t.ctx, t.s.conn, pgx.TraceBatchEndData{Err: err})
	}
}

// traceCopy tells of rows that are inserted by COPY.
func (s *session) traceCopy(ctx context.Context, c *pgx.Conn, table string,
	columns []pgconn.FieldDescription) (traced context.Context, end func(tag pgconn.CommandTag, err error)) {
	t := s.trace.copying
	if t == nil {
		return ctx, func(pgconn.CommandTag, error) {}
	}
	names := make([]string, len(columns))
	for i, f := range columns {
		names[i] = f.Name
	}
	ctx = t.TraceCopyFromStart(ctx, c, pgx.TraceCopyFromStartData{TableName: pgx.Identifier{table}, ColumnNames: names})
	return ctx, func(tag pgconn.CommandTag, err error) {
		t.TraceCopyFromEnd(ctx, c, pgx.TraceCopyFromEndData{CommandTag: tag, Err: err})
	}
}
