package promtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/prom-go/prom"
)

// Budget returns a context whose calls may run at most n statements together. If they run more, the test fails when it
// ends, with each shape of a statement, how often it ran, and the line that ran it. Contexts that are derived from it
// count too, also in other goroutines; budgets may be nested.
//
//	ctx := promtest.Budget(t, t.Context(), 4)
//	err := service.Post(ctx, article)
//
// A batch and a COPY count as one, because they are sent together. What begins and ends transactions, the installation
// of tables, and the second attempt of a statement do not count, so the number does not depend on what ran before.
// Statements are seen on connections of [DB], and on those with the option [Guards], apart from what programs do with
// [prom.PgxPool] and [prom.DB.SQL]. A test whose budget is greater than 0 fails also if there was no statement at all,
// because it then measures nothing.
func Budget(tb testing.TB, ctx context.Context, n int) context.Context {
	tb.Helper()
	s := newTally(tb, ctx)
	made := callers().at()
	tb.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch {
		case s.total > n:
			tb.Errorf("promtest: %d statements, and the budget of %s is %d:\n%s", s.total, made, n, s.report(s.groups))
		case s.total == 0 && n > 0:
			tb.Errorf("promtest: the budget of %s saw no statement; use its context for the calls, and a connection of "+
				"promtest.DB or with the option promtest.Guards", made)
		}
	})
	return s.in(ctx)
}

// loopLeast is how many calls make a loop.
const loopLeast = 3

// NoLoops returns a context that finds statements in loops (N+1). If a line of the program runs the same statement
// three times or more with different arguments, the test fails when it ends, with that line, the line of the loop, and
// the call that does the same in one statement. Prepare at least three rows.
//
//	ctx := promtest.NoLoops(t, t.Context())
//
// Loops of the function that calls NoLoops are the test's own and do not count. Others are found in the program's
// source, so a test binary that was built with -trimpath finds fewer. What is seen is the same as for [Budget].
func NoLoops(tb testing.TB, ctx context.Context) context.Context {
	tb.Helper()
	s := newTally(tb, ctx)
	made := callers().at()
	s.function = made.function
	tb.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		loops := slices.DeleteFunc(slices.Clone(s.groups), func(g *group) bool { return !g.isLoop() })
		switch {
		case len(loops) > 0:
			tb.Errorf("promtest: statements in loops:\n%s", s.report(loops))
		case s.total == 0:
			tb.Errorf("promtest: NoLoops of %s saw no statement; use its context for the calls, and a connection of "+
				"promtest.DB or with the option promtest.Guards", made)
		}
	})
	return s.in(ctx)
}

// tally collects the statements of a context. It is safe for concurrent use.
type tally struct {
	test     *test
	outer    *tally
	function string // whose loops do not count; "" for none
	scans    *scans // nil for none

	mu     sync.Mutex
	total  int
	groups []*group
	byKey  map[string]*group
}

// group is the statements of one shape that one line has run.
type group struct {
	op, table, sql string
	stack          stack
	n              int
	args           map[uint64]bool // the hashes of their arguments
}

type tallyKey struct{}

func newTally(tb testing.TB, ctx context.Context) *tally {
	return &tally{test: testOf(tb), outer: tallyOf(ctx), byKey: map[string]*group{}}
}

func (s *tally) in(ctx context.Context) context.Context { return context.WithValue(ctx, tallyKey{}, s) }

func tallyOf(ctx context.Context) *tally {
	s, _ := ctx.Value(tallyKey{}).(*tally)
	return s
}

// add notes a statement in the tally and in those around it.
func (s *tally) add(e *prom.Event, from stack) {
	hash := e.ArgsHash()
	for ; s != nil; s = s.outer {
		s.addOne(e, from, hash)
	}
}

// look notes a statement for those of the tallies that look at plans.
func (s *tally) look(e *prom.Event) {
	for ; s != nil; s = s.outer {
		s.scans.add(e)
	}
}

func (s *tally) addOne(e *prom.Event, from stack, hash uint64) {
	if s.function != "" {
		from = from.below(s.function)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total++
	key := e.Op + "\n" + e.SQL + "\n" + from.key()
	g := s.byKey[key]
	if g == nil {
		g = &group{op: e.Op, table: e.Table, sql: e.SQL, stack: from, args: map[uint64]bool{}}
		s.byKey[key] = g
		s.groups = append(s.groups, g)
	}
	g.n++
	g.args[hash] = true
}

// several are the calls that run several statements of one shape by themselves.
var several = []string{"CreateMany", "GetOrCreateMany", "DeleteInChunks", "Dump", "Each", "HardDeleteInChunks",
	"Restore", "UpdateInChunks", "Watch"}

// isLoop reports whether the group is of a loop of the program.
func (g *group) isLoop() bool {
	if g.n < loopLeast || len(g.args) < loopLeast || len(g.stack.frames) == 0 || g.op == "batch" ||
		slices.Contains(several, g.stack.call) {
		return false
	}
	// The test's own loop may be what repeats the calls, unless there is one in between or another goroutine.
	return !g.stack.cut || loopOf(g.stack).line > 0
}

// maxSQL is how many bytes of a statement a failure shows.
const maxSQL = 300

// cut returns the beginning of a statement.
func cut(sql string) string {
	if len(sql) <= maxSQL {
		return sql
	}
	return strings.ToValidUTF8(sql[:maxSQL], "") + " …"
}

// report lists groups, the most frequent ones first.
func (s *tally) report(groups []*group) string {
	groups = slices.Clone(groups)
	slices.SortStableFunc(groups, func(a, b *group) int { return cmp.Compare(b.n, a.n) })
	var b strings.Builder
	for _, g := range groups {
		fmt.Fprintf(&b, "%6d × %s", g.n, strings.TrimSpace(g.op+" "+g.table))
		if g.stack.call != "" {
			fmt.Fprintf(&b, " (%s)", g.stack.call)
		}
		fmt.Fprintf(&b, " at %s", g.stack.at())
		for _, f := range g.stack.frames[min(1, len(g.stack.frames)):min(4, len(g.stack.frames))] {
			fmt.Fprintf(&b, " ← %s", f)
		}
		b.WriteByte('\n')
		if g.sql != "" {
			fmt.Fprintf(&b, "\t  %s\n", cut(strings.Join(strings.Fields(g.sql), " ")))
		}
		if g.isLoop() {
			if loop := loopOf(g.stack); loop.line > 0 {
				fmt.Fprintf(&b, "\t  the loop begins at %s\n", loop.place())
			}
			fmt.Fprintf(&b, "\t  instead: %s\n", remedy(g))
		}
	}
	return b.String()
}

// remedies are the calls that take one statement for all rows, by the call that takes one for each.
var remedies = map[string]string{
	"Get":         "repo.Where(key.In(keys...)).All(ctx) reads all of them, or With reads a relation with its rows",
	"GetBy":       "repo.Where(field.In(values...)).All(ctx) reads all of them, or With reads a relation with its rows",
	"Load":        "repo.Where(key.In(keys...)).All(ctx) reads all of them",
	"Reload":      "repo.Where(key.In(keys...)).All(ctx) reads all of them",
	"LoadInto":    "load the relation with the rows by With, or for all rows by one prom.LoadIntoAll(ctx, query, rows)",
	"LoadIntoAll": "load the relation with the rows by With, or for all rows by one prom.LoadIntoAll(ctx, query, rows)",
	"Create":      "repo.CreateMany(ctx, values) inserts all of them",
	"GetOrCreate": "prom.GetOrCreateMany(ctx, repo, values, on...) finds or inserts all of them",
	"Upsert":      "repo.OnConflict(on...).UpdateAll().CreateMany(ctx, values) inserts or updates all of them",
	"Save":        "one repo.Where(…).Update(ctx, …) for all rows, or a prom.Batch of Queue(&batch, repo).Update(v)",
	"Update":      "one repo.Where(…).Update(ctx, …) for all rows, or a prom.Batch of Queue(&batch, repo).Update(v)",
	"Delete":      "repo.Where(key.In(keys...)).Delete(ctx) deletes all of them",
	"DeleteKey":   "repo.Where(key.In(keys...)).Delete(ctx) deletes all of them",
	"HardDelete":  "repo.Where(key.In(keys...)).HardDelete(ctx) deletes all of them",
	"Count":       "count all of them in one query: a projection with GroupBy, or Compute with the relation's Count",
	"Exists":      "ask for all of them in one query: a condition with Has, or Compute with the relation's Has",
	"First":       "one query for all of them with In, or With and a Limit of the relation",
	"All":         "one query for all of them with In, or With reads a relation with its rows",
}

// remedy returns what to do instead of a loop.
func remedy(g *group) string {
	if text, ok := remedies[g.stack.call]; ok && !strings.HasPrefix(g.op, "raw") {
		return text
	}
	return "one statement for all of them, or a prom.Batch, which sends them together"
}
