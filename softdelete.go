package prom

import (
	"context"
	"unsafe"
)

// WithDeleted includes soft-deleted rows. If the model has no field with the tag option deleted, it is an error when
// the query runs.
func (q *Query[T]) WithDeleted() *Query[T] { return (*Query[T])(unsafe.Pointer(q.core.WithDeleted())) }

// OnlyDeleted selects only soft-deleted rows. If the model has no field with the tag option deleted, it is an error
// when the query runs.
func (q *Query[T]) OnlyDeleted() *Query[T] { return (*Query[T])(unsafe.Pointer(q.core.OnlyDeleted())) }

// Undelete restores the soft-deleted row of v. Then v holds the stored row. If the row does not exist or is not
// soft-deleted, the error is ErrNotFound. For a model with a version, a row that was changed since v was loaded is
// ErrStale. The model must have a field with the tag option deleted. Undelete calls no hooks.
func (r *Repo[T]) Undelete(ctx context.Context, v *T) error {
	return r.core.Undelete(ctx, unsafe.Pointer(v))
}

// HardDelete deletes the row of v for good, whether it is soft-deleted or not. Then v counts as new. For a model
// without a field that has the tag option deleted, it is the same as Delete. HardDelete calls the model's hooks
// BeforeDelete and AfterDelete.
func (r *Repo[T]) HardDelete(ctx context.Context, v *T) error {
	return r.core.HardDelete(ctx, unsafe.Pointer(v))
}

// Undelete restores those of the rows that are soft-deleted, and returns the number of restored rows. It refuses a
// query without a condition; see WithoutWhere. The query must have no order, limit or offset.
func (q *Query[T]) Undelete(ctx context.Context) (int, error) { return q.core.Undelete(ctx) }

// HardDelete deletes the rows for good and returns the number of rows. It includes soft-deleted rows with WithDeleted
// or OnlyDeleted. It refuses a query without a condition; see WithoutWhere. The query must have no order, limit or
// offset.
func (q *Query[T]) HardDelete(ctx context.Context) (int, error) { return q.core.HardDelete(ctx) }
