package core

import (
	"context"
	"unsafe"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// rowWrite is an operation that stores a value and returns its row, and its action. It works on a copy of the value,
// which is what was stored once the operation has settled.
type rowWrite struct {
	op      batchOp
	v       unsafe.Pointer
	w       *work
	hooks   hookSet
	settled bool
	// statement makes the statement, of the columns and arguments that w has room for
	statement func(rw *rowWrite, ctx context.Context) error
}

// write adds a statement that stores v. It is the action of the operation, unless another one is given.
func (o Ops) write(verb string, v unsafe.Pointer, hooks hookSet, rw *rowWrite, a action) {
	r := o.repo
	if err := r.given(verb, v); err != nil {
		o.fail(verb, err)
		return
	}
	rw.v, rw.w, rw.hooks = v, r.take(), hooks&r.hooks
	rw.op.action = a
	if rw.hooks != 0 {
		rw.op.hooked = rw
	}
	o.add(verb, true, &rw.op)
}

// begin calls the hooks that come before a write, and copies the value.
func (rw *rowWrite) begin(ctx context.Context, op *batchOp) error {
	r, w := op.repo, rw.w
	if rw.hooks&befores != 0 {
		if err := (rw.hooks & befores).call(ctx, r.memory.Pointer(rw.v)); err != nil {
			op.own = true
			return err
		}
	}
	rw.settled = false
	w.store(r, rw.v)
	w.cols, w.args = w.cols[:0], w.args[:0]
	return nil
}

func (rw *rowWrite) build(ctx context.Context, op *batchOp) error {
	if err := rw.begin(ctx, op); err != nil {
		return err
	}
	return rw.statement(rw, ctx)
}

func (rw *rowWrite) read(op *batchOp, rows driver.Rows) error {
	w := rw.w
	w.loader.Plan, w.one = op.repo.plan, w.stored
	err := w.ReadRows(rows)
	if err == nil && !w.found && rows.Close() == nil {
		return op.repo.noRow(&op.Statement)
	}
	return err
}

// settle makes the value what was stored.
func (rw *rowWrite) settle(op *batchOp) error {
	if rw.settled || op.skip {
		return nil
	}
	rw.settled = true
	r, w := op.repo, rw.w
	if op.Batched == driver.BatchCount {
		if err := r.inserted(w, w.stored, w.cols, op.Args, op.LastKey); err != nil {
			return err
		}
	}
	r.memory.Copy(rw.v, w.stored)
	return nil
}

func (rw *rowWrite) done(_ context.Context, op *batchOp, err error) error {
	if err == nil {
		err = rw.settle(op)
	}
	op.repo.give(rw.w)
	rw.w = nil
	return err
}

func (rw *rowWrite) wrote(op *batchOp) written {
	r, w := op.repo, rw.w
	if c := r.madeKey(w.cols); c != nil && op.Batched == driver.BatchCount {
		_ = r.plan.Set(w.stored, c, schema.IntValue(schema.Int64, op.LastKey)) // settle returns the error
	}
	return written{op.Op, 1, r.keysOf(scan.One(w.stored))}
}

// keep keeps the value for the case that the batch fails.
func (rw *rowWrite) keep() *scan.Kept { return rw.op.repo.plan.Keep(scan.One(rw.v)) }

// after calls the hooks that follow the statements in their transaction.
func (rw *rowWrite) after(ctx context.Context, op *batchOp) error {
	if err := rw.settle(op); err != nil {
		return err
	}
	return (rw.hooks & afters).call(ctx, op.repo.memory.Pointer(rw.v))
}

// Create inserts v.
func (o Ops) Create(v unsafe.Pointer) {
	rw := &rowWrite{statement: (*rowWrite).insert}
	o.write("insert", v, createHooks, rw, rw)
}

func (rw *rowWrite) insert(ctx context.Context) (err error) {
	op, r, w := &rw.op, rw.op.repo, rw.w
	if w.cols, err = r.fill(w.cols, w.stored, now()); err != nil {
		return err
	}
	if w.args, err = r.values(ctx, op.Op, w.args, w.stored, w.cols); err != nil {
		op.own = true
		return err
	}
	op.Args, op.Stores = w.args, driver.StoresInsert
	if err = op.b.look(ctx); err != nil {
		return err
	}
	only, err := r.insertsOnly(ctx, op.b, w.cols)
	if err != nil {
		op.own = true
		return err
	}
	if op.Batched = driver.BatchRows; only {
		op.Batched = driver.BatchCount
		op.SQL, err = op.b.stmts.InsertOnly(w.cols)
		return err
	}
	w.returns(r.plan, r.keptBut(w.cols))
	op.Check, op.Undo, op.Kept = w, true, w.Kept
	op.SQL, err = op.b.stmts.Insert(w.cols, 1)
	return err
}

// CreateMany inserts the values of a list, each by itself.
func (o Ops) CreateMany(list scan.List) {
	for i := range list.Len {
		o.Create(o.repo.memory.At(list, i))
	}
}

// Update updates the row of v; a row that is gone, or was changed since, fails the batch.
func (o Ops) Update(v unsafe.Pointer) {
	rw := &rowWrite{statement: (*rowWrite).update}
	o.write("update", v, updateHooks, rw, rw)
}

func (rw *rowWrite) update(ctx context.Context) error {
	op, r, w := &rw.op, rw.op.repo, rw.w
	if err := r.needKey("update"); err != nil {
		return err
	}
	cols, err := r.changes(nil, w.stored)
	if err != nil {
		return err
	}
	if op.skip = len(cols) == 0; op.skip {
		return nil
	}
	if op.Args, err = r.changed(ctx, op.Op, nil, w.stored, cols); err != nil {
		op.own = true
		return err
	}
	by, args, err := r.rowIs(op.Args, rw.v)
	if err != nil {
		return err
	}
	op.Args = args
	if err := op.b.look(ctx); err != nil {
		return err
	}
	op.SQL, err = op.b.stmts.UpdateKey(cols, by, r.loadedDeleted(rw.v))
	op.Batched = driver.BatchJudged // the row may be gone
	w.returns(r.plan, r.keptBut(cols))
	op.Check, op.Undo, op.Kept = w, true, w.Kept
	op.why = func(ctx context.Context, err error) error {
		return r.missed(ctx, err, r.stands(rw.v), by, args[len(cols):])
	}
	return err
}

// conflictWrite inserts a value that may conflict with a row.
type conflictWrite struct {
	rowWrite
	conflict *Conflict
	outcome  *Outcome
}

// add adds the insert of v to a batch.
func (c *Conflict) add(batch *Batch, v unsafe.Pointer, outcome *Outcome) {
	cw := &conflictWrite{conflict: c, outcome: outcome}
	cw.op.silent = true // CreateMany tells of all of them
	c.repo.Batch(batch).write(c.does(), v, c.hooks, &cw.rowWrite, cw)
}

func (cw *conflictWrite) build(ctx context.Context, op *batchOp) error {
	if err := cw.begin(ctx, op); err != nil {
		return err
	}
	c, w := cw.conflict, cw.w
	text, err := c.build(ctx, op.b, w)
	if err != nil {
		op.own = true
		return err
	}
	op.SQL, op.Args, op.text, op.Tell, w.Tell = text.SQL, w.args, text, c.tells(), c.tells()
	op.Check, op.Undo, op.Kept = w.Check, w.Undo, w.Kept
	op.skip, op.Stores = false, c.stores()
	return nil
}

func (cw *conflictWrite) read(op *batchOp, rows driver.Rows) error {
	w := cw.w
	w.loader.Plan, w.one = op.repo.plan, w.stored
	err := w.ReadRows(rows)
	if err == nil && !w.found && op.Stores.Must() && rows.Close() == nil {
		return op.repo.noRow(&op.Statement)
	}
	op.skip = !w.found // there is nothing to assign
	*cw.outcome = cw.conflict.outcome(w, &op.Statement)
	return err
}
