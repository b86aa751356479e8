package db

import (
	"context"
	"errors"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/db/replica"
	"github.com/prom-go/prom/internal/dsn"
)

// replicas returns the servers of the DB, nil when it has no replicas, or is not connected.
func (db *DB) replicas() *replica.Set {
	if e := db.engine.Load(); e != nil {
		return e.set
	}
	return nil
}

// ReadsReplicas reports whether standbys may answer reads.
func (db *DB) ReadsReplicas() bool { return db.dsn.Options.ReadReplicas }

// openReplicas opens the servers of the DB, none when it has no replicas.
func (db *DB) openReplicas(ctx context.Context, e driver.Engine) (*replica.Set, error) {
	if !db.ReadsReplicas() {
		return nil, nil
	}
	return replica.Open(db.dsn, e, func(d dsn.DSN) (driver.Engine, error) { return db.driver.Open(ctx, d, db.watcher()) })
}

// scopes returns the scope of the reads with a context, and those of the writes.
func (db *DB) scopes(ctx context.Context, set *replica.Set) (read *replica.Scope, writes [2]*replica.Scope, r route) {
	r = routeOf(ctx)
	writes[0], writes[1] = &set.Process, &set.Process
	if r.scope != nil {
		writes[1] = r.scope.on(db)
	}
	if read = writes[1]; r.stale != nil {
		read = r.stale.on(db)
	}
	return read, writes, r
}

// telling has a statement outside of transactions, which the primary runs, tell the position behind it, which done
// takes from it. It is for what writes, and for what the program reads.
type telling struct {
	set    *replica.Set
	st     *driver.Statement
	log    driver.Log
	read   *replica.Scope
	from   replica.Mark
	writes [2]*replica.Scope
}

// logs returns nil when nothing is to be told.
func (db *DB) logs(ctx context.Context, st *driver.Statement, writes bool) *telling {
	set := db.replicas()
	if set == nil || !writes && st.Read == driver.NoReader {
		return nil
	}
	l := &telling{set: set, st: st, log: driver.Log{After: true}}
	l.read, l.writes, _ = db.scopes(ctx, set)
	l.from = l.read.Mark()
	if !writes {
		l.writes = [2]*replica.Scope{}
	}
	st.Log = &l.log
	return l
}

// done is called when the statement has ended, with its error.
func (l *telling) done(err error) {
	if l == nil {
		return
	}
	l.st.Log = nil
	if l.writes[0] != nil {
		if err == nil || errors.Is(err, driver.KindOutcomeUnknown) {
			l.set.Wrote(l.log.Then, l.writes[0], l.writes[1])
		}
		return
	}
	l.set.Primary(l.read, l.from, l.log.Then)
}

// wrote is done for what does not tell the position.
func (db *DB) wrote(ctx context.Context) {
	if set := db.replicas(); set != nil {
		_, writes, _ := db.scopes(ctx, set)
		set.Wrote(0, writes[0], writes[1])
	}
}

// onReplica runs a read outside of transactions on a standby: ok is false when none shows what it must see, or the one
// that does has failed, and then the primary has to answer.
func (db *DB) onReplica(ctx context.Context, st *driver.Statement, a *replica.Answer,
	run func(e driver.Replica) error) (ok bool) {
	set := db.replicas()
	if set == nil || st.Read != driver.AnyReader {
		return false
	}
	scope, _, r := db.scopes(ctx, set)
	if r.primary {
		return false
	}
	ok, err := set.Try(ctx, scope, a, func(e driver.Replica, log *driver.Log) error {
		st.Log = log
		return run(e)
	})
	if err != nil || !ok {
		st.Log = nil
	}
	if ok && err != nil {
		a.Failed(err)
		return false
	}
	return ok
}

// replicaError marks the error of a read that a standby has not answered, whatever it is, unless the context has ended:
// the primary answers it. A table may be missing on a standby that is behind, and a standby ends reads that are in the
// way of what it replays.
func replicaError(ctx context.Context, err error) error {
	var e *driver.Error
	if err != nil && ctx.Err() == nil && errors.As(err, &e) {
		driver.FactsOf(e).Replica = true
	}
	return err
}

// lostRows are rows of what may have written, of which no position is told.
type lostRows struct {
	driver.Rows
	wrote func()
}

func (r *lostRows) Close() error {
	defer r.wrote()
	return r.Rows.Close()
}

// Inner returns the rows themselves, for who reads them in the engine's own form.
func (r *lostRows) Inner() any { return r.Rows }

// beginOnReplica begins a transaction that only reads on a standby, where one shows what it must see. Serializable ones
// are not possible there.
func (db *DB) beginOnReplica(ctx context.Context, opts driver.TxOptions) (t driver.Tx, on *replica.Answer) {
	if !opts.ReadOnly || opts.Isolation == driver.Serializable || opts.Deferrable || opts.Prelude != "" {
		return nil, nil
	}
	a, st := &replica.Answer{}, &driver.Statement{Op: "begin", Read: driver.AnyReader}
	if db.onReplica(ctx, st, a, func(e driver.Replica) (err error) {
		t, err = e.BeginAt(ctx, opts, st.Log)
		return err
	}) {
		return t, a
	}
	return nil, nil
}

// commitEngine commits, and tells the scopes of the context of the position.
func (t *tx) commitEngine(ctx context.Context) error {
	set := t.db.replicas()
	if set == nil || t.replica != nil {
		err := t.engine.Commit(ctx)
		if t.replica != nil {
			t.replica.Lost()
		}
		return err
	}
	_, writes, _ := t.db.scopes(ctx, set)
	var position uint64
	var err error
	if c, ok := t.engine.(driver.LogCommitter); ok {
		position, err = c.CommitLog(ctx)
	} else {
		err = t.engine.Commit(ctx)
	}
	set.Wrote(position, writes[0], writes[1])
	return err
}

// shown is called behind the rollback of a transaction, which may have shown rows.
func (t *tx) shown(ctx context.Context) {
	if t.replica != nil {
		t.replica.Lost()
		return
	}
	t.db.wrote(ctx)
}

// Hosts returns what is known of the servers, without I/O.
func (db *DB) Hosts() []replica.Host {
	set := db.replicas()
	if set == nil {
		return nil
	}
	return set.Hosts()
}
