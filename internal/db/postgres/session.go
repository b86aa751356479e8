package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom/internal/db/driver"
)

// session is what the direct way keeps for one connection. The direct way runs statements by pgx's protocol layer,
// pgconn, with prepared statements of its own: without pgx's boxing of arguments and rows. It is the way of the exec
// mode cache_statement; the other modes, which exist for poolers and for servers that know no binary formats, go by pgx
// itself.
//
// The names of its statements begin with a random text and are never used twice. So a name means one text with one
// description, in whatever session of the server it arrives: there it is that, or it is missing, which doubtful is
// about.
//
// A connection has one statement at a time, so the buffers for its arguments and its rows are used again and again.
type session struct {
	conn  *pgx.Conn
	stmts map[string]*pgPrepared
	max   int      // of them: the option statement_cache_capacity
	tick  uint64   // counts uses
	keep  uint64   // the tick since which all statements are needed, those of a batch; 0 for none
	gone  []string // names to deallocate
	args  wireArgs
	rows  pgRows

	prefix string // of the names
	named  uint64 // counts them
	shared bool   // the session may be another one in the next transaction, so that statements get no names
	doubt  bool   // whether it is shared is to be asked again
	lost   int    // how often a statement was lost
	// statements are prepared with the types of their parameters, by which a pooler tells those of one text apart
	typed bool

	intercepts map[written]bool // see session.intercepted
	trace      tracers
	settings   settings
	looked     bool // see session.look
	kept       bool // it has been looked whether statements are there when the connection comes back

	socket      *socket // nil if it cannot be looked at; see arrived
	socketKnown bool
	doubts      *doubts // of the pool
	trusted     uint64  // how many of them are settled for this connection

	alone    bool    // nothing stands between the connection and its server
	standby  standby // what the server was when the connection was made
	readOnly bool    // in a transaction that is to read only
}

// pgPrepared is a prepared statement of a connection, or the description of one that is not prepared but parsed each
// time. Such a one has no name.
type pgPrepared struct {
	*pgconn.StatementDescription
	plain   string  // its text without a comment
	formats []int16 // of the result's columns
	used    uint64  // the tick of its last use
	ran     bool    // it has succeeded
	check   resultCheck
}

const sessionKey = "prom"

// sessionOf returns the session of a connection, made at its first use.
func sessionOf(c *pgx.Conn) *session {
	data := c.PgConn().CustomData()
	if s, ok := data[sessionKey].(*session); ok {
		return s
	}
	cfg := c.Config()
	s := &session{conn: c, stmts: map[string]*pgPrepared{}, max: cfg.StatementCacheCapacity,
		prefix: "prom_" + rand.Text() + "_", trace: tracersOf(cfg.Tracer), settings: settingsOf(cfg)}
	data[sessionKey] = s
	return s
}

// name returns the name of the next prepared statement, none in a session that is shared.
func (s *session) name() string {
	if s.shared || s.doubt {
		return ""
	}
	s.named++
	return s.prefix + strconv.FormatUint(s.named, 10)
}

// prepared returns the prepared statement of a text, or nil when it is not prepared yet.
func (s *session) prepared(sql string) *pgPrepared {
	p := s.stmts[sql]
	if p != nil {
		s.tick++
		p.used = s.tick
	}
	return p
}

// prepare returns the prepared statement of a text, with what of a comment is kept. When it fails in a transaction, the
// server has ended the transaction.
func (s *session) prepare(ctx context.Context, c *pgx.Conn, st *driver.Statement, plain string) (*pgPrepared, error) {
	sql := st.Comment.Kept(plain)
	if p := s.prepared(sql); p != nil {
		return p, nil
	}
	if err := s.settleDoubt(ctx, c); err != nil {
		return nil, err
	}
	s.tidy(ctx, c)
	p, err := s.parse(ctx, c, s.name(), sql)
	if err != nil {
		return nil, err
	}
	p.plain = plain
	for len(s.stmts) >= s.max && s.evict() {
	}
	s.stmts[sql] = p
	return p, nil
}

// prepareFor prepares a text of st. That of a fresh one is parsed once more and not kept.
func (s *session) prepareFor(ctx context.Context, c *pgx.Conn, st *driver.Statement, sql string) (*pgPrepared, error) {
	if !st.Fresh {
		return s.prepare(ctx, c, st, sql)
	}
	p, err := s.parse(ctx, c, "", st.Comment.Kept(sql))
	if err == nil {
		p.plain = sql
	}
	return p, err
}

// parse has the server parse a text and describe it, under a name or none.
func (s *session) parse(ctx context.Context, c *pgx.Conn, name, sql string) (*pgPrepared, error) {
	first := name
	if s.typed {
		first = ""
	}
	ctx, end := s.tracePrepare(ctx, c, name, sql)
	sd, err := c.PgConn().Prepare(ctx, first, sql, nil)
	if err == nil && first != name {
		sd, err = c.PgConn().Prepare(ctx, name, sql, sd.ParamOIDs)
	}
	end(err)
	if err != nil {
		return nil, err
	}
	p := &pgPrepared{StatementDescription: sd, formats: make([]int16, len(sd.Fields)), used: s.tick}
	for i, f := range sd.Fields {
		p.formats[i] = formatOf(f.DataTypeOID)
	}
	return p, nil
}

// evict forgets the statement that has not been used for longest, and reports whether there is one that may be
// forgotten.
func (s *session) evict() bool {
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
func (s *session) forget(p *pgPrepared) {
	if s.stmts[p.SQL] == p {
		delete(s.stmts, p.SQL)
		if p.Name != "" {
			s.gone = append(s.gone, p.Name)
		}
	}
}

// tidy deallocates what was forgotten. A transaction that has failed takes no commands, and a failure is of no matter:
// the statements end with the connection.
func (s *session) tidy(ctx context.Context, c *pgx.Conn) {
	for len(s.gone) > 0 && c.PgConn().TxStatus() != txFailed {
		last := len(s.gone) - 1
		if c.PgConn().Deallocate(ctx, s.gone[last]) != nil {
			return
		}
		s.gone = s.gone[:last]
	}
}

// run sends a statement and returns its rows. With pooled, the end of the rows gives the connection back.
func (s *session) run(ctx context.Context, c *pgx.Conn, pooled *pgxpool.Conn, st *driver.Statement) (*pgRows, error) {
	p, err := s.prepareFor(ctx, c, st, st.SQL)
	if err != nil {
		return nil, err
	}
	if _, err := s.check(ctx, c, p, st); err != nil {
		return nil, err
	}
	return s.send(ctx, c, pooled, p, st)
}

// send sends a statement that is prepared.
func (s *session) send(
	ctx context.Context, c *pgx.Conn, pooled *pgxpool.Conn, p *pgPrepared, st *driver.Statement,
) (*pgRows, error) {
	if st.Log != nil && pooled != nil {
		return s.sendLogged(ctx, c, pooled, p, st)
	}
	s.args.reset()
	if err := s.args.add(p.ParamOIDs, st.Args); err != nil {
		s.forget(p) // the types may be those of a table that has changed since
		return nil, err
	}
	traced := s.traceQuery(ctx, c, st.SQL, st.Args)
	if traced != nil {
		ctx = traced
	}
	s.rows = pgRows{reader: s.exec(ctx, c, p, st), session: s, prepared: p, pooled: pooled, st: st, traced: traced}
	return &s.rows, nil
}

// text returns the text under which a statement is sent without a name, and reports whether it is. With a comment that
// is different each time it is parsed once more, in the same round trip: the types of its parameters and its result are
// those of the prepared statement.
func (p *pgPrepared) text(st *driver.Statement) (sql string, unnamed bool) {
	sql, once := st.Comment.Once(p.plain)
	return sql, once || p.Name == ""
}

// exec sends a statement with the arguments of s.
func (s *session) exec(ctx context.Context, c *pgx.Conn, p *pgPrepared, st *driver.Statement) *pgconn.ResultReader {
	if text, unnamed := p.text(st); unnamed {
		return c.PgConn().ExecParams(ctx, text, s.args.values, p.ParamOIDs, s.args.formats, p.formats)
	}
	return c.PgConn().ExecStatement(ctx, p.StatementDescription, s.args.values, s.args.formats, p.formats)
}

// queue adds a statement with the arguments of s, from one to another, to a pipeline.
func (s *session) queue(line *pgconn.Pipeline, p *pgPrepared, st *driver.Statement, from, to int) {
	values, formats := s.args.values[from:to], s.args.formats[from:to]
	if text, unnamed := p.text(st); unnamed {
		line.SendQueryParams(text, values, p.ParamOIDs, formats, p.formats)
		return
	}
	line.SendQueryStatement(p.StatementDescription, values, formats, p.formats)
}

// failed looks at the error of a statement's result.
func (s *session) failed(p *pgPrepared, err error) {
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg) && lostStatement(pg):
		s.doubtful()
	case driver.IsStale(err) && p.Name != "" && !p.ran:
		// It has just been prepared, and is of before the table changed all the same: a pooler that follows prepared
		// statements has given its name to one that was there.
		s.shared = true
		s.forget(p)
	case driver.IsStale(err) || driver.KindOf(err) == driver.KindType:
		s.forget(p)
	}
}
