package core

import (
	"context"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/schema"
)

// Delete does what Repo.Delete of package prom says.
func (r *Repo) Delete(ctx context.Context, v unsafe.Pointer) error {
	return r.hookedDelete(ctx, v, r.delete)
}

func (r *Repo) hookedDelete(ctx context.Context, v unsafe.Pointer,
	deletion func(ctx context.Context, v unsafe.Pointer) error) error {
	if err := r.given("delete", v); err != nil {
		return err
	}
	if hooks := r.hooks & deleteHooks; hooks != 0 {
		return r.hookedOne(ctx, v, hooks, func(ctx context.Context) (bool, error) { return true, deletion(ctx, v) })
	}
	return deletion(ctx, v)
}

func (r *Repo) delete(ctx context.Context, v unsafe.Pointer) error {
	if r.table.Deleted == nil {
		return r.hardDelete(ctx, v)
	}
	if err := r.needKey("delete"); err != nil {
		return err
	}
	return r.mark(ctx, v, "delete", ast.Spec{}, (*render.Statements).SoftDelete)
}

// DeleteKey does what Repo.DeleteKey of package prom says.
func (r *Repo) DeleteKey(ctx context.Context, key []any) error {
	w := r.take()
	defer r.give(w)
	var err error
	if w.args, err = r.convertKey(w.args, key); err != nil {
		return ErrorOf("delete", r.table, err)
	}
	if r.table.Deleted == nil {
		err = r.deleteBy(ctx, w, r.table.Key)
	} else {
		var n int
		n, err = (&Query{repo: r, spec: ast.Spec{}.KeyIs(r.table.Key, w.args)}).Delete(ctx)
		if err == nil && n == 0 {
			err = r.notFound("delete")
		}
	}
	return r.missed(ctx, err, ast.Spec{}, r.table.Key, w.args)
}

// deleteBy deletes the row in which the columns have the values of w's arguments.
func (r *Repo) deleteBy(ctx context.Context, w *work, by []*schema.Column) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	if err := b.look(ctx); err != nil {
		return ErrorOf("delete", r.table, err)
	}
	if !b.counts(ctx) {
		q := (&Query{repo: r, spec: ast.Spec{}.WithDeleted().KeyIs(by, w.args)})
		n, err := q.write(ctx, q.deleteRows, "delete", nil)
		if err == nil && n == 0 {
			err = r.notFound("delete")
		}
		return err
	}
	text, err := b.stmts.DeleteKey(by)
	if err != nil {
		return err
	}
	w.setWrite("delete", text)
	n, err := b.exec(ctx, &w.call)
	switch {
	case err != nil:
		return err
	case n == 0:
		return r.notFound("delete")
	}
	r.wroteKey(ctx, b, "delete", w.args[:len(r.table.Key)])
	return nil
}
