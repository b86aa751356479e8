package conn

import (
	"context"

	"github.com/jackc/pgx/v5/pgconn"
)

// pipelined sends the savepoint, a prepared statement and the release together. What cannot be encoded is an error before
// anything is sent.
func (t *pgTx) pipelined(ctx context.Context, s *pgSession, p *pgPrepared, st *Statement) (*pgRows, error) {
	c := t.tx.Conn()
	s.args.reset()
	if err := s.args.add(c.TypeMap(), p.ParamOIDs, st.Args); err != nil {
		s.forget(p)
		return nil, err
	}
	line := c.PgConn().StartPipeline(ctx)
	line.SendQueryParams(guardOpen, nil, nil, nil, nil)
	line.SendQueryStatement(p.StatementDescription, s.args.values, s.args.formats, p.formats)
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
		closeErr := line.Close()
		if t.status() != txFailed {
			return nil, postgresError(firstError(err, closeErr)) // nothing was sent, so there is no savepoint; or the connection broke
		}
		err = postgresError(err)
		s.failed(p, err)
		return nil, t.undo(ctx, err)
	}
	s.rows = pgRows{reader: reader, session: s, prepared: p, st: st}
	s.rows.finish = func(err error) error {
		closeErr := line.Close()
		if err == nil {
			err = postgresError(closeErr)
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
		return nil, errPipeline
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

var errPipeline = &Error{Kind: KindOther, Detail: "the server's answers do not match the statements that were sent"}

