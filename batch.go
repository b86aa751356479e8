package prom

import (
	"context"
	"fmt"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
)

// Batch collects operations on the repos of one connection that go to the database together: in one round trip on
// PostgreSQL, in three when one of them is an Update, and on every engine in one transaction, all of them or none. With
// the context of a transaction they are part of it. Operations are added by what [Queue] returns and happen when
// Run is called:
//
//	var b prom.Batch
//	prom.Queue(&b, posts).Create(&post)
//	author := prom.Queue(&b, authors).Get(7)
//	if err := b.Run(ctx); err != nil {
//		return err
//	}
//	a, err := author.Value()
//
// The zero Batch is empty and ready for use. It is not safe for concurrent use, and Run empties it.
type Batch struct{ core core.Batch }

// BatchError says which operation of a [Batch] failed. The others have not happened either.
type BatchError struct {
	Index int   // of the operation, from 0, in the order in which they were added
	Err   error // of the operation
}

// Error tells the operation's number and its error.
func (e *BatchError) Error() string {
	return fmt.Sprintf("prom: operation %d of the batch: %s", e.Index, core.Bare(e.Err))
}

// Unwrap returns the operation's own error.
func (e *BatchError) Unwrap() error { return e.Err }

// Result is what an operation of a [Batch] returns once the batch has run.
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

// Value returns the value, or why there is none: the operation's own error, or the batch's when another operation
// failed.
func (r *Result[V]) Value() (V, error) { return r.value(r.core), r.core.Err }

// Len returns the number of operations that wait to be run.
func (b *Batch) Len() int { return b.core.Len() }

// Run runs the operations, in the order in which they were added, and empties the batch. The error of an operation is a
// [*BatchError]; the values that were to be written are as they were then. When the answer to a batch that writes is
// lost, the error is [ErrOutcomeUnknown] and names no operation: all of them may have happened, or none. A batch of
// none does nothing. Operations on repos of several connections are an error, before anything is sent.
//
// A Get that finds no row is no failure of the batch, nor are rows that do not fit the model: their Result says so.
//
// When models of what is written have hooks, the batch and they are one transaction, so that it takes more round trips:
// the hooks Before and Validate of each value are called in the order of the operations, before anything is sent, and
// the hooks After, in that order, when all of it has been done. DeleteKey has no value to call hooks of. The hook
// AfterLoad of what is read is called at the end, and its error is that of the Result.
func (b *Batch) Run(ctx context.Context) error { return batchError(b.core.Run(ctx)) }

// BatchOf adds operations on the values of T to a [Batch].
type BatchOf[T any] struct {
	_    [0]func(*T)
	core core.Ops
}

// Queue returns what adds operations on a repo to a batch. It is no method, since each model would be compiled with all
// that a BatchOf can do.
func Queue[T any](b *Batch, r *Repo[T]) *BatchOf[T] {
	return &BatchOf[T]{core: r.core.Batch(&b.core)}
}

// Create inserts v, as [Repo.Create] does.
func (o *BatchOf[T]) Create(v *T) { o.core.Create(unsafe.Pointer(v)) }

// Update updates the row of v, as [Repo.Update] does; a row that is gone, or was changed since, fails the batch.
func (o *BatchOf[T]) Update(v *T) { o.core.Update(unsafe.Pointer(v)) }

// DeleteKey deletes the row with that key. When there is none the batch does not fail; the result says how many rows
// were deleted, 0 or 1.
func (o *BatchOf[T]) DeleteKey(key ...any) *Result[int] { return numberResult(o.core.DeleteKey(key)) }

// Get reads the row with that key. When there is none the batch does not fail; the result is ErrNotFound.
func (o *BatchOf[T]) Get(key ...any) *Result[*T] { return oneResult[*T](o.core.Get(key)) }

// All reads the rows of a query, which must be one of this repo's model.
func (o *BatchOf[T]) All(q *Query[T]) *Result[[]T] { return listResult[T](o.core.All(&q.core)) }

// CreateMany inserts the values, each as [BatchOf.Create] does. For hundreds of rows [Repo.CreateMany] is quicker.
func (o *BatchOf[T]) CreateMany(list []T) { o.core.CreateMany(listAt(unsafe.Pointer(&list))) }

// First reads the first row of a query. When there is none the batch does not fail; the result is ErrNotFound.
func (o *BatchOf[T]) First(q *Query[T]) *Result[*T] { return oneResult[*T](o.core.One(&q.core)) }

// Count counts the rows of a query, as [Query.Count] does.
func (o *BatchOf[T]) Count(q *Query[T]) *Result[int] { return numberResult(o.core.Count(&q.core)) }

// Exists reads whether a query has a row.
func (o *BatchOf[T]) Exists(q *Query[T]) *Result[bool] { return boolResult(o.core.Has(&q.core)) }

// UpdateWhere assigns new values to the rows of a query, as [Query.Update] does. The result is how many they were.
func (o *BatchOf[T]) UpdateWhere(q *Query[T], assigns ...Assign[*T]) *Result[int] {
	return numberResult(o.core.UpdateWhere(&q.core, assignsAt(unsafe.Pointer(&assigns))))
}

// DeleteWhere deletes the rows of a query, as [Query.Delete] does. The result is how many they were.
func (o *BatchOf[T]) DeleteWhere(q *Query[T]) *Result[int] {
	return numberResult(o.core.DeleteWhere(&q.core))
}

// BatchAll adds reading the results of a projection to a batch.
func BatchAll[T, R any](b *Batch, p Projection[T, R]) *Result[[]R] {
	return listResult[R](b.core.Project(p.core))
}
