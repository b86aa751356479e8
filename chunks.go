package prom

import (
	"context"
	"iter"
	"time"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
)

// Chunks says how [UpdateInChunks], [DeleteInChunks] and [HardDeleteInChunks] go through the rows. The zero value takes
// chunks of 1000 rows, one after the other without a pause, from the first row.
type Chunks struct {
	// Size is how many rows a chunk has at most; 0 stands for 1000.
	Size int

	// After is the place of an earlier run, its Progress.Place, to go on behind; "" begins with the first row.
	After string

	// Pause is the time between the end of a chunk, and of the loop's body, and the next chunk.
	Pause time.Duration

	// Share is the share of the time that chunks may take, from 0 to 1: with 0.25 the pause behind a chunk is three times
	// as long as the chunk took, and never shorter than Pause. 0 and 1 make no pauses.
	Share float64

	// Retry is how often a chunk that failed as [Retry] lists it is run again before the loop gets the error.
	Retry int

	// Count counts the rows before the first chunk, by a statement of its own, for Progress.Total.
	Count bool

	// Commit, if it is set, is called at the end of the transaction of each chunk, with the progress as it is when that is
	// committed. A place that it stores by ctx is stored with the chunk or not at all: so a run that goes on after a crash
	// writes to no row twice, which matters for assignments such as views + 1. Its error undoes the chunk and ends the
	// loop.
	Commit func(ctx context.Context, p Progress) error
}

// Progress is how far a loop over chunks has come.
type Progress struct {
	Rows    int           // that all chunks of this run have written to
	Chunk   int           // of them those of the last chunk
	Place   string        // behind the last chunk, for Chunks.After: its last key, encoded and not encrypted
	Elapsed time.Duration // since the loop began, pauses included
	// the rows that there were for this run when it began, with Chunks.Count; an estimate, since others write
	Total int
}

// UpdateInChunks is [Query.Update] for very many rows, as backfills have: it goes through the rows in the order of
// their key, and updates Size of them at a time, each chunk in a transaction of its own. Between chunks, while the body
// of the loop runs, it holds neither a connection nor a lock.
//
//	for p, err := range prom.UpdateInChunks(ctx, q, prom.Chunks{Size: 500, Share: 0.5, After: place}, userRank.Set(0)) {
//		if err != nil {
//			return err // p says how far it came
//		}
//		place = p.Place // to go on there, after a crash too
//	}
//
// The loop gets the progress after each chunk that is committed. An error ends it, with the progress up to the chunk
// before, whose rows are updated; none of the failed chunk's is, unless the error is [ErrOutcomeUnknown]. So it is when
// ctx ends: at the edge of a chunk.
//
// A chunk is of the rows for which the conditions hold when its turn comes. The assignments may make conditions false,
// and nothing is passed over by it. Rows that are inserted meanwhile, or come to fulfil the conditions, are updated if
// their keys are among those still to come, and not beyond the last key that there was at the beginning; another run
// takes the others. A row whose key others change may be met twice or not at all.
//
// What Update refuses is refused, before the first chunk. The model must have a primary key, which cannot be assigned,
// and ctx must not carry a transaction of the connection.
func UpdateInChunks[T any](ctx context.Context, q *Query[T], how Chunks, assigns ...Assign[*T]) iter.Seq2[Progress,
	error] {
	return progresses(q.core.UpdateChunks(ctx, how.in(), assignsAt(unsafe.Pointer(&assigns))))
}

// DeleteInChunks is [Query.Delete] in chunks: rows of a model with a field that has the tag option deleted are marked.
// See [UpdateInChunks].
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
