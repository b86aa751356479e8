package postgres

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// engine is PostgreSQL through pgxpool.
type engine struct {
	pool    *pgxpool.Pool
	foreign bool // the pool is the program's
	settings
	seen     seen
	asking   atomic.Int32 // calls for a connection
	open     atomic.Int32 // transactions
	most     int32        // connections
	watch    driver.Watcher
	settling atomic.Bool // see Settle
	failover *failover   // nil for a pool of the program's
	doubts   doubts

	replica

	connecting *pgx.ConnConfig // of connections outside of the pool
	hooks      *pgxpool.Config // of the program

	once sync.Once
	std  *sql.DB
}

// keepsFloats refuses a session that writes floats with fewer digits than they have, of which what is read would be
// another number. Behind a pooler that shares sessions the setting cannot be changed here, and as a parameter of the
// start it would be refused there.
func keepsFloats(ctx context.Context, c *pgx.Conn) error {
	digits, err := askSoon(ctx, c, "SELECT pg_catalog.current_setting('extra_float_digits')")
	if err != nil {
		return ErrorOf(err)
	}
	if n, err := strconv.Atoi(digits); err == nil && n < 1 {
		return &driver.Error{Kind: driver.KindConnection,
			Detail: "extra_float_digits of the database or its role is " + digits +
				", so floats lose digits in this default_query_exec_mode: set extra_float_digits=1 in the DSN, or behind PgBouncer ALTER ROLE … SET extra_float_digits = 1"}
	}
	return nil
}

func (e *engine) Close() {
	if std, _ := e.SQL(); std != nil {
		_ = std.Close()
	}
	if e.foreign {
		return // who has made the pool closes it
	}
	e.endLook()
	closed := make(chan struct{})
	go func() {
		e.pool.Close() // waits until all connections have been given back
		close(closed)
	}()
	// A transaction may be that of whoever closes the database. Its connection is closed when it ends.
	look := time.NewTicker(driver.CloseEvery)
	defer look.Stop()
	for {
		select {
		case <-closed:
			return
		case <-look.C:
		}
		if n := e.open.Load(); n > 0 && e.pool.Stat().AcquiredConns() <= n {
			return
		}
	}
}

// Pool returns the pool.
func (e *engine) Pool() *pgxpool.Pool { return e.pool }

// Contends implements [Engine].
func (e *engine) Contends(locks bool) bool {
	n := e.open.Load()
	return n > 0 && (locks || n >= e.most)
}

// SQL implements [Engine].
func (e *engine) SQL() (*sql.DB, error) {
	e.once.Do(func() { e.std = stdlib.OpenDBFromPool(e.pool) })
	return e.std, nil
}

func (e *engine) Query(ctx context.Context, st *driver.Statement) (driver.Rows, error) {
	c, err := e.acquire(ctx)
	if err != nil {
		return nil, err
	}
	var rows *pgRows
	switch {
	case st.Check != nil:
		rows, err = e.runChecked(ctx, c, st)
	case e.direct && !st.Fresh:
		rows, err = sessionOf(c.Conn()).run(ctx, c.Conn(), c, st)
	default:
		rows, err = e.queryByPgx(ctx, c, st)
	}
	if err != nil {
		giveBack(c, err)
		return nil, queryError(err)
	}
	return rows, nil
}

// queryError translates the error of a query, but that of a standby which is behind.
func queryError(err error) error {
	if errors.Is(err, driver.ErrBehind) {
		return driver.ErrBehind
	}
	return ErrorOf(err)
}

// QueryApart implements [Engine].
func (e *engine) QueryApart(ctx context.Context, st *driver.Statement) (driver.Rows, error) {
	rows, err := e.Query(ctx, st)
	if r, ok := rows.(*pgRows); ok && r.session != nil {
		return driver.Lasting(r), err
	}
	return rows, err
}

// queryByPgx runs a statement outside of a transaction by pgx's ordinary interface.
func (e *engine) queryByPgx(ctx context.Context, c *pgxpool.Conn, st *driver.Statement) (*pgRows, error) {
	if err := seeLogApart(ctx, c.Conn(), st.Log); err != nil {
		return nil, err
	}
	rows, err := c.Query(ctx, queryText(c.Conn(), st), e.formatted(poolArgs(st))...)
	if rows, err = rowsOfPgx(c.Conn(), rows, err); err != nil {
		if st.MayWrite() {
			err = outcome(err)
		}
		return nil, err
	}
	return &pgRows{rows: rows, st: st, pooled: c, ctx: ctx}, nil
}

// rowsOfPgx returns the result of one of pgx's queries. Rows without a result cannot be used: by the simple protocol
// they are those of a server that says it is done and has answered nothing.
func rowsOfPgx(c *pgx.Conn, rows pgx.Rows, err error) (pgx.Rows, error) {
	if err == nil && !c.PgConn().IsBusy() {
		rows.Close()
		if err = rows.Err(); err == nil {
			err = errPipeline()
		}
	}
	return rows, err
}

// poolArgs returns the arguments for a statement outside a transaction. A fresh one is prepared and run in one message
// to the server, so that the table cannot change in between; with any other mode each connection of the pool could fail
// in turn.
func poolArgs(st *driver.Statement) []any {
	args := pgxArgs(st.Args)
	if st.Fresh {
		return append([]any{pgx.QueryExecModeExec}, args...)
	}
	return args
}

// formatted adds the formats of a result to the arguments of its statement, where pgx would choose them.
func (s settings) formatted(args []any) []any {
	if !s.chooses {
		return args
	}
	return append([]any{resultFormats()}, args...)
}

// exec runs the library's own statements without arguments by pgx and the simple protocol: they may be several in one
// text. A statement of the caller's goes by the extended protocol, which takes one and no more.
func (e *engine) Exec(ctx context.Context, st *driver.Statement) (int64, error) {
	c, err := e.acquire(ctx)
	if err != nil {
		return 0, err
	}
	if e.direct && !st.Fresh && len(st.Args) > 0 {
		rows, err := sessionOf(c.Conn()).run(ctx, c.Conn(), c, st)
		if err != nil {
			giveBack(c, err)
			return 0, ErrorOf(err)
		}
		return rows.drain()
	}
	if st.Raw && len(st.Args) == 0 && !e.simple {
		once := *st
		once.Fresh = true
		rows, err := e.queryByPgx(ctx, c, &once)
		if err != nil {
			giveBack(c, err)
			return 0, ErrorOf(err)
		}
		return rows.drain()
	}
	tag, err := c.Exec(ctx, execText(c.Conn(), st), poolArgs(st)...)
	if st.MayWrite() {
		err = outcome(err)
	}
	if err == nil {
		thenLogApart(ctx, c.Conn(), st.Log)
	}
	giveBack(c, err)
	return tag.RowsAffected(), ErrorOf(err)
}

func (e *engine) Begin(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c, err := e.acquire(ctx)
	if err != nil {
		return nil, err
	}
	return e.beginOn(ctx, c, opts, nil)
}

// beginOn begins a transaction on a connection, which it gives back when that fails.
func (e *engine) beginOn(ctx context.Context, c *pgxpool.Conn, opts driver.TxOptions, log *driver.Log) (driver.Tx,
	error) {
	if err := seeLogApart(ctx, c.Conn(), log); err != nil {
		giveBack(c, err)
		return nil, err
	}
	o := pgx.TxOptions{}
	switch opts.Isolation {
	case driver.ReadCommitted:
		o.IsoLevel = pgx.ReadCommitted
	case driver.RepeatableRead:
		o.IsoLevel = pgx.RepeatableRead
	case driver.Serializable:
		o.IsoLevel = pgx.Serializable
	}
	if opts.ReadOnly {
		o.AccessMode = pgx.ReadOnly
	}
	if opts.Deferrable {
		o.DeferrableMode = pgx.Deferrable
	}
	if opts.Prelude != "" {
		begin := "begin"
		if o.IsoLevel != "" {
			begin += " isolation level " + string(o.IsoLevel)
		}
		o = pgx.TxOptions{BeginQuery: begin + "; " + opts.Prelude}
	}
	t, err := c.BeginTx(ctx, o)
	if err != nil {
		giveBack(c, err)
		err = ErrorOf(err)
		if d := driver.AsIs(err); d != nil && d.Kind == driver.KindConnection {
			driver.FactsOf(d).Unsent = true // what a transaction does has not begun
		}
		return nil, err
	}
	e.open.Add(1)
	if e.failover != nil {
		sessionOf(c.Conn()).readOnly = opts.ReadOnly
	}
	return &pgTx{tx: t, settings: e.settings, engine: e, pooled: c}, nil
}

// pgTx is a transaction of PostgreSQL. An error in it refuses every further statement, so statements that are expected
// to fail sometimes run behind a savepoint.
type pgTx struct {
	tx pgx.Tx
	settings
	engine *engine       // that counts it; nil for nobody, and after the end
	pooled *pgxpool.Conn // to give back at the end; nil for that of another
}

// end gives the connection back.
func (t *pgTx) end() {
	if t.pooled != nil {
		if t.engine != nil && t.engine.failover != nil {
			sessionOf(t.pooled.Conn()).readOnly = false
		}
		t.pooled.Release()
		t.pooled = nil
	}
	if t.engine != nil {
		t.engine.open.Add(-1)
		t.engine = nil
	}
}

const (
	guardOpen  = "SAVEPOINT prom_guard"
	guardClose = "RELEASE SAVEPOINT prom_guard"
	guardUndo  = "ROLLBACK TO SAVEPOINT prom_guard"
)

func (t *pgTx) Query(ctx context.Context, st *driver.Statement) (driver.Rows, error) {
	rows, err := t.send(ctx, st)
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// send runs a statement behind its guard.
func (t *pgTx) send(ctx context.Context, st *driver.Statement) (*pgRows, error) {
	if st.Guard == driver.NoGuard {
		return t.plain(ctx, st)
	}
	switch {
	case st.Guard == driver.GuardMissing:
	case t.direct:
		s := sessionOf(t.tx.Conn())
		if p := s.prepared(st.Comment.Kept(st.SQL)); p != nil {
			undo, err := s.check(ctx, t.tx.Conn(), p, st)
			if err != nil {
				return nil, ErrorOf(err)
			}
			if !undo {
				return t.pipelined(ctx, s, p, st)
			}
		}
		// To prepare it may fail too.
	case !st.Raw && !st.Undo && !t.chooses: // raw ones may fail before anything of a batch is sent
		return t.batched(ctx, st)
	}
	if err := t.run(ctx, guardOpen); err != nil {
		return nil, err
	}
	rows, err := t.plain(ctx, st)
	if err != nil {
		return nil, t.undo(ctx, err)
	}
	rows.finish = func(err error) error {
		if err != nil {
			return t.undo(ctx, err)
		}
		return t.settle(ctx)
	}
	return rows, nil
}

// plain runs a statement as it is.
func (t *pgTx) plain(ctx context.Context, st *driver.Statement) (*pgRows, error) {
	if t.direct {
		c := t.tx.Conn()
		rows, err := sessionOf(c).run(ctx, c, nil, st)
		return rows, ErrorOf(err)
	}
	rows, err := t.tx.Query(ctx, queryText(t.tx.Conn(), st), t.formatted(pgxArgs(st.Args))...)
	if rows, err = rowsOfPgx(t.tx.Conn(), rows, err); err != nil {
		return nil, ErrorOf(err)
	}
	return newPgRows(rows, st), nil
}

// batched sends the savepoint, the statement and the release in one round trip, by pgx.
func (t *pgTx) batched(ctx context.Context, st *driver.Statement) (*pgRows, error) {
	b := &pgx.Batch{}
	b.Queue(guardOpen)
	b.Queue(queryText(t.tx.Conn(), st), t.guardedArgs(st.Args)...)
	b.Queue(guardClose)
	results := t.tx.SendBatch(ctx, b)
	if _, err := results.Exec(); err != nil {
		_ = results.Close()
		if t.status() != txFailed { // nothing was sent, so there is no savepoint
			return nil, ErrorOf(err)
		}
		return nil, t.undo(ctx, ErrorOf(err))
	}
	rows, err := results.Query()
	if err != nil {
		_ = results.Close()
		return nil, t.undo(ctx, ErrorOf(err))
	}
	r := newPgRows(rows, st)
	r.finish = func(err error) error {
		if closeErr := results.Close(); err == nil {
			err = ErrorOf(closeErr)
		}
		if err != nil {
			return t.undo(ctx, err)
		}
		return nil
	}
	return r, nil
}

// The status of a transaction in the protocol's message ReadyForQuery: there is none, and one that an error has ended.
const (
	txIdle   = 'I'
	txFailed = 'E'
)

func (t *pgTx) status() byte { return t.tx.Conn().PgConn().TxStatus() }

// guardedArgs returns arguments that the server converts, and not pgx. In a batch pgx closes the connection, and with
// it the transaction, when it cannot convert one, such as a number that is too large for the column.
func (t *pgTx) guardedArgs(vs []schema.Value) []any {
	args := pgxArgs(vs)
	switch t.tx.Conn().Config().DefaultQueryExecMode {
	case pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol:
		return args // it does not know the columns' types there
	}
	for i, a := range args {
		switch x := a.(type) {
		case bool:
			args[i] = strconv.FormatBool(x)
		case int64:
			args[i] = strconv.FormatInt(x, 10)
		case float64:
			args[i] = strconv.FormatFloat(x, 'g', -1, 64)
		}
	}
	return args
}

func (t *pgTx) Exec(ctx context.Context, st *driver.Statement) (int64, error) {
	if st.Guard != driver.NoGuard || t.direct && len(st.Args) > 0 {
		rows, err := t.send(ctx, st)
		if err != nil {
			return 0, err
		}
		return rows.drain()
	}
	tag, err := t.tx.Exec(ctx, execText(t.tx.Conn(), st), pgxArgs(st.Args)...)
	return tag.RowsAffected(), ErrorOf(err)
}

// undo returns the transaction to where it was before the guarded statement, and returns that statement's error. It
// does not hear the context, which may be what ended the statement.
func (t *pgTx) undo(ctx context.Context, err error) error {
	ctx, cancel := driver.Settling(ctx)
	defer cancel()
	if t.run(ctx, guardUndo) == nil {
		_ = t.run(ctx, guardClose)
	}
	return err
}

// settle ends the guard of a statement that has happened, whatever the context says by now.
func (t *pgTx) settle(ctx context.Context) error {
	ctx, cancel := driver.Settling(ctx)
	defer cancel()
	return t.run(ctx, guardClose)
}

func (t *pgTx) run(ctx context.Context, sql string) error {
	_, err := t.tx.Exec(ctx, sql)
	return ErrorOf(err)
}

func (t *pgTx) Savepoint(ctx context.Context, name string) error {
	return t.run(ctx, "SAVEPOINT "+name)
}

func (t *pgTx) Release(ctx context.Context, name string) error {
	return t.run(ctx, "RELEASE SAVEPOINT "+name)
}

func (t *pgTx) RollbackTo(ctx context.Context, name string) error {
	return t.run(ctx, "ROLLBACK TO SAVEPOINT "+name)
}

// cut breaks the connection.
func (t *pgTx) Cut() { _ = t.tx.Conn().PgConn().Conn().Close() }

func (t *pgTx) Commit(ctx context.Context) error {
	defer t.end()
	gone := t.tx.Conn().IsClosed() // before COMMIT, which is not sent then
	err := t.tx.Commit(ctx)
	if err == nil || gone {
		return ErrorOf(err)
	}
	return commitError(err)
}

func (t *pgTx) Rollback(ctx context.Context) error {
	defer t.end()
	err := t.tx.Rollback(ctx)
	if errors.Is(err, pgx.ErrTxClosed) {
		return nil
	}
	return ErrorOf(err)
}
