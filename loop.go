package prom

import (
	"context"
	"iter"
	"unsafe"
)

// Each ranges over the rows in bounded memory, however many there are. It reads batches of rows in the order of their
// key, and holds no connection while the loop's body runs. So the body may use the same connection, and may save and
// delete rows of the same table. It does not see rows that it inserts, unless keys are not in the order of insertion,
// such as texts. Each works inside and outside transactions. Outside, a batch sees what other transactions have
// committed before it.
//
// Without an order, the rows are in the order of the primary key. With an order, Each reads the keys of all rows first
// and holds them in memory, 8 bytes each for an int64. The model must have a primary key.
//
// If reading fails, the loop gets the error with a nil value, and ends:
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

// Stream ranges over the rows as the database sends them, in bounded memory. It is one statement, and all its rows are
// from one snapshot. It is the fastest way to read many rows. It holds a connection until the loop ends, so the body
// should not take long, and should not wait for other goroutines that need a connection. Inside a transaction, the body
// cannot use the transaction, because its connection is busy; on an in-memory SQLite database it cannot use the
// database. [Query.Each] has none of these limits and is a little slower.
//
// Each row is a separate value, which may be kept. The limits of the body also apply to the hook AfterLoad of the
// model. If reading fails or the context ends, the loop gets the error with a nil value, and ends.
func (q *Query[T]) Stream(ctx context.Context) iter.Seq2[*T, error] {
	rows := q.core.Stream(ctx)
	return *(*iter.Seq2[*T, error])(unsafe.Pointer(&rows))
}

// Stream ranges over all rows; see [Query.Stream].
func (r *Repo[T]) Stream(ctx context.Context) iter.Seq2[*T, error] {
	rows := r.core.Stream(ctx)
	return *(*iter.Seq2[*T, error])(unsafe.Pointer(&rows))
}
