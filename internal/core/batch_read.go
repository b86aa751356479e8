package core

import (
	"context"
	"errors"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
)

// Get reads the row with that key. When there is none the batch does not fail; the result does.
func (o Ops) Get(key []any) *Result {
	r, result := o.repo, newResult()
	var v unsafe.Pointer
	var unread error
	o.add("get", false, &batchOp{action: &steps{
		onBuild: func(ctx context.Context, op *batchOp) (err error) {
			if op.Args, err = r.convertKey(nil, key); err != nil {
				return err
			}
			if err = op.b.look(ctx); err != nil {
				return err
			}
			op.SQL, err = op.b.stmts.SelectBy(r.table.Key)
			return err
		},
		onRead: func(_ *batchOp, rows driver.Rows) error {
			v, unread = nil, nil
			loader := scan.Reader{Plan: r.plan}
			for unread == nil && rows.Next() {
				v = r.memory.New()
				unread = loader.Load(rows, v)
			}
			return nil
		},
		onDone: func(ctx context.Context, op *batchOp, err error) error {
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
	}})
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
	o.add("query", false, &batchOp{action: &steps{
		onBuild: func(ctx context.Context, op *batchOp) (err error) {
			if part, err = partOf(plan, spec); err != nil {
				return err
			}
			return build(ctx, op)
		},
		onRead: func(_ *batchOp, rows driver.Rows) error {
			w := work{hint: firstList}
			w.loader.Plan = plan
			if part != nil {
				w.loader.Use(part)
			}
			unread = w.ReadRows(rows)
			list = w.list
			return nil
		},
		onDone: func(ctx context.Context, op *batchOp, err error) error {
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
	}})
	return result
}
