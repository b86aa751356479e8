package core

import (
	"context"
	"errors"
	"slices"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/schema"
)

// call is one statement of a repo on its way to the database.
type call struct {
	driver.Statement
	text     *render.Text // when the statement may need other tables too
	complete bool         // its success shows that the table has all columns
	again    rerun        // whether it may be run again after a failure
	settles  bool         // it may write, so that a loop which is left does not end it
	lent     *db.Loop     // the loop that reads its rows in a transaction; nil for none
	bulk     *driver.Bulk // many rows; nil for anything else
	reads    bool         // it is a read of the program's, which a standby may answer
}

// rerun says whether a statement that has failed may be run again, if nothing of it has happened.
type rerun uint8

const (
	rerunFailed rerun = iota
	rerunUnsent       // only before anything was sent, or in a transaction: it may have committed some of its work itself
	rerunNever        // its rows have been used
)

// allows reports whether a statement may be run again after an error.
func (r rerun) allows(err error, inTx bool) bool {
	return r == rerunFailed || r == rerunUnsent && (inTx || driver.IsUnsent(err) || driver.IsStandby(err))
}

// exec runs a statement that returns no rows, and returns how many it changed.
func (b *binding) exec(ctx context.Context, c *call) (int64, error) { return b.run(ctx, c, nil) }

// query runs a statement and has its rows read, by a reader that begins anew when it is called again.
func (b *binding) query(ctx context.Context, c *call, to driver.RowReader) error {
	_, err := b.run(ctx, c, to)
	return err
}

// run runs a statement. A missing table, column or index is installed, once, and the statement run again; what is
// otherwise worth another run, because nothing has happened, gets one too.
func (b *binding) run(ctx context.Context, c *call, to driver.RowReader) (n int64, err error) {
	if c.Write && b.table.View && !c.Raw {
		return 0, ErrorOf(c.Op, b.table, errView)
	}
	if c.Write && !c.Raw {
		if err := b.audit(ctx); err != nil {
			return 0, ErrorOf(c.Op, b.table, err)
		}
		if b.ascribed(ctx) {
			err = b.inTx(ctx, func(ctx context.Context) (err error) {
				n, err = b.run(ctx, c, to)
				return err
			})
			return n, err
		}
	}
	if c.text != nil {
		if c.text.Unknown() != nil {
			if c.text, err = b.formed(ctx, c.text); err != nil {
				return 0, ErrorOf(c.Op, b.table, err)
			}
			c.SQL = c.text.SQL
		}
		if err := c.text.CheckDB(b.db); err != nil {
			return 0, ErrorOf(c.Op, b.table, err)
		}
		if c.text.Locks {
			if err := b.mayLock(ctx); err != nil {
				return 0, ErrorOf(c.Op, b.table, err)
			}
		}
	}
	c.Fresh, c.Attempt = false, 0
	if c.reads && !c.Write && !c.Raw {
		c.Read = driver.AnyReader
	}
	var tries attempts
	for {
		c.Table, c.Guard = b.table.Name, b.guard(ctx, c)
		if n, err = b.once(ctx, c, to); err == nil {
			break
		}
		if err = tries.next(ctx, b, &c.Statement, c.text, err, c.again.allows(err, b.db.InTx(ctx))); err != nil {
			return 0, ErrorOf(c.Op, b.table, err)
		}
		c.Fresh = tries.fresh()
		if tries.replica {
			c.Read = driver.PrimaryOnly
		}
	}
	if c.complete && !b.derived {
		b.marked.Set(ctx)
	}
	return n, nil
}

// attempts counts what has been answered by running a statement again, or several that are sent together.
type attempts struct {
	repaired []*binding // of which something was missing
	met      bool       // a row that came meanwhile
	stale    int        // old prepared statements
	lost     bool       // a connection
	standby  bool       // a server that takes no writes
	replica  bool       // a standby that was to answer a read
}

// fresh reports whether what connections have prepared is not to be used any more.
func (a *attempts) fresh() bool { return a.stale > 0 || a.met || a.lost }

// maxStale bounds how often old prepared statements are answered by another run: each may get another connection of the
// pool, whose statements were prepared before a table changed.
const maxStale = 5

// next counts an attempt in st, and returns nil when a statement of b that has failed is to run again, for which what
// was missing has been installed, and otherwise the error to give up with. Allowed says whether it may run again at
// all.
func (a *attempts) next(ctx context.Context, b *binding, st *driver.Statement, text *render.Text, err error,
	allowed bool) error {
	if driver.IsReplica(err) && !a.replica && allowed && ctx.Err() == nil {
		a.replica = true // what is missing there the primary may have
		st.Attempt++
		b.db.Retries(ctx, st, err)
		return nil
	}
	spent := false
	switch {
	case missing(err):
		// What was known is no longer so, whether or not this call can be helped: the next one looks again.
		b.forget(text)
		spent = slices.Contains(a.repaired, b)
		a.repaired = append(a.repaired, b)
	case driver.IsStale(err):
		a.stale++
		spent = a.stale > maxStale
	case driver.IsStandby(err):
		spent, a.standby = a.standby, true
	case b.tooNarrow(ctx, err):
		// It is asked once for all.
	case driver.KindOf(err) == driver.KindUnique:
		spent, a.met = a.met, true
	default:
		spent, a.lost = a.lost, true
	}
	if spent || !allowed || !b.again(ctx, st, err) {
		return err
	}
	if err := b.repair(ctx, text, err); err != nil {
		return err
	}
	st.Attempt++
	b.db.Retries(ctx, st, err)
	return nil
}

// once runs a statement one time.
func (b *binding) once(ctx context.Context, c *call, to driver.RowReader) (int64, error) {
	switch {
	case c.bulk != nil:
		c.bulk.Statement = c.Statement
		return 0, b.db.Bulk(ctx, c.bulk)
	case to == nil:
		return b.db.Exec(ctx, &c.Statement)
	}
	return 0, b.db.ReadLoop(ctx, &c.Statement, c.lent, to)
}

// guard chooses how a statement in a transaction is protected.
func (b *binding) guard(ctx context.Context, c *call) driver.Guard {
	switch {
	case !c.Raw && !b.complete(ctx, c.text):
		return driver.GuardMissing
	case c.Write, c.Raw, c.text != nil && c.text.Locks: // a lock that is not to be had is an error too
		return driver.GuardData
	}
	return driver.NoGuard
}

// mayLock returns an error when rows cannot be locked: outside a transaction the lock would end with the statement.
func (b *binding) mayLock(ctx context.Context) error {
	switch {
	case b.db.ReadOnly() || b.db.InReadOnlyTx(ctx):
		return &driver.Error{Kind: driver.KindReadOnly, Detail: "FOR UPDATE is not possible in a read-only transaction"}
	case !b.db.InTx(ctx):
		return errors.New("FOR UPDATE needs a transaction, because its locks end with it: call it with the context that Tx passes")
	}
	return nil
}

// forget takes back that the tables of a statement are complete.
func (b *binding) forget(text *render.Text) {
	b.marked.Clear()
	b.told.Store(toldUnknown)
	b.nulls.Store(nil)
	b.plain.Clear()
	if text != nil {
		for _, t := range text.Tables {
			install.Mark(b.db, t).Clear()
		}
	}
}

// complete reports whether all tables of a statement are known to be so.
func (b *binding) complete(ctx context.Context, text *render.Text) bool {
	if !b.derived && !b.marked.IsSet(ctx) {
		return false
	}
	if text != nil {
		for _, t := range text.Tables {
			if !install.Mark(b.db, t).IsSet(ctx) {
				return false
			}
		}
	}
	return true
}

// again reports whether a failed statement may be run a second time.
func (b *binding) again(ctx context.Context, st *driver.Statement, err error) bool {
	inTx := b.db.InTx(ctx)
	if missing(err) {
		if b.db.ReadOnly() || b.db.DSN().Options.Install == dsn.InstallOff || b.table == noTable {
			return false
		}
		// Without its savepoint the statement has ended the transaction, and nothing can be installed in it.
		return !inTx || !b.db.Dialect().Features().ErrorAborts || st.Guard == driver.GuardMissing || st.Raw
	}
	if ctx.Err() != nil || driver.HasWaited(err) {
		return false
	}
	if st.Stores.Meets() && driver.KindOf(err) == driver.KindUnique {
		// Another index has the row that it should have met, if somebody else has just inserted that: PostgreSQL
		// looks at the one index before it inserts, and then at each of the others. The next time it meets the row.
		return !inTx || st.Guard != driver.NoGuard || !b.db.Dialect().Features().ErrorAborts
	}
	if inTx {
		return driver.IsStale(err) && st.Guard != driver.NoGuard // by which it is undone
	}
	return driver.IsStale(err) || driver.IsUnsent(err) || driver.IsStandby(err) ||
		b.tooNarrow(ctx, err) || b.lacksValue(err) ||
		!st.Write && !st.Raw && driver.KindOf(err) == driver.KindConnection
}

// tooNarrow reports whether the database has refused what the model allows, or may have, because its table is from when
// the model allowed less: a NOT NULL or a CHECK that a value has broken which was found valid. It is so at most once,
// and outside of transactions, where the table can be changed.
func (b *binding) tooNarrow(ctx context.Context, err error) bool {
	switch driver.KindOf(err) {
	case driver.KindType, driver.KindNotNull, driver.KindCheck:
		return (driver.KindOf(err) != driver.KindType || b.hasEnum()) && !b.derived && b.table != noTable && !b.wide.Load() && !b.db.InTx(ctx) && !b.db.ReadOnly() &&
			b.db.DSN().Options.Install == dsn.InstallAuto
	}
	return false
}

// hasEnum reports whether the model has an enum type of PostgreSQL.
func (b *binding) hasEnum() bool {
	return slices.ContainsFunc(b.table.Columns, func(c *schema.Column) bool { return c.Enum != nil })
}

// lacksValue reports whether the database may have refused a value of an enum that its type lacks, and nothing may be
// added to that.
func (b *binding) lacksValue(err error) bool {
	return driver.KindOf(err) == driver.KindType && !b.derived && b.table != noTable &&
		b.db.DSN().Options.Install == dsn.InstallCheck && b.hasEnum()
}

// missing reports whether err says that the table is not there or not complete.
func missing(err error) bool {
	switch driver.KindOf(err) {
	case driver.KindNoTable, driver.KindNoColumn, driver.KindNoIndex:
		return true
	}
	return false
}

// repair installs what an error says is missing: the table, or one of the others that the statement needs.
func (b *binding) repair(ctx context.Context, text *render.Text, err error) error {
	if b.tooNarrow(ctx, err) && !b.wide.Swap(true) {
		if widened, widenErr := install.Widen(ctx, b.db, b.table); widenErr != nil || !widened {
			return err
		}
		return nil
	}
	if b.lacksValue(err) {
		if lacks := install.LacksValues(ctx, b.db, b.table); driver.KindOf(lacks) == driver.KindDrift {
			return lacks
		}
		return err
	}
	if !missing(err) {
		return nil
	}
	if end := ctx.Err(); end != nil {
		return driver.ContextError(end) // with more time nothing would be missing
	}
	tables := []*schema.Table{b.table}
	if b.derived {
		tables = nil
	}
	if text != nil {
		tables = append(tables, text.Tables...)
	}
	for _, t := range tables {
		changed, installErr := install.Ensure(ctx, b.db, t)
		if driver.KindOf(installErr) == driver.KindReadOnly {
			return err // of a read-only transaction, in which it is the missing table that matters
		}
		if installErr != nil {
			return installErr
		}
		if changed {
			formsOf(b.db, t).made()
		}
	}
	return nil
}

// inTx runs fn in a transaction. When a table was changed behind our back, the transaction ended before anything could
// be put right in it: fn is run once more.
func (b *binding) inTx(ctx context.Context, fn func(ctx context.Context) error, options ...db.TxOption) error {
	known := b.marked.IsSet(ctx)
	err := b.db.Tx(ctx, fn, options...)
	if !b.db.InTx(ctx) && (known && missing(err) || driver.IsStale(err) || driver.IsStandby(err)) {
		err = b.db.Tx(ctx, fn, options...)
	}
	return err
}

// notFound returns the error of a row that is not there.
func (r *Repo) notFound(op string) error {
	return &driver.Error{Kind: driver.KindNotFound, Op: op, Table: r.table.Name}
}

// tooMany returns the error of several rows where one was asked for.
func (r *Repo) tooMany(op string) error {
	return &driver.Error{Kind: driver.KindTooManyRows, Op: op, Table: r.table.Name}
}

// noRow returns the error of a statement that has returned no row: there is none, or none was stored.
func (r *Repo) noRow(st *driver.Statement) error {
	if st.Stores.Must() {
		return driver.NotStored(st.Op, r.table.Name)
	}
	return r.notFound(st.Op)
}
