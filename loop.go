package prom

import (
	"context"
	"iter"
	"unsafe"
)

// Each ranges over the rows in bounded memory, however many there are. It reads them a batch at a time by their key and
// holds no connection while the loop's body runs, so the body may use the same connection, save and delete rows of the
// same table, and does not see those that it inserts (but for keys that are not in the order of insertion, such as
// texts). Each works inside and outside transactions; outside, batches see what others commit in between.
//
// Without an order the rows come in the order of the primary key. With one, the keys of all rows are read first and
// held, 8 bytes each for an int64. The model must have a primary key.
//
// When reading fails the loop gets the error, with a nil value, and ends:
//
//	for post, err := range posts.Each(ctx) {
//		if err != nil {
//			return err
//		}
//		…
//	}
func (q *Query[T]) Each(ctx context.Context) iter.Seq2[*T, error] {
	rows := q.core.Each(ctx)
	return *(*iter.Seq2[*T, error])(unsafe.Pointer(&rows))
}

// Stream ranges over the rows as the database sends them, in bounded memory: one statement, whose rows are all of one
// snapshot. It is the quickest way through many rows, and holds a connection until the loop ends, so the body should
// not take long and should not wait for others who need one. Inside a transaction the body cannot use the transaction,
// which is busy with the rows, nor, on a SQLite database in memory, the database. [Query.Each] has none of these limits
// and is a little slower.
//
// Each row is a value of its own, which may be kept. A hook AfterLoad of the model is bound by what binds the body.
// When reading fails, or the context has ended, the loop gets the error in place of the next row, with a nil value, and
// ends.
func (q *Query[T]) Stream(ctx context.Context) iter.Seq2[*T, error] {
	rows := q.core.Stream(ctx)
	return *(*iter.Seq2[*T, error])(unsafe.Pointer(&rows))
}

// Stream ranges over all rows; see [Query.Stream].
func (r *Repo[T]) Stream(ctx context.Context) iter.Seq2[*T, error] {
	rows := r.core.Stream(ctx)
	return *(*iter.Seq2[*T, error])(unsafe.Pointer(&rows))
}
