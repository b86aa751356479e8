package conn

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	sqlitedialect "github.com/prom-go/prom/dialect/sqlite"
)

// liteEngine is SQLite through modernc.org/sqlite: one connection that writes and several that read. Those who want to write
// queue for the one in Go, in turn and hearing their contexts; SQLite's own waiting, which is by polling, is left for other
// processes. An in-memory database has the one connection alone, because there a writer locks readers out.
type liteEngine struct {
	writer *sql.DB
	reader *sql.DB       // nil: reads go to the writer
	keeper *sql.DB       // of a database in memory: a connection that is never used
	slot   chan struct{} // held by who uses the writer
	wait   time.Duration
}

// memories counts the in-memory databases of the process, each of which has a name of its own.
var memories atomic.Uint64

var registerCollation = sync.OnceValue(func() error {
	return sqlite.RegisterCollationUtf8(sqlitedialect.DecimalCollation, compareDecimals)
})

func openLite(ctx context.Context, d DSN) (engine, error) {
	if err := registerCollation(); err != nil {
		return nil, sqliteError(err)
	}
	if err := d.makeParent(); err != nil {
		return nil, err
	}
	memory := ""
	if d.Path == dsnMemory {
		memory = "prom-" + strconv.FormatUint(memories.Add(1), 10)
	}
	e := &liteEngine{slot: make(chan struct{}, 1), wait: busyTimeout(d)}
	err := e.open(ctx, d, memory)
	if err != nil {
		e.close()
		return nil, sqliteError(err)
	}
	return e, nil
}

func (e *liteEngine) open(ctx context.Context, d DSN, memory string) (err error) {
	if e.writer, err = openFile(d, sqliteWriter, memory, 1); err != nil {
		return err
	}
	if memory != "" {
		// A database in memory ends with its last connection; this one is kept for nothing else.
		if e.keeper, err = openFile(d, sqliteWriter, memory, 1); err != nil {
			return err
		}
		if err := e.keeper.PingContext(ctx); err != nil {
			return err
		}
		return e.writer.PingContext(ctx)
	}
	readers := int(d.Options.MaxConns)
	if readers < 1 {
		readers = max(2, runtime.GOMAXPROCS(0))
	}
	if e.reader, err = openFile(d, sqliteReader, memory, readers); err != nil {
		return err
	}
	if d.Options.ReadOnly {
		return e.reader.PingContext(ctx)
	}
	// The writer comes first, since it is the one that makes the file and sets its journal.
	return e.reach(ctx, e.writer)
}

// reach makes the first connection. While other processes do the same, SQLite refuses to set the journal at once, without the
// waiting that it does elsewhere, so it is waited here.
func (e *liteEngine) reach(ctx context.Context, db *sql.DB) error {
	deadline := time.Now().Add(e.wait)
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		err := db.PingContext(ctx)
		if err == nil || KindOf(sqliteError(err)) != KindBusy || time.Now().Add(pause).After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func openFile(d DSN, role, memory string, conns int) (*sql.DB, error) {
	uri, err := d.sqliteURI(role, memory)
	if err != nil {
		return nil, err
	}
	connector, err := sqlite.NewConnector(uri)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

func (e *liteEngine) close() {
	if e.writer != nil {
		e.slot <- struct{}{}
		defer func() { <-e.slot }()
	}
	for _, db := range []*sql.DB{e.reader, e.writer, e.keeper} {
		if db != nil {
			_ = db.Close()
		}
	}
}

func (e *liteEngine) sqlDB() *sql.DB { return e.writer }

func (e *liteEngine) ping(ctx context.Context) error {
	if e.reader != nil {
		return sqliteError(e.reader.PingContext(ctx))
	}
	if err := e.acquire(ctx); err != nil {
		return err
	}
	defer e.giveBack()
	return sqliteError(e.writer.PingContext(ctx))
}

// acquire waits for the writer.
func (e *liteEngine) acquire(ctx context.Context) error {
	select {
	case e.slot <- struct{}{}:
		return nil
	default:
	}
	timer := time.NewTimer(e.wait)
	defer timer.Stop()
	select {
	case e.slot <- struct{}{}:
		return nil
	case <-ctx.Done():
		return contextError(ctx.Err())
	case <-timer.C:
		return &Error{Kind: KindBusy, Detail: "another transaction of this process holds the database; inside one, use the context that it gives you"}
	}
}

func (e *liteEngine) giveBack() { <-e.slot }

func (e *liteEngine) query(ctx context.Context, st *Statement) (Rows, error) {
	args, err := sqliteArgs(st.Args)
	if err != nil {
		return nil, err
	}
	if !st.Write && e.reader != nil {
		rows, err := e.reader.QueryContext(ctx, st.SQL, args...)
		if err != nil {
			return nil, sqliteError(err)
		}
		return newLiteRows(rows, st)
	}
	if err := e.acquire(ctx); err != nil {
		return nil, err
	}
	rows, err := e.writer.QueryContext(ctx, st.SQL, args...)
	if err != nil {
		e.giveBack()
		return nil, sqliteError(err)
	}
	r, err := newLiteRows(rows, st)
	if err != nil {
		e.giveBack()
		return nil, err
	}
	r.finish = func(error) { e.giveBack() }
	return r, nil
}

func (e *liteEngine) exec(ctx context.Context, st *Statement) (int64, error) {
	args, err := sqliteArgs(st.Args)
	if err != nil {
		return 0, err
	}
	if err := e.acquire(ctx); err != nil {
		return 0, err
	}
	defer e.giveBack()
	result, err := e.writer.ExecContext(ctx, st.SQL, args...)
	return affected(result, err)
}

func affected(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, sqliteError(err)
	}
	n, err := result.RowsAffected()
	return n, sqliteError(err)
}

func (e *liteEngine) begin(ctx context.Context, opts txOptions) (engineTx, error) {
	if opts.readOnly && e.reader != nil {
		c, err := e.reader.Conn(ctx)
		if err != nil {
			return nil, sqliteError(err)
		}
		return startLite(ctx, c, "BEGIN", func() {})
	}
	if err := e.acquire(ctx); err != nil {
		return nil, err
	}
	c, err := e.writer.Conn(ctx)
	if err != nil {
		e.giveBack()
		return nil, sqliteError(err)
	}
	// IMMEDIATE takes the lock now: a transaction that begins by reading cannot get it later when another process wrote in
	// between, however long it waits.
	t, err := startLite(ctx, c, "BEGIN IMMEDIATE", e.giveBack)
	if err == nil && opts.readOnly {
		err = t.setQueryOnly(ctx, true)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// liteTx is a transaction of SQLite, on one connection.
type liteTx struct {
	conn      *sql.Conn
	giveBack  func()
	queryOnly bool
	dead      error // why SQLite rolled the transaction back by itself
}

func startLite(ctx context.Context, c *sql.Conn, begin string, giveBack func()) (*liteTx, error) {
	t := &liteTx{conn: c, giveBack: giveBack}
	if _, err := c.ExecContext(ctx, begin); err != nil {
		t.end(true)
		return nil, sqliteError(err)
	}
	return t, nil
}

// end gives the connection back, or drops it when nobody knows what state it is in.
func (t *liteTx) end(drop bool) {
	if drop {
		_ = t.conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	_ = t.conn.Close()
	t.giveBack()
}

func (t *liteTx) setQueryOnly(ctx context.Context, on bool) error {
	value := "0"
	if on {
		value = "1"
	}
	if _, err := t.conn.ExecContext(ctx, "PRAGMA query_only = "+value); err != nil {
		t.end(true)
		return sqliteError(err)
	}
	t.queryOnly = on
	return nil
}

func (t *liteTx) query(ctx context.Context, st *Statement) (Rows, error) {
	if t.dead != nil {
		return nil, t.deadError()
	}
	args, err := sqliteArgs(st.Args)
	if err != nil {
		return nil, err
	}
	rows, err := t.conn.QueryContext(ctx, st.SQL, args...)
	if err != nil {
		return nil, t.note(sqliteError(err))
	}
	r, err := newLiteRows(rows, st)
	if err != nil {
		return nil, t.note(err)
	}
	r.finish = func(err error) { _ = t.note(err) }
	return r, nil
}

func (t *liteTx) exec(ctx context.Context, st *Statement) (int64, error) {
	if t.dead != nil {
		return 0, t.deadError()
	}
	args, err := sqliteArgs(st.Args)
	if err != nil {
		return 0, err
	}
	n, err := affected(t.conn.ExecContext(ctx, st.SQL, args...))
	return n, t.note(err)
}

// note remembers an error at which SQLite may have rolled back the whole transaction by itself; what came after it would run
// outside of one (https://www.sqlite.org/lang_transaction.html, section 3). It returns err.
func (t *liteTx) note(err error) error {
	if err == nil {
		return nil
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_CORRUPT:
			t.dead = err
		}
	} else if k := KindOf(err); k == KindCanceled || k == KindTimeout {
		t.dead = err
	}
	return err
}

func (t *liteTx) deadError() error {
	return &Error{Kind: KindClosed, Detail: "the transaction was rolled back when a statement in it failed", Err: t.dead}
}

func (t *liteTx) run(ctx context.Context, sql string) error {
	if t.dead != nil {
		return t.deadError()
	}
	_, err := t.conn.ExecContext(ctx, sql)
	return t.note(sqliteError(err))
}

func (t *liteTx) savepoint(ctx context.Context, name string) error {
	return t.run(ctx, "SAVEPOINT "+name)
}

func (t *liteTx) release(ctx context.Context, name string) error { return t.run(ctx, "RELEASE "+name) }

func (t *liteTx) rollbackTo(ctx context.Context, name string) error {
	return t.run(ctx, "ROLLBACK TO "+name)
}

func (t *liteTx) commit(ctx context.Context) error {
	if t.dead != nil {
		err := t.deadError()
		_ = t.rollback(ctx)
		return err
	}
	// A commit is short and is not interrupted: nobody would know whether it had happened.
	if _, err := t.conn.ExecContext(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		err = sqliteError(err)
		_ = t.rollback(ctx)
		return err
	}
	t.close(ctx, false)
	return nil
}

func (t *liteTx) rollback(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
	defer cancel()
	_, err := t.conn.ExecContext(ctx, "ROLLBACK")
	// "No transaction is active" is what is left when SQLite rolled back by itself; dropping the connection is right for that too.
	t.close(ctx, err != nil)
	return nil
}

func (t *liteTx) close(ctx context.Context, drop bool) {
	if t.queryOnly && !drop {
		if err := t.setQueryOnly(ctx, false); err != nil {
			return // the connection was dropped
		}
	}
	t.end(drop)
}
