package conn

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// pgSession is what the direct way keeps for one connection. The direct way runs statements by pgx's protocol layer, pgconn,
// with prepared statements of its own: without pgx's boxing of arguments and rows. It is the way of the exec mode
// cache_statement; the other modes, which exist for poolers and for servers that know no binary formats, go by pgx itself.
//
// A connection has one statement at a time, so the buffers for its arguments and its rows are used again and again.
type pgSession struct {
	stmts map[string]*pgPrepared
	max   int      // of them: the option statement_cache_capacity
	tick  uint64   // counts uses
	keep  uint64   // the tick since which all statements are needed, those of a batch; 0 for none
	gone  []string // names to deallocate
	args  wireArgs
	rows  pgRows

	swallows map[string]bool // whether a table may store fewer rows than are inserted, by its name
}

// pgPrepared is a prepared statement of a connection.
type pgPrepared struct {
	*pgconn.StatementDescription
	formats []int16 // of the result's columns
	used    uint64  // the tick of its last use
	check   resultCheck
}

const sessionKey = "prom"

// sessionOf returns the session of a connection, made at its first use.
func sessionOf(c *pgx.Conn) *pgSession {
	data := c.PgConn().CustomData()
	if s, ok := data[sessionKey].(*pgSession); ok {
		return s
	}
	s := &pgSession{stmts: map[string]*pgPrepared{}, max: c.Config().StatementCacheCapacity}
	data[sessionKey] = s
	return s
}

// statementName returns the name of the prepared statement of a text. It tells the text, as a digest, and not how many statements there were
// before: behind a pooler that gives a server's session to several clients, a number would name the statement of another one.
func statementName(sql string) string {
	sum := sha256.Sum256([]byte(sql))
	return "prom_" + hex.EncodeToString(sum[:16])
}

// prepared returns the prepared statement of a text, or nil when it is not prepared yet.
func (s *pgSession) prepared(sql string) *pgPrepared {
	p := s.stmts[sql]
	if p != nil {
		s.tick++
		p.used = s.tick
	}
	return p
}

// prepare returns the prepared statement of a text. When it fails in a transaction, the server has ended the transaction.
func (s *pgSession) prepare(ctx context.Context, c *pgx.Conn, sql string) (*pgPrepared, error) {
	if p := s.prepared(sql); p != nil {
		return p, nil
	}
	s.tidy(ctx, c)
	name := statementName(sql)
	sd, err := c.PgConn().Prepare(ctx, name, sql, nil)
	if err != nil {
		var refused *pgconn.PrepareError
		if errors.As(err, &refused) { // PgBouncer holds the name as taken, though the server has no such statement
			s.gone = append(s.gone, name)
		}
		return nil, err
	}
	p := &pgPrepared{StatementDescription: sd, formats: make([]int16, len(sd.Fields)), used: s.tick}
	for i, f := range sd.Fields {
		p.formats[i] = c.TypeMap().FormatCodeForOID(f.DataTypeOID)
	}
	for len(s.stmts) >= s.max && s.evict() {
	}
	s.stmts[sql] = p
	return p, nil
}

// evict forgets the statement that has not been used for longest, and reports whether there is one that may be forgotten.
func (s *pgSession) evict() bool {
	var oldest *pgPrepared
	for _, p := range s.stmts {
		if oldest == nil || p.used < oldest.used {
			oldest = p
		}
	}
	if s.keep > 0 && oldest.used >= s.keep {
		return false
	}
	s.forget(oldest)
	return true
}

// forget makes the statement be prepared anew when it is next used.
func (s *pgSession) forget(p *pgPrepared) {
	if s.stmts[p.SQL] == p {
		delete(s.stmts, p.SQL)
		s.gone = append(s.gone, p.Name)
	}
}

// tidy deallocates what was forgotten. A transaction that has failed takes no commands, and a failure is of no matter: the
// statements end with the connection.
func (s *pgSession) tidy(ctx context.Context, c *pgx.Conn) {
	for len(s.gone) > 0 && c.PgConn().TxStatus() != txFailed {
		last := len(s.gone) - 1
		if c.PgConn().Deallocate(ctx, s.gone[last]) != nil {
			return
		}
		s.gone = s.gone[:last]
	}
}

// run sends a statement and returns its rows. With pooled, the end of the rows gives the connection back.
func (s *pgSession) run(ctx context.Context, c *pgx.Conn, pooled *pgxpool.Conn, st *Statement) (*pgRows, error) {
	p, err := s.prepare(ctx, c, st.SQL)
	if err != nil {
		return nil, err
	}
	if _, err := s.check(ctx, c, p, st); err != nil {
		return nil, err
	}
	s.args.reset()
	if err := s.args.add(c.TypeMap(), p.ParamOIDs, st.Args); err != nil {
		s.forget(p) // the types may be those of a table that has changed since
		return nil, err
	}
	rr := c.PgConn().ExecStatement(ctx, p.StatementDescription, s.args.values, s.args.formats, p.formats)
	s.rows = pgRows{reader: rr, session: s, prepared: p, pooled: pooled, st: st}
	return &s.rows, nil
}

// failed looks at the error of a statement's result.
func (s *pgSession) failed(p *pgPrepared, err error) {
	if IsStale(err) || KindOf(err) == KindType {
		s.forget(p)
	}
}
