package core

import (
	"cmp"
	"context"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/schema"
)

// One reads the first row of a query. When there is none the batch does not fail; the result does.
func (o Ops) One(q *Query) *Result {
	if n, ok := q.spec.Limited(); !ok || n > 1 {
		q = q.Limit(1)
	}
	result := o.All(q)
	op := o.batch.ops[len(o.batch.ops)-1]
	list := op.action.(*steps)
	done := list.onDone
	list.onDone = func(ctx context.Context, op *batchOp, err error) error {
		err = done(ctx, op, err)
		switch {
		case result.Err != nil:
		case result.List.Len == 0:
			result.Err = o.repo.notFound("query")
		default:
			result.One = o.repo.memory.At(result.List, 0)
		}
		return err
	}
	return result
}

// Count counts the rows of a query.
func (o Ops) Count(q *Query) *Result {
	return o.ask("count", q, (*render.Statements).Count, func(rows driver.Rows) (int, error) {
		n, err := rows.Int(0)
		return int(n), err
	})
}

// Has reads whether a query has a row: 1, or 0.
func (o Ops) Has(q *Query) *Result {
	return o.ask("query", q, (*render.Statements).Has, func(driver.Rows) (int, error) { return 1, nil })
}

// ask adds a statement on a query whose result is what read makes of its row, or zero without one.
func (o Ops) ask(verb string, q *Query, build func(*render.Statements, []schema.Value, ast.Spec) (*render.Text,
	[]schema.Value, error),
	read func(driver.Rows) (int, error),
) *Result {
	result := newResult()
	var n int
	o.add(verb, false, &batchOp{action: &steps{
		onBuild: func(_ context.Context, op *batchOp) error {
			text, args, err := build(op.b.stmts, nil, q.spec)
			return op.setText(text, args, err)
		},
		onRead: func(_ *batchOp, rows driver.Rows) (err error) {
			for n = 0; rows.Next() && err == nil; {
				n, err = read(rows)
			}
			return err
		},
		onDone: func(_ context.Context, _ *batchOp, err error) error {
			if result.Err = err; err == nil {
				result.N = n
			}
			return nil
		},
	}})
	return result
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

// UpdateWhere assigns new values to the rows of a query. The result is how many they were.
func (o Ops) UpdateWhere(q *Query, assigns []Assign) *Result {
	return o.change("update", func(b *binding, returning render.Returning) (*render.Text, []schema.Value, error) {
		return q.update(assigns)(b.stmts, nil, returning)
	})
}

// DeleteWhere deletes the rows of a query. The result is how many they were.
func (o Ops) DeleteWhere(q *Query) *Result {
	return o.change("delete", func(b *binding, returning render.Returning) (*render.Text, []schema.Value, error) {
		return q.deletion()(b.stmts, nil, returning)
	})
}

// change adds a statement whose result is how many rows it changed. It returns them where it does not tell otherwise.
func (o Ops) change(verb string, build func(b *binding, returning render.Returning) (*render.Text,
	[]schema.Value, error)) *Result {
	result := newResult()
	o.add(verb, true, &batchOp{some: true, action: &change{result: result, statement: build}})
	return result
}

// change is the action of a statement that changes the rows of a query.
type change struct {
	result    *Result
	statement func(b *binding, returning render.Returning) (*render.Text, []schema.Value, error)
	keys      *keyRows // that are told to who listens
}

func (c *change) build(ctx context.Context, op *batchOp) error {
	if c.keys = nil; op.b.toldKeys() {
		c.keys = &keyRows{repo: op.repo}
		text, args, err := c.statement(op.b, render.ReturnKeys)
		op.Batched, op.Check, op.Undo, op.Kept = driver.BatchRows, c.keys, true, keptAll
		return op.setText(text, args, err)
	}
	text, args, err := c.statement(op.b, render.ReturnNothing)
	if op.Batched = driver.BatchCount; err == nil && !op.b.counts(ctx) {
		op.Batched = driver.BatchRows
		text, args, err = c.statement(op.b, render.ReturnRows)
	}
	return op.setText(text, args, err)
}

func (c *change) read(op *batchOp, rows driver.Rows) (err error) {
	switch {
	case c.keys != nil:
		err = c.keys.ReadRows(rows)
		op.Changed = int64(len(c.keys.keys))
	case op.Batched == driver.BatchRows:
		op.Changed = int64(numberOf(rows))
	}
	return err
}

func (c *change) wrote(op *batchOp) written {
	w := written{op: op.Op, rows: op.Changed}
	if c.keys != nil {
		w.keys = c.keys.keys
	}
	return w
}

func (c *change) done(_ context.Context, op *batchOp, err error) error {
	if c.result.Err = err; err == nil {
		c.result.N = int(op.Changed)
	}
	return nil
}

// setText sets the statement of an operation.
func (op *batchOp) setText(text *render.Text, args []schema.Value, err error) error {
	if err != nil {
		return err
	}
	op.SQL, op.Args, op.text = text.SQL, args, text
	return text.CheckDB(op.b.db)
}

// Project adds reading the results of a projection.
func (b *Batch) Project(p Projection) *Result {
	return p.repo.Batch(b).list(p.plan, ast.Spec{}, func(_ context.Context, op *batchOp) error {
		if err := cmp.Or(p.err, p.bare()); err != nil {
			return err
		}
		text, args, err := op.b.stmts.Select(nil, p.spec)
		return op.setText(text, args, err)
	}, nil)
}
