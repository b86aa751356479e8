package prom

import (
	"context"
	"iter"
	"time"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
)

// Chunks are the options of [UpdateInChunks], [DeleteInChunks] and [HardDeleteInChunks]. The zero value is chunks of
// 1000 rows, without pauses, from the first row.
type Chunks struct {
	// Size is the greatest number of rows of a chunk; 0 means 1000.
	Size int

	// After is the Progress.Place of an earlier run: the run continues after it. "" begins with the first row.
	After string

	// Pause is the time to wait after a chunk and the loop's body, before the next chunk.
	Pause time.Duration

	// Share is the share of the time that chunks may take, from 0 to 1: with 0.25, the pause after a chunk is three times
	// as long as the chunk took, and never shorter than Pause. 0 and 1 add no pauses.
	Share float64

	// Retry is how many times a chunk is run again, after a failure that [Retry] lists, before the loop gets the error.
	Retry int

	// Count makes an additional statement count the rows before the first chunk, for Progress.Total.
	Count bool

	// Commit, if it is set, is called at the end of the transaction of each chunk, with the progress after its commit. If
	// Commit stores the place with ctx, it is stored together with the chunk or not at all. So a run that continues after
	// a crash updates no row twice, which matters for assignments such as views + 1. An error of Commit rolls back the
	// chunk and ends the loop.
	Commit func(ctx context.Context, p Progress) error
}

// Progress is the progress of a loop over chunks.
type Progress struct {
	Rows    int           // the number of rows that all chunks of this run have written
	Chunk   int           // the number of rows of the last chunk
	Place   string        // the last key of the last chunk, encoded but not encrypted, for Chunks.After
	Elapsed time.Duration // since the loop began, including pauses
	// the number of rows for this run when it began, with Chunks.Count; an estimate, because of concurrent writes
	Total int
}

// UpdateInChunks is [Query.Update] for very many rows, such as a backfill. It updates the rows in the order of their
// key, at most Size rows at a time, each chunk in a transaction of its own. Between chunks, while the body of the loop
// runs, it holds no connection and no lock.
//
//	for p, err := range prom.UpdateInChunks(ctx, q, prom.Chunks{Size: 500, Share: 0.5, After: place}, userRank.Set(0)) {
//		if err != nil {
//			return err // p says how far it came
//		}
//		place = p.Place // to go on there, after a crash too
//	}
//
// The loop gets the progress after each committed chunk. An error ends the loop, with the progress up to the previous
// chunk, whose rows are updated. None of the rows of the failed chunk are updated, unless the error is
// [ErrOutcomeUnknown]. The end of ctx ends the loop in the same way, after a whole chunk.
//
// A chunk consists of the rows for which the conditions are true when it runs. The assignments may make conditions
// false: no row is skipped because of that. Rows that are inserted, or begin to fulfill the conditions, during the run
// are updated if their keys come later in the order, but not after the greatest key that existed at the beginning; run
// it again for the others. A row whose key is changed during the run may be updated twice or not at all.
//
// UpdateInChunks refuses what Update refuses, before the first chunk. The model must have a primary key, which cannot
// be assigned, and ctx must not carry a transaction of the connection.
func UpdateInChunks[T any](ctx context.Context, q *Query[T], how Chunks, assigns ...Assign[*T]) iter.Seq2[Progress,
	error] {
	return progresses(q.core.UpdateChunks(ctx, how.in(), assignsAt(unsafe.Pointer(&assigns))))
}

// DeleteInChunks is [Query.Delete] in chunks: if the model has a field with the tag option deleted, it soft-deletes the
// rows. See [UpdateInChunks].
func DeleteInChunks[T any](ctx context.Context, q *Query[T], how Chunks) iter.Seq2[Progress, error] {
	return progresses(q.core.DeleteChunks(ctx, how.in(), false))
}

// HardDeleteInChunks is [Query.HardDelete] in chunks. See [UpdateInChunks].
//
//	old := sessions.Where(sessionDeleted.Lt(lastYear)).OnlyDeleted()
//	for _, err := range prom.HardDeleteInChunks(ctx, old, prom.Chunks{Pause: 50 * time.Millisecond}) { … }
func HardDeleteInChunks[T any](ctx context.Context, q *Query[T], how Chunks) iter.Seq2[Progress, error] {
	return progresses(q.core.DeleteChunks(ctx, how.in(), true))
}

func (c Chunks) in() core.Chunks {
	how := core.Chunks{Size: c.Size, After: c.After, Pause: c.Pause, Share: c.Share, Retry: c.Retry, Count: c.Count}
	if c.Commit != nil {
		how.Commit = func(ctx context.Context, p core.Progress) error { return c.Commit(ctx, Progress(p)) }
	}
	return how
}

func progresses(chunks func(yield func(core.Progress, error) bool)) iter.Seq2[Progress, error] {
	return func(yield func(Progress, error) bool) {
		chunks(func(p core.Progress, err error) bool { return yield(Progress(p), err) })
	}
}
