package core

import (
	"context"
	"time"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// markStatement makes a statement that soft-deletes rows, or restores them.
type markStatement func(*render.Statements, []schema.Value, ast.Spec, time.Time, render.Returning) (*render.Text,
	[]schema.Value, error)

// rowsStatement makes a statement that writes to the rows of a query.
type rowsStatement func(s *render.Statements, args []schema.Value, returning render.Returning) (*render.Text,
	[]schema.Value, error)

func (q *Query) markRows(statement markStatement) rowsStatement {
	return func(s *render.Statements, args []schema.Value, returning render.Returning) (*render.Text, []schema.Value,
		error) {
		return statement(s, args, q.spec, now(), returning)
	}
}

func (q *Query) deleteRows(s *render.Statements, args []schema.Value, returning render.Returning) (*render.Text,
	[]schema.Value, error) {
	return s.Delete(args, q.spec, returning)
}

// deletion is what deleting the rows does.
func (q *Query) deletion() rowsStatement {
	if q.repo.table.Deleted == nil {
		return q.deleteRows
	}
	return q.markRows((*render.Statements).SoftDelete)
}

func (q *Query) update(assigns []Assign) rowsStatement {
	return func(s *render.Statements, args []schema.Value, returning render.Returning) (*render.Text, []schema.Value,
		error) {
		return s.Update(args, q.spec, assigns, now(), returning)
	}
}

// write runs a statement that writes to the rows, and returns how many they were. With a list to fill it returns them
// there.
func (q *Query) write(ctx context.Context, statement rowsStatement, op string, list *scan.List) (int, error) {
	r := q.repo
	b, err := r.bind()
	if err != nil {
		return 0, err
	}
	w := r.take()
	defer r.give(w)
	returning := render.ReturnNothing
	switch {
	case list != nil:
		returning = render.ReturnRows
	case b.toldKeys():
		returning = render.ReturnKeys
	}
	text, args, err := statement(b.stmts, w.args, returning)
	counts := returning != render.ReturnNothing || err != nil || b.counts(ctx)
	if !counts {
		text, args, err = statement(b.stmts, w.args, render.ReturnRows)
	}
	if err != nil {
		return 0, ErrorOf(op, r.table, err)
	}
	w.args = args
	w.setText(op, text)
	w.Write = true
	switch {
	case returning == render.ReturnKeys:
		return r.writeKeys(ctx, b, op, &w.call)
	case !counts:
		n, err := b.countRows(ctx, &w.call)
		if err == nil {
			b.wroteRows(ctx, op, int64(n))
		}
		return n, err
	case list == nil:
		n, err := b.exec(ctx, &w.call)
		b.wroteRows(ctx, op, n)
		return int(n), err
	}
	w.returns(r.plan, keptAll)
	expect := text.Rows()
	if expect == 0 {
		expect = firstList
	}
	if *list, err = r.readList(ctx, b, w, expect); err != nil {
		return 0, err
	}
	text.SawRows(list.Len)
	r.wroteList(ctx, b, op, *list)
	return list.Len, q.complete(ctx, b, *list)
}

// Update does what Query.Update of package prom says.
func (q *Query) Update(ctx context.Context, assigns []Assign) (int, error) {
	return q.write(ctx, q.update(assigns), "update", nil)
}

// UpdateReturning does what UpdateReturning of package prom says.
func (q *Query) UpdateReturning(ctx context.Context, assigns []Assign) (scan.List, error) {
	return q.writeReturning(ctx, q.update(assigns), "update")
}

// writeReturning is write that returns the rows, with what the query loads with them.
func (q *Query) writeReturning(ctx context.Context, statement rowsStatement, op string) (list scan.List, err error) {
	if err := q.stored(); err != nil {
		return scan.List{}, ErrorOf(op, q.repo.table, err)
	}
	err = q.repo.undoneWith(ctx, q.follows(), func(ctx context.Context) error {
		_, err := q.write(ctx, statement, op, &list)
		return err
	})
	if err != nil {
		return scan.List{}, err
	}
	return list, nil
}

// undoneWith runs a write, in a transaction if something follows it whose failure is to undo it.
func (r *Repo) undoneWith(ctx context.Context, follows bool, write func(ctx context.Context) error) error {
	if !follows {
		return write(ctx)
	}
	b, err := r.bind()
	if err != nil {
		return err
	}
	return b.inTx(ctx, write)
}

// Delete does what Query.Delete of package prom says.
func (q *Query) Delete(ctx context.Context) (int, error) {
	return q.write(ctx, q.deletion(), "delete", nil)
}

// DeleteReturning does what DeleteReturning of package prom says.
func (q *Query) DeleteReturning(ctx context.Context) (scan.List, error) {
	list, err := q.writeReturning(ctx, q.deletion(), "delete")
	if err == nil && q.repo.table.Deleted == nil {
		for i := range list.Len {
			q.repo.plan.Forget(q.repo.memory.At(list, i))
		}
	}
	return list, err
}
