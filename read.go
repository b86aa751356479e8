package prom

import (
	"context"
	"iter"
	"unsafe"
)

// Get returns the row with that key, or ErrNotFound. A composite key is given in the order of its fields. A key of a
// type that does not convert to the field's without loss is an error.
func (r *Repo[T]) Get(ctx context.Context, key ...any) (*T, error) {
	v, err := r.core.Get(ctx, key)
	return (*T)(v), err
}

// GetBy is [Repo.Get] through a field, which is the primary key, or has a unique index of its own: a value of another
// type does not compile.
//
//	book, err := prom.GetBy(ctx, books, bookID, 7)
func GetBy[T, V any](ctx context.Context, r *Repo[T], field interface {
	Term[*T, V]
	Columner
}, v V) (*T, error) {
	row, err := r.core.GetBy(ctx, field, v)
	return (*T)(row), err
}

// Load fills v, of which the key or the fields of a unique index are set, with the row that has them. When several are
// set the key goes before the indexes, and these in their order. When there is no such row it is ErrNotFound, and v is
// as it was.
func (r *Repo[T]) Load(ctx context.Context, v *T) error { return r.core.Load(ctx, unsafe.Pointer(v)) }

// Reload reads the row that v was loaded from again and drops the changes made since. A row that is gone is
// ErrNotFound, and v is as it was.
func (r *Repo[T]) Reload(ctx context.Context, v *T) error {
	return r.core.Reload(ctx, unsafe.Pointer(v))
}

// Query returns the query of all rows, as a beginning for others.
func (r *Repo[T]) Query() *Query[T] { return (*Query[T])(unsafe.Pointer(r.core.Query())) }

// Where returns the query of the rows for which all conditions hold.
func (r *Repo[T]) Where(conds ...Cond[*T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer(r.core.Where(condsAt(unsafe.Pointer(&conds)))))
}

// OrderBy returns the query of all rows in an order.
func (r *Repo[T]) OrderBy(orders ...Order[*T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer(r.core.OrderBy(ordersAt(unsafe.Pointer(&orders)))))
}

// Limit returns the query of at most n rows.
func (r *Repo[T]) Limit(n int) *Query[T] {
	return (*Query[T])(unsafe.Pointer(r.core.Limit(n)))
}

// Compute returns the query of all rows, with computed fields; see [Query.Compute].
func (r *Repo[T]) Compute(cols ...Column[*T]) *Query[T] { return r.Query().Compute(cols...) }

// WithoutWhere returns the query of all rows, which may be updated and deleted.
func (r *Repo[T]) WithoutWhere() *Query[T] { return (*Query[T])(unsafe.Pointer(r.core.WithoutWhere())) }

// All returns all rows of the table. Mind their number; Each takes tables of any size.
func (r *Repo[T]) All(ctx context.Context) ([]T, error) {
	list, err := r.core.All(ctx)
	return *(*[]T)(unsafe.Pointer(&list)), err
}

// Each ranges over all rows; see [Query.Each].
func (r *Repo[T]) Each(ctx context.Context) iter.Seq2[*T, error] {
	rows := r.core.Each(ctx)
	return *(*iter.Seq2[*T, error])(unsafe.Pointer(&rows))
}

// First returns the first row that is found, or ErrNotFound.
func (r *Repo[T]) First(ctx context.Context) (*T, error) {
	v, err := r.core.First(ctx)
	return (*T)(v), err
}

// Count returns the number of rows.
func (r *Repo[T]) Count(ctx context.Context) (int, error) { return r.core.Count(ctx) }

// Exists reports whether there is a row.
func (r *Repo[T]) Exists(ctx context.Context) (bool, error) { return r.core.Exists(ctx) }
