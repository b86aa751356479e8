package prom

import (
	"context"
	"iter"
	"unsafe"
)

// Get returns the row with the given key. If there is no such row, the error is ErrNotFound. Give the parts of a
// composite key in the order of its fields. A key of a type that cannot be converted to the field's type without loss
// is an error.
func (r *Repo[T]) Get(ctx context.Context, key ...any) (*T, error) {
	v, err := r.core.Get(ctx, key)
	return (*T)(v), err
}

// GetBy is [Repo.Get] by a field. The field must be the primary key, or have a unique index of its own. A value of
// another type does not compile.
//
//	book, err := prom.GetBy(ctx, books, bookID, 7)
func GetBy[T, V any](ctx context.Context, r *Repo[T], field interface {
	Term[*T, V]
	Columner
}, v V) (*T, error) {
	row, err := r.core.GetBy(ctx, field, v)
	return (*T)(row), err
}

// Load reads the row that has the same primary key as v, or the same values in the fields of a unique index, into v. If
// several of them are set in v, Load uses the primary key first, and then the unique indexes in their order. If there
// is no such row, the error is ErrNotFound, and Load does not change v.
func (r *Repo[T]) Load(ctx context.Context, v *T) error { return r.core.Load(ctx, unsafe.Pointer(v)) }

// Reload reads the row that v was loaded from again, and discards the changes of v. If the row does not exist, the
// error is ErrNotFound, and Reload does not change v.
func (r *Repo[T]) Reload(ctx context.Context, v *T) error {
	return r.core.Reload(ctx, unsafe.Pointer(v))
}

// Query returns a query of all rows, to which conditions and an order can be added.
func (r *Repo[T]) Query() *Query[T] { return (*Query[T])(unsafe.Pointer(r.core.Query())) }

// Where returns a query of the rows for which all conditions are true.
func (r *Repo[T]) Where(conds ...Cond[*T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer(r.core.Where(condsAt(unsafe.Pointer(&conds)))))
}

// OrderBy returns a query of all rows in the given order.
func (r *Repo[T]) OrderBy(orders ...Order[*T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer(r.core.OrderBy(ordersAt(unsafe.Pointer(&orders)))))
}

// Limit returns a query of at most n rows.
func (r *Repo[T]) Limit(n int) *Query[T] {
	return (*Query[T])(unsafe.Pointer(r.core.Limit(n)))
}

// Compute returns a query of all rows with computed fields; see [Query.Compute].
func (r *Repo[T]) Compute(cols ...Column[*T]) *Query[T] { return r.Query().Compute(cols...) }

// WithoutWhere returns a query of all rows that permits updates and deletes without a condition.
func (r *Repo[T]) WithoutWhere() *Query[T] { return (*Query[T])(unsafe.Pointer(r.core.WithoutWhere())) }

// All returns all rows of the table, in memory. For large tables use Each.
func (r *Repo[T]) All(ctx context.Context) ([]T, error) {
	list, err := r.core.All(ctx)
	return *(*[]T)(unsafe.Pointer(&list)), err
}

// Each ranges over all rows; see [Query.Each].
func (r *Repo[T]) Each(ctx context.Context) iter.Seq2[*T, error] {
	rows := r.core.Each(ctx)
	return *(*iter.Seq2[*T, error])(unsafe.Pointer(&rows))
}

// First returns the first row. If there are no rows, the error is ErrNotFound.
func (r *Repo[T]) First(ctx context.Context) (*T, error) {
	v, err := r.core.First(ctx)
	return (*T)(v), err
}

// Count returns the number of rows.
func (r *Repo[T]) Count(ctx context.Context) (int, error) { return r.core.Count(ctx) }

// Exists reports whether there is a row.
func (r *Repo[T]) Exists(ctx context.Context) (bool, error) { return r.core.Exists(ctx) }
