package prom

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// Batch collects operations on the repos of one connection that go to the database together: in one round trip on PostgreSQL, in
// three when one of them is an Update, and on every engine in one transaction, all of them or none. With the context of a
// transaction they are part of it. Operations are added by what [Repo.Batch] returns and happen when Run is called:
//
//	var b prom.Batch
//	posts.Batch(&b).Create(&post)
//	author := authors.Batch(&b).Get(7)
//	if err := b.Run(ctx); err != nil {
//		return err
//	}
//	a, err := author.Value()
//
// The zero Batch is empty and ready for use. It is not safe for concurrent use, and Run empties it.
type Batch struct {
	ops []*batchOp
}

// batchOp is one operation of a batch.
type batchOp struct {
	conn.Statement
	bind  func() (*binding, error)
	build func(ctx context.Context, op *batchOp) error            // makes the statement
	read  func(rows conn.Rows) error                              // not of a statement with NoRows
	keep  func() restorer                                         // keeps the value for the case that the batch fails; nil without hooks
	after func(ctx context.Context, op *batchOp) error            // follows the statements in their transaction; nil without hooks
	done  func(ctx context.Context, op *batchOp, err error) error // is told how the batch ended, and says how the operation did
	place func(error) error                                       // gives an error the operation's place
	why   func(ctx context.Context, err error) error              // says more about an error, once the batch is undone; nil for nothing more
	own   bool                                                    // what build returned is a hook's, or has its place
	skip  bool                                                    // there is nothing to do
	some  bool                                                    // its success does not show that the table has all columns
	text  *query.Text                                             // when the statement may need other tables too
	b     *binding
}

// restorer makes a value what it was; see [scan.Kept].
type restorer interface{ Restore() }

// BatchError says which operation of a [Batch] failed. The others have not happened either.
type BatchError struct {
	Index int   // of the operation, from 0, in the order in which they were added
	Err   error // of the operation
}

// Error tells the operation's number and its error.
func (e *BatchError) Error() string {
	return fmt.Sprintf("prom: operation %d of the batch: %v", e.Index, e.Err)
}

// Unwrap returns the operation's own error.
func (e *BatchError) Unwrap() error { return e.Err }

// Result is what an operation of a [Batch] returns once the batch has run.
type Result[V any] struct {
	value V
	err   error
}

var errNotRun = errors.New("prom: the batch has not run")

// Value returns the value, or why there is none: the operation's own error, or the batch's when another operation failed.
func (r *Result[V]) Value() (V, error) { return r.value, r.err }

// Len returns the number of operations that wait to be run.
func (b *Batch) Len() int { return len(b.ops) }

// Run runs the operations, in the order in which they were added, and empties the batch. The error of an operation is a
// [*BatchError]; the values that were to be written are as they were then. When the answer to a batch that writes is
// lost, the error is [ErrOutcomeUnknown] and names no operation: all of them may have happened, or none. A batch of
// none does nothing. Operations on repos of several connections are an error, before anything is sent.
//
// A Get that finds no row is no failure of the batch, nor are rows that do not fit the model: their Result says so.
//
// When models of what is written have hooks, the batch and they are one transaction, so that it takes more round trips: the hooks Before
// and Validate of each value are called in the order of the operations, before anything is sent, and the hooks After, in that order,
// when all of it has been done. DeleteKey has no value to call hooks of. The hook AfterLoad of what is read is called at the end, and its
// error is that of the Result.
func (b *Batch) Run(ctx context.Context) error {
	ops := b.ops
	b.ops = nil
	err := runBatch(ctx, ops)
	for i, op := range ops {
		if e := op.done(ctx, op, err); e != nil && err == nil {
			err = &BatchError{i, e}
		}
	}
	return err
}

// runBatch runs operations, in a transaction if some have hooks, which are to be part of it.
func runBatch(ctx context.Context, ops []*batchOp) error {
	first := slices.IndexFunc(ops, func(op *batchOp) bool { return op.after != nil })
	if first < 0 {
		return sendBatch(ctx, ops)
	}
	b, err := ops[first].bind()
	if err != nil {
		return &BatchError{first, err}
	}
	var kept []restorer
	for _, op := range ops {
		if op.keep != nil {
			kept = append(kept, op.keep())
		}
	}
	restore := func() {
		for _, k := range kept {
			k.Restore()
		}
	}
	failed := true
	defer func() {
		if failed { // by a panic too
			restore()
		}
	}()
	err = b.inTx(ctx, func(ctx context.Context) error {
		restore() // after a first attempt
		if err := sendBatch(ctx, ops); err != nil {
			return err
		}
		for i, op := range ops {
			if op.after != nil && !op.skip {
				if err := op.after(ctx, op); err != nil {
					return &BatchError{i, err}
				}
			}
		}
		return nil
	})
	failed = err != nil
	return err
}

// maxRepeats bounds how often a batch is run again after an error that says that nothing has happened. Each run may get another
// connection of the pool, whose statements were prepared before a table changed.
const maxRepeats = 5

func sendBatch(ctx context.Context, ops []*batchOp) error {
	if len(ops) == 0 {
		return nil
	}
	writes := false
	sts := make([]*conn.Statement, 0, len(ops))
	at := make([]int, 0, len(ops)) // the operations of the statements
	for i, op := range ops {
		var err error
		if op.b, err = op.bind(); err != nil {
			return &BatchError{i, err}
		}
		if op.b.db != ops[0].b.db {
			return &BatchError{i, op.place(errors.New("its repo is bound to another connection than that of the first operation"))}
		}
		if err = op.build(ctx, op); err == nil && op.text != nil && op.text.Unknown() != nil {
			if op.text, err = op.b.formed(ctx, op.text); err == nil {
				op.SQL = op.text.SQL
			}
		}
		if err != nil {
			if !op.own {
				err = op.place(err)
			}
			return &BatchError{i, err}
		}
		if !op.skip {
			sts, at = append(sts, &op.Statement), append(at, i)
			writes = writes || op.Write
		}
	}
	db := ops[0].b.db
	repaired := map[*binding]bool{}
	met := false
	for runs, repeats := 0, 0; ; runs++ {
		if runs > 0 {
			for _, st := range sts {
				st.Fresh = true
			}
		}
		failed, err := db.Batch(ctx, sts, func(i int, rows conn.Rows) error { return ops[at[i]].read(rows) })
		if err == nil {
			break
		}
		if failed < 0 {
			if repeats++; repeats > 1 || db.InTx(ctx) || !conn.IsUnsent(err) {
				return errorOf("batch", ops[0].b.table, err)
			}
			continue
		}
		failed = at[failed]
		op := ops[failed]
		st := op.Statement
		if !st.Bare {
			st.Guard = conn.GuardMissing // a batch has its own savepoint
		}
		st.Write = writes // to run one again is to run all again
		var spent bool
		switch {
		case missing(err):
			op.b.forget(op.text)
			spent = repaired[op.b]
			repaired[op.b] = true
		case conn.KindOf(err) == ErrUnique:
			spent, met = met, true
		default:
			repeats++
			spent = repeats > maxRepeats
		}
		if spent || !op.b.again(ctx, &st, err) {
			if op.why != nil {
				err = op.why(ctx, err)
			}
			return &BatchError{failed, op.place(err)}
		}
		if err := op.b.repair(ctx, op.text, err); err != nil {
			return &BatchError{failed, op.place(err)}
		}
	}
	for _, op := range ops {
		if op.Write && !op.some {
			op.b.marked.Set(ctx)
		}
	}
	return nil
}

// BatchOf adds operations on the values of T to a [Batch].
type BatchOf[T any] struct {
	repo  *Repo[T]
	batch *Batch
}

// Batch returns what adds operations on this repo to a batch.
func (r *Repo[T]) Batch(b *Batch) *BatchOf[T] { return &BatchOf[T]{repo: r, batch: b} }

// add adds an operation.
func (o *BatchOf[T]) add(verb string, write bool, op *batchOp) {
	r := o.repo
	op.bind = r.bind
	op.place = func(err error) error { return errorOf(verb, r.table, err) }
	op.Op, op.Table, op.Write = verb, r.table.Name, write
	o.batch.ops = append(o.batch.ops, op)
}

// write adds a statement that stores v and returns its row. It works on a copy of v, which build fills in.
func (o *BatchOf[T]) write(verb string, v *T, hooks hookSet, build func(ctx context.Context, op *batchOp, w *work[T]) error) {
	r, w := o.repo, o.repo.take()
	hooks &= r.hooks
	settled := false
	settle := func(op *batchOp) error {
		if settled || op.skip {
			return nil
		}
		settled = true
		if op.NoRows {
			if err := r.inserted(w, &w.stored, w.cols, op.Args, op.LastKey); err != nil {
				return err
			}
		}
		*v = w.stored
		return nil
	}
	var op *batchOp
	op = &batchOp{
		build: func(ctx context.Context, op *batchOp) error {
			if err := (hooks & befores).call(ctx, v); err != nil {
				op.own = true
				return err
			}
			settled = false
			w.stored, w.cols, w.args = *v, w.cols[:0], w.args[:0]
			return build(ctx, op, w)
		},
		read: func(rows conn.Rows) error {
			w.loader.Plan, w.one = r.plan, &w.stored
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
	if hooks != 0 {
		op.keep = func() restorer { return scan.KeepOne(r.plan, v) }
		op.after = func(ctx context.Context, op *batchOp) error {
			if err := settle(op); err != nil {
				return err
			}
			return (hooks & afters).call(ctx, v)
		}
	}
	o.add(verb, true, op)
}

// Create inserts v, as [Repo.Create] does.
func (o *BatchOf[T]) Create(v *T) {
	r := o.repo
	o.write("insert", v, createHooks, func(ctx context.Context, op *batchOp, w *work[T]) (err error) {
		if w.cols, err = r.fill(w.cols, &w.stored, now()); err != nil {
			return err
		}
		if op.Args, err = r.values(ctx, op.Op, w.args, &w.stored, w.cols); err != nil {
			op.own = true
			return err
		}
		op.Stores = conn.StoresInsert
		if err = op.b.look(ctx); err != nil {
			return err
		}
		if op.NoRows, err = r.insertsOnly(ctx, op.b, w.cols); err != nil {
			op.own = true
			return err
		}
		if op.NoRows {
			op.SQL, err = op.b.stmts.InsertOnly(w.cols)
			return err
		}
		w.returns(r.plan, r.keptBut(w.cols))
		op.Check, op.Undo, op.Kept = w, true, w.Kept
		op.SQL, err = op.b.stmts.Insert(w.cols, 1)
		return err
	})
}

// Update updates the row of v, as [Repo.Update] does; a row that is gone, or was changed since, fails the batch.
func (o *BatchOf[T]) Update(v *T) {
	r := o.repo
	o.write("update", v, updateHooks, func(ctx context.Context, op *batchOp, w *work[T]) error {
		if err := r.needKey("update"); err != nil {
			return err
		}
		cols, err := r.changes(nil, &w.stored)
		if err != nil {
			return err
		}
		if op.skip = len(cols) == 0; op.skip {
			return nil
		}
		if op.Args, err = r.changed(ctx, op.Op, nil, &w.stored, cols); err != nil {
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
		op.Judged = true // the row may be gone
		w.returns(r.plan, r.keptBut(cols))
		op.Check, op.Undo, op.Kept = w, true, w.Kept
		op.why = func(ctx context.Context, err error) error {
			return r.missed(ctx, err, r.stands(v), by, args[len(cols):])
		}
		return err
	})
}

// DeleteKey deletes the row with that key. When there is none the batch does not fail; the result says how many rows were deleted, 0
// or 1.
func (o *BatchOf[T]) DeleteKey(key ...any) *Result[int] {
	return o.change("delete", func(b *binding, returning bool) (*query.Text, []schema.Value, error) {
		row, err := o.repo.convertKey(nil, key)
		if err != nil {
			return nil, nil, err
		}
		q := &Query[T]{repo: o.repo, spec: query.Spec{}.KeyIs(o.repo.table.Key, row)}
		return q.deletion()(b.stmts, nil, returning)
	})
}

// Get reads the row with that key. When there is none the batch does not fail; the result is ErrNotFound.
func (o *BatchOf[T]) Get(key ...any) *Result[*T] {
	result := &Result[*T]{err: errNotRun}
	var v *T
	var unread error
	o.add("get", false, &batchOp{
		build: func(ctx context.Context, op *batchOp) (err error) {
			if op.Args, err = o.repo.convertKey(nil, key); err != nil {
				return err
			}
			if err = op.b.look(ctx); err != nil {
				return err
			}
			op.SQL, err = op.b.stmts.SelectBy(o.repo.table.Key)
			return err
		},
		read: func(rows conn.Rows) error {
			v, unread = nil, nil
			loader := scan.NewLoader[T](o.repo.plan)
			for unread == nil && rows.Next() {
				v = new(T)
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
				err = o.repo.notFound("get")
			default:
				err = loadedOne(ctx, o.repo.hooks, v)
			}
			if result.err = err; err == nil {
				result.value = v
			}
			return nil
		},
	})
	return result
}

// All reads the rows of a query, which must be one of this repo's model.
func (o *BatchOf[T]) All(q *Query[T]) *Result[[]T] {
	result := &Result[[]T]{err: errNotRun}
	var list []T
	var unread error
	o.add("query", false, &batchOp{
		build: func(_ context.Context, op *batchOp) error {
			if len(q.with) > 0 {
				return errors.New("a batch does not load relations; use LoadInto when it has run")
			}
			if err := q.whole(); err != nil {
				return err
			}
			text, args, err := op.b.stmts.Select(nil, q.spec)
			return op.setText(text, args, err)
		},
		read: func(rows conn.Rows) error {
			w := work[T]{hint: firstList}
			w.loader.Plan = o.repo.plan
			unread = w.ReadRows(rows)
			list = w.list
			return nil
		},
		done: func(ctx context.Context, op *batchOp, err error) error {
			switch {
			case err != nil:
			case unread != nil:
				err = op.place(unread)
			default:
				err = loaded(ctx, o.repo.hooks, list)
			}
			if result.err = err; err == nil {
				result.value = list
			}
			return nil
		},
	})
	return result
}
