package promcli

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/dialect"
)

// How often a terminal shows how long a step takes, and how often it is said elsewhere that one still runs.
var (
	barEvery   = 200 * time.Millisecond
	stillEvery = 10 * time.Second
)

// stepProgress tells on the standard error which step runs: by a bar on a terminal, else by lines.
type stepProgress struct {
	out  io.Writer // nil tells nothing
	bar  *progressbar.ProgressBar
	all  int
	at   int
	stop func() // ends the goroutine that tells of the step that runs
}

// steps returns the progress of a number of steps. With --json nothing is told.
func (e *env) steps(all int) *stepProgress {
	p := &stepProgress{all: all, stop: func() {}}
	if e.flags.JSON {
		return p
	}
	if p.out = e.err; terminal(e.err) {
		p.bar = progressbar.NewOptions(all, progressbar.OptionSetWriter(e.err), progressbar.OptionShowCount(),
			progressbar.OptionSetWidth(20), progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetElapsedTime(false))
	}
	return p
}

// begin tells that steps begin, and goes on telling how long they take.
func (p *stepProgress) begin(ctx context.Context, e *env, steps []prom.Step) {
	if p.out == nil {
		return
	}
	title := fmt.Sprintf("%s (about %s)", stepTitle(steps[0]), rowsOf(steps[0].Rows))
	if len(steps) > 1 {
		title = plural(len(steps), "additive step") + onConnection(steps[0].Connection)
	}
	every := stillEvery
	if p.bar != nil {
		p.bar.Describe(title)
		every = barEvery
	}
	ctx, cancel := context.WithCancel(ctx)
	start := time.Now()
	var told sync.WaitGroup
	told.Go(func() {
		t := time.NewTicker(every)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
			}
			now := fmt.Sprintf("%s, %s", title, time.Since(start).Round(time.Second))
			if time.Since(start) > time.Second {
				now += e.buildOf(ctx, steps[0])
			}
			if p.bar != nil {
				p.bar.Describe(now)
			} else {
				_, _ = fmt.Fprintf(p.out, "… %d of %d: %s\n", p.at+1, p.all, now)
			}
		}
	})
	p.stop = func() { cancel(); told.Wait() }
}

// done tells which steps are done.
func (p *stepProgress) done(steps []prom.Step, took time.Duration) {
	p.stop()
	p.stop = func() {}
	if p.out == nil {
		return
	}
	if p.bar != nil {
		_ = p.bar.Clear()
	}
	for _, s := range steps {
		p.at++
		_, _ = fmt.Fprintf(p.out, "%s %d of %d: %s (%s)\n", paint(p.out, green, "✓"), p.at, p.all, stepTitle(s),
			took.Round(time.Millisecond))
	}
	if p.bar != nil && p.at < p.all {
		_ = p.bar.Set(p.at)
	}
}

func (p *stepProgress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
		_ = p.bar.Clear()
	}
}

// buildOf returns how far the server is with building an index of a step's table, "" where nothing tells.
func (e *env) buildOf(ctx context.Context, s prom.Step) string {
	r := e.repoOf(s)
	if r == nil {
		return ""
	}
	db, err := r.DB()
	if err != nil || db.Dialect().Name() != "postgres" {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	type build struct {
		Phase       string
		Done, Total int64
	}
	b, err := prom.RawQuery[build](db, `SELECT phase, CASE WHEN blocks_total > 0 THEN blocks_done ELSE tuples_done END AS done,
CASE WHEN blocks_total > 0 THEN blocks_total ELSE tuples_total END AS total
FROM pg_stat_progress_create_index WHERE relid = to_regclass($1)`, dialect.QuoteTable(s.Table)).First(ctx)
	switch {
	case err != nil:
		return ""
	case b.Total > 0:
		return fmt.Sprintf(", %s: %d%%", b.Phase, 100*b.Done/b.Total)
	}
	return ", " + b.Phase
}

// repoOf returns the repo of a step's table, nil if it has none.
func (e *env) repoOf(s prom.Step) prom.AnyRepo {
	for _, r := range e.repos {
		if db, err := r.DB(); err == nil && db.Name() == s.Connection && r.Schema().Name == s.Table {
			return r
		}
	}
	return nil
}
