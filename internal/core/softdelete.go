package core

import (
	"context"
	"errors"
	"fmt"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/render"
)

// WithDeleted does what Query.WithDeleted of package prom says.
func (q *Query) WithDeleted() *Query {
	return q.as(q.marked(q.spec.WithDeleted()))
}

// OnlyDeleted does what Query.OnlyDeleted of package prom says.
func (q *Query) OnlyDeleted() *Query {
	return q.as(q.marked(q.spec.OnlyDeleted()))
}

// marked returns a spec that says something about deleted rows, of which there must be some kind.
func (q *Query) marked(spec ast.Spec) ast.Spec {
	switch {
	case spec.HasSource():
		return spec.Fail(errors.New("WithDeleted does not apply to a union or a subquery: set it on each member"))
	case q.repo.table.Deleted == nil:
		return spec.Fail(errNoMark(q.repo.table.Model.Name()))
	}
	return spec
}

func errNoMark(model string) error {
	return fmt.Errorf("%s has no field with the tag option deleted, so its rows are deleted permanently", model)
}

// Undelete does what Repo.Undelete of package prom says.
func (r *Repo) Undelete(ctx context.Context, v unsafe.Pointer) error {
	if err := r.given("undelete", v); err != nil {
		return err
	}
	if err := r.needKey("undelete"); err != nil {
		return err
	}
	if r.table.Deleted == nil {
		return ErrorOf("undelete", r.table, errNoMark(r.table.Model.Name()))
	}
	return r.mark(ctx, v, "undelete", ast.Spec{}.OnlyDeleted(), (*render.Statements).Restore)
}

// mark runs a statement that soft-deletes the row of v, or restores it. Spec says where such a row is looked for when
// it was not there.
func (r *Repo) mark(ctx context.Context, v unsafe.Pointer, op string, spec ast.Spec, statement markStatement) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	w := r.take()
	defer r.give(w)
	by, row, err := r.rowIs(nil, v)
	if err != nil {
		return ErrorOf(op, r.table, err)
	}
	text, args, err := statement(b.stmts, w.args, ast.Spec{}.KeyIs(by, row), now(), render.ReturnRows)
	if err != nil {
		return ErrorOf(op, r.table, err)
	}
	w.args = args
	w.setText(op, text)
	w.Write = true
	w.store(r, v)
	if err := r.readOne(ctx, b, w, w.stored); err != nil {
		return r.missed(ctx, err, spec, by, row)
	}
	r.memory.Copy(v, w.stored)
	r.wroteOne(ctx, b, op, v)
	return nil
}

// HardDelete does what Repo.HardDelete of package prom says.
func (r *Repo) HardDelete(ctx context.Context, v unsafe.Pointer) error {
	return r.hookedDelete(ctx, v, r.hardDelete)
}

func (r *Repo) hardDelete(ctx context.Context, v unsafe.Pointer) error {
	if err := r.needKey("delete"); err != nil {
		return err
	}
	w := r.take()
	defer r.give(w)
	by, args, err := r.rowIs(w.args, v)
	if err != nil {
		return ErrorOf("delete", r.table, err)
	}
	w.args = args
	if err := r.deleteBy(ctx, w, by); err != nil {
		return r.missed(ctx, err, ast.Spec{}.WithDeleted(), by, args)
	}
	r.plan.Forget(v)
	return nil
}

// Undelete does what Query.Undelete of package prom says.
func (q *Query) Undelete(ctx context.Context) (int, error) {
	if q.repo.table.Deleted == nil {
		return 0, ErrorOf("undelete", q.repo.table, errNoMark(q.repo.table.Model.Name()))
	}
	return q.write(ctx, q.markRows((*render.Statements).Restore), "undelete", nil)
}

// HardDelete does what Query.HardDelete of package prom says.
func (q *Query) HardDelete(ctx context.Context) (int, error) {
	return q.write(ctx, q.deleteRows, "delete", nil)
}
