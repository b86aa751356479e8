package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/schema"

	sqlitedialect "github.com/prom-go/prom/dialect/sqlite"
)

// engine is SQLite: one connection that writes and several that read. Those who want to write queue for the one in Go,
// in turn and hearing their contexts; SQLite's own waiting, which is by polling, is left for other processes. An
// in-memory database has the one connection alone, because there a writer locks readers out.
type engine struct {
	dsn     dsn.DSN
	memory  string // the name of a database in memory, "" for a file
	wait    time.Duration
	writing settings
	reading settings

	writer  queue
	readers *queue // nil: reads go to the writer
	watch   driver.Watcher

	open            atomic.Int32 // transactions that write
	moved           atomic.Bool  // see liteConn.unmoved
	noGroups        bool
	groups, grouped atomic.Uint64 // group commits, and the writes in them

	lonely atomic.Int64 // until when, in nanoseconds of the clock, writes do not share a transaction; see group

	sqlMu   sync.Mutex
	sql     *sql.DB // see sqlDB
	sqlDone bool
}

// memories counts the in-memory databases of the process, each of which has a name of its own.
var memories atomic.Uint64

// Driver is the [Driver] of SQLite.
type Driver struct{}

// Dialect implements [Driver].
func (Driver) Dialect(d dsn.DSN) dialect.Dialect {
	return sqlitedialect.Dialect{Attached: len(dsn.Attachments(d)) > 0}
}

// Open implements [Driver].
func (Driver) Open(ctx context.Context, d dsn.DSN, w driver.Watcher) (driver.Engine, error) {
	if err := dsn.MakeParent(d); err != nil {
		return nil, err
	}
	e := &engine{dsn: d, watch: w, wait: dsn.BusyTimeout(d), noGroups: d.Options.NoGroupCommit}
	if d.Path == dsn.Memory {
		e.memory = "prom-" + strconv.FormatUint(memories.Add(1), 10)
	}
	var err error
	if e.writing, err = settingsOf(d, dsn.Writer, e.memory); err != nil {
		return nil, err
	}
	if e.reading, err = settingsOf(d, dsn.Reader, e.memory); err != nil {
		return nil, err
	}
	writer := &liteConn{engine: e, writes: true}
	e.writer.add(writer)
	e.writer.watch, e.writer.kind = w, driver.WaitWriter
	if e.memory == "" {
		e.readers = &queue{overtaking: true, watch: w, kind: driver.WaitPool}
		n := int(d.Options.MaxConns)
		if n < 1 {
			// One more than can run at once: when a goroutine is preempted while it reads, the others need not wait for
			// it.
			n = max(2, runtime.GOMAXPROCS(0)) + 1
		}
		for range n {
			e.readers.add(&liteConn{engine: e})
		}
	}
	// The writer comes first, since it is the one that makes the file and sets its journal.
	first := writer
	if e.readers != nil && d.Options.ReadOnly {
		first = e.readers.all[0]
	}
	if err := first.ready(ctx); err != nil {
		return nil, err
	}
	return e, nil
}

// close waits for statements that write. Results that are still read are let read to their end.
func (e *engine) Close() {
	if e.readers != nil {
		e.readers.close()
	}
	for e.open.Load() == 0 { // a transaction may be that of whoever closes the database
		c, _, err := e.writer.take(context.Background(), driver.CloseEvery, false)
		if err == nil {
			e.writer.give(c)
		}
		if driver.KindOf(err) != driver.KindBusy {
			break
		}
	}
	e.writer.close()
	e.sqlMu.Lock()
	defer e.sqlMu.Unlock()
	e.sqlDone = true
	if e.sql != nil {
		_ = e.sql.Close()
	}
}

var registerCollation = sync.OnceValue(func() error {
	return sqlite.RegisterCollationUtf8(sqlitedialect.DecimalCollation, schema.CompareDecimals)
})

// sqlDB opens the database once more, through database/sql, for who asks for that.
func (e *engine) SQL() (*sql.DB, error) {
	e.sqlMu.Lock()
	defer e.sqlMu.Unlock()
	if e.sqlDone {
		return nil, closedError()
	}
	if e.sql != nil {
		return e.sql, nil
	}
	if err := registerCollation(); err != nil {
		return nil, ErrorOf(err)
	}
	uri, err := dsn.SQLiteURI(e.dsn, dsn.Writer, e.memory)
	if err != nil {
		return nil, err
	}
	connector, err := sqlite.NewConnector(uri)
	if err != nil {
		return nil, ErrorOf(err)
	}
	e.sql = sql.OpenDB(attaching{connector, e.writing.attach})
	e.sql.SetMaxOpenConns(1) // others would wait for the one that writes
	return e.sql, nil
}

func (e *engine) Ping(ctx context.Context) error {
	c, err := e.take(ctx, true)
	if err != nil {
		return err
	}
	defer e.give(c)
	_, err = c.exec(ctx, &driver.Statement{SQL: "SELECT 1"})
	return err
}

// take waits for a connection for work of its own: one that reads, if there are such and that will do, or the one that
// writes.
func (e *engine) take(ctx context.Context, read bool) (*liteConn, error) {
	q, patience := &e.writer, e.wait
	if read && e.readers != nil {
		q, patience = e.readers, -1
	}
	c, _, err := q.take(ctx, patience, false)
	if err != nil {
		return nil, err
	}
	if err := c.ready(ctx); err != nil {
		q.give(c)
		return nil, err
	}
	return c, nil
}

// give gives a connection back.
func (e *engine) give(c *liteConn) {
	c.rollBack() // nothing is open but what raw SQL has begun
	if c.writes {
		e.writer.give(c)
		return
	}
	e.readers.give(c)
}

func (e *engine) Query(ctx context.Context, st *driver.Statement) (driver.Rows, error) {
	if st.Write || e.readers == nil {
		return e.writeQuery(ctx, st, e.mayShare(st))
	}
	return e.readQuery(ctx, st)
}

// QueryApart implements [Engine]: other writes must not wait for the end of the rows.
func (e *engine) QueryApart(ctx context.Context, st *driver.Statement) (driver.Rows, error) {
	var rows driver.Rows
	var err error
	if st.Write || e.readers == nil {
		rows, err = e.writeQuery(ctx, st, false)
	} else {
		rows, err = e.readQuery(ctx, st)
	}
	if err != nil {
		return nil, err
	}
	return driver.Lasting(rows), nil
}

// Contends implements [Engine]: the queue of the writer has an end, which says what is wrong.
func (e *engine) Contends(bool) bool { return false }

// Alone implements [Engine]: no statement of SQLite needs more than to be outside of a transaction.
func (e *engine) Alone(ctx context.Context, st *driver.Statement) error {
	_, err := e.Exec(ctx, st)
	return err
}

// Lock implements [Engine]: a file has one writer at a time, and no statement that locks it for longer.
func (e *engine) Lock(context.Context, string) (func(), error) { return func() {}, nil }

func (e *engine) readQuery(ctx context.Context, st *driver.Statement) (driver.Rows, error) {
	c, err := e.take(ctx, true)
	if err != nil {
		return nil, err
	}
	if st.Raw && !e.dsn.Options.ReadOnly && c.changes(st.SQL) {
		e.give(c)
		return e.writeQuery(ctx, st, false)
	}
	r, err := c.query(ctx, st)
	if err != nil {
		e.give(c)
		return nil, err
	}
	r.engine = e
	return r, nil
}

func (e *engine) Begin(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c, err := e.take(ctx, opts.ReadOnly)
	if err != nil {
		return nil, err
	}
	begin := "BEGIN"
	if c.writes {
		// IMMEDIATE takes the lock now: a transaction that begins by reading cannot get it later when another process
		// wrote in between, however long it waits.
		begin = "BEGIN IMMEDIATE"
	}
	t := &liteTx{engine: e, conn: c, noForeignKeys: opts.NoForeignKeys}
	if opts.NoForeignKeys {
		// References of other tables stay what they are while a table is away
		// (https://www.sqlite.org/lang_altertable.html, section 7).
		err = errors.Join(c.run("PRAGMA foreign_keys = 0"), c.run("PRAGMA legacy_alter_table = 1"))
	}
	if err != nil {
		t.end()
		return nil, err
	}
	if _, err = c.exec(ctx, &driver.Statement{SQL: begin}); err == nil && opts.ReadOnly && c.writes {
		t.queryOnly = true
		err = c.run("PRAGMA query_only = 1")
	}
	if err != nil {
		t.end()
		return nil, err
	}
	if c.writes {
		e.open.Add(1)
		t.counted = true
	}
	t.watchIdle(e.dsn.Options.IdleInTransactionTimeout)
	return t, nil
}
