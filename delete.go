package prom

import (
	"context"

	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// Delete deletes the row that v was loaded from or, without change tracking, the one with its key. Afterwards v counts as new: Save
// inserts it again, with the key that it has. A row that is gone is ErrNotFound, and, for a model with a version, one that was
// changed since v was loaded is ErrStale.
//
// The row of a model with a field that has the tag option deleted is marked instead: v is what is stored then, with the time of the
// deletion, and can be restored. See [Repo.Restore] and [Repo.HardDelete].
//
// The model's hooks BeforeDelete and AfterDelete are called.
func (r *Repo[T]) Delete(ctx context.Context, v *T) error { return r.hookedDelete(ctx, v, r.delete) }

func (r *Repo[T]) hookedDelete(ctx context.Context, v *T, deletion func(ctx context.Context, v *T) error) error {
	if hooks := r.hooks & deleteHooks; hooks != 0 {
		return r.hooked(ctx, v, hooks, func(ctx context.Context) (bool, error) { return true, deletion(ctx, v) })
	}
	return deletion(ctx, v)
}

func (r *Repo[T]) delete(ctx context.Context, v *T) error {
	if r.table.Deleted == nil {
		return r.hardDelete(ctx, v)
	}
	if err := r.needKey("delete"); err != nil {
		return err
	}
	return r.mark(ctx, v, "delete", query.Spec{}, (*query.Statements).SoftDelete)
}

// DeleteKey deletes the row with that key, as Get would find it, or marks it as deleted, as Delete does. When there is none it is
// ErrNotFound. There is no value here to call hooks of: load it and call Delete if it must be so.
func (r *Repo[T]) DeleteKey(ctx context.Context, key ...any) error {
	w := r.take()
	defer r.give(w)
	var err error
	if w.args, err = r.convertKey(w.args, key); err != nil {
		return errorOf("delete", r.table, err)
	}
	if r.table.Deleted == nil {
		err = r.deleteBy(ctx, w, r.table.Key)
	} else {
		var n int
		n, err = (&Query[T]{repo: r, spec: query.Spec{}.KeyIs(r.table.Key, w.args)}).Delete(ctx)
		if err == nil && n == 0 {
			err = r.notFound("delete")
		}
	}
	return r.missed(ctx, err, query.Spec{}, r.table.Key, w.args)
}

// deleteBy deletes the row in which the columns have the values of w's arguments.
func (r *Repo[T]) deleteBy(ctx context.Context, w *work[T], by []*schema.Column) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	if err := b.look(ctx); err != nil {
		return errorOf("delete", r.table, err)
	}
	if !b.counts(ctx) {
		q := (&Query[T]{repo: r, spec: query.Spec{}.WithDeleted().KeyIs(by, w.args)})
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
	if err == nil && n == 0 {
		return r.notFound("delete")
	}
	return err
}
