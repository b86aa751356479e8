package promtest

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/db"
)

// Guards returns the option with which the guards of this package see a connection that a test opens itself; one of
// [DB] has it already. The guards are [Budget], [NoLoops] and [NoScans], and one that needs no call: in a transaction,
// a call on the same connection whose context is not that of the transaction fails the test, with the lines of both
// (see [prom.WithoutTx] for calls that are meant to be outside). tb is the test that the connection is of; it is nil
// for one of TestMain, which several tests share. Then that guard fails the test whose Budget, NoLoops or NoScans made
// the context of the transaction or of the call, and there must be one.
func Guards(tb testing.TB) prom.OpenOption {
	g := &guard{}
	if tb != nil {
		g.test.Store(testOf(tb))
	}
	return prom.Observe(g)
}

// guard is what observes a connection.
type guard struct {
	test  atomic.Pointer[test]  // nil for none
	scans atomic.Pointer[scans] // of all statements; nil for none
	open  atomic.Int32

	mu  sync.Mutex
	txs []*openTx
}

// test is a test that may be over.
type test struct {
	mu    sync.Mutex
	tb    testing.TB
	ended bool
	told  map[string]bool
}

func testOf(tb testing.TB) *test {
	t := &test{tb: tb, told: map[string]bool{}}
	tb.Cleanup(func() {
		t.mu.Lock()
		t.ended = true
		t.mu.Unlock()
	})
	return t
}

// fail fails the test with a text, once for each key, unless it is over.
func (t *test) fail(key, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.ended && !t.told[key] {
		t.told[key] = true
		t.tb.Error(text)
	}
}

// openTx is a transaction that has not ended.
type openTx struct {
	db        *prom.DB
	goroutine string
	site      frame
	tally     *tally
}

type openKey struct{} // of an *openTx in the context of its transaction

// Start implements [prom.Observer].
func (g *guard) Start(ctx context.Context, e *prom.Event) context.Context {
	switch e.Kind {
	case prom.EventTx:
		if e.Depth > 0 {
			return ctx
		}
		g.check(ctx, e)
		return g.begin(ctx, e)
	case prom.EventStatement, prom.EventBatch:
		// To look at a table is the first that a call does when the table is not known yet; where the transaction has the
		// only connection, it is the last too.
		if (!isInternal(e) || e.Op == "inspect") && !e.Batched {
			g.check(ctx, e)
		}
	}
	return ctx
}

// End implements [prom.Observer].
func (g *guard) End(ctx context.Context, e *prom.Event) {
	switch e.Kind {
	case prom.EventTx:
		if t, ok := ctx.Value(openKey{}).(*openTx); ok && e.Depth == 0 {
			g.end(t)
		}
	case prom.EventStatement, prom.EventCopy, prom.EventBatch:
		if isInternal(e) {
			return
		}
		s := tallyOf(ctx)
		s.look(e)
		g.scans.Load().add(e)
		if s != nil && !e.Batched && e.Attempt <= 1 {
			s.add(e, callers())
		}
	}
}

// isInternal reports whether a statement is none of a call: it looks at a table, or installs it, whenever that is first
// needed.
func isInternal(e *prom.Event) bool {
	switch e.Op {
	case "inspect", "install", "describe", "set actor", "clear actor", "listen", "health":
		return true
	}
	return e.DDL
}

func (g *guard) begin(ctx context.Context, e *prom.Event) context.Context {
	t := &openTx{db: e.DB, site: callers().at(), tally: tallyOf(ctx)}
	if h, ok := ctx.Value(holderKey{}).(holder); ok {
		t.goroutine, t.site = h.goroutine, h.site
	} else {
		t.goroutine, _ = goroutine(false)
	}
	g.mu.Lock()
	g.txs = append(g.txs, t)
	g.mu.Unlock()
	g.open.Add(1)
	return context.WithValue(ctx, openKey{}, t)
}

func (g *guard) end(t *openTx) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, other := range g.txs {
		if other == t {
			g.txs = append(g.txs[:i:i], g.txs[i+1:]...)
			g.open.Add(-1)
			return
		}
	}
}

// check fails the test of a call that is not part of the transaction which its goroutine runs.
func (g *guard) check(ctx context.Context, e *prom.Event) {
	if g.open.Load() == 0 || e.DB.InTx(ctx) || db.IsWithoutTx(ctx) {
		return
	}
	id, parent := goroutine(true)
	t := g.around(e.DB, id, parent)
	if t == nil {
		return
	}
	to := g.test.Load()
	for _, s := range []*tally{t.tally, tallyOf(ctx)} {
		if to == nil && s != nil {
			to = s.test
		}
	}
	if to == nil {
		return
	}
	what := strings.TrimSpace(e.Op + " " + e.Table)
	if isInternal(e) {
		what = e.Table
	}
	began, call := t.site.place(), callers().at().place()
	to.fail(began+" "+call, fmt.Sprintf("promtest: a call in a transaction does not use the transaction's context, so it "+
		"is not part of it:\n"+
		"\tthe transaction begins at %s\n\tthe call (%s) is at %s\n"+
		"use the context that Tx passes to its function; if the call is meant to be outside, use prom.WithoutTx",
		began, what, call))
}

// place returns a frame with the whole name of its file, which editors find.
func (f frame) place() string {
	if f.file == "" {
		return f.String()
	}
	return f.file + ":" + strconv.Itoa(f.line)
}

// creator is the goroutine that started another one, and in which function.
type creator struct{ goroutine, function string }

// around returns the transaction that a goroutine runs, or the one that has started the goroutine.
func (g *guard) around(d *prom.DB, id string, by creator) *openTx {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, t := range g.txs {
		if t.db == d && (t.goroutine == id || t.goroutine == by.goroutine && by.inTx()) {
			return t
		}
	}
	return nil
}

// goroutine returns the number of the goroutine and, if wanted, who has started it. Only the text of its stack has
// them.
func goroutine(withCreator bool) (id string, by creator) {
	buf := make([]byte, 64)
	if withCreator {
		buf = make([]byte, 1<<16)
	}
	text := buf[:runtime.Stack(buf, false)]
	if fields := bytes.Fields(text[:min(len(text), 40)]); len(fields) > 1 {
		id = string(fields[1])
	}
	if i := bytes.LastIndex(text, []byte("\ncreated by ")); withCreator && i >= 0 {
		line, _, _ := bytes.Cut(text[i+len("\ncreated by "):], []byte("\n"))
		function, number, _ := strings.Cut(string(line), " in goroutine ")
		by = creator{number, function}
	}
	return id, by
}

// inTx reports whether the function that started the goroutine still runs in the transaction of the other goroutine.
// One that has started it before is outside of the transaction, and the text of the stacks has no times.
func (c creator) inTx() bool {
	buf := make([]byte, 1<<22)
	text := string(buf[:runtime.Stack(buf, true)])
	_, text, found := strings.Cut("\n\n"+text, "\n\ngoroutine "+c.goroutine+" [")
	if !found {
		return false
	}
	text, _, _ = strings.Cut(text, "\n\n")
	inside, _, found := strings.Cut(text, "\n"+module+"/internal/db.(*tx).run(")
	return found && strings.Contains(inside, "\n"+c.function+"(")
}
