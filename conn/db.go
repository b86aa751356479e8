package conn

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
	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/schema"
)

// DB is a named connection to one database: a pool. It connects at the first operation, not before, and again after Close. It
// is safe for concurrent use. DBs are made by [Registry.Open].
type DB struct {
	dsn     DSN
	dialect dialect.Dialect
	log     logger

	opening  chan struct{} // is full while somebody opens or takes the engine; to wait for it hears a context
	closing  sync.Mutex
	engine   atomic.Pointer[openEngine]
	opened   atomic.Uint64
	replaced atomic.Bool
	marks    sync.Map // any → *Mark
	extras   sync.Map // see Extra
	known    known    // see Known
	registry *Registry
	warned   atomic.Bool // of a call that seems to wait for its own transaction
}

// openEngine boxes an engine for the atomic pointer.
type openEngine struct{ engine }

// engine is a database driver behind a DB.
type engine interface {
	query(ctx context.Context, st *Statement) (Rows, error)
	exec(ctx context.Context, st *Statement) (int64, error)
	begin(ctx context.Context, opts txOptions) (engineTx, error)
	ping(ctx context.Context) error
	close()
}

// engineTx is one transaction of an engine. It is used by one goroutine at a time.
type engineTx interface {
	query(ctx context.Context, st *Statement) (Rows, error)
	exec(ctx context.Context, st *Statement) (int64, error)
	savepoint(ctx context.Context, name string) error
	release(ctx context.Context, name string) error
	rollbackTo(ctx context.Context, name string) error
	cut() // ends what another goroutine runs in it, and may end the transaction
	commit(ctx context.Context) error
	rollback(ctx context.Context) error
}

// Statement is a statement to run: its text, its typed arguments, and what the connection must know about it.
type Statement struct {
	SQL   string
	Args  []schema.Value
	Op    string // what it does, for messages: "insert"
	Table string // the table that it is about, for messages
	Write bool   // it changes something, so a read-only connection refuses it and SQLite runs it on the writer
	Raw   bool   // its text is the caller's: without Write it may write all the same, and then SQLite runs it on the writer too
	Guard Guard
	Fresh bool // it is run again: what connections have prepared is not used, and a SQLite write shares no transaction; ignored in a transaction

	Stores Stores // it inserts a row, and when none is stored, that is an error

	Check ResultChecker // of a write that returns rows: looks at its result before it is sent; nil for nobody
	Undo  bool          // of such a one: when its rows cannot be read it is undone
	Kept  uint64        // of such a one: the columns of its rows that it may not have set, see ColumnBit

	Meets bool // it is an insert that does something else when the row is there; see the root's binding.again

	Loop *Loop // the loop that reads its rows in a transaction, in which others may take them; nil for none

	NoRows   bool  // of a batch: it is run as Exec does
	Judged   bool  // of a batch: its reader may refuse the rows, so that nothing is committed before they have been read
	Bare     bool  // of a batch: it reads what is known to be there; when all are such, a batch in a transaction has no savepoint
	Changed  int64 // set by a batch: how many rows the statement changed
	Tell     bool  // of an insert that may update a row instead: say which, where the dialect has no expression for it
	Inserted bool  // the answer
	LastKey  int64 // set by Exec, where the dialect's feature LastKey is: the key of the row that was inserted last
}

// Stores says that a statement must store a row, which a trigger or a rule of the database may keep it from.
type Stores uint8

// What stores a row.
const (
	_            Stores = iota
	StoresInsert        // an INSERT
	StoresUpsert        // an INSERT that may update a row instead
)

// stored returns the error of a statement that returns no rows and should have stored some.
func (st *Statement) stored(n int64) error {
	if st.Stores != 0 && n == 0 {
		return NotStored(st.Op, st.Table)
	}
	return nil
}

// Guard says how a statement inside a transaction is protected, on engines where an error refuses everything that follows it in
// the transaction. Other engines need no protection and ignore it.
type Guard uint8

// The guards.
const (
	NoGuard      Guard = iota
	GuardData          // a savepoint in the same round trip: for errors of the data, such as a unique violation
	GuardMissing       // a savepoint in a round trip of its own: for a table or column that may be missing too
)

// Rows are the rows of a result, read one after the other. They must be closed. A Rows is not safe for concurrent use.
//
// The methods that read a column take its position from 0 and return an error that names types and never the value.
type Rows interface {
	// Next goes to the next row. It returns false at the end and after an error, which Err tells.
	Next() bool
	// Close ends the reading and returns the first error of the result. It may be called twice.
	Close() error
	// Len returns the number of columns.
	Len() int
	// Name returns the name of a column.
	Name(i int) string

	IsNull(i int) bool
	Bool(i int) (bool, error)
	Int(i int) (int64, error)
	Uint(i int) (uint64, error)
	Float(i int) (float64, error)
	Text(i int) (string, error)
	Bytes(i int) ([]byte, error) // valid until the next row
	Time(i int) (time.Time, error)
	Clock(i int) (time.Duration, error)
	List(i int, k schema.Kind) (schema.Value, error) // of elements of kind k

	// Any reads a column in the Go type that its value has by itself: nil, bool, int64, float64, string, []byte, time.Time or
	// time.Duration, and what pgx makes of the rarer types of PostgreSQL.
	Any(i int) (any, error)
}

// newDB returns a DB that has not connected yet.
func newDB(d DSN, log logger) *DB {
	db := &DB{dsn: d, log: log, dialect: sqlite.Dialect{}, opening: make(chan struct{}, 1)}
	if d.Dialect == dsn.Postgres {
		db.dialect = postgres.Dialect{}
	}
	return db
}

// Name returns the connection's name, the fragment of its DSN; "" for the default connection.
func (db *DB) Name() string { return db.dsn.Name }

// DSN returns the DSN, which prints without its secrets.
func (db *DB) DSN() DSN { return db.dsn }

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
func (db *DB) open(ctx context.Context) (engine, error) {
	if e := db.engine.Load(); e != nil {
		return e, nil
	}
	select {
	case db.opening <- struct{}{}:
		defer func() { <-db.opening }()
	case <-ctx.Done():
		return nil, contextError(ctx.Err())
	}
	if e := db.engine.Load(); e != nil {
		return e, nil
	}
	if db.dsn.Path == dsn.Memory && db.opened.Load() > 0 {
		return nil, &Error{Kind: KindClosed, Detail: "the database in memory ended when it was closed; open another one"}
	}
	var e engine
	var err error
	if db.dsn.Dialect == dsn.Postgres {
		e, err = openPostgres(ctx, db.dsn)
	} else {
		e, err = openLite(ctx, db.dsn)
	}
	if err != nil {
		return nil, db.place(openError(err))
	}
	db.engine.Store(&openEngine{e})
	db.opened.Add(1)
	return e, nil
}

// openError gives an error from before the driver was asked, such as a directory that cannot be made, its kind.
func openError(err error) error {
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	return &Error{Kind: KindConnection, Detail: strings.TrimPrefix(err.Error(), "prom: "), Err: err}
}

// Ping connects if need be and makes sure that the database answers.
func (db *DB) Ping(ctx context.Context) error {
	e, err := db.open(ctx)
	if err != nil {
		return err
	}
	return db.place(e.ping(ctx))
}

// Close waits for running statements, closes the pool and forgets what is known about the database's tables. It does
// not wait for transactions, which go on and whose connections are closed when they end. It may be called twice. The
// next operation connects again; but an in-memory database, which has ended, refuses it with KindClosed.
func (db *DB) Close() error {
	db.closing.Lock()
	defer db.closing.Unlock()
	db.opening <- struct{}{}
	e := db.engine.Swap(nil)
	<-db.opening
	if e != nil {
		e.close() // what still runs may connect anew meanwhile, for a call outside of its transaction
	}
	db.clearMarks()
	return nil
}

// closeEvery is how often it is looked whether transactions alone keep a pool from being closed.
const closeEvery = 10 * time.Millisecond

// IsOpen reports whether the DB is connected.
func (db *DB) IsOpen() bool { return db.engine.Load() != nil }

// Opened returns how often the DB has been connected, with a Close in between.
func (db *DB) Opened() uint64 { return db.opened.Load() }

// Replaced reports whether another DB has taken this one's place in its registry.
func (db *DB) Replaced() bool { return db.replaced.Load() }

// Pool returns the pgx pool of a PostgreSQL database, connecting it if need be, and nil for SQLite. Close ends it. What
// is called on it goes by pgx's own modes: behind a pooler that does not follow prepared statements set
// default_query_exec_mode=exec.
func (db *DB) Pool(ctx context.Context) (*pgxpool.Pool, error) {
	e, err := db.open(ctx)
	if err != nil {
		return nil, err
	}
	if pg, ok := unwrap(e).(*pgEngine); ok {
		return pg.pool, nil
	}
	return nil, nil
}

// SQL returns a *sql.DB on the same database. For SQLite it has one connection of its own, with the same settings, which is made
// at its first use; it waits for a transaction of this library that writes as another process would, so use it outside of one. For
// PostgreSQL it draws from the same pool. Close ends it.
func (db *DB) SQL(ctx context.Context) (*sql.DB, error) {
	e, err := db.open(ctx)
	if err != nil {
		return nil, err
	}
	return unwrap(e).(interface{ sqlDB() (*sql.DB, error) }).sqlDB()
}

func unwrap(e engine) engine {
	if o, ok := e.(*openEngine); ok {
		return o.engine
	}
	return e
}

// Query runs a statement that returns rows: in the transaction that ctx carries for this DB, else on the pool.
func (db *DB) Query(ctx context.Context, st *Statement) (Rows, error) {
	if err := db.check(st); err != nil {
		return nil, err
	}
	start := db.log.begin()
	rows, err := db.query(ctx, st)
	if err != nil {
		err = db.describe(err, st)
		db.log.end(ctx, start, st, err)
		return nil, err
	}
	rows = lasting(rows)
	if db.log.on() {
		return &loggedRows{Rows: rows, log: db.log, ctx: ctx, start: start, st: st}, nil
	}
	return rows, nil
}

func (db *DB) query(ctx context.Context, st *Statement) (Rows, error) {
	if tx := db.txOf(ctx); tx != nil {
		return tx.query(ctx, st)
	}
	e, err := db.open(ctx)
	if err != nil {
		return nil, err
	}
	if lite, ok := unwrap(e).(*liteEngine); ok {
		return lite.queryApart(ctx, st)
	}
	f := db.apart(ctx, st.mayWrite())
	defer f.end()
	rows, err := e.query(ctx, st)
	return rows, f.explain(err)
}

// Exec runs a statement that returns no rows, and returns how many it changed.
func (db *DB) Exec(ctx context.Context, st *Statement) (int64, error) {
	if err := db.check(st); err != nil {
		return 0, err
	}
	start := db.log.begin()
	n, err := db.exec(ctx, st)
	if err == nil {
		err = st.stored(n)
	}
	if err != nil {
		err = db.describe(err, st)
	}
	db.log.end(ctx, start, st, err)
	return n, err
}

func (db *DB) exec(ctx context.Context, st *Statement) (int64, error) {
	if tx := db.txOf(ctx); tx != nil {
		return tx.exec(ctx, st)
	}
	e, err := db.open(ctx)
	if err != nil {
		return 0, err
	}
	f := db.apart(ctx, st.mayWrite())
	defer f.end()
	n, err := e.exec(ctx, st)
	return n, f.explain(err)
}

func (db *DB) check(st *Statement) error {
	if st.Write && db.dsn.Options.ReadOnly {
		return &Error{Kind: KindReadOnly, Op: st.Op, Table: st.Table, Detail: "the connection was opened with readonly=true"}
	}
	if most := db.dialect.Features().MaxArgs; len(st.Args) > most {
		return &Error{Kind: KindTooLong, Op: st.Op, Table: st.Table, Detail: "the statement has more arguments than the database takes"}
	}
	return nil
}

// describe completes an error by what the statement was, and by where the connection leads when it is at fault.
func (db *DB) describe(err error, st *Statement) error { return db.place(describe(err, st)) }

// describe completes an error by what the statement was.
func describe(err error, st *Statement) error {
	if e, ok := err.(*Error); ok {
		e.Op, e.placed = st.Op, true
		if e.Table == "" {
			e.Table = st.Table
		}
		e.tell(st.SQL)
	}
	return err
}

// Extra returns what create returns for a key, made once for this DB. It lets the packages above keep what belongs to a database
// and a model, such as the cache of statements.
func (db *DB) Extra(key any, create func() any) any {
	if v, ok := db.extras.Load(key); ok {
		return v
	}
	v, _ := db.extras.LoadOrStore(key, create())
	return v
}
