package conn

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
)

// forgottenHint is what an error says to whoever waits, maybe for himself.
const forgottenHint = "the function of a transaction of this connection called it without the context that it was " +
	"given, so that it is no part of the transaction and may wait for it: use that context"

// forgotten completes the error of a statement that has waited in vain, on an engine where a connection of its own is
// found for it, when its goroutine is in the function of a transaction whose context the call does not have. It is told
// by the log too, once for a DB. Only errors pay for the look at the stack.
func (db *DB) forgotten(ctx context.Context, err error) error {
	var e *Error
	if err == nil || !errors.As(err, &e) || e.Kind != KindBusy && e.Kind != KindTimeout {
		return err
	}
	if strings.Contains(e.Detail, forgottenHint) {
		return err
	}
	o := db.engine.Load()
	if o == nil {
		return err
	}
	pg, ok := o.engine.(*pgEngine)
	levels, begun := 0, int32(0) // of the context
	if t := db.txOf(ctx); t != nil {
		levels, begun = t.depth+1, 1
	}
	if !ok || pg.open.Load() <= begun || levelsOfStack() <= levels {
		return err
	}
	if e.Detail != "" {
		e.Detail += "; "
	}
	e.Detail += forgottenHint
	if db.log.log != nil && !db.warned.Swap(true) {
		db.log.log.LogAttrs(ctx, slog.LevelWarn, "prom: a transaction's context was forgotten", slog.String("error", err.Error()))
	}
	return err
}

// levelsOfStack returns in how many functions of transactions the goroutine is.
func levelsOfStack() (n int) {
	pcs := make([]uintptr, 512)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for more := true; more; {
		var f runtime.Frame
		if f, more = frames.Next(); strings.HasSuffix(f.Function, "/conn.(*tx).run") {
			n++
		}
	}
	return n
}
