package prom

import (
	"context"
	"errors"
	"fmt"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
)

// Batch collects operations on the repos of one connection that go to the database together: in one round trip on PostgreSQL, and
// on every engine in one transaction, all of them or none. With the context of a transaction they are part of it. Operations are
// added by what [Repo.Batch] returns and happen when Run is called:
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
	bind   func() (*binding, error)
	failed func(error) error // gives an error the operation's place
	read   func(rows conn.Rows) error
	done   func(err error) // is told how it ended
	err    error           // why it cannot run
	b      *binding
}

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
// [*BatchError]; the values that were to be written are as they were then. A batch of none does nothing. Operations on repos of
// several connections are an error, before anything is sent.
//
// A Get that finds no row is no failure of the batch: its Result says so.
func (b *Batch) Run(ctx context.Context) error {
	ops := b.ops
	b.ops = nil
	err := runBatch(ctx, ops)
	for _, op := range ops {
		op.done(err)
	}
	return err
}

// maxRepeats bounds how often a batch is run again after an error that says that nothing has happened. Each run may get another
// connection of the pool, whose statements were prepared before a table changed.
const maxRepeats = 5

func runBatch(ctx context.Context, ops []*batchOp) error {
	if len(ops) == 0 {
		return nil
	}
	sts := make([]*conn.Statement, len(ops))
	for i, op := range ops {
		if op.err != nil {
			return &BatchError{i, op.err}
		}
		var err error
		if op.b, err = op.bind(); err != nil {
			return &BatchError{i, err}
		}
		if op.b.db != ops[0].b.db {
			return &BatchError{i, op.failed(errors.New("its repo is bound to another connection than that of the first operation"))}
		}
		sts[i] = &op.Statement
	}
	db := ops[0].b.db
	repaired := map[*binding]bool{}
	for repeats := 0; ; {
		failed, err := db.Batch(ctx, sts, func(i int, rows conn.Rows) error { return ops[i].read(rows) })
		if err == nil {
			break
		}
		if failed < 0 {
			failed = 0
			if repeats++; repeats > 1 || db.InTx(ctx) || !conn.IsUnsent(err) {
				return errorOf("batch", ops[0].b.table, err)
			}
			continue
		}
		op := ops[failed]
		st := op.Statement
		st.Guard = conn.GuardMissing // a batch has its own savepoint
		spent := false
		if missing(err) {
			op.b.marked.Clear()
			spent = repaired[op.b]
			repaired[op.b] = true
		} else {
			repeats++
			spent = repeats > maxRepeats
		}
		if spent || !op.b.again(ctx, &st, err) {
			return &BatchError{failed, op.failed(err)}
		}
		if err := op.b.repair(ctx, err); err != nil {
			return &BatchError{failed, op.failed(err)}
		}
	}
	for _, op := range ops {
		if op.Write && op.Op != "delete" {
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
func (r *Repo[T]) Batch(b *Batch) BatchOf[T] { return BatchOf[T]{repo: r, batch: b} }

// add adds an operation that build makes the statement of.
func (o BatchOf[T]) add(op string, write bool, build func(b *binding, st *conn.Statement) error, read func(conn.Rows) error, done func(error)) {
	r := o.repo
	x := &batchOp{bind: r.bind, read: read, done: done}
	x.failed = func(err error) error { return errorOf(op, r.table, err) }
	x.Op, x.Table, x.Write = op, r.table.Name, write
	b, err := r.bind()
	if err == nil {
		if err = build(b, &x.Statement); err != nil {
			err = errorOf(op, r.table, err)
		}
	}
	x.err = err
	o.batch.ops = append(o.batch.ops, x)
}

// write adds a statement that returns the row that it wrote. It works on a copy of v, which build fills in.
func (o BatchOf[T]) write(op string, v *T, build func(b *binding, st *conn.Statement, v *T) error) {
	stored, found := *v, false
	o.add(op, true,
		func(b *binding, st *conn.Statement) error { return build(b, st, &stored) },
		func(rows conn.Rows) error {
			loader := scan.Loader[T]{Plan: o.repo.plan}
			for found = false; rows.Next(); found = true {
				if err := loader.Load(rows, &stored); err != nil {
					return err
				}
			}
			if !found && rows.Close() == nil {
				return o.repo.notFound(op)
			}
			return nil
		},
		func(err error) {
			if err == nil {
				*v = stored
			}
		})
}

// Create inserts v, as [Repo.Create] does.
func (o BatchOf[T]) Create(v *T) {
	o.write("insert", v, func(b *binding, st *conn.Statement, v *T) error {
		cols, err := o.repo.fill(nil, v, now())
		if err != nil {
			return err
		}
		if st.Args, err = scan.Values(o.repo.plan, nil, v, cols); err != nil {
			return err
		}
		st.SQL, err = b.stmts.Insert(cols, 1)
		return err
	})
}

// Update updates the row of v, as [Repo.Update] does; a row that is gone fails the batch. Without a change nothing is added.
func (o BatchOf[T]) Update(v *T) {
	r := o.repo
	copied := *v
	if cols, err := r.changes(nil, &copied); err == nil && len(cols) == 0 {
		return
	}
	o.write("update", v, func(b *binding, st *conn.Statement, stored *T) error {
		if err := r.needKey("update"); err != nil {
			return err
		}
		cols, err := r.changes(nil, stored)
		if err != nil {
			return err
		}
		if st.Args, err = scan.Values(r.plan, nil, stored, cols); err != nil {
			return err
		}
		if st.Args, err = r.rowKey(st.Args, v); err != nil {
			return err
		}
		st.SQL, err = b.stmts.UpdateKey(cols, r.table.Key)
		return err
	})
}

// DeleteKey deletes the row with that key. When there is none the batch does not fail; the result says how many rows were deleted, 0
// or 1.
func (o BatchOf[T]) DeleteKey(key ...any) *Result[int] {
	result, n := &Result[int]{err: errNotRun}, 0
	o.add("delete", true,
		func(b *binding, st *conn.Statement) (err error) {
			if st.Args, err = o.repo.convertKey(nil, key); err != nil {
				return err
			}
			st.SQL, err = b.stmts.DeleteKeyReturning(o.repo.table.Key)
			return err
		},
		func(rows conn.Rows) error {
			for n = 0; rows.Next(); n++ {
			}
			return nil
		},
		func(err error) { result.value, result.err = n, err })
	return result
}

// Get reads the row with that key. When there is none the batch does not fail; the result is ErrNotFound.
func (o BatchOf[T]) Get(key ...any) *Result[*T] {
	result := &Result[*T]{err: errNotRun}
	var v *T
	o.add("get", false,
		func(b *binding, st *conn.Statement) (err error) {
			if st.Args, err = o.repo.convertKey(nil, key); err != nil {
				return err
			}
			st.SQL, err = b.stmts.SelectBy(o.repo.table.Key)
			return err
		},
		func(rows conn.Rows) error {
			v = nil
			loader := scan.Loader[T]{Plan: o.repo.plan}
			for rows.Next() {
				v = new(T)
				if err := loader.Load(rows, v); err != nil {
					return err
				}
			}
			return nil
		},
		func(err error) {
			if err == nil && v == nil {
				err = o.repo.notFound("get")
			}
			if result.err = err; err == nil {
				result.value = v
			}
		})
	return result
}

// All reads the rows of a query, which must be one of this repo's model.
func (o BatchOf[T]) All(q Query[T]) *Result[[]T] {
	result := &Result[[]T]{err: errNotRun}
	var list []T
	o.add("query", false,
		func(b *binding, st *conn.Statement) error {
			text, args, err := b.stmts.Select(nil, q.spec)
			if err == nil {
				st.SQL, st.Args = text.SQL, args
			}
			return err
		},
		func(rows conn.Rows) error {
			w := work[T]{hint: firstList}
			w.loader.Plan = o.repo.plan
			err := w.ReadRows(rows)
			list = w.list
			return err
		},
		func(err error) {
			if result.err = err; err == nil {
				result.value = list
			}
		})
	return result
}
