package db

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/db/postgres"
	"github.com/prom-go/prom/internal/db/replica"
	"github.com/prom-go/prom/internal/db/sqlite"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/internal/syncmap"
)

// DB is a named connection to one database: a pool. It connects at the first operation, not before, and again after
// Close. It is safe for concurrent use. DBs are made by [Registry.Open].
type DB struct {
	dsn     dsn.DSN
	driver  driver.Driver
	dialect dialect.Dialect
	log     *slog.Logger // for warnings; nil for slog.Default

	opening  chan struct{} // is full while somebody opens or takes the engine; to wait for it hears a context
	closing  sync.Mutex
	engine   atomic.Pointer[openEngine]
	opened   atomic.Uint64
	closes   atomic.Uint64 // calls of Close
	replaced atomic.Bool
	marks    syncmap.Map // any → *Mark
	aging    sync.Mutex
	aged     *time.Timer // clears the marks; nil before the first one
	extras   syncmap.Map // see Extra
	known    known       // see Known
	registry *Registry
	tenant   *tenancy    // nil for a DB that is no tenant's
	warned   atomic.Bool // of a call that seems to wait for its own transaction

	observers []Observer
	comments  func(context.Context) driver.Comment // nil for none
	logArgs   bool                                 // events hold the arguments of statements
	onCommit  []onCommit
	slow      time.Duration
	lost      atomic.Bool // a connection broke, and none has been made since
}

// openEngine boxes an engine for the atomic pointer.
type openEngine struct {
	driver.Engine
	set *replica.Set // nil without replicas
}

// newDB returns a DB that has not connected yet.
func newDB(d dsn.DSN) *DB {
	db := &DB{dsn: d, driver: sqlite.Driver{}, opening: make(chan struct{}, 1),
		marks: syncmap.New(), extras: syncmap.New()}
	if d.Dialect == dsn.Postgres {
		db.driver = postgres.Driver{}
	}
	db.dialect = db.driver.Dialect(d)
	return db
}

// Name returns the connection's name, the fragment of its DSN; "" for the default connection.
func (db *DB) Name() string { return db.dsn.Name }

// DSN returns the DSN, which prints without its secrets.
func (db *DB) DSN() dsn.DSN { return db.dsn }

// Dialect returns the dialect of the database.
func (db *DB) Dialect() dialect.Dialect { return db.dialect }

// ReadOnly reports whether the connection refuses writes.
func (db *DB) ReadOnly() bool { return db.dsn.Options.ReadOnly }

// String returns the redacted DSN.
func (db *DB) String() string { return db.dsn.String() }

// LogValue returns the redacted DSN.
func (db *DB) LogValue() slog.Value { return db.dsn.LogValue() }

// MarshalJSON returns the redacted DSN.
func (db *DB) MarshalJSON() ([]byte, error) { return db.dsn.MarshalJSON() }

// open returns the engine, connecting it if need be.
func (db *DB) open(ctx context.Context) (driver.Engine, error) {
	if e := db.engine.Load(); e != nil {
		return e.Engine, nil
	}
	select {
	case db.opening <- struct{}{}:
		defer func() { <-db.opening }()
	case <-ctx.Done():
		return nil, driver.EndOfContext(ctx.Err())
	}
	if e := db.engine.Load(); e != nil {
		return e.Engine, nil
	}
	if db.dsn.Path == dsn.Memory && db.opened.Load() > 0 {
		return nil, &driver.Error{Kind: driver.KindClosed,
			Detail: "the in-memory database ended when it was closed; open another one"}
	}
	e, err := db.driver.Open(ctx, db.dsn, db.watcher())
	if err != nil {
		return nil, db.place(openError(err))
	}
	if s, ok := e.(interface{ Settle() }); ok && db.tenant != nil {
		s.Settle()
	}
	db.warnOfLibc(ctx)
	set, err := db.openReplicas(ctx, e)
	if err != nil {
		e.Close()
		return nil, db.place(openError(err))
	}
	db.engine.Store(&openEngine{e, set})
	db.opened.Add(1)
	return e, nil
}

// use is open for one call, which leave ends: the connections of a tenant are kept meanwhile.
func (db *DB) use(ctx context.Context) (driver.Engine, error) {
	if db.tenant == nil {
		return db.open(ctx)
	}
	if err := db.tenant.enter(ctx); err != nil {
		return nil, err
	}
	e, err := db.open(ctx)
	if err != nil {
		db.tenant.leave()
		return nil, err
	}
	return e, nil
}

// leave ends a call for which use has returned an engine.
func (db *DB) leave() {
	if db.tenant != nil {
		db.tenant.leave()
	}
}

// openError gives an error from before the driver was asked, such as a directory that cannot be made, its kind.
func openError(err error) error {
	var known *driver.Error
	if errors.As(err, &known) {
		return err
	}
	return &driver.Error{Kind: driver.KindConnection, Detail: strings.TrimPrefix(err.Error(), "prom: "), Err: err}
}

// Ping connects if need be and makes sure that the database answers.
func (db *DB) Ping(ctx context.Context) error {
	ctx, l := db.limit(ctx)
	e, err := db.use(ctx)
	if err == nil {
		err = db.place(e.Ping(ctx))
		db.leave()
	}
	return l.end(err)
}

// Close waits for running statements, closes the pool and forgets what is known about the database's tables. It does
// not wait for transactions, which go on and whose connections are closed when they end. It may be called twice. The
// next operation connects again; but an in-memory database, which has ended, refuses it with KindClosed.
func (db *DB) Close() error {
	db.closes.Add(1)
	if db.tenant != nil {
		db.tenant.shut()
	} else {
		db.disconnect()
	}
	return nil
}

func (db *DB) disconnect() {
	db.closing.Lock()
	defer db.closing.Unlock()
	db.opening <- struct{}{}
	e := db.engine.Swap(nil)
	<-db.opening
	if e != nil && e.set != nil {
		e.set.Close()
	}
	if e != nil {
		e.Close() // what still runs may connect anew meanwhile, for a call outside of its transaction
	}
	db.stopAging()
	db.clearMarks()
}

// IsOpen reports whether the DB is connected.
func (db *DB) IsOpen() bool { return db.engine.Load() != nil }

// Opened returns how often the DB has been connected, with a Close in between.
func (db *DB) Opened() uint64 { return db.opened.Load() }

// Closes returns how often the DB has been closed by its user. A tenant that was closed for others is not.
func (db *DB) Closes() uint64 { return db.closes.Load() }

// Replaced reports whether another DB has taken this one's place in its registry.
func (db *DB) Replaced() bool { return db.replaced.Load() }

// PgxPool does what PgxPool of package prom says. It is no method, since a package that holds a DB would compile what a
// pgxpool.Pool consists of.
func PgxPool(ctx context.Context, db *DB) (*pgxpool.Pool, error) {
	e, err := db.use(ctx)
	if err != nil {
		return nil, err
	}
	defer db.leave()
	if pg, ok := e.(interface{ Pool() *pgxpool.Pool }); ok {
		return pg.Pool(), nil
	}
	return nil, nil
}

// SQL returns a *sql.DB on the same database. For SQLite it has one connection of its own, with the same settings,
// which is made at its first use; it waits for a transaction of this library that writes as another process would, so
// use it outside of one. For PostgreSQL it draws from the same pool. Close ends it.
func (db *DB) SQL(ctx context.Context) (*sql.DB, error) {
	e, err := db.use(ctx)
	if err != nil {
		return nil, err
	}
	defer db.leave()
	return e.SQL()
}

// Query runs a statement that returns rows: in the transaction that ctx carries for this DB, else on the pool.
func (db *DB) Query(ctx context.Context, st *driver.Statement) (driver.Rows, error) {
	if err := db.check(st); err != nil {
		return nil, err
	}
	ctx, e := db.observe(ctx, EventStatement, st)
	rows, err := db.query(ctx, st)
	if err != nil {
		err = db.describe(err, st)
		e.end(ctx, 0, err)
		return nil, err
	}
	if e != nil {
		return &observedRows{Rows: rows, ctx: ctx, event: e}, nil
	}
	return rows, nil
}

func (db *DB) query(ctx context.Context, st *driver.Statement) (driver.Rows, error) {
	if tx := db.txOf(ctx); tx != nil {
		return tx.query(ctx, st)
	}
	e, err := db.use(ctx)
	if err != nil {
		return nil, err
	}
	defer db.leave()
	f := db.apart(ctx, st.MayWrite())
	defer f.end()
	rows, err := e.QueryApart(ctx, st)
	if err == nil && st.MayWrite() && db.replicas() != nil {
		rows = &lostRows{rows, func() { db.wrote(ctx) }}
	}
	return rows, f.explain(err)
}

// Exec runs a statement that returns no rows, and returns how many it changed.
func (db *DB) Exec(ctx context.Context, st *driver.Statement) (int64, error) {
	if err := db.check(st); err != nil {
		return 0, err
	}
	ctx, e := db.observe(ctx, EventStatement, st)
	inner, l := db.limit(ctx)
	n, err := db.exec(inner, st)
	if err == nil {
		err = st.Stored(n)
	}
	if err != nil {
		err = db.describe(err, st)
	}
	err = l.end(err)
	e.end(ctx, n, err)
	return n, err
}

func (db *DB) exec(ctx context.Context, st *driver.Statement) (int64, error) {
	if tx := db.txOf(ctx); tx != nil {
		return tx.exec(ctx, st)
	}
	e, err := db.use(ctx)
	if err != nil {
		return 0, err
	}
	defer db.leave()
	f := db.apart(ctx, st.MayWrite())
	defer f.end()
	l := db.logs(ctx, st, true)
	n, err := e.Exec(ctx, st)
	l.done(err)
	return n, f.explain(err)
}

func (db *DB) check(st *driver.Statement) error {
	if st.Write && db.dsn.Options.ReadOnly {
		return &driver.Error{Kind: driver.KindReadOnly, Op: st.Op, Table: st.Table,
			Detail: "the connection was opened with readonly=true"}
	}
	if most := db.dialect.Features().MaxArgs; len(st.Args) > most {
		return &driver.Error{Kind: driver.KindTooLong, Op: st.Op, Table: st.Table,
			Detail: "the statement has more arguments than the database accepts"}
	}
	return nil
}

// describe completes an error by what the statement was, and by where the connection leads when it is at fault.
func (db *DB) describe(err error, st *driver.Statement) error {
	return db.place(driver.Describe(err, st))
}

// Extra returns what create returns for a key, made once for this DB. It lets the packages above keep what belongs to a
// database and a model, such as the cache of statements.
func (db *DB) Extra(key any, create func() any) any {
	if v, ok := db.extras.Load(key); ok {
		return v
	}
	v, _ := db.extras.LoadOrStore(key, create())
	return v
}
