package db

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/db/replica"
	"github.com/prom-go/prom/internal/dsn"
)

// TxOption changes how a transaction runs. Options belong to the outermost transaction; on a nested one they are an
// error.
type TxOption func(*txOptions)

type txOptions struct {
	driver.TxOptions
	retries int
	set     bool
}

// WithIsolation sets the isolation level.
func WithIsolation(level driver.Isolation) TxOption {
	return func(o *txOptions) { o.Isolation, o.set = level, true }
}

// ReadOnly makes the transaction refuse writes. On SQLite it runs on a reader, beside the writer.
func ReadOnly() TxOption { return func(o *txOptions) { o.ReadOnly, o.set = true, true } }

// Deferrable makes a read-only serializable transaction of PostgreSQL wait for a moment when it cannot fail; see "SET
// TRANSACTION" in its manual. It changes nothing elsewhere.
func Deferrable() TxOption { return func(o *txOptions) { o.Deferrable, o.set = true, true } }

// NoForeignKeys has SQLite not enforce foreign keys in the transaction, so that tables can be rebuilt. Who uses it
// checks them before the end. It changes nothing elsewhere.
func NoForeignKeys() TxOption { return func(o *txOptions) { o.NoForeignKeys, o.set = true, true } }

// Tx runs fn in a transaction. The context that fn gets carries it: every statement on this DB with that context, or
// one made from it, is part of the transaction; statements with another context are not. When fn returns nil the
// transaction commits; when it returns an error, panics or ends its goroutine, it rolls back, and the error or panic is
// passed on unchanged.
//
// When ctx carries a transaction of this DB already, the new one is nested, a savepoint: its rollback loses its own
// work alone. Goroutines that share a transaction's context are served one after the other; a statement that waits
// longer than the busy timeout fails with KindBusy.
//
// A transaction must not outlive fn: its context is of no use afterwards and gives KindClosed. When the connection
// breaks while committing, the outcome is unknown; the error is of KindOutcomeUnknown and must not be answered by
// blind repetition.
func (db *DB) Tx(ctx context.Context, fn func(ctx context.Context) error, options ...TxOption) error {
	var opts txOptions
	for _, o := range options {
		o(&opts)
	}
	if parent := db.txOf(ctx); parent != nil {
		if opts.set {
			return &driver.Error{Kind: driver.KindOther, Op: "begin",
				Detail: "a nested transaction is a savepoint, which takes no options; set them on the outermost transaction"}
		}
		return parent.nested(ctx, fn)
	}
	if db.dsn.Options.ReadOnly {
		opts.ReadOnly = true
	}
	return db.retry(ctx, opts.retries, func(attempt int) error { return db.outermost(ctx, fn, opts, attempt) })
}

// outermost runs fn in a transaction that is no other's part.
func (db *DB) outermost(outside context.Context, fn func(ctx context.Context) error, opts txOptions,
	attempt int) (err error) {
	ctx, whole := db.observe(outside, EventTx, &driver.Statement{Op: "transaction", Attempt: uint8(min(attempt, 254))})
	defer func() { whole.end(ctx, 0, err) }()
	tx, err := db.begin(ctx, opts.TxOptions, attempt == 0)
	if err != nil {
		return err
	}
	defer db.leave()
	if tx.replica != nil && whole != nil {
		whole.Host = tx.replica.Host()
	}
	var known []*Mark
	err = errPanicked // stays when fn does
	err = tx.run(ctx, fn, func() error {
		if err := ctx.Err(); err != nil {
			_ = tx.rollback(ctx)
			return driver.EndOfContext(err)
		}
		if err := tx.clearActor(ctx); err != nil {
			_ = tx.rollback(ctx)
			return err
		}
		if err := tx.commit(ctx); err != nil {
			return err
		}
		whole.end(ctx, 0, nil)
		known = tx.pending
		callAll(outside, tx.committed)
		return nil
	})
	for _, m := range known {
		m.establish(ctx)
	}
	return err
}

// begin begins a transaction that is no other's part, on a standby if it may. Behind its end leave must follow.
func (db *DB) begin(ctx context.Context, opts driver.TxOptions, anywhere bool) (*tx, error) {
	limited, l := db.limit(ctx)
	e, err := db.use(limited)
	if err != nil {
		return nil, l.end(err)
	}
	f, forgetful := db.apart(ctx, false), db.Forgotten(ctx)
	st := &driver.Statement{Op: "begin", SQL: "BEGIN"}
	a := db.actorAtBegin(ctx, &opts, st)
	var on *replica.Answer
	once := func() (t driver.Tx, err error) {
		at, event := db.observe(limited, EventBegin, st)
		if anywhere {
			t, on = db.beginOnReplica(at, opts)
		}
		if on == nil {
			t, err = e.Begin(at, opts)
		} else if event != nil {
			event.Host = on.Host()
		}
		if err != nil {
			err = l.explain(db.describe(f.explain(err), &driver.Statement{Op: "begin"}))
		}
		event.end(at, 0, err)
		return t, err
	}
	inner, err := once()
	if driver.KindOf(err) == driver.KindConnection && driver.IsUnsent(err) && limited.Err() == nil {
		st.Attempt++ // on another connection
		db.Retries(limited, st, err)
		inner, err = once()
	}
	f.end()
	if err = l.end(err); err != nil {
		db.leave()
		return nil, err
	}
	t := newTx(ctx, db, nil, inner)
	t.readOnly, t.forgetful, t.actor, t.replica = opts.ReadOnly, forgetful, a, on
	return t, nil
}

// commit commits the transaction.
func (t *tx) commit(ctx context.Context) error {
	limited, l := t.db.limit(ctx)
	at, event := t.db.observe(limited, EventCommit, &driver.Statement{Op: "commit", SQL: "COMMIT"})
	err := t.commitEngine(at)
	if err != nil {
		err = t.db.describe(err, &driver.Statement{Op: "commit"})
	}
	err = l.end(err)
	event.end(at, 0, err)
	return err
}

// InTx reports whether ctx carries a transaction of this DB.
func (db *DB) InTx(ctx context.Context) bool { return db.txOf(ctx) != nil }

// InReadOnlyTx reports whether the transaction that ctx carries refuses writes.
func (db *DB) InReadOnlyTx(ctx context.Context) bool {
	t := db.txOf(ctx)
	for t != nil && t.parent != nil {
		t = t.parent
	}
	return t != nil && t.readOnly
}

// tx is one level of a transaction: the transaction itself, or a savepoint in it.
type tx struct {
	db     *DB
	parent *tx
	engine driver.Tx
	depth  int
	levels int // of transactions and savepoints of all DBs that its context carries, this one counted

	joined    joined // the transaction is the program's, on all its levels; nil otherwise
	changed   bool   // of the outermost level of such a one: see DB.Changed
	readOnly  bool   // of the outermost level
	forgetful bool   // of the outermost level: its goroutine runs another transaction, which the context did not carry

	// turn is held by the statement that runs, or by the nested level that is open, which serialises the goroutines
	// that share the context of this level.
	turn   chan struct{}
	ending atomic.Bool // fn has returned
	loop   atomic.Pointer[Loop]
	actor  actor // of the outermost level; belongs to who has the turn

	replica *replica.Answer // of the outermost level: it is on a standby

	mu        sync.Mutex
	done      bool
	pending   []*Mark
	committed []func(ctx context.Context) // see AfterCommit
}

// txKey is the key of a DB's transaction in a context; without a DB, of the one that was begun last.
type txKey struct{ db *DB }

// txContext carries a transaction.
type txContext struct {
	context.Context
	tx *tx
}

// Value implements [context.Context].
func (c *txContext) Value(key any) any {
	if k, ok := key.(txKey); ok && (k.db == c.tx.db || k.db == nil) {
		return c.tx
	}
	return c.Context.Value(key)
}

func (db *DB) txOf(ctx context.Context) *tx {
	t, _ := ctx.Value(txKey{db}).(*tx)
	return t
}

func newTx(ctx context.Context, db *DB, parent *tx, e driver.Tx) *tx {
	t := &tx{db: db, parent: parent, engine: e, levels: levels(ctx) + 1, turn: make(chan struct{}, 1)}
	if parent != nil {
		t.depth, t.forgetful, t.joined = parent.depth+1, parent.forgetful, parent.joined
	}
	return t
}

// run calls fn and ends this level: by commit, or by rollback when fn fails in any way. Its frames on the stack are
// counted, see forgotten.
//
//go:noinline
func (t *tx) run(ctx context.Context, fn func(ctx context.Context) error, commit func() error) error {
	finished := false
	defer func() {
		if !finished { // a panic, or runtime.Goexit
			_ = t.finish(ctx)
			_ = t.rollback(ctx)
		}
	}()
	err := fn(&txContext{ctx, t})
	finished = true
	if endErr := t.finish(ctx); err == nil {
		err = endErr
	}
	if err != nil {
		// What fn returned is the caller's own and goes back unchanged; a rollback that fails leaves nothing behind
		// either, since the connection is dropped with it.
		_ = t.rollback(ctx)
		return err
	}
	return commit()
}

// finish waits for a statement that still runs in another goroutine, as long as the context lasts, and refuses those
// that come later. A loop whose body has been left open ends here, with the error of its statement if that fails.
func (t *tx) finish(ctx context.Context) (err error) {
	t.ending.Store(true)
	select {
	case t.turn <- struct{}{}:
	default:
		if l := t.loop.Load(); l.take() {
			err = l.rows.Close()
		} else {
			t.wait(ctx)
		}
	}
	t.mu.Lock()
	t.done = true
	t.mu.Unlock()
	<-t.turn
	return err
}

// wait waits for the turn. When the context ends, whoever has it is cut off: its own context may not end.
func (t *tx) wait(ctx context.Context) {
	select {
	case t.turn <- struct{}{}:
		return
	case <-ctx.Done():
	}
	late := time.NewTimer(driver.RollbackGrace)
	defer late.Stop()
	select {
	case t.turn <- struct{}{}:
	case <-late.C:
		t.engine.Cut()
		t.turn <- struct{}{}
	}
}

// rollback undoes this level. It does not hear the context, which may be what ended the transaction.
func (t *tx) rollback(ctx context.Context) error {
	ctx, cancel := driver.Settling(ctx)
	defer cancel()
	if t.parent == nil {
		ctx, event := t.db.observe(ctx, EventRollback, &driver.Statement{Op: "rollback", SQL: "ROLLBACK"})
		err := t.engine.Rollback(ctx)
		t.shown(ctx)
		event.end(ctx, 0, err)
		return err
	}
	t.forgetActor()
	if err := t.atSavepoint(ctx, EventRollbackTo, "rollback", "ROLLBACK TO SAVEPOINT ", t.engine.RollbackTo); err != nil {
		return err
	}
	return t.engine.Release(ctx, t.savepoint())
}

// atSavepoint runs one of the statements on the savepoint of a nested level.
func (t *tx) atSavepoint(ctx context.Context, kind EventKind, op, sql string,
	run func(ctx context.Context, name string) error) error {
	name := t.savepoint()
	if !t.db.Observed() {
		return run(ctx, name)
	}
	event := t.db.newEvent(kind, &driver.Statement{Op: op, SQL: sql + name})
	event.Depth = t.depth
	ctx = t.db.start(ctx, event)
	err := run(ctx, name)
	event.end(ctx, 0, err)
	return err
}

func (t *tx) savepoint() string { return "prom_" + strconv.Itoa(t.depth) }

// nested runs fn in a savepoint of t.
func (t *tx) nested(ctx context.Context, fn func(ctx context.Context) error) (err error) {
	whole := t.db.newEvent(EventTx, &driver.Statement{Op: "transaction"})
	if whole != nil {
		whole.Depth = t.depth + 1
		ctx = t.db.start(ctx, whole)
		err = errPanicked // unless it is replaced
		defer func() { whole.end(ctx, 0, err) }()
	}
	if err := t.acquire(ctx); err != nil {
		return t.db.describe(err, &driver.Statement{Op: "begin"})
	}
	defer t.giveBack()
	level := newTx(ctx, t.db, t, t.engine)
	begin, l := t.db.limit(ctx)
	if err := l.end(level.atSavepoint(begin, EventSavepoint, "savepoint", "SAVEPOINT ", t.engine.Savepoint)); err != nil {
		return t.db.describe(err, &driver.Statement{Op: "begin"})
	}
	return level.run(ctx, fn, func() error {
		if err := ctx.Err(); err != nil {
			_ = level.rollback(ctx)
			return driver.EndOfContext(err)
		}
		// A call that returns an error must not have done the work: a release ignores the context.
		end, cancel := driver.Settling(ctx)
		defer cancel()
		if err := level.atSavepoint(end, EventRelease, "release", "RELEASE SAVEPOINT ", t.engine.Release); err != nil {
			_ = level.rollback(ctx)
			return t.db.describe(err, &driver.Statement{Op: "commit"})
		}
		t.mu.Lock()
		if !t.changed {
			t.pending = append(t.pending, level.pending...)
		}
		t.committed = append(t.committed, level.committed...)
		t.mu.Unlock()
		return nil
	})
}

// acquire waits for this level's turn.
func (t *tx) acquire(ctx context.Context) error {
	select {
	case t.turn <- struct{}{}:
	default:
		if err := t.await(ctx); err != nil {
			return err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done {
		<-t.turn
		return &driver.Error{Kind: driver.KindClosed, Detail: "the transaction of this context has ended"}
	}
	if t.joined != nil {
		if err := t.joined.Ended(); err != nil {
			<-t.turn
			return err
		}
	}
	return nil
}

// await waits for a turn that somebody has.
func (t *tx) await(ctx context.Context) (err error) {
	if w := t.db.watcher(); w != nil {
		start := time.Now()
		defer func() { w.Waited(ctx, driver.WaitTurn, start, err) }()
	}
	wait := time.NewTimer(dsn.BusyTimeout(t.db.dsn))
	defer wait.Stop()
	select {
	case t.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return driver.EndOfContext(ctx.Err())
	case <-wait.C:
		return &driver.Error{Kind: driver.KindBusy,
			Detail: "another goroutine uses the transaction, or a nested transaction is open: use the context of that one"}
	}
}

func (t *tx) giveBack() { <-t.turn }

func (t *tx) query(ctx context.Context, st *driver.Statement) (driver.Rows, error) {
	if err := t.acquire(ctx); err != nil {
		return nil, err
	}
	if err := t.setActor(ctx, st); err != nil {
		t.giveBack()
		return nil, err
	}
	f := t.apart(ctx)
	rows, err := t.engine.Query(ctx, st)
	f.end()
	if err != nil {
		t.giveBack()
		return nil, f.explain(err)
	}
	r := &txRows{Rows: rows}
	r.loop.begin(t, rows)
	r.loop.Lend()
	return r, nil
}

func (t *tx) exec(ctx context.Context, st *driver.Statement) (int64, error) {
	if err := t.acquire(ctx); err != nil {
		return 0, err
	}
	defer t.giveBack()
	if err := t.setActor(ctx, st); err != nil {
		return 0, err
	}
	f := t.apart(ctx)
	defer f.end()
	n, err := t.engine.Exec(ctx, st)
	return n, f.explain(err)
}

// apart is [DB.apart] for a statement of a transaction whose goroutine runs another one.
func (t *tx) apart(ctx context.Context) *forgetful {
	if !t.forgetful {
		return nil
	}
	return t.db.forgetful(ctx)
}

func (t *tx) isPending(m *Mark) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Contains(t.pending, m)
}

func (t *tx) addPending(m *Mark) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.changed && !slices.Contains(t.pending, m) {
		t.pending = append(t.pending, m)
	}
}
