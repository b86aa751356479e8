package prom

import (
	"context"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// CreateMany inserts the values, each as [BatchOf.Create] does. For hundreds of rows [Repo.CreateMany] is quicker.
func (o *BatchOf[T]) CreateMany(list []T) {
	for i := range list {
		o.Create(&list[i])
	}
}

// One reads the first row of a query. When there is none the batch does not fail; the result is ErrNotFound.
func (o *BatchOf[T]) One(q *Query[T]) *Result[*T] {
	if n, ok := q.spec.Limited(); !ok || n > 1 {
		q = q.Limit(1)
	}
	all, result := o.All(q), &Result[*T]{err: errNotRun}
	op := o.batch.ops[len(o.batch.ops)-1]
	done := op.done
	op.done = func(ctx context.Context, op *batchOp, err error) error {
		err = done(ctx, op, err)
		list, failed := all.Value()
		switch {
		case failed != nil:
			result.err = failed
		case len(list) == 0:
			result.err = o.repo.notFound("query")
		default:
			result.value, result.err = &list[0], nil
		}
		return err
	}
	return result
}

// Count counts the rows of a query, as [Query.Count] does.
func (o *BatchOf[T]) Count(q *Query[T]) *Result[int] {
	return ask(o, "count", q, (*query.Statements).Count, func(rows conn.Rows) (int, error) {
		n, err := rows.Int(0)
		return int(n), err
	})
}

// Has reads whether a query has a row.
func (o *BatchOf[T]) Has(q *Query[T]) *Result[bool] {
	return ask(o, "query", q, (*query.Statements).Has, func(conn.Rows) (bool, error) { return true, nil })
}

// ask adds a statement on a query whose result is what read makes of its row, or zero without one.
func ask[T, V any](o *BatchOf[T], verb string, q *Query[T],
	build func(*query.Statements, []schema.Value, query.Spec) (*query.Text, []schema.Value, error), read func(conn.Rows) (V, error)) *Result[V] {
	result := &Result[V]{err: errNotRun}
	var value V
	o.add(verb, false, &batchOp{
		build: func(_ context.Context, op *batchOp) error {
			text, args, err := build(op.b.stmts, nil, q.spec)
			return op.setText(text, args, err)
		},
		read: func(rows conn.Rows) (err error) {
			var none V
			for value = none; rows.Next() && err == nil; {
				value, err = read(rows)
			}
			return err
		},
		done: func(_ context.Context, _ *batchOp, err error) error {
			if result.err = err; err == nil {
				result.value = value
			}
			return nil
		},
	})
	return result
}

// UpdateWhere assigns new values to the rows of a query, as [Query.Update] does. The result is how many they were.
func (o *BatchOf[T]) UpdateWhere(q *Query[T], assigns ...Assign[T]) *Result[int] {
	return o.change("update", func(b *binding, returning bool) (*query.Text, []schema.Value, error) {
		return q.update(assigns)(b.stmts, nil, returning)
	})
}

// DeleteWhere deletes the rows of a query, as [Query.Delete] does. The result is how many they were.
func (o *BatchOf[T]) DeleteWhere(q *Query[T]) *Result[int] {
	return o.change("delete", func(b *binding, returning bool) (*query.Text, []schema.Value, error) {
		return q.deletion()(b.stmts, nil, returning)
	})
}

// change adds a statement whose result is how many rows it changed. It returns them where it does not tell otherwise.
func (o *BatchOf[T]) change(verb string, build func(b *binding, returning bool) (*query.Text, []schema.Value, error)) *Result[int] {
	result := &Result[int]{err: errNotRun}
	var op *batchOp
	op = &batchOp{
		some: true,
		build: func(ctx context.Context, op *batchOp) error {
			text, args, err := build(op.b, false)
			if op.NoRows = err != nil || op.b.counts(ctx); !op.NoRows {
				text, args, err = build(op.b, true)
			}
			return op.setText(text, args, err)
		},
		read: func(rows conn.Rows) error {
			if !op.NoRows {
				op.Changed = int64(numberOf(rows))
			}
			return nil
		},
		done: func(_ context.Context, op *batchOp, err error) error {
			if result.err = err; err == nil {
				result.value = int(op.Changed)
			}
			return nil
		},
	}
	o.add(verb, true, op)
	return result
}

// setText sets the statement of an operation.
func (op *batchOp) setText(text *query.Text, args []schema.Value, err error) error {
	if err != nil {
		return err
	}
	op.SQL, op.Args, op.text = text.SQL, args, text
	return text.CheckDB(op.b.db)
}

// BatchAll adds reading the results of a projection to a batch.
func BatchAll[T, R any](b *Batch, p Projection[T, R]) *Result[[]R] {
	result := &Result[[]R]{err: errNotRun}
	var to *results[R]
	var unread error
	p.repo.Batch(b).add("query", false, &batchOp{
		build: func(_ context.Context, op *batchOp) error {
			if p.err != nil {
				return p.err
			}
			text, args, err := op.b.stmts.Select(nil, p.spec)
			return op.setText(text, args, err)
		},
		read: func(rows conn.Rows) error {
			to = &results[R]{loader: scan.NewLoader[R](p.plan), hint: firstList}
			unread = to.ReadRows(rows)
			return nil
		},
		done: func(_ context.Context, op *batchOp, err error) error {
			if err == nil && unread != nil {
				err = op.place(unread)
			}
			if result.err = err; err == nil {
				result.value = to.list
			}
			return nil
		},
	})
	return result
}
