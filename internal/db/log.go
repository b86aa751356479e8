package db

import (
	"context"
	"log/slog"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
)

// logger writes statements to a log: their text at the level debug, failed ones too, and their arguments only when that
// was asked for. The zero logger writes nothing.
type logger struct {
	log  *slog.Logger
	args bool
}

func (l logger) on() bool { return l.log != nil }

// begin returns the start of a statement, the zero time when nothing is logged.
func (l logger) begin() time.Time {
	if l.log == nil {
		return time.Time{}
	}
	return time.Now()
}

func (l logger) end(ctx context.Context, start time.Time, st *driver.Statement, err error) {
	if l.log == nil || !l.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{slog.String("sql", st.SQL), slog.Duration("took", time.Since(start))}
	if l.args {
		values := make([]any, len(st.Args))
		for i, v := range st.Args {
			values[i] = v.Any()
		}
		attrs = append(attrs, slog.Any("args", values))
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	l.log.LogAttrs(ctx, slog.LevelDebug, "prom: statement", attrs...)
}

// loggedRows writes the log when a result ends.
type loggedRows struct {
	driver.Rows
	log   logger
	ctx   context.Context //nolint:containedctx // of the one call that the rows belong to
	start time.Time
	st    *driver.Statement
}

func (r *loggedRows) Close() error {
	err := r.Rows.Close()
	if r.st != nil {
		r.log.end(r.ctx, r.start, r.st, err)
		r.st = nil
	}
	return err
}

// Inner returns the rows themselves, for who reads them in the engine's own form.
func (r *loggedRows) Inner() any { return r.Rows }

// Warn writes a warning to the log, to [slog.Default] when the DB has none. What it says holds no values.
func (db *DB) Warn(ctx context.Context, text string, attrs ...slog.Attr) {
	log := db.log.log
	if log == nil {
		log = slog.Default()
	}
	log.LogAttrs(ctx, slog.LevelWarn, text, append(attrs, slog.String("connection", db.Name()))...)
}
