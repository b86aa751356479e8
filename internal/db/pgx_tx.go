package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/prom-go/prom/internal/db/driver"
)

// PgxTxOn returns the transaction of PostgreSQL that ctx carries for a DB, for code that works on a pgx.Tx.
func PgxTxOn(ctx context.Context, db *DB) (pgx.Tx, error) { return db.txOf(ctx).pgx() }

// PgxTx is [PgxTxOn] of the transaction that was begun last of those that ctx carries, whichever DB it is of.
func PgxTx(ctx context.Context) (pgx.Tx, error) {
	last, _ := ctx.Value(txKey{}).(*tx)
	return last.pgx()
}

func (t *tx) pgx() (pgx.Tx, error) {
	fail := func(kind driver.Kind, detail string) (pgx.Tx, error) {
		return nil, &driver.Error{Kind: kind, Op: "pgx transaction", Detail: detail}
	}
	if t == nil {
		return fail(driver.KindOther, "the context carries no transaction: call it in the function of Tx, with the context that this gets")
	}
	of, ok := t.engine.(interface{ Pgx() pgx.Tx })
	if !ok {
		return fail(driver.KindUnsupported, "the transaction is one of SQLite")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done {
		return fail(driver.KindClosed, "the transaction of this context has ended")
	}
	return &pgxTx{t: t, inner: of.Pgx()}, nil
}

// pgxTx is a level of a transaction, or a savepoint in it, as a pgx.Tx. Each call takes the turn of the level, so that
// it is not in the way of statements of other goroutines.
type pgxTx struct {
	t     *tx
	inner pgx.Tx

	// Of a savepoint.
	savepoint          bool
	pending, committed int // how many t had when it began
}

var errNotYours = errors.New("prom: the transaction is ended by who began it: return nil or an error from the function of Tx, or use Begin")

// acquire takes the turn. Its error is pgx's own when the transaction has ended.
func (p *pgxTx) acquire(ctx context.Context) error {
	err := p.t.acquire(ctx)
	var e *driver.Error
	if errors.As(err, &e) && e.Kind == driver.KindClosed && e.Err == nil {
		e.Err = pgx.ErrTxClosed
	}
	return err
}

// Begin implements [pgx.Tx]: it makes a savepoint.
func (p *pgxTx) Begin(ctx context.Context) (pgx.Tx, error) {
	if err := p.acquire(ctx); err != nil {
		return nil, err
	}
	defer p.t.giveBack()
	inner, err := p.inner.Begin(ctx)
	if err != nil {
		return nil, err
	}
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	return &pgxTx{t: p.t, inner: inner, savepoint: true, pending: len(p.t.pending), committed: len(p.t.committed)}, nil
}

// Commit implements [pgx.Tx]. It ends a savepoint, and is an error for the transaction.
func (p *pgxTx) Commit(ctx context.Context) error {
	if !p.savepoint {
		return errNotYours
	}
	if err := p.acquire(ctx); err != nil {
		return err
	}
	defer p.t.giveBack()
	return p.inner.Commit(ctx)
}

// Rollback implements [pgx.Tx]. It ends a savepoint, and is an error for the transaction.
func (p *pgxTx) Rollback(ctx context.Context) error {
	if !p.savepoint {
		return errNotYours
	}
	if err := p.acquire(ctx); err != nil {
		return err
	}
	defer p.t.giveBack()
	err := p.inner.Rollback(ctx)
	if err == nil { // what prom has learned and was given since is undone too
		p.t.mu.Lock()
		defer p.t.mu.Unlock()
		p.t.pending = p.t.pending[:min(p.pending, len(p.t.pending))]
		p.t.committed = p.t.committed[:min(p.committed, len(p.t.committed))]
	}
	return err
}

func (p *pgxTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, src pgx.CopyFromSource) (int64, error) {
	if err := p.acquire(ctx); err != nil {
		return 0, err
	}
	defer p.t.giveBack()
	return p.inner.CopyFrom(ctx, table, columns, src)
}

func (p *pgxTx) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	if err := p.acquire(ctx); err != nil {
		return nil, err
	}
	defer p.t.giveBack()
	return p.inner.Prepare(ctx, name, sql)
}

func (p *pgxTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if err := p.acquire(ctx); err != nil {
		return pgconn.CommandTag{}, err
	}
	defer p.t.giveBack()
	return p.inner.Exec(ctx, sql, args...)
}

// LargeObjects implements [pgx.Tx]. Its calls take no turn.
func (p *pgxTx) LargeObjects() pgx.LargeObjects { return p.inner.LargeObjects() }

// Conn implements [pgx.Tx]. What is done with the connection takes no turn.
func (p *pgxTx) Conn() *pgx.Conn { return p.inner.Conn() }

// SendBatch implements [pgx.Tx]. The turn is held until the results are closed.
func (p *pgxTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	if err := p.acquire(ctx); err != nil {
		return pgx.FailedBatchResults(b, err)
	}
	r := &pgxResults{BatchResults: p.inner.SendBatch(ctx, b)}
	r.loop.begin(p.t, r.BatchResults)
	r.loop.Lend()
	return r
}

// pgxResults gives the turn back when it is closed. Who has them may forget them, and then the end of the transaction
// closes them.
type pgxResults struct {
	pgx.BatchResults
	loop   Loop
	closed bool
}

func (r *pgxResults) Close() error {
	if r.closed {
		return r.BatchResults.Close()
	}
	r.closed = true
	if !r.loop.Return() {
		return ErrLoopEnded()
	}
	defer r.loop.end()
	return r.BatchResults.Close()
}

// Query implements [pgx.Tx]. The turn is held until the rows are closed, which the last one does.
func (p *pgxTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if err := p.acquire(ctx); err != nil {
		return pgx.FailedBatchResults(&pgx.Batch{}, err).Query() // rows that have the error
	}
	rows, err := p.inner.Query(ctx, sql, args...)
	if err != nil {
		p.t.giveBack()
		return rows, err
	}
	r := &pgxRows{Rows: rows}
	r.loop.begin(p.t, pgxCloser{rows})
	r.loop.Lend()
	return r, nil
}

// pgxCloser is rows as an io.Closer.
type pgxCloser struct{ rows pgx.Rows }

func (c pgxCloser) Close() error {
	c.rows.Close()
	return c.rows.Err()
}

// pgxRows are rows that give the turn back at their end, as txRows do.
type pgxRows struct {
	pgx.Rows
	loop   Loop
	closed bool
	ended  error // the transaction has ended before them
}

// use calls fn while the end of the transaction cannot take the rows.
func (r *pgxRows) use(fn func()) bool {
	if r.closed {
		fn()
		return true
	}
	if !r.loop.Return() {
		r.closed, r.ended = true, ErrLoopEnded()
		return false
	}
	fn()
	r.loop.Lend()
	return true
}

func (r *pgxRows) Next() (more bool) {
	if !r.use(func() { more = r.Rows.Next() }) {
		return false
	}
	if !more {
		r.Close()
	}
	return more
}

func (r *pgxRows) Scan(dest ...any) (err error) {
	if !r.use(func() { err = r.Rows.Scan(dest...) }) {
		return r.ended
	}
	if err != nil { // which closes pgx's rows
		r.Close()
	}
	return err
}

func (r *pgxRows) Values() (values []any, err error) {
	if !r.use(func() { values, err = r.Rows.Values() }) {
		return nil, r.ended
	}
	if err != nil {
		r.Close()
	}
	return values, err
}

func (r *pgxRows) Close() {
	if r.closed {
		return
	}
	r.closed = true
	if !r.loop.Return() {
		r.ended = ErrLoopEnded()
		return
	}
	r.Rows.Close()
	r.loop.end()
}

func (r *pgxRows) Err() error {
	if r.ended != nil {
		return r.ended
	}
	return r.Rows.Err()
}

// QueryRow implements [pgx.Tx]. The turn is held until the row is scanned.
func (p *pgxTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := p.Query(ctx, sql, args...)
	return &pgxRow{rows, err}
}

// pgxRow is the first of some rows.
type pgxRow struct {
	rows pgx.Rows
	err  error
}

// Scan implements [pgx.Row], as pgx does.
func (r *pgxRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	for _, d := range dest {
		if _, ok := d.(*pgtype.DriverBytes); ok {
			return errors.New("cannot scan into *pgtype.DriverBytes from QueryRow")
		}
	}
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}
