package describe

import (
	"context"

	"github.com/prom-go/prom"
)

// batchKey is the key of the batch that a context is in.
type batchKey struct{}

// batch is what the statements of a batch have in common. They are told in the batch, in the goroutine of the call.
type batch struct {
	told             bool
	operation, table string
}

// WithBatch returns the context of a batch, in which its statements are told.
func WithBatch(ctx context.Context) context.Context {
	return context.WithValue(ctx, batchKey{}, &batch{})
}

// AddToBatch notes a statement of the batch that ctx is in.
func AddToBatch(ctx context.Context, e *prom.Event) {
	b, ok := ctx.Value(batchKey{}).(*batch)
	if !ok {
		return
	}
	operation := Operation(e)
	if !b.told {
		b.told, b.operation, b.table = true, operation, e.Table
		return
	}
	if b.operation != operation {
		b.operation = ""
	}
	if b.table != e.Table {
		b.table = ""
	}
}

// Call returns the operation and the table of an event that has ended: those of a batch name what its statements have
// in common, which nobody knows of a batch that has failed as a whole.
func Call(ctx context.Context, e *prom.Event) (operation, table string) {
	if e.Kind != prom.EventBatch {
		return Operation(e), e.Table
	}
	b, ok := ctx.Value(batchKey{}).(*batch)
	switch {
	case !ok || !b.told:
		return "BATCH", ""
	case b.operation == "":
		return "BATCH", b.table
	case e.Batch > 1:
		return "BATCH " + b.operation, b.table
	}
	return b.operation, b.table
}

// IsCall reports whether an event is a call of the database.
func IsCall(k prom.EventKind) bool {
	switch k {
	case prom.EventTx, prom.EventInstall, prom.EventCoalesced, prom.EventWait, prom.EventRetry, prom.EventConnect:
		return false
	}
	return true
}

// Returns reports whether an event has a number of returned rows: it is a read that has succeeded.
func Returns(e *prom.Event, operation string) bool {
	return e.Kind == prom.EventStatement && e.Err == nil && Reads(operation)
}

// Changes reports whether an event has a number of changed rows: it is a write of rows that has succeeded.
func Changes(e *prom.Event, operation string) bool {
	if e.Err != nil || e.DDL {
		return false
	}
	return e.Kind == prom.EventCopy || e.Kind == prom.EventStatement && Writes(operation)
}
