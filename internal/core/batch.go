package core

import (
	"context"
	"errors"
	"slices"
	"unsafe"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/internal/scan"
)

// Batch collects operations on the repos of one connection that go to the database together. The zero Batch is empty
// and ready for use. It is not safe for concurrent use.
type Batch struct {
	ops []*batchOp
}

// batchOp is one operation of a batch. What is to be done at each step is its action's.
type batchOp struct {
	driver.Statement
	action
	repo   *Repo     // nil when b is given
	b      *binding  // of the repo, once the statement is made
	hooked *rowWrite // the action, when hooks are called for its value
	// says more about an error, once the batch is undone; nil for nothing more
	why    func(ctx context.Context, err error) error
	own    bool // what build returned is a hook's, or has its place
	skip   bool // there is nothing to do
	silent bool // who listens is told of what it wrote by somebody else
	// its success does not show that the table has all columns
	some bool
	text *render.Text // when the statement may need other tables too
}

// action is what an operation does at the steps of its batch. Statements may be made and read again when what went
// before has come to nothing.
type action interface {
	// build makes the statement.
	build(ctx context.Context, op *batchOp) error
	// read reads the rows; not those of a statement that is counted.
	read(op *batchOp, rows driver.Rows) error
	// done takes how the batch ended, and returns how the operation did.
	done(ctx context.Context, op *batchOp, err error) error
}

// teller is an action that writes, and says what it wrote and the keys of its rows, for who listens.
type teller interface {
	wrote(op *batchOp) written
}

// steps is an action of functions. Without done, the operation has nothing to do with how the batch ends.
type steps struct {
	onBuild func(ctx context.Context, op *batchOp) error
	onRead  func(op *batchOp, rows driver.Rows) error
	onDone  func(ctx context.Context, op *batchOp, err error) error
}

func (s *steps) build(ctx context.Context, op *batchOp) error { return s.onBuild(ctx, op) }
func (s *steps) read(op *batchOp, rows driver.Rows) error     { return s.onRead(op, rows) }

func (s *steps) done(ctx context.Context, op *batchOp, err error) error {
	if s.onDone == nil {
		return nil
	}
	return s.onDone(ctx, op, err)
}

// bind returns the binding of the operation's repo.
func (op *batchOp) bind() (*binding, error) {
	if op.repo == nil {
		return op.b, nil
	}
	return op.repo.bind()
}

// place gives an error the operation's place.
func (op *batchOp) place(err error) error {
	table := noTable
	if op.repo != nil {
		table = op.repo.table
	} else if op.b != nil {
		table = op.b.table
	}
	return ErrorOf(op.Op, table, err)
}

// Result is what an operation of a batch returns once that has run.
type Result struct {
	Err  error
	One  unsafe.Pointer // of an operation that reads one value
	List scan.List      // of values
	N    int            // of one that counts
}

var errNotRun = errors.New("prom: the batch has not run")

// newResult returns the result of an operation that has not run.
func newResult() *Result { return &Result{Err: errNotRun} }

// Len returns the number of operations that wait to be run.
func (b *Batch) Len() int { return len(b.ops) }

// Run runs the operations, in the order in which they were added, and empties the batch. The error of one is an [*At].
func (b *Batch) Run(ctx context.Context) error {
	ops := b.ops
	b.ops = nil
	err := ascribedBatch(ctx, ops)
	for i, op := range ops {
		if e := op.done(ctx, op, err); e != nil && err == nil {
			err = &At{i, e}
		}
	}
	return err
}

// ascribedBatch runs operations, in a transaction if the database has to be told who writes.
func ascribedBatch(ctx context.Context, ops []*batchOp) error {
	for _, op := range ops {
		if b, err := op.bind(); err == nil && op.Write && b.ascribed(ctx) {
			return b.inTx(ctx, func(ctx context.Context) error { return runBatch(ctx, ops) })
		}
	}
	return runBatch(ctx, ops)
}

// runBatch runs operations, in a transaction if some have hooks, which are to be part of it.
func runBatch(ctx context.Context, ops []*batchOp) error {
	first := slices.IndexFunc(ops, func(op *batchOp) bool { return op.hooked != nil })
	if first < 0 {
		return sendBatch(ctx, ops)
	}
	b, err := ops[first].bind()
	if err != nil {
		return &At{first, err}
	}
	var kept []*scan.Kept
	for _, op := range ops {
		if op.hooked != nil {
			kept = append(kept, op.hooked.keep())
		}
	}
	return b.undoing(ctx, kept, func(ctx context.Context) error {
		if err := sendBatch(ctx, ops); err != nil {
			return err
		}
		for i, op := range ops {
			if op.hooked != nil && !op.skip {
				if err := op.hooked.after(ctx, op); err != nil {
					return &At{i, err}
				}
			}
		}
		return nil
	})
}

// sendBatch builds the statements of operations and runs them together. What is missing is installed, and what is worth
// another run because nothing has happened gets one: of all of them.
func sendBatch(ctx context.Context, ops []*batchOp) error {
	if len(ops) == 0 {
		return nil
	}
	writes := false
	sts := make([]*driver.Statement, 0, len(ops))
	at := make([]int, 0, len(ops)) // the operations of the statements
	for i, op := range ops {
		if err := op.prepare(ctx, ops[0]); err != nil {
			return &At{i, err}
		}
		if !op.skip {
			sts, at = append(sts, &op.Statement), append(at, i)
			writes = writes || op.Write
		}
	}
	db := ops[0].b.db
	if db.ReadsReplicas() && !writes {
		for i, st := range sts {
			if text := ops[at[i]].text; !st.Raw && (text == nil || !text.Locks) {
				st.Read = driver.AnyReader
			}
		}
	}
	var tries attempts
	for {
		failed, err := db.Batch(ctx, sts, func(i int, rows driver.Rows) error { return ops[at[i]].read(ops[at[i]], rows) })
		if err == nil {
			break
		}
		op, place := ops[0], func(err error) error { return ErrorOf("batch", ops[0].b.table, err) } // of no certain one
		if failed >= 0 {
			failed = at[failed]
			op = ops[failed]
			place = func(err error) error { return &At{failed, op.place(err)} }
		}
		st := op.Statement
		if st.Batched != driver.BatchKnown {
			st.Guard = driver.GuardMissing // a batch has its own savepoint
		}
		st.Write = writes // to run one again is to run all again
		allowed := failed >= 0 || driver.IsUnsent(err) || driver.IsReplica(err)
		if err = tries.next(ctx, op.b, &st, op.text, err, allowed); err != nil {
			if failed >= 0 && op.why != nil {
				err = op.why(ctx, err)
			}
			return place(err)
		}
		again := st.Attempt
		for _, st := range sts {
			st.Fresh, st.Attempt = tries.fresh(), again
			if tries.replica {
				st.Read = driver.PrimaryOnly
			}
		}
	}
	for _, op := range ops {
		if op.Write && !op.some {
			op.b.marked.Set(ctx)
		}
	}
	tellBatch(ctx, ops)
	return nil
}

// prepare makes the statement of an operation of the batch that begins with first. Its errors have their place.
func (op *batchOp) prepare(ctx context.Context, first *batchOp) (err error) {
	if op.b, err = op.bind(); err != nil {
		return err
	}
	if op.b.db != first.b.db {
		return op.place(errors.New("its repo uses another connection than the first operation; a batch runs on one connection"))
	}
	if op.Write && op.b.table.View {
		return op.place(errView)
	}
	if op.Write {
		if err := op.b.audit(ctx); err != nil {
			return op.place(err)
		}
	}
	if err = op.build(ctx, op); err == nil && op.text != nil && op.text.Unknown() != nil {
		if op.text, err = op.b.formed(ctx, op.text); err == nil {
			op.SQL = op.text.SQL
		}
	}
	if err != nil && !op.own {
		err = op.place(err)
	}
	return err
}

// Ops adds operations on the values of a repo to a batch.
type Ops struct {
	repo  *Repo
	batch *Batch
}

// Batch returns what adds operations on this repo to a batch.
func (r *Repo) Batch(b *Batch) Ops { return Ops{repo: r, batch: b} }

// add adds an operation.
func (o Ops) add(verb string, write bool, op *batchOp) {
	op.repo = o.repo
	op.Op, op.Table, op.Write = verb, o.repo.table.Name, write
	o.batch.ops = append(o.batch.ops, op)
}

// fail adds an operation that fails before anything is sent, with an error that has its place.
func (o Ops) fail(verb string, err error) {
	o.add(verb, true, &batchOp{action: &steps{onBuild: func(_ context.Context, op *batchOp) error {
		op.own = true
		return err
	}}})
}
