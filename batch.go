package prom

import (
	"context"
	"fmt"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
)

// Batch collects operations on repos of one connection and sends them to the database together: on PostgreSQL in one
// round trip, or in three if one of them is an Update. On both engines they run in one transaction, all or none. If the
// context carries a transaction, they are part of it. [Queue] returns a value whose methods add operations; Run runs
// them:
//
//	var b prom.Batch
//	prom.Queue(&b, posts).Create(&post)
//	author := prom.Queue(&b, authors).Get(7)
//	if err := b.Run(ctx); err != nil {
//		return err
//	}
//	a, err := author.Value()
//
// The zero Batch is empty and ready for use. A Batch is not safe for concurrent use. Run empties it.
type Batch struct{ core core.Batch }

// BatchError is the error of an operation that made a [Batch] fail. None of the operations of the batch took effect.
type BatchError struct {
	Index int   // the index of the operation, from 0, in the order in which they were added
	Err   error // the error of the operation
}

// Error returns the index of the operation and its error.
func (e *BatchError) Error() string {
	return fmt.Sprintf("prom: operation %d of the batch: %s", e.Index, core.Bare(e.Err))
}

// Unwrap returns the operation's own error.
func (e *BatchError) Unwrap() error { return e.Err }

// Result is the result of an operation of a [Batch]. It is available after the batch has run.
type Result[V any] struct {
	core  *core.Result
	value func(r *core.Result) V
}

// The results of the core by what they are.
func oneResult[P any](r *core.Result) *Result[P] {
	return &Result[P]{r, func(r *core.Result) P { return *(*P)(unsafe.Pointer(&r.One)) }}
}

func listResult[T any](r *core.Result) *Result[[]T] {
	return &Result[[]T]{r, func(r *core.Result) []T { return *(*[]T)(unsafe.Pointer(&r.List)) }}
}

func numberResult(r *core.Result) *Result[int] {
	return &Result[int]{r, func(r *core.Result) int { return r.N }}
}

func boolResult(r *core.Result) *Result[bool] {
	return &Result[bool]{r, func(r *core.Result) bool { return r.N > 0 }}
}

// Value returns the value. If there is none, it returns the operation's own error, or the error of the batch if another
// operation failed.
func (r *Result[V]) Value() (V, error) { return r.value(r.core), r.core.Err }

// Len returns the number of operations that have not been run.
func (b *Batch) Len() int { return b.core.Len() }

// Run runs the operations in the order in which they were added, and empties the batch. If an operation fails, the
// error is a [*BatchError], and the values that were to be written do not change. If the result of a batch that writes
// is lost, the error is [ErrOutcomeUnknown] and names no operation: all of them took effect, or none. An empty batch
// does nothing. Operations on repos of several connections are an error, before anything is sent.
//
// A Get that finds no row does not make the batch fail, nor do rows that do not fit the model: the error is in their
// Result.
//
// If the models of written values have hooks, the batch and the hooks are one transaction, which takes more round
// trips. The Before hooks and Validate are called for each value in the order of the operations, before anything is
// sent; the After hooks are called in the same order after all operations. DeleteKey calls no hooks, because it has no
// value. AfterLoad of the values that were read is called at the end, and its error is in their Result.
func (b *Batch) Run(ctx context.Context) error { return batchError(b.core.Run(ctx)) }

// BatchOf adds operations on values of T to a [Batch].
type BatchOf[T any] struct {
	_    [0]func(*T)
	core core.Ops
}

// Queue returns a value whose methods add operations on a repo to a batch.
func Queue[T any](b *Batch, r *Repo[T]) *BatchOf[T] {
	return &BatchOf[T]{core: r.core.Batch(&b.core)}
}

// Create inserts v, as [Repo.Create] does.
func (o *BatchOf[T]) Create(v *T) { o.core.Create(unsafe.Pointer(v)) }

// Update updates the row of v, as [Repo.Update] does. If the row does not exist or was changed since, the batch fails.
func (o *BatchOf[T]) Update(v *T) { o.core.Update(unsafe.Pointer(v)) }

// DeleteKey deletes the row with the given key. If there is none, the batch does not fail. The result is the number of
// deleted rows, 0 or 1.
func (o *BatchOf[T]) DeleteKey(key ...any) *Result[int] { return numberResult(o.core.DeleteKey(key)) }

// Get reads the row with the given key. If there is none, the batch does not fail, and the error of the result is
// ErrNotFound.
func (o *BatchOf[T]) Get(key ...any) *Result[*T] { return oneResult[*T](o.core.Get(key)) }

// All reads the rows of a query on the same model.
func (o *BatchOf[T]) All(q *Query[T]) *Result[[]T] { return listResult[T](o.core.All(&q.core)) }

// CreateMany inserts the values, each as [BatchOf.Create] does. For hundreds of rows, [Repo.CreateMany] is faster.
func (o *BatchOf[T]) CreateMany(list []T) { o.core.CreateMany(listAt(unsafe.Pointer(&list))) }

// First reads the first row of a query. If there is none, the batch does not fail, and the error of the result is
// ErrNotFound.
func (o *BatchOf[T]) First(q *Query[T]) *Result[*T] { return oneResult[*T](o.core.One(&q.core)) }

// Count counts the rows of a query, as [Query.Count] does.
func (o *BatchOf[T]) Count(q *Query[T]) *Result[int] { return numberResult(o.core.Count(&q.core)) }

// Exists reports whether a query has a row.
func (o *BatchOf[T]) Exists(q *Query[T]) *Result[bool] { return boolResult(o.core.Has(&q.core)) }

// UpdateWhere assigns new values to the rows of a query, as [Query.Update] does. The result is the number of updated
// rows.
func (o *BatchOf[T]) UpdateWhere(q *Query[T], assigns ...Assign[*T]) *Result[int] {
	return numberResult(o.core.UpdateWhere(&q.core, assignsAt(unsafe.Pointer(&assigns))))
}

// DeleteWhere deletes the rows of a query, as [Query.Delete] does. The result is the number of deleted rows.
func (o *BatchOf[T]) DeleteWhere(q *Query[T]) *Result[int] {
	return numberResult(o.core.DeleteWhere(&q.core))
}

// BatchAll adds an operation to a batch that reads the results of a projection.
func BatchAll[T, R any](b *Batch, p Projection[T, R]) *Result[[]R] {
	return listResult[R](b.core.Project(p.core))
}
