package sqlite

import (
	"context"

	"github.com/prom-go/prom/internal/db/driver"
)

// liteTx is a transaction of SQLite, on one connection.
type liteTx struct {
	engine        *engine
	conn          *liteConn // nil after the end
	queryOnly     bool
	counted       bool                   // it is one of those that write
	noForeignKeys bool                   // foreign keys are, see TxOptions
	dead          error                  // why SQLite rolled the transaction back by itself
	blobs         map[*liteBlob]struct{} // that are open
	idle          *idleWatch             // nil without a bound
}

// end gives the connection back. What is open on it is rolled back.
func (t *liteTx) end() {
	c := t.conn
	if c == nil {
		return
	}
	t.closeBlobs()
	t.conn = nil
	c.rollBack()
	if c.Conn != nil && (t.noForeignKeys || t.queryOnly && c.run("PRAGMA query_only = 0") != nil) {
		c.drop() // the next connection has its settings again
	}
	if t.counted {
		t.engine.open.Add(-1)
	}
	t.engine.give(c)
}

// Query implements [driver.Tx]. The transaction is not idle until the rows are closed.
func (t *liteTx) Query(ctx context.Context, st *driver.Statement) (driver.Rows, error) {
	t.idle.begin()
	rows, err := t.query(ctx, st)
	if err != nil {
		t.idle.end()
		return nil, err
	}
	return rows, nil
}

func (t *liteTx) query(ctx context.Context, st *driver.Statement) (*liteRows, error) {
	if t.dead != nil {
		return nil, t.deadError()
	}
	if st.Undo {
		if err := t.conn.run("SAVEPOINT prom_guard"); err != nil {
			return nil, t.note(err)
		}
	}
	r, err := t.conn.query(ctx, st)
	if err != nil {
		if err = t.note(err); st.Undo {
			err = t.endGuard(false, err)
		}
		return nil, err
	}
	r.tx, r.guarded = t, st.Undo
	return r, nil
}

// endGuard ends the savepoint of a statement, whose error it returns. A statement that is refused is undone.
func (t *liteTx) endGuard(refused bool, err error) error {
	if t.dead != nil {
		return err
	}
	if refused && err == nil {
		err = t.note(t.conn.run("ROLLBACK TO prom_guard"))
	}
	if end := t.note(t.conn.run("RELEASE prom_guard")); err == nil {
		err = end
	}
	return err
}

func (t *liteTx) Exec(ctx context.Context, st *driver.Statement) (int64, error) {
	t.idle.begin()
	defer t.idle.end()
	if t.dead != nil {
		return 0, t.deadError()
	}
	n, err := t.conn.exec(ctx, st)
	return n, t.note(err)
}

// note remembers the error at which SQLite rolled back the whole transaction by itself; what came after it would run
// outside of one (https://www.sqlite.org/lang_transaction.html, section 3). It returns err.
func (t *liteTx) note(err error) error {
	if err != nil && t.conn.Autocommit() {
		t.dead = err
	}
	return err
}

func (t *liteTx) deadError() error {
	if t.dead == errIdle { //nolint:errorlint // it is set as it is
		return &driver.Error{Kind: driver.KindTimeout,
			Detail: "the transaction was rolled back, because it ran no statement for longer than idle_in_transaction_session_timeout"}
	}
	return &driver.Error{Kind: driver.KindClosed,
		Detail: "the transaction was rolled back, because a statement in it failed", Err: t.dead}
}

func (t *liteTx) run(ctx context.Context, sql string) error {
	_, err := t.Exec(ctx, &driver.Statement{SQL: sql})
	return err
}

func (t *liteTx) Savepoint(ctx context.Context, name string) error {
	return t.run(ctx, "SAVEPOINT "+name)
}

// release and rollbackTo wait for nobody, and do not hear the context, which may be what ended the level.
func (t *liteTx) Release(ctx context.Context, name string) error {
	return t.run(context.WithoutCancel(ctx), "RELEASE "+name)
}

func (t *liteTx) RollbackTo(ctx context.Context, name string) error {
	return t.run(context.WithoutCancel(ctx), "ROLLBACK TO "+name)
}

// Cut implements [driver.Tx]. It is called beside the statement that runs.
func (t *liteTx) Cut() {
	t.idle.lock()
	defer t.idle.unlock()
	if t.conn != nil {
		t.conn.Interrupt()
	}
}

func (t *liteTx) Commit(context.Context) error {
	t.idle.begin()
	defer t.idle.end()
	if t.dead != nil {
		err := t.deadError()
		t.end()
		return err
	}
	t.closeBlobs()
	// A commit is short and is not interrupted: nobody would know whether it had happened.
	err := t.conn.run("COMMIT")
	t.end()
	return err
}

func (t *liteTx) Rollback(context.Context) error {
	t.idle.begin()
	defer t.idle.end()
	t.end()
	return nil
}
