package prom

import (
	"context"

	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Delete deletes the row that v was loaded from or, without change tracking, the one with its key. Afterwards v counts as new: Save
// inserts it again, with the key that it has. A row that is gone is ErrNotFound.
func (r *Repo[T]) Delete(ctx context.Context, v *T) error {
	if err := r.needKey("delete"); err != nil {
		return err
	}
	key, err := r.rowKey(v)
	if err != nil {
		return errorOf("delete", r.table, err)
	}
	if err := r.deleteKey(ctx, key); err != nil {
		return err
	}
	scan.Forget(r.plan, v)
	return nil
}

// DeleteKey deletes the row with that key, as Get would find it. When there is none it is ErrNotFound.
func (r *Repo[T]) DeleteKey(ctx context.Context, key ...any) error {
	values, err := r.convertKey(key)
	if err != nil {
		return errorOf("delete", r.table, err)
	}
	return r.deleteKey(ctx, values)
}

func (r *Repo[T]) deleteKey(ctx context.Context, key []schema.Value) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	text, err := b.stmts.DeleteKey(r.table.Key)
	if err != nil {
		return err
	}
	n, err := b.exec(ctx, call{op: "delete", sql: text, args: key, write: true})
	if err == nil && n == 0 {
		return r.notFound("delete")
	}
	return err
}
