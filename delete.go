package prom

import (
	"context"

	"github.com/prom-go/prom/internal/scan"
)

// Delete deletes the row that v was loaded from or, without change tracking, the one with its key. Afterwards v counts as new: Save
// inserts it again, with the key that it has. A row that is gone is ErrNotFound.
//
// The model's hooks BeforeDelete and AfterDelete are called.
func (r *Repo[T]) Delete(ctx context.Context, v *T) error {
	if hooks := r.hooks & deleteHooks; hooks != 0 {
		return r.hooked(ctx, v, hooks, func(ctx context.Context) (bool, error) { return true, r.delete(ctx, v) })
	}
	return r.delete(ctx, v)
}

func (r *Repo[T]) delete(ctx context.Context, v *T) error {
	if err := r.needKey("delete"); err != nil {
		return err
	}
	w := r.take()
	defer r.give(w)
	var err error
	if w.args, err = r.rowKey(w.args, v); err != nil {
		return errorOf("delete", r.table, err)
	}
	if err := r.deleteKey(ctx, w); err != nil {
		return err
	}
	scan.Forget(r.plan, v)
	return nil
}

// DeleteKey deletes the row with that key, as Get would find it. When there is none it is ErrNotFound.
// There is no value here to call hooks of: load it and call Delete if it must be so.
func (r *Repo[T]) DeleteKey(ctx context.Context, key ...any) error {
	w := r.take()
	defer r.give(w)
	var err error
	if w.args, err = r.convertKey(w.args, key); err != nil {
		return errorOf("delete", r.table, err)
	}
	return r.deleteKey(ctx, w)
}

// deleteKey deletes the row whose key is the arguments of w.
func (r *Repo[T]) deleteKey(ctx context.Context, w *work[T]) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	text, err := b.stmts.DeleteKey(r.table.Key)
	if err != nil {
		return err
	}
	w.setWrite("delete", text)
	n, err := b.exec(ctx, &w.call)
	if err == nil && n == 0 {
		return r.notFound("delete")
	}
	return err
}
