package prom

import (
	"context"
	"unsafe"
)

// WithDeleted takes the soft-deleted rows, too. It is for models with a field that has the tag option deleted, and an
// error of others, when the query runs.
func (q *Query[T]) WithDeleted() *Query[T] { return (*Query[T])(unsafe.Pointer(q.core.WithDeleted())) }

// OnlyDeleted takes the soft-deleted rows and no others. It is for models with a field that has the tag option deleted,
// and an error of others, when the query runs.
func (q *Query[T]) OnlyDeleted() *Query[T] { return (*Query[T])(unsafe.Pointer(q.core.OnlyDeleted())) }

// Undelete takes the mark of the soft delete off the row of v and makes v what is stored then. A row that is not
// marked, or gone, is ErrNotFound, and, for a model with a version, one that was changed since v was loaded is
// ErrStale. It is for models with a field that has the tag option deleted. Hooks are not called.
func (r *Repo[T]) Undelete(ctx context.Context, v *T) error {
	return r.core.Undelete(ctx, unsafe.Pointer(v))
}

// HardDelete deletes the row of v for good, whether it is soft-deleted or not. Afterwards v counts as new. For a model
// without a field that has the tag option deleted it is Delete. The model's hooks BeforeDelete and AfterDelete are
// called.
func (r *Repo[T]) HardDelete(ctx context.Context, v *T) error {
	return r.core.HardDelete(ctx, unsafe.Pointer(v))
}

// Undelete takes the mark off those of the rows that are soft-deleted, and returns how many they were. Without a
// condition it is refused; see WithoutWhere. It takes no order, limit or offset.
func (q *Query[T]) Undelete(ctx context.Context) (int, error) { return q.core.Undelete(ctx) }

// HardDelete deletes the rows for good and returns how many they were. Soft-deleted ones are among them when
// WithDeleted or OnlyDeleted says so. Without a condition it is refused; see WithoutWhere. It takes no order, limit or
// offset.
func (q *Query[T]) HardDelete(ctx context.Context) (int, error) { return q.core.HardDelete(ctx) }
