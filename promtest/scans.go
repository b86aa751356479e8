package promtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/queryplan"
	"github.com/prom-go/prom/schema"
)

// NoScans returns a context whose statements must not read the tables of the given repos as a whole, because these are
// large in production. When the test ends, the engine is asked for the plan of each shape of a statement (EXPLAIN). A
// statement for which no index serves fails the test, with the line that ran it and the tag of the index that would.
// The number of rows in the test does not matter: on PostgreSQL the plan is asked for with enable_seqscan off and
// without the values of arguments.
//
// A statement with a limit and without a condition may read a table from its beginning. [UsesIndex] is for one query,
// and the option [Large] for all statements of a database. What is seen is the same as for [Budget]. The plans are
// asked for on another connection, which does not see what an open transaction has created.
func NoScans(tb testing.TB, ctx context.Context, large ...prom.AnyRepo) context.Context {
	tb.Helper()
	if len(large) == 0 {
		tb.Fatal("promtest: NoScans was given no large tables, so it finds nothing")
	}
	s := newTally(tb, ctx)
	s.scans = newScans(large)
	made := callers().at()
	tb.Cleanup(func() {
		s.scans.check(tb)
		if s.total == 0 {
			tb.Errorf("promtest: NoScans of %s saw no statement; use its context for the calls, and a connection of "+
				"promtest.DB or with the option promtest.Guards", made)
		}
	})
	return s.in(ctx)
}

// Large makes all statements of a database of [DB] subject to [NoScans] for the tables of the given repos. Give it
// where the tests of a program open their databases, and it watches the whole run.
func Large(repos ...prom.AnyRepo) Option {
	return func(o *options) { o.large = append(o.large, repos...) }
}

// UsesIndex fails a test if a query reads a table as a whole, with the tag of the index that would serve. It runs the
// query (All), and looks at the statements that load its relations too. See [NoScans].
func UsesIndex[T any](tb testing.TB, ctx context.Context, q *prom.Query[T]) {
	tb.Helper()
	s := newTally(tb, ctx)
	s.scans = newScans(nil)
	if _, err := q.All(s.in(ctx)); err != nil {
		tb.Fatal("promtest:", err)
	}
	if s.total == 0 {
		tb.Fatal("promtest: UsesIndex saw no statement; use a connection of promtest.DB or with the option promtest.Guards")
	}
	s.scans.check(tb)
}

// scans are the shapes of statements whose plans are looked at. It is safe for concurrent use.
type scans struct {
	large []*schema.Table // nil for all tables

	mu     sync.Mutex
	shapes []shape
	known  map[string]bool
}

type shape struct {
	db    *prom.DB
	op    string
	table string
	sql   string
	at    stack
}

func newScans(large []prom.AnyRepo) *scans {
	s := &scans{known: map[string]bool{}}
	for _, r := range large {
		s.large = append(s.large, r.Schema())
	}
	return s
}

// add notes a statement, if it is the first of its shape and may be about a large table. A nil list takes none.
func (s *scans) add(e *prom.Event) {
	if s == nil || e.SQL == "" || e.Err != nil || e.Kind == prom.EventCopy {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known[e.SQL] {
		return
	}
	s.known[e.SQL] = true
	if s.large == nil || slices.ContainsFunc(s.large, func(t *schema.Table) bool { return mentions(e.SQL, t) }) {
		s.shapes = append(s.shapes, shape{e.DB, e.Op, e.Table, e.SQL, callers()})
	}
}

// mentions reports whether a statement names a table.
func mentions(sql string, t *schema.Table) bool {
	_, name := schema.SplitName(t.Name)
	return strings.Contains(strings.ToLower(sql), strings.ToLower(name))
}

// check fails a test with the statements that read a large table as a whole.
func (s *scans) check(tb testing.TB) {
	tb.Helper()
	s.mu.Lock()
	shapes := slices.Clone(s.shapes)
	s.mu.Unlock()
	ctx := context.Background()
	for _, sh := range shapes {
		text := queryplan.Statement{SQL: sh.sql, NoSeqscan: true}
		plan, err := queryplan.Explain(ctx, sh.db, text)
		if err != nil {
			tb.Errorf("promtest: the plan of a statement at %s is not known: %v", sh.at.at(), err)
			continue
		}
		for _, n := range s.found(ctx, sh, plan) {
			advice := ""
			sql := strings.Join(strings.Fields(sh.sql), " ")
			if ix, err := queryplan.Advise(ctx, sh.db, text, n); err == nil && ix != nil {
				advice = "\n\tan index would serve: " + tagOf(ix, s.tables(sh.db))
			} else if sh.op == "count" && !strings.Contains(sql, " WHERE ") {
				advice = "\n\ta count without conditions reads all rows: for a page without a total use WithoutTotal or KeysetPage"
			}
			tb.Errorf("promtest: a statement reads the whole table %s, for which no index serves:\n\t%s at %s\n\t%s%s", n.Table,
				strings.TrimSpace(sh.op+" "+sh.table), sh.at.at().place(), cut(sql), advice)
		}
	}
}

// tables are the models that may have a table.
func (s *scans) tables(d *prom.DB) []*schema.Table { return append((*db.DB)(d).Known(), s.large...) }

// found returns the steps of a plan that read a whole large table.
func (s *scans) found(ctx context.Context, sh shape, plan *queryplan.Plan) (list []*queryplan.Node) {
	limited := plan.Dialect == "sqlite" && sqliteLimits(sh.sql, plan)
	var walk func(nodes []*queryplan.Node, limited bool)
	walk = func(nodes []*queryplan.Node, limited bool) {
		for i, n := range nodes {
			limited := limited && (i == 0 || plan.Dialect == "sqlite") // a join takes all rows of its other side
			below := limited
			if plan.Dialect == "postgres" {
				below = n.Step == "Limit" || limited && slices.ContainsFunc(passing,
					func(step string) bool { return strings.HasPrefix(n.Step, step) })
			}
			if whole(n) && s.isLarge(sh.db, n.Table) && (!limited || n.Keeps != "") && !partial(ctx, sh.db, n) {
				list = append(list, n)
			}
			walk(n.Nodes, below)
		}
	}
	walk(plan.Root, limited)
	return list
}

// passing are the steps of PostgreSQL that take no more rows than are asked of them.
var passing = []string{"LockRows", "ProjectSet", "Result", "Subquery Scan", "Append", "Merge Append",
	"Nested Loop"}

// whole reports whether a step reads a whole table, or all of an index, in which PostgreSQL then tests each row.
func whole(n *queryplan.Node) bool {
	if n.Step == "Bitmap Heap Scan" {
		return n.Cond == ""
	}
	return n.Whole || n.Cond == "" && (n.Step == "Index Scan" || n.Step == "Index Only Scan")
}

func (s *scans) isLarge(d *prom.DB, table string) bool {
	list := s.large
	if list == nil {
		list = (*db.DB)(d).Known()
	}
	return slices.ContainsFunc(list, func(t *schema.Table) bool {
		_, name := schema.SplitName(t.Name)
		return strings.EqualFold(t.Name, table) || strings.EqualFold(name, table)
	})
}

// partial reports whether a step reads all of a partial index, which has only the rows that are asked for.
func partial(ctx context.Context, d *prom.DB, n *queryplan.Node) bool {
	index := n.Index
	if n.Step == "Bitmap Heap Scan" && len(n.Nodes) == 1 {
		index = n.Nodes[0].Index
	}
	if index == "" || n.Keeps != "" {
		return false
	}
	found, err := d.Describe(ctx, n.Table)
	return err == nil && slices.ContainsFunc(found.Indexes, func(ix schema.FoundIndex) bool {
		return ix.Name == index && ix.Partial
	})
}

// sqliteLimits reports whether a statement takes the first rows of a table as they come. SQLite's plan tells neither
// limits nor conditions.
func sqliteLimits(sql string, plan *queryplan.Plan) bool {
	sql = outer(sql)
	return strings.Contains(sql, " LIMIT ") && !strings.Contains(sql, " WHERE ") && !strings.Contains(sql, " GROUP BY ") &&
		!plan.Sorted()
}

// outer returns a statement without what is in parentheses, and without the texts in it.
func outer(sql string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(sql); i++ {
		switch c := sql[i]; c {
		case '\'', '"':
			end := strings.IndexByte(sql[i+1:], c)
			if end < 0 {
				return b.String()
			}
			i += end + 1
		case '(':
			depth++
		case ')':
			depth--
		default:
			if depth == 0 {
				b.WriteByte(c)
			}
		}
	}
	return b.String()
}

// tagOf returns the fields of a model with the tags that make an index, or the columns of a table without a model.
func tagOf(ix *queryplan.Index, tables []*schema.Table) string {
	i := slices.IndexFunc(tables, func(t *schema.Table) bool { return strings.EqualFold(t.Name, ix.Table) })
	tag := ""
	if i >= 0 {
		tag = ix.Tag(tables[i])
	}
	if tag == "" {
		return fmt.Sprintf("on %s (%s)", ix.Table, strings.Join(ix.Columns, ", "))
	}
	return tag
}
