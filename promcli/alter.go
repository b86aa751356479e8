package promcli

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/schollz/progressbar/v3"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promcli/internal/online"
)

// alterCommand is prom alter.
type alterCommand struct {
	Table  string `arg:"" help:"The table, or schema.table."`
	Column string `arg:"" help:"The column."`

	Type      string        `placeholder:"TYPE" help:"The new type; without it, an alteration that is under way goes on."`
	Using     string        `placeholder:"EXPR" help:"How to convert: an SQL expression of the row's columns."`
	ChunkTime time.Duration `default:"200ms" help:"How long a transaction of the backfill should take."`
	Pause     time.Duration `default:"0s" help:"The pause between two of them."`
	LockWait  time.Duration `default:"10m" help:"How long to try for a lock, again and again."`
	KeepOld   bool          `help:"Keep the old column, as COLUMN_old."`
	Triggers  bool          `help:"Let the table's own triggers run for the backfill, where they cannot be kept from it."`
	Yes       bool          `help:"Do not ask."`
	Abort     bool          `help:"Take an alteration that is under way back."`
}

// Help returns what --help shows below the flags.
func (*alterCommand) Help() string {
	return `It changes the type of a column of a large PostgreSQL table while programs go on. It
fills a new column by a trigger and in chunks, and swaps the two:

  prom alter orders id --type bigint
  prom alter orders note --type jsonb --using 'note::jsonb' --pause 50ms
  prom alter orders id --abort

It first says what it will do, and asks. No statement of others waits for a lock of it
for longer than a second. After an interrupt or a crash the same command goes on. It
needs a connection to the server itself, not to a pooler in transaction mode.`
}

// altered is the result of an alteration.
type altered struct {
	Table    string   `json:"table"`
	Column   string   `json:"column"`
	Type     string   `json:"type,omitempty"`
	Changed  bool     `json:"changed"`
	Aborted  bool     `json:"aborted,omitempty"`
	Resumed  bool     `json:"resumed,omitempty"`
	Steps    []string `json:"steps,omitempty"`
	Rows     int64    `json:"rows"`
	Chunks   int      `json:"chunks"`
	Seconds  float64  `json:"seconds"`
	Locked   float64  `json:"locked_seconds"`    // the longest lock that writers wait for
	LockWait float64  `json:"lock_wait_seconds"` // the longest try for one, and the time for which it was held
	Retries  int      `json:"lock_retries"`
}

func (a *alterCommand) Run(ctx context.Context, e *env) error {
	db, err := e.db()
	if err != nil {
		return err
	}
	if db.Dialect().Name() != "postgres" {
		return usage("prom alter is for PostgreSQL; on SQLite \"prom apply\" rebuilds a table in one transaction")
	}
	r := altered{Table: a.Table, Column: a.Column, Type: a.Type}
	start, progress := time.Now(), e.alterProgress()
	err = ownConn(ctx, db, func(conn *pgx.Conn) error {
		request := online.Request{Table: a.Table, Column: a.Column, Type: a.Type, Using: a.Using, KeepOld: a.KeepOld,
			Triggers: a.Triggers, ChunkTime: a.ChunkTime, Pause: a.Pause, LockWait: a.LockWait}
		if a.Abort {
			r.Aborted = true
			return online.Abort(ctx, conn, request, progress)
		}
		alter, err := online.Open(ctx, conn, request, progress)
		if err != nil {
			return err
		}
		if alter.Nothing() {
			return nil
		}
		r.Steps = alter.Steps()
		if err := a.announce(ctx, e, r.Steps, alter.Rewrites()); err != nil {
			return err
		}
		did, err := alter.Run(ctx)
		r.Changed, r.Resumed, r.Rows, r.Chunks, r.Retries = err == nil, did.Resumed, did.Rows, did.Chunks, did.Retries
		r.Locked, r.LockWait = did.Locked.Seconds(), did.LockWait.Seconds()
		return err
	})
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted; the same command goes on, and --abort takes it back: %w", ctx.Err())
		}
		return err
	}
	r.Seconds = time.Since(start).Round(time.Millisecond).Seconds()
	return e.print(r, func(w io.Writer) error {
		text := fmt.Sprintf("%s.%s: %d rows in %.1f s, %d transactions; the longest lock was %.0f ms", a.Table, a.Column,
			r.Rows, r.Seconds,
			r.Chunks, 1000*r.Locked)
		switch {
		case r.Aborted:
			text = fmt.Sprintf("%s.%s is as it was before", a.Table, a.Column)
		case !r.Changed:
			text = fmt.Sprintf("%s.%s has this type already", a.Table, a.Column)
		}
		_, err := fmt.Fprintf(w, "%s %s\n", e.paint(green, "✓"), text)
		return err
	})
}

// announce prints the steps, and asks.
func (a *alterCommand) announce(ctx context.Context, e *env, steps []string, rewrites bool) error {
	if !e.flags.JSON {
		if !rewrites {
			steps = append(steps, "note: ALTER TABLE changes this without rewriting the table, so prom apply is enough")
		}
		for _, step := range steps {
			if _, err := fmt.Fprintf(e.out, "  %s\n", step); err != nil {
				return err
			}
		}
	}
	if a.Yes {
		return nil
	}
	return e.confirmed(ctx, fmt.Sprintf("Alter %s.%s?", a.Table, a.Column))
}

// ownConn calls fn with a connection to a PostgreSQL server, which is closed afterwards.
func ownConn(ctx context.Context, db *prom.DB, fn func(conn *pgx.Conn) error) error {
	pool, err := db.SQL(ctx)
	if err != nil {
		return err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var failed error
	err = conn.Raw(func(c any) error {
		failed = fn(c.(*stdlib.Conn).Conn())
		return driver.ErrBadConn // its settings are changed, so it is not for others
	})
	if errors.Is(err, driver.ErrBadConn) {
		err = nil
	}
	return errors.Join(failed, err)
}

// alterProgress reports on the standard error: a bar on a terminal, else a line now and then, or JSON.
func (e *env) alterProgress() func(online.Event) {
	if e.flags.JSON {
		j := json.NewEncoder(e.err)
		return func(ev online.Event) { _ = j.Encode(ev) }
	}
	var bar *progressbar.ProgressBar
	var phase string
	var last time.Time
	return func(ev online.Event) {
		if ev.Phase != phase || ev.Text != "" {
			if bar != nil {
				_ = bar.Finish()
				_, _ = fmt.Fprintln(e.err)
				bar = nil
			}
			phase, last = ev.Phase, time.Time{}
		}
		switch {
		case ev.Text != "":
			_, _ = fmt.Fprintf(e.err, "%s: %s\n", ev.Phase, ev.Text)
		case terminal(e.err):
			if bar == nil {
				bar = progressbar.NewOptions64(ev.Total, progressbar.OptionSetWriter(e.err), progressbar.OptionShowCount(),
					progressbar.OptionShowIts(), progressbar.OptionSetItsString("rows"), progressbar.OptionSetDescription(ev.Phase),
					progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionFullWidth())
			}
			bar.ChangeMax64(ev.Total)
			_ = bar.Set64(ev.Rows)
		case time.Since(last) > 5*time.Second:
			last = time.Now()
			_, _ = fmt.Fprintf(e.err, "%s: %d of about %d rows, %.0f rows/s, %s left\n", ev.Phase, ev.Rows, ev.Total, ev.Rate,
				ev.Rest)
		}
	}
}
