package histories

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/histories/elle"
)

// useLists has goroutines run transactions on lists, and returns what each has done and seen.
func useLists(db *prom.DB, j *job) answer {
	authors := make([]*author, j.Workers)
	var wg sync.WaitGroup
	for i := range authors {
		id := 1000*j.Site + i
		authors[i] = &author{db: db, job: j, id: id,
			lists: prom.NewRepo[List](prom.Using(db)), items: prom.NewRepo[Item](prom.Using(db)),
			random: rand.New(rand.NewPCG(j.Seed, uint64(id))), failures: map[string]int{}}
		wg.Go(authors[i].run)
	}
	wg.Wait()
	a := answer{Failures: map[string]int{}}
	for _, w := range authors {
		a.Txns = append(a.Txns, w.txns...)
		for kind, n := range w.failures {
			a.Failures[kind] += n
		}
		if w.wrong != nil {
			a.Wrong += w.wrong.Error() + "\n"
		}
	}
	return a
}

// author is a goroutine that runs transactions, one after the other.
type author struct {
	db     *prom.DB
	lists  *prom.Repo[List]
	items  *prom.Repo[Item]
	job    *job
	id     int
	random *rand.Rand
	serial int64

	txns     []elle.Txn
	ops      []elle.Op // of the attempt that runs
	failures map[string]int
	wrong    error
}

var (
	errAbort = errors.New("the transaction is to be rolled back")
	errUndo  = errors.New("the nested transaction is to be rolled back")
)

func (a *author) one(n int) bool { return a.random.IntN(n) == 0 }

func (a *author) run() {
	for range a.job.Steps {
		if a.alone() && a.one(6) {
			a.statement()
		} else {
			a.transaction()
		}
		if a.wrong != nil {
			return
		}
	}
}

// alone reports whether what is done outside of transactions has the isolation level that the history is to have.
func (a *author) alone() bool {
	return a.job.Engine == dbtest.NameSQLite || a.job.Level == elle.ReadCommitted ||
		strings.Contains(a.job.DSN, serializable)
}

// add writes a transaction down. Its steps are those since the last one.
func (a *author) add(invoked int64, outcome elle.Outcome) {
	a.txns = append(a.txns, elle.Txn{Process: a.id, Invoked: invoked, Returned: now(), Outcome: outcome, Ops: a.ops})
	a.ops = nil
}

// end writes a transaction down that has ended with err.
func (a *author) end(invoked int64, err error) {
	outcome := elle.Committed
	switch {
	case err == nil:
	case errors.Is(err, prom.ErrOutcomeUnknown):
		outcome = elle.Unknown
		a.failures["unknown"]++
	default:
		outcome = elle.Aborted
		if !errors.Is(err, errAbort) {
			a.failures[outcomeOf(err)]++
			rest(err, a.random)
		}
		if !a.mayGoOn(err) && !mayFail(err) && !errors.Is(err, errAbort) {
			a.wrong = err
		}
	}
	a.add(invoked, outcome)
}

// mayGoOn reports whether an error is one of those that other transactions cause, after which the transaction goes on.
func (a *author) mayGoOn(err error) bool {
	return errors.Is(err, prom.ErrUnique) || errors.Is(err, prom.ErrStale)
}

// transaction runs one, which may be repeated.
func (a *author) transaction() {
	ctx, cancel := hurried(a.job, a.random)
	defer cancel()
	options := []prom.TxOption{prom.Retry(a.random.IntN(4))}
	if isolation := levels[a.job.Level]; isolation != prom.ReadCommitted || a.one(2) {
		options = append(options, prom.WithIsolation(isolation))
	}
	reads := a.one(6)
	if reads {
		options = append(options, prom.ReadOnly())
		if a.one(8) {
			options = append(options, prom.Deferrable())
		}
	}
	invoked, attempts := now(), 0
	var left int64 // when the attempt before had left the function
	err := a.tx(ctx, func(ctx context.Context) error {
		if attempts++; attempts > 1 {
			a.add(invoked, elle.Aborted)
			invoked = left
		}
		a.ops = nil
		defer func() { left = now() }()
		err := a.steps(ctx, reads, 0)
		if err == nil && a.one(12) {
			err = errAbort
		}
		return err
	}, options...)
	if attempts > 1 {
		a.failures["retried"] += attempts - 1
	}
	if attempts > 0 {
		a.end(invoked, err)
	}
}

var levels = map[elle.Level]prom.Isolation{
	elle.ReadCommitted: prom.ReadCommitted,
	elle.Snapshot:      prom.RepeatableRead,
	elle.Serializable:  prom.Serializable,
}

// tx is the database's, unless a checker is tested.
func (a *author) tx(ctx context.Context, fn func(ctx context.Context) error, options ...prom.TxOption) error {
	switch {
	case a.job.Broken == "no transactions", a.job.Broken == "no savepoints" && a.db.InTx(ctx):
		return fn(ctx)
	case a.job.Broken == "read committed" && options != nil:
		options = append(options, prom.WithIsolation(prom.ReadCommitted))
	case a.job.Broken == "repeatable read" && options != nil:
		options = append(options, prom.WithIsolation(prom.RepeatableRead))
	}
	return a.db.Tx(ctx, fn, options...)
}

// steps reads and appends.
func (a *author) steps(ctx context.Context, reads bool, depth int) error {
	for range 1 + a.random.IntN(4) {
		var err error
		step, done := ctx, func() {}
		if a.one(map[string]int{dbtest.NameSQLite: 4, dbtest.NamePostgres: 24}[a.job.Engine]) {
			step, done = hurriedIn(ctx, a.job, a.random)
		}
		switch n := a.random.IntN(10); {
		case n < 2 && depth < 3:
			err = a.nested(ctx, reads, depth)
		case n < 6 || reads:
			err = a.read(step)
		case n == 6:
			err = a.fail(step)
		default:
			err = a.append(step, a.list())
		}
		short := step.Err() != nil && ctx.Err() == nil
		done()
		if err != nil && !(short || a.mayGoOn(err)) {
			return err
		}
	}
	return nil
}

// hurriedIn returns a context for a step of a transaction that goes on when it has ended.
func hurriedIn(ctx context.Context, j *job, random *rand.Rand) (context.Context, func()) {
	if !j.Hasty {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, time.Duration(random.Int64N(int64(2*time.Millisecond))))
}

// nested runs a nested transaction, of which some fail and some panic.
func (a *author) nested(ctx context.Context, reads bool, depth int) (err error) {
	mark, complete := len(a.ops), false
	fate := a.random.IntN(6)
	defer func() {
		if p := recover(); p != nil && p != errUndo { //nolint:errorlint // what was panicked with
			panic(p)
		} else if p != nil {
			err = errUndo
		}
		switch {
		case err == nil:
			a.ops = append(a.ops, elle.Op{Kind: elle.Release})
		case complete:
			a.forget(mark)
			a.ops = append(a.ops, elle.Op{Kind: elle.Undo})
			if errors.Is(err, errUndo) || a.mayGoOn(err) {
				err = nil
			}
		default:
			a.ops = a.ops[:mark]
		}
	}()
	return a.tx(ctx, func(ctx context.Context) error {
		a.ops = append(a.ops, elle.Op{Kind: elle.Begin})
		complete = true
		if err := a.steps(ctx, reads, depth+1); err != nil {
			return err
		}
		switch fate {
		case 0:
			panic(errUndo)
		case 1, 2:
			return errUndo
		}
		return nil
	})
}

// forget drops what was read of lists after appends to them, in steps that were undone. PostgreSQL does not protect
// such a read at serializable: INSERT ... ON CONFLICT DO UPDATE takes no predicate lock on the row that it meets, nor
// does who reads it after that, since the transaction has written it (seen on version 15, with statements alone).
func (a *author) forget(mark int) {
	if a.job.Engine != dbtest.NamePostgres || a.job.Level != elle.Serializable {
		return
	}
	appended := map[int]bool{}
	kept := a.ops[:mark]
	for _, op := range a.ops[mark:] {
		if op.Kind == elle.Append {
			appended[op.List] = true
		}
		if op.Kind != elle.Read || !appended[op.List] {
			kept = append(kept, op)
		}
	}
	a.ops = kept
}
