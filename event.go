package prom

import (
	"context"
	"time"
	"unsafe"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
)

// Event is one thing that happened on a connection: a statement, a transaction, a wait. An [Observer] gets it. An Event
// is valid only during the calls of the observer, which must not change it.
//
// An Event holds no values of rows and no secrets, unless [LogArgs] asks for the arguments of statements.
type Event struct {
	Kind  EventKind // what happened
	DB    *DB       // the connection
	Op    string    // the operation, as in [Error]: "get", "list", "insert", "begin"; "" for a wait
	Table string    // the table of the call; "" if there is none
	// SQL is the text of the statement, with parameters in place of values; "" if the event is not one statement.
	SQL string
	// Args are the arguments of the statement in Go types, if [LogArgs] asks for them; otherwise nil.
	Args     []any
	Start    time.Time     // when it began
	Duration time.Duration // how long it took; zero in Observer.Start, and for the statements of a batch
	// Rows is how many rows a statement returned, or changed, or how many a batch did together; zero after an error.
	Rows int64
	// Bytes is how many bytes of rows or of a large value were sent, for COPY and streamed values; zero if unknown.
	Bytes   int64
	Batch   int  // the number of statements, of an EventBatch
	Batched bool // of a statement: it is part of an EventBatch
	DDL     bool // of a statement: it changed the schema
	Depth   int  // of a transaction and its savepoint: 0 for the outermost one, 1 for one nested in it
	Attempt int  // 1 for the first attempt; of an EventRetry, the attempt that follows
	Wait    Wait // of an EventWait
	// Reconnect reports whether a connection was made after one had failed, of an EventConnect.
	Reconnect bool
	// Host is the address of the standby that answered a statement or a transaction; "" for the primary, and for a
	// connection without replicas.
	Host string
	Err  error // nil on success; of an EventRetry, the error of the attempt before

	_ *driver.Statement
	_ bool
}

// ArgsHash returns a hash of the arguments of a statement, with a random seed of the process: equal arguments have the
// same hash, and the hash tells nothing of them. It is 0 for what has no arguments. Like the fields, it is valid only
// during the calls of an [Observer].
func (e *Event) ArgsHash() uint64 { return (*db.Event)(unsafe.Pointer(e)).ArgsHash() }

// EventKind is the kind of an [Event].
type EventKind uint8

// The kinds of events.
const (
	// EventStatement is a statement: from the moment it is sent, or waits for a connection, until its last row has been
	// read.
	EventStatement = EventKind(db.EventStatement)
	// EventBatch is several statements that are sent together. Each of them has an EventStatement, before the batch
	// ends.
	EventBatch = EventKind(db.EventBatch)
	// EventCopy is rows that were inserted by COPY. Observer.Start gets it as an EventStatement, because the way is
	// chosen later.
	EventCopy = EventKind(db.EventCopy)
	// EventTx is a transaction, or a nested one: from before its BEGIN until after its COMMIT or ROLLBACK. All that
	// happens in it has a context that is derived from the one that [Observer.Start] returned.
	EventTx = EventKind(db.EventTx)
	// EventBegin, EventCommit and EventRollback are the statements of these names.
	EventBegin    = EventKind(db.EventBegin)
	EventCommit   = EventKind(db.EventCommit)
	EventRollback = EventKind(db.EventRollback)
	// EventSavepoint, EventRelease and EventRollbackTo are those of a nested transaction. The savepoints by which prom
	// protects a single statement are part of that statement.
	EventSavepoint  = EventKind(db.EventSavepoint)
	EventRelease    = EventKind(db.EventRelease)
	EventRollbackTo = EventKind(db.EventRollbackTo)
	// EventInstall is the installation of what a model needs: the comparison with the database, and, if something is
	// missing, the statements that create it, which are events of their own with DDL set.
	EventInstall = EventKind(db.EventInstall)
	// EventRetry is the decision to run a statement or a transaction again.
	EventRetry = EventKind(db.EventRetry)
	// EventWait is a wait of at least 0.1 ms. A wait for a row lock of PostgreSQL is part of its statement, because the
	// server does not report it.
	EventWait = EventKind(db.EventWait)
	// EventCoalesced is a Get that shared the statement of others ([BatchGets]); that statement is an event of its own.
	EventCoalesced = EventKind(db.EventCoalesced)
	// EventConnect is a new connection to the database, or the failure to make one.
	EventConnect = EventKind(db.EventConnect)
)

// String returns the name of the kind in lower case, such as "statement".
func (k EventKind) String() string { return db.EventKind(k).String() }

// Wait says what a call waited for.
type Wait uint8

// What calls wait for.
const (
	// WaitPool is a wait for a connection of the pool, or a reader of SQLite, including the time to make one.
	WaitPool = Wait(driver.WaitPool)
	// WaitWriter is a wait for the writer of a SQLite database, while other calls of the process write.
	WaitWriter = Wait(driver.WaitWriter)
	// WaitLock is a wait for a lock: of a SQLite file that another process has, or of another installation.
	WaitLock = Wait(driver.WaitLock)
	// WaitTurn is a wait for another statement in the same transaction.
	WaitTurn = Wait(driver.WaitTurn)
)

// String returns "pool", "writer", "lock" or "transaction".
func (w Wait) String() string { return driver.Wait(w).String() }

// Observer receives the events of a connection, for traces, metrics and logs; see [Observe] and [OnEvent]. Its methods
// run in the goroutine of the call, several at a time, so they must be fast and safe for concurrent use. They must not
// use the connection that they observe.
type Observer interface {
	// Start is called when something begins, and returns the context in which it happens: ctx, or one derived from it.
	// The rest of the call and End get this context. For waits, retries and connections, Start and End are called one
	// after the other when they are over.
	Start(ctx context.Context, e *Event) context.Context
	// End is called once when it has ended, with the context that Start returned.
	End(ctx context.Context, e *Event)
}

// Observe passes the events of a connection to an observer, except for what the program does with [PgxPool] and
// [DB.SQL]. There may be several observers: their Start methods are called in the order of the options, and their End
// methods in the reverse order.
func Observe(o Observer) OpenOption { return OpenOption{db.Observe(observer{o})} }

// OnEvent calls fn with each event of a connection when it has ended. The rules for the methods of an [Observer] apply
// to fn.
func OnEvent(fn func(ctx context.Context, e *Event)) OpenOption { return Observe(eventFunc(fn)) }

type eventFunc func(ctx context.Context, e *Event)

func (fn eventFunc) Start(ctx context.Context, _ *Event) context.Context { return ctx }
func (fn eventFunc) End(ctx context.Context, e *Event)                   { fn(ctx, e) }

// observer passes events of the package below on.
type observer struct{ o Observer }

func (o observer) Start(ctx context.Context, e *db.Event) context.Context {
	return o.o.Start(ctx, (*Event)(unsafe.Pointer(e)))
}

func (o observer) End(ctx context.Context, e *db.Event) { o.o.End(ctx, (*Event)(unsafe.Pointer(e))) }
