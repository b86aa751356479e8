package sqlite

import (
	"context"
	"time"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/sqlite3"
)

// liteConn is a place for one connection to a file. The connection is made when it is first needed, and again after it
// was dropped. Who has taken the place from its queue is the only one to use it.
type liteConn struct {
	engine *engine
	writes bool // it is the one that writes

	*sqlite3.Conn // nil while there is none

	reads  uint      // how often it was taken, of one that reads
	looked time.Time // when it looked for its file, of the one that writes

	rows liteRows

	conflicted bool   // the upsert that runs has met a row: the function of that name was called
	buf        []byte // for texts on their way to a parameter
}

// ready makes the connection if there is none.
func (c *liteConn) ready(ctx context.Context) error {
	if c.Conn != nil {
		return c.unmoved()
	}
	start := time.Now()
	opened, err := c.engine.connect(ctx, c.writes)
	if w := c.engine.watch; w != nil {
		w.Connected(ctx, start, err)
	}
	if err != nil {
		return err
	}
	noted := func([]sqlite3.Arg) sqlite3.Result {
		c.conflicted = true
		return sqlite3.Result{Type: sqlite3.Integer, Int: 1}
	}
	inserted := func([]sqlite3.Arg) sqlite3.Result { // for each row as it has been written (lang_returning.html)
		r := sqlite3.Result{Type: sqlite3.Integer, Int: 1}
		if c.conflicted {
			r.Int, c.conflicted = 0, false
		}
		return r
	}
	err = opened.CreateEffect(sqlite.Conflicted, 0, noted)
	if err == nil {
		err = opened.CreateEffect(sqlite.InsertedEach, 0, inserted)
	}
	if err != nil {
		_ = opened.Close()
		return ErrorOf(err)
	}
	c.Conn = opened
	c.queue().opened.Add(1)
	return nil
}

// queue returns the queue that the place belongs to.
func (c *liteConn) queue() *queue {
	if c.writes {
		return &c.engine.writer
	}
	return c.engine.readers
}

// The connection that writes looks whether its file is still there when it has not for looksAfter, and one that reads
// after looksEach reads: a look costs as much as a tenth of a write.
const (
	looksAfter = 10 * time.Millisecond
	looksEach  = 256
)

// unmoved returns an error when the file is not the database's any more, because it was removed, renamed or replaced:
// what is written would be lost, and what is read is old. What one connection has seen holds for all, until they are
// closed.
func (c *liteConn) unmoved() error {
	if c.engine.memory == "" && c.looks() && c.Moved() {
		c.engine.moved.Store(true)
	}
	if c.engine.moved.Load() {
		return movedError()
	}
	return nil
}

// looks reports whether it is time to look.
func (c *liteConn) looks() bool {
	if !c.writes {
		c.reads++
		return c.reads%looksEach == 0
	}
	now := time.Now()
	if now.Sub(c.looked) < looksAfter {
		return false
	}
	c.looked = now
	return true
}

// drop closes the connection, about whose state nobody knows enough. A database in memory ends with its last
// connection, so there the next one is made first, and the old one stays when that cannot be.
func (c *liteConn) drop() {
	old := c.Conn
	c.Conn = nil
	if c.engine.memory != "" {
		if c.ready(context.Background()) != nil {
			c.Conn = old
			return
		}
	}
	_ = old.Close()
	c.queue().shut.Add(1)
}

// start prepares a statement, binds its arguments, and others by a function that is given, and runs it up to its first
// row. When it fails, it has ended.
func (c *liteConn) start(ctx context.Context, st *driver.Statement, bind func(*sqlite3.Stmt) error) (s *sqlite3.Stmt,
	row bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, driver.EndOfContext(err)
	}
	c.SetContext(ctx)
	if s, err = c.Prepare(st.SQL); err == nil {
		if c.buf, err = bindArgs(s, st.Args, c.buf); err == nil && bind != nil {
			err = bind(s)
		}
		if err == nil {
			row, err = s.Step()
		}
	}
	c.waited(ctx, err)
	if err == nil {
		return s, row, nil
	}
	if err = c.failed(err, st); s != nil {
		_ = s.Reset() // says the same again
	}
	c.tidy()
	return nil, false, err
}

// end ends a statement that start has begun. What it wrote outside a transaction is committed then.
func (c *liteConn) end(s *sqlite3.Stmt, st *driver.Statement) error {
	err := s.Reset()
	if err != nil {
		err = c.failed(err, st)
	}
	c.tidy()
	return err
}

// largestBuf is how large a buffer for texts is kept.
const largestBuf = 64 << 10

func (c *liteConn) tidy() {
	c.ClearContext()
	if cap(c.buf) > largestBuf {
		c.buf = nil
	}
}

// query begins a result. The rows are part of the connection.
func (c *liteConn) query(ctx context.Context, st *driver.Statement) (*liteRows, error) {
	c.conflicted = false
	s, row, err := c.start(ctx, st, nil)
	if err != nil {
		return nil, err
	}
	st.Inserted = st.Tell && !c.conflicted // before its first row all is done
	c.rows = liteRows{conn: c, stmt: s, st: st, first: true, more: row, writes: c.settle(s, row)}
	return &c.rows, nil
}

// settle lets a statement that writes run to its end once it has a row: all that it changes is changed before its first
// one, and an interruption would only hide its success. It reports whether it is such a statement.
func (c *liteConn) settle(s *sqlite3.Stmt, row bool) bool {
	if !row || s.ReadOnly() {
		return false
	}
	c.ClearContext()
	return true
}

// exec runs a statement to its end and returns how many rows it changed.
func (c *liteConn) exec(ctx context.Context, st *driver.Statement) (int64, error) {
	return c.execWith(ctx, st, nil)
}

// execWith is exec that binds more than the arguments of the statement.
func (c *liteConn) execWith(ctx context.Context, st *driver.Statement, bind func(*sqlite3.Stmt) error) (int64, error) {
	before := c.TotalChanges()
	s, row, err := c.start(ctx, st, bind)
	if err == nil {
		c.settle(s, row)
	}
	for err == nil && row {
		if row, err = s.Step(); err != nil {
			err = c.failed(err, st)
		}
	}
	if s != nil {
		if endErr := c.end(s, st); err == nil {
			err = endErr
		}
	}
	if err != nil || c.TotalChanges() == before { // Changes still has the number of the statement before
		return 0, err
	}
	st.LastKey = c.LastInsertRowID()
	return c.Changes(), nil
}

// changes reports whether a statement changes the database, which SQLite knows. One that cannot be prepared says why
// when it is run.
func (c *liteConn) changes(sql string) bool {
	s, err := c.Prepare(sql)
	if err != nil {
		return false
	}
	defer s.Reset() //nolint:errcheck // it has not run
	return !s.ReadOnly()
}

// run runs a statement of the library's own, which is short and is not interrupted.
func (c *liteConn) run(sql string) error {
	s, err := c.Prepare(sql)
	if err == nil {
		_, err = s.Step()
		if resetErr := s.Reset(); err == nil {
			err = resetErr
		}
	}
	c.waited(context.Background(), err)
	if err != nil {
		return ErrorOf(err)
	}
	return nil
}

// waited tells how long a statement has waited for other processes.
func (c *liteConn) waited(ctx context.Context, err error) {
	if d := c.TakeBusy(); d > 0 && c.engine.watch != nil {
		c.engine.watch.Waited(ctx, driver.WaitLock, time.Now().Add(-d), err)
	}
}

// failed translates the error of a statement of this connection.
func (c *liteConn) failed(err error, st *driver.Statement) error {
	err = ErrorOf(err)
	c.setReference(err, st)
	return err
}

// rollBack ends a transaction, if one is open, by force if need be.
func (c *liteConn) rollBack() {
	if c.Conn != nil && !c.Autocommit() && c.run("ROLLBACK") != nil {
		c.drop()
	}
}

// connect opens a connection and gives it its settings. While other processes do the same, SQLite refuses to set the
// journal at once, without the waiting that it does elsewhere, so it is waited here.
func (e *engine) connect(ctx context.Context, writes bool) (*sqlite3.Conn, error) {
	settings := e.reading
	if writes {
		settings = e.writing
	}
	deadline := time.Now().Add(e.wait)
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		c, err := settings.open(ctx)
		if err == nil {
			c.SetStatementTimeout(e.dsn.Options.StatementTimeout)
			return c, nil
		}
		if err = ErrorOf(err); driver.KindOf(err) != driver.KindBusy || time.Now().Add(pause).After(deadline) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, driver.EndOfContext(ctx.Err())
		case <-time.After(pause):
		}
	}
}
