package core

import (
	"context"
	"errors"
	"slices"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Batch collects operations on the repos of one connection that go to the database together. The zero Batch is empty
// and ready for use. It is not safe for concurrent use.
type Batch struct {
	ops []*batchOp
}

// batchOp is one operation of a batch.
type batchOp struct {
	driver.Statement
	bind  func() (*binding, error)
	build func(ctx context.Context, op *batchOp) error // makes the statement
	read  func(rows driver.Rows) error                 // not of a statement that is counted
	// keeps the value for the case that the batch fails; nil without hooks
	keep func() *scan.Kept
	// follows the statements in their transaction; nil without hooks
	after func(ctx context.Context, op *batchOp) error
	// returns what has been written, and the keys of its rows, for who listens; nil when nothing is to be told
	wrote func(op *batchOp) written
	// takes how the batch ended, and returns how the operation did
	done  func(ctx context.Context, op *batchOp, err error) error
	place func(error) error // gives an error the operation's place
	// says more about an error, once the batch is undone; nil for nothing more
	why  func(ctx context.Context, err error) error
	own  bool // what build returned is a hook's, or has its place
	skip bool // there is nothing to do
	// its success does not show that the table has all columns
	some bool
	text *render.Text // when the statement may need other tables too
	b    *binding
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
	first := slices.IndexFunc(ops, func(op *batchOp) bool { return op.after != nil })
	if first < 0 {
		return sendBatch(ctx, ops)
	}
	b, err := ops[first].bind()
	if err != nil {
		return &At{first, err}
	}
	var kept []*scan.Kept
	for _, op := range ops {
		if op.keep != nil {
			kept = append(kept, op.keep())
		}
	}
	return b.undoing(ctx, kept, func(ctx context.Context) error {
		if err := sendBatch(ctx, ops); err != nil {
			return err
		}
		for i, op := range ops {
			if op.after != nil && !op.skip {
				if err := op.after(ctx, op); err != nil {
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
		failed, err := db.Batch(ctx, sts, func(i int, rows driver.Rows) error { return ops[at[i]].read(rows) })
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
	r := o.repo
	op.bind = r.bind
	op.place = func(err error) error { return ErrorOf(verb, r.table, err) }
	op.Op, op.Table, op.Write = verb, r.table.Name, write
	o.batch.ops = append(o.batch.ops, op)
}

// fail adds an operation that fails before anything is sent, with an error that has its place.
func (o Ops) fail(verb string, err error) {
	o.add(verb, true, &batchOp{
		build: func(_ context.Context, op *batchOp) error {
			op.own = true
			return err
		},
		done: func(context.Context, *batchOp, error) error { return nil },
	})
}

// write adds a statement that stores v and returns its row. It works on a copy of v, which build fills in.
func (o Ops) write(verb string, v unsafe.Pointer, hooks hookSet,
	build func(ctx context.Context, op *batchOp, w *work) error) {
	r := o.repo
	if err := r.given(verb, v); err != nil {
		o.fail(verb, err)
		return
	}
	w := r.take()
	hooks &= r.hooks
	settled := false
	settle := func(op *batchOp) error {
		if settled || op.skip {
			return nil
		}
		settled = true
		if op.Batched == driver.BatchCount {
			if err := r.inserted(w, w.stored, w.cols, op.Args, op.LastKey); err != nil {
				return err
			}
		}
		r.memory.Copy(v, w.stored)
		return nil
	}
	var op *batchOp
	op = &batchOp{
		build: func(ctx context.Context, op *batchOp) error {
			if hooks&befores != 0 {
				if err := (hooks & befores).call(ctx, r.memory.Pointer(v)); err != nil {
					op.own = true
					return err
				}
			}
			settled = false
			w.store(r, v)
			w.cols, w.args = w.cols[:0], w.args[:0]
			return build(ctx, op, w)
		},
		read: func(rows driver.Rows) error {
			w.loader.Plan, w.one = r.plan, w.stored
			err := w.ReadRows(rows)
			if err == nil && !w.found && rows.Close() == nil {
				return r.noRow(&op.Statement)
			}
			return err
		},
		done: func(_ context.Context, op *batchOp, err error) error {
			defer r.give(w)
			if err == nil {
				err = settle(op)
			}
			return err
		},
	}
	op.wrote = func(op *batchOp) written {
		if c := r.madeKey(w.cols); c != nil && op.Batched == driver.BatchCount {
			_ = r.plan.Set(w.stored, c, schema.IntValue(schema.Int64, op.LastKey)) // settle returns the error
		}
		return written{verb, 1, r.keysOf(scan.One(w.stored))}
	}
	if hooks != 0 {
		op.keep = func() *scan.Kept { return r.plan.Keep(scan.One(v)) }
		op.after = func(ctx context.Context, op *batchOp) error {
			if err := settle(op); err != nil {
				return err
			}
			return (hooks & afters).call(ctx, r.memory.Pointer(v))
		}
	}
	o.add(verb, true, op)
}

// Create inserts v.
func (o Ops) Create(v unsafe.Pointer) {
	r := o.repo
	o.write("insert", v, createHooks, func(ctx context.Context, op *batchOp, w *work) (err error) {
		if w.cols, err = r.fill(w.cols, w.stored, now()); err != nil {
			return err
		}
		if op.Args, err = r.values(ctx, op.Op, w.args, w.stored, w.cols); err != nil {
			op.own = true
			return err
		}
		op.Stores = driver.StoresInsert
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
	})
}

// CreateMany inserts the values of a list, each by itself.
func (o Ops) CreateMany(list scan.List) {
	for i := range list.Len {
		o.Create(o.repo.memory.At(list, i))
	}
}

// Update updates the row of v; a row that is gone, or was changed since, fails the batch.
func (o Ops) Update(v unsafe.Pointer) {
	r := o.repo
	o.write("update", v, updateHooks, func(ctx context.Context, op *batchOp, w *work) error {
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
		by, args, err := r.rowIs(op.Args, v)
		if err != nil {
			return err
		}
		op.Args = args
		if err := op.b.look(ctx); err != nil {
			return err
		}
		op.SQL, err = op.b.stmts.UpdateKey(cols, by, r.loadedDeleted(v))
		op.Batched = driver.BatchJudged // the row may be gone
		w.returns(r.plan, r.keptBut(cols))
		op.Check, op.Undo, op.Kept = w, true, w.Kept
		op.why = func(ctx context.Context, err error) error {
			return r.missed(ctx, err, r.stands(v), by, args[len(cols):])
		}
		return err
	})
}

// DeleteKey deletes the row with that key. The result says how many rows were deleted, 0 or 1.
func (o Ops) DeleteKey(key []any) *Result {
	return o.change("delete", func(b *binding, returning render.Returning) (*render.Text, []schema.Value, error) {
		row, err := o.repo.convertKey(nil, key)
		if err != nil {
			return nil, nil, err
		}
		q := &Query{repo: o.repo, spec: ast.Spec{}.KeyIs(o.repo.table.Key, row)}
		return q.deletion()(b.stmts, nil, returning)
	})
}

// Get reads the row with that key. When there is none the batch does not fail; the result does.
func (o Ops) Get(key []any) *Result {
	r, result := o.repo, newResult()
	var v unsafe.Pointer
	var unread error
	o.add("get", false, &batchOp{
		build: func(ctx context.Context, op *batchOp) (err error) {
			if op.Args, err = r.convertKey(nil, key); err != nil {
				return err
			}
			if err = op.b.look(ctx); err != nil {
				return err
			}
			op.SQL, err = op.b.stmts.SelectBy(r.table.Key)
			return err
		},
		read: func(rows driver.Rows) error {
			v, unread = nil, nil
			loader := scan.Reader{Plan: r.plan}
			for unread == nil && rows.Next() {
				v = r.memory.New()
				unread = loader.Load(rows, v)
			}
			return nil
		},
		done: func(ctx context.Context, op *batchOp, err error) error {
			switch {
			case err != nil:
			case unread != nil:
				err = op.place(unread)
			case v == nil:
				err = r.notFound("get")
			default:
				err = r.loadedOne(ctx, v)
			}
			if result.Err = err; err == nil {
				result.One = v
			}
			return nil
		},
	})
	return result
}

// All reads the rows of a query, which must be one of this repo's model.
func (o Ops) All(q *Query) *Result {
	return o.list(o.repo.plan, q.spec, func(_ context.Context, op *batchOp) error {
		if len(q.with) > 0 {
			return errors.New("a batch cannot load relations; call LoadInto after it has run")
		}
		text, args, err := op.b.stmts.Select(nil, q.spec)
		return op.setText(text, args, err)
	}, o.repo.loaded)
}

// list adds an operation whose rows it reads by a plan, or by the part of it that a spec selects, all of them. They are
// given to loaded, if there is one.
func (o Ops) list(
	plan *scan.Plan,
	spec ast.Spec,
	build func(context.Context, *batchOp) error,
	loaded func(context.Context, scan.List) error,
) *Result {
	result := newResult()
	var list scan.List
	var unread error
	var part *scan.Result
	o.add("query", false, &batchOp{
		build: func(ctx context.Context, op *batchOp) (err error) {
			if part, err = partOf(plan, spec); err != nil {
				return err
			}
			return build(ctx, op)
		},
		read: func(rows driver.Rows) error {
			w := work{hint: firstList}
			w.loader.Plan = plan
			if part != nil {
				w.loader.Use(part)
			}
			unread = w.ReadRows(rows)
			list = w.list
			return nil
		},
		done: func(ctx context.Context, op *batchOp, err error) error {
			switch {
			case err != nil:
			case unread != nil:
				err = op.place(unread)
			case loaded != nil:
				err = loaded(ctx, list)
			}
			if result.Err = err; err == nil {
				result.List = list
			}
			return nil
		},
	})
	return result
}
