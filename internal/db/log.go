package db

import (
	"cmp"
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
)

// DefaultSlow is how long a statement takes at least to be logged as slow.
const DefaultSlow = 500 * time.Millisecond

// mostSQL is how many bytes of a statement are logged at the levels above debug: a trigger may have thousands.
const mostSQL = 500

// Logger logs the events of a DB, and takes its warnings, which go to [slog.Default] otherwise. With nil it logs
// nothing.
func Logger(log *slog.Logger) OpenOption {
	return func(db *DB) {
		kept := db.observers[:0:0]
		for _, o := range db.observers {
			if _, is := o.(logger); !is {
				kept = append(kept, o)
			}
		}
		if db.observers, db.log = kept, log; log != nil {
			db.observers = append(db.observers, logger{log})
		}
	}
}

// LogArgs adds the arguments of statements to events. They are the application's data: mind where the log goes.
func LogArgs() OpenOption { return func(db *DB) { db.logArgs = true } }

// LogSlow sets how long a statement takes at least to be logged as slow; none is when it is negative.
func LogSlow(least time.Duration) OpenOption { return func(db *DB) { db.slow = least } }

// logger is the observer that writes a log.
type logger struct{ log *slog.Logger }

func (l logger) Start(ctx context.Context, _ *Event) context.Context { return ctx }

func (l logger) End(ctx context.Context, e *Event) {
	text, level := logged(e)
	if text == "" || !l.log.Enabled(ctx, level) {
		return
	}
	attrs := make([]slog.Attr, 0, 12)
	add := func(name, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(name, value))
		}
	}
	attrs = append(attrs, slog.String("connection", e.DB.Name()))
	add("op", e.Op)
	add("table", e.Table)
	if e.Kind == EventWait {
		add("wait", e.Wait.String())
	}
	if (e.Kind <= EventCopy || e.Kind == EventCoalesced) && !e.DDL {
		attrs = append(attrs, slog.Int64("rows", e.Rows))
	}
	if e.Bytes > 0 {
		attrs = append(attrs, slog.Int64("bytes", e.Bytes))
	}
	if e.Kind == EventBatch {
		attrs = append(attrs, slog.Int("statements", e.Batch))
	}
	if e.Attempt > 1 {
		attrs = append(attrs, slog.Int("attempt", e.Attempt))
	}
	if e.Kind != EventRetry && !e.Batched {
		attrs = append(attrs, slog.Duration("took", e.Duration))
	}
	if e.Err != nil {
		attrs = append(attrs, slog.String("error", e.Err.Error()))
	}
	if e.Kind != EventRetry {
		sql := e.SQL
		if level > slog.LevelDebug && len(sql) > mostSQL {
			sql = strings.ToValidUTF8(sql[:mostSQL], "") + "…"
		}
		add("sql", sql)
	}
	if e.Args != nil {
		attrs = append(attrs, slog.Any("args", e.Args))
	}
	l.log.LogAttrs(ctx, level, text, attrs...)
}

// logged returns the line of an event, "" for none, and its level.
func logged(e *Event) (text string, level slog.Level) {
	switch e.Kind {
	case EventStatement, EventBatch, EventCopy:
		text = "prom: statement"
		switch e.Kind {
		case EventBatch:
			text = "prom: batch"
		case EventCopy:
			text = "prom: COPY"
		}
		switch {
		case e.Err != nil && alarming(e):
			return text + " failed", slog.LevelWarn
		case e.Err == nil && e.DDL:
			return "prom: schema changed", slog.LevelInfo
		case e.slow():
			return "prom: slow" + text[len("prom:"):], slog.LevelWarn
		}
		return text, slog.LevelDebug
	case EventBegin, EventCommit:
		text = "prom: " + e.Op
		if e.Err != nil && alarming(e) {
			return text + " failed", slog.LevelWarn
		}
		return text, slog.LevelDebug
	case EventRollback, EventSavepoint, EventRelease, EventRollbackTo: // what failed before has been told
		return "prom: " + e.Op, slog.LevelDebug
	case EventInstall:
		if e.Err != nil && alarming(e) {
			return "prom: the schema was not changed", slog.LevelWarn
		}
		return "prom: install", slog.LevelDebug
	case EventConnect:
		switch {
		case e.Err != nil:
			return "prom: connection failed", slog.LevelWarn
		case e.Reconnect:
			return "prom: connected again", slog.LevelInfo
		}
		return "prom: connected", slog.LevelDebug
	case EventWait:
		if e.slow() {
			return "prom: long wait", slog.LevelWarn
		}
		return "prom: wait", slog.LevelDebug
	case EventRetry:
		return "prom: retry", slog.LevelDebug
	case EventCoalesced:
		return "prom: coalesced", slog.LevelDebug
	}
	return "", 0
}

// slow reports whether an event took longer than is expected of one.
func (e *Event) slow() bool {
	least := cmp.Or(e.DB.slow, DefaultSlow)
	return least > 0 && e.Duration >= least && !e.Batched
}

// alarming reports whether nobody expects a failure like that of an event: it is about the database, and not about the
// row or the caller.
func alarming(e *Event) bool {
	switch kind := driver.KindOf(e.Err); kind {
	case driver.KindNotFound, driver.KindTooManyRows, driver.KindStale, driver.KindNotStored, driver.KindUnique,
		driver.KindNotNull, driver.KindForeignKey, driver.KindCheck, driver.KindTooLong, driver.KindValidation,
		driver.KindReadOnly, driver.KindSerialization, driver.KindCanceled, driver.KindClosed:
		return false
	case driver.KindNoTable, driver.KindNoColumn, driver.KindNoIndex, driver.KindType:
		// What is missing may be about to be installed.
		return e.DB.dsn.Options.Install != dsn.InstallAuto
	}
	return true
}

// observedRows end an event when they are closed.
type observedRows struct {
	driver.Rows
	ctx   context.Context //nolint:containedctx // of the one call that the rows belong to
	event *Event
}

func (r *observedRows) Close() error {
	err := r.Rows.Close()
	r.event.endRows(r.ctx, err)
	return err
}

// Inner returns the rows themselves, for who reads them in the engine's own form.
func (r *observedRows) Inner() any { return r.Rows }

// Warn writes a warning to the log, to [slog.Default] when the DB has none. What it says holds no values.
func (db *DB) Warn(ctx context.Context, text string, attrs ...slog.Attr) {
	cmp.Or(db.log, slog.Default()).LogAttrs(ctx, slog.LevelWarn, text,
		append(attrs, slog.String("connection", db.Name()))...)
}
