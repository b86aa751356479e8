package events_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
)

// path is the key of the kinds of the events that a context is in.
type path struct{}

// recorder records events as lines: their kinds, from the outermost to their own, operation, table, rows and what else
// they have.
type recorder struct {
	tb     testing.TB
	mu     sync.Mutex
	lines  []string
	events []prom.Event
	open   int
}

func (r *recorder) Start(ctx context.Context, e *prom.Event) context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open++
	if e.DB == nil || e.Start.IsZero() {
		r.tb.Errorf("%s begins without its DB or time", e.Kind)
	}
	outer, _ := ctx.Value(path{}).(string)
	if inBatch := strings.HasSuffix(outer, "batch "); e.Kind == prom.EventStatement && inBatch && !e.Batched {
		r.tb.Error("a statement of a batch begins without being of it")
	}
	if e.Kind == prom.EventBatch && e.Batch == 0 {
		r.tb.Error("a batch begins without its number of statements")
	}
	return context.WithValue(ctx, path{}, outer+e.Kind.String()+" ")
}

func (r *recorder) End(ctx context.Context, e *prom.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open--
	where, _ := ctx.Value(path{}).(string)
	if !strings.HasSuffix(where, e.Kind.String()+" ") && e.Kind != prom.EventCopy {
		r.tb.Errorf("%s ends in the context %q", e.Kind, where)
	}
	where = strings.TrimSuffix(where, e.Kind.String()+" ")
	where = strings.TrimSuffix(where, "statement ") // which became a COPY
	line := where + e.Kind.String()
	for _, s := range []string{e.Op, e.Table, e.Wait.String()} {
		if s != "" && s != e.Kind.String() {
			line += " " + s
		}
	}
	if e.Rows > 0 {
		line += fmt.Sprintf(" rows=%d", e.Rows)
	}
	if e.Batch > 0 {
		line += fmt.Sprintf(" of=%d", e.Batch)
	}
	if e.Attempt > 1 {
		line += fmt.Sprintf(" attempt=%d", e.Attempt)
	}
	if e.DDL {
		line += " ddl"
	}
	if e.Err != nil {
		if line += " failed"; prom.KindOf(e.Err) != 0 {
			line += fmt.Sprintf(": %v", prom.KindOf(e.Err))
		}
	}
	r.lines = append(r.lines, line)
	r.events = append(r.events, *e)
}

// take returns the lines since the last call, without those of looking at tables, of the history and of waits and
// connections, which come when they will.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open != 0 {
		r.tb.Errorf("%d events have not ended", r.open)
	}
	lines := slices.DeleteFunc(r.lines, func(s string) bool {
		return strings.Contains(s, "statement inspect") || strings.Contains(s, "prom_history") ||
			strings.HasPrefix(s, "wait") || strings.Contains(s, " wait pool") || strings.HasPrefix(s, "connect")
	})
	r.lines, r.events = nil, nil
	return lines
}

// all returns the events since the last call of take.
func (r *recorder) all(kind prom.EventKind) (list []prom.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e.Kind == kind {
			list = append(list, e)
		}
	}
	return list
}

func open(t *testing.T, dsn string, options ...prom.OpenOption) (*prom.DB, *recorder) {
	r := &recorder{tb: t}
	return kit.Open(t, dsn, append(options, prom.Observe(r))...), r
}

var errOwn = errors.New("own")
