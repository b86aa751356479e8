package sqlite3

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"
	lib "modernc.org/sqlite/lib"

	"github.com/prom-go/prom/internal/dbtest"
)

// long are statements that take seconds: of many instructions, and of few that are long.
var long = map[string]string{
	"endless":  endless,
	"rows":     "SELECT a.n FROM t a, t b, t c",
	"sort":     "SELECT hex(n * 7919 % 100003) || n AS x FROM (SELECT a.n * 1000 + b.n AS n FROM t a, t b, t c LIMIT 20000000) ORDER BY x",
	"group":    "SELECT x, count(*) FROM (SELECT (a.n * 1000 + b.n) * 7919 % 1000003 AS x FROM t a, t b, t c) GROUP BY x",
	"function": "SELECT length(replace(hex(zeroblob(500 + a.n % 7)), '0', hex(zeroblob(500)))) FROM t a, t b",
}

// Ensure that a statement ends soon after its context, whatever it does at that moment, and that the connection works
// on.
func TestContext(t *testing.T) {
	t.Parallel()
	for name, sql := range long {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			c, clock := memory(t), dbtest.NewClock(t)
			do(t, c, "CREATE TABLE t (n INTEGER PRIMARY KEY); WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r LIMIT 1000) INSERT INTO t SELECT n FROM r")
			for _, after := range []time.Duration{0, time.Millisecond, 50 * time.Millisecond, 300 * time.Millisecond} {
				late := interrupted(t, c, clock, sql, after)
				for range 4 { // a single one may come late because the machine has other things to do
					if late > latest {
						late = min(late, interrupted(t, c, clock, sql, after))
					}
				}
				if late > latest {
					t.Errorf("%v late", late)
				}
				t.Logf("%v: %v late", after, late)
				is.Equal(one(t, c, "SELECT 7"), "7")
			}
		})
	}
}

// interrupted runs a statement with a context that ends after a time, makes sure that it ended for that, and returns
// how much later it did.
func interrupted(t *testing.T, c *Conn, clock *dbtest.Clock, sql string, after time.Duration) time.Duration {
	t.Helper()
	is := is.New(t)
	ends := time.Now().Add(after)
	ctx := soon(t, after)
	if after == time.Millisecond { // no deadline
		canceled, cancel := context.WithCancel(context.Background())
		time.AfterFunc(after, cancel)
		ctx = canceled
	}
	c.SetContext(ctx)
	s, err := c.Prepare(sql)
	for more := true; more && err == nil; {
		more, err = s.Step()
	}
	late := clock.Since(ends)
	if s != nil {
		is.NoErr(s.Reset())
	}
	var e *Error
	is.True(errors.As(err, &e))
	is.Equal(e.Code, lib.SQLITE_INTERRUPT)
	is.True(errors.Is(err, ctx.Err()) || errors.Is(err, context.DeadlineExceeded))
	c.ClearContext()
	return late
}

// Ensure that the watchdog ends a statement by itself, since the progress handler does not run inside a long
// instruction.
func TestContext_Watchdog(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := memory(t)
	lib.Xsqlite3_progress_handler(c.tls, c.db, 0, 0, 0)
	clock, late := dbtest.NewClock(t), time.Hour
	for range 5 { // a single one may come late because the machine has other things to do
		ctx := soon(t, 20*time.Millisecond)
		deadline, _ := ctx.Deadline()
		c.SetContext(ctx)
		is.True(errors.Is(c.Exec(endless), context.DeadlineExceeded))
		late = min(late, clock.Since(deadline))
		c.ClearContext()
	}
	is.True(late < latest)
	armed := func() bool {
		c.watch.mu.Lock()
		defer c.watch.mu.Unlock()
		return c.watch.armed
	}
	for end := time.Now().Add(time.Minute); armed(); time.Sleep(watchEvery) { // it stops when there is nothing to watch
		is.True(time.Now().Before(end))
	}
}

// Ensure that an interruption that comes too late does not reach the statement after it.
func TestContext_Late(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := memory(t)
	for i := range 3000 {
		ctx, cancel := context.WithCancel(context.Background())
		c.SetContext(ctx)
		var group sync.WaitGroup
		group.Go(func() {
			for range i % 50 {
				runtime.Gosched()
			}
			cancel()
		})
		s, err := c.Prepare("SELECT 1")
		is.NoErr(err)
		_, err = s.Step()
		is.True(err == nil || errors.Is(err, context.Canceled))
		is.NoErr(s.Reset())
		c.ClearContext()
		is.Equal(one(t, c, "SELECT 7"), "7")
		group.Wait()
	}
}

// Ensure that waiting for a lock ends with the busy timeout and with the context, and succeeds when the lock is let go.
func TestBusy(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	uri := file(t)
	a, b := opened(t, uri, Options{BusyTimeout: time.Minute}), opened(t, uri, Options{BusyTimeout: 100 * time.Millisecond})
	do(t, a, "CREATE TABLE t (n); BEGIN IMMEDIATE")
	is.Equal(pragma(t, b, "busy_timeout"), "100")
	clock, start := dbtest.NewClock(t), time.Now()
	var e *Error
	is.True(errors.As(b.Exec("BEGIN IMMEDIATE"), &e))
	is.Equal(e.Code, lib.SQLITE_BUSY)
	is.True(e.Err == nil)
	is.True(time.Since(start) > 90*time.Millisecond && clock.Since(start) < 2*time.Second)

	patient := opened(t, uri, Options{BusyTimeout: time.Hour})
	for _, after := range []time.Duration{0, 30 * time.Millisecond} {
		ctx := soon(t, after)
		deadline, _ := ctx.Deadline()
		patient.SetContext(ctx)
		is.True(errors.Is(patient.Exec("BEGIN IMMEDIATE"), context.DeadlineExceeded))
		is.True(clock.Since(deadline) < latest)
		patient.ClearContext()
	}
	done := make(chan error)
	go func() { done <- patient.Exec("BEGIN IMMEDIATE") }()
	time.Sleep(20 * time.Millisecond)
	do(t, a, "COMMIT")
	is.NoErr(<-done)
	do(t, patient, "COMMIT")
}

func pragma(tb testing.TB, c *Conn, name string) string {
	tb.Helper()
	s, err := c.Prepare("PRAGMA " + name)
	if err != nil {
		tb.Fatal(err)
	}
	defer s.Reset()
	if row, err := s.Step(); err != nil || !row {
		tb.Fatal(row, err)
	}
	if s.Type(0) == Integer {
		return strconv.FormatInt(s.Int64(0), 10)
	}
	return string(s.Raw(0))
}

// Ensure that a collation orders, also in many connections at once, and that there is an end to their number.
func TestCollation(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := memory(t)
	is.NoErr(c.CreateCollation("backwards", func(a, b string) int { return strings.Compare(b, a) }))
	is.NoErr(c.CreateCollation("length", func(a, b string) int { return len(a) - len(b) }))
	do(t, c, "CREATE TABLE t (a); INSERT INTO t VALUES ('b'), ('a'), ('ccc'), ('')")
	is.Equal(one(t, c, "SELECT group_concat(a) FROM (SELECT a FROM t ORDER BY a COLLATE backwards)"), "ccc,b,a,")
	is.Equal(one(t, c, "SELECT group_concat(a) FROM (SELECT a FROM t ORDER BY a COLLATE length, a)"), ",a,b,ccc")
	var err error
	for i := 0; err == nil && i < 2*mostFunctions; i++ {
		err = c.CreateCollation(fmt.Sprint("c", i), strings.Compare)
	}
	is.True(err != nil)
}

// joined is an aggregate that puts texts one behind the other.
type joined struct{ texts []string }

func (j *joined) Add(text string) { j.texts = append(j.texts, text) }
func (j *joined) Remove(string)   { j.texts = j.texts[1:] }
func (j *joined) Result() Result {
	if len(j.texts) == 3 {
		return Result{Err: "three are too many"}
	}
	return Result{Type: Text, Text: strings.Join(j.texts, "+")}
}

// Ensure that functions get their arguments and give their results and errors, that an aggregate keeps its groups
// apart, in windows too, and that nothing of a group is kept.
func TestFunctions(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := memory(t)
	is.NoErr(c.CreateFunction("show", 2, func(args []Arg) Result {
		switch {
		case args[0].Null:
			return Result{}
		case args[0].Text == "fail":
			return Result{Err: "it failed"}
		case args[1].Null:
			return Result{Type: Integer, Int: int64(len(args[0].Text))}
		}
		return Result{Type: Text, Text: args[0].Text + "|" + args[1].Text}
	}))
	is.NoErr(c.CreateAggregate("joined", func() Aggregate { return &joined{} }))
	is.Equal(one(t, c, "SELECT show('aü', 5)"), "aü|5")
	is.Equal(one(t, c, "SELECT show('', '')"), "|")
	is.Equal(one(t, c, "SELECT show('abc', NULL) + 1"), "4")
	is.Equal(one(t, c, "SELECT show(NULL, 1) IS NULL"), "1")
	is.True(strings.Contains(c.Exec("SELECT show('fail', 1)").Error(), "it failed"))
	do(t, c, "CREATE TABLE t (g, a); INSERT INTO t VALUES (1, 'a'), (2, 'x'), (1, 'b'), (2, NULL), (3, NULL)")
	is.Equal(one(t, c, "SELECT group_concat(j, ';') FROM (SELECT joined(a) AS j FROM t GROUP BY g ORDER BY g)"), "a+b;x;")
	is.Equal(one(t, c, "SELECT joined(a) FROM t WHERE g = 9"), "")
	is.Equal(one(t, c, "SELECT group_concat(j, ';') FROM (SELECT joined(a) OVER (ORDER BY a ROWS 1 PRECEDING) AS j FROM t WHERE a > '')"), "a;a+b;b+x")
	is.True(strings.Contains(c.Exec("SELECT joined(a) FROM t").Error(), "three are too many"))
	is.True(c.Exec("SELECT joined(a, g) FROM t") != nil)
	is.Equal(len(c.groups), 0)
	var err error
	for i := 0; err == nil && i < 2*mostFunctions; i++ {
		err = c.CreateFunction(fmt.Sprint("f", i), 0, func([]Arg) Result { return Result{} })
	}
	is.True(err != nil)
}

// backUp copies a database by steps of 100 pages, with a function that is called behind each, and counts them.
func backUp(ctx context.Context, src, dst *Conn, behind func(step int)) (steps, restarts int, err error) {
	b, err := src.Backup("main", dst)
	if err != nil {
		return 0, 0, err
	}
	last := -1
	for done := false; !done && err == nil; steps++ {
		if done, err = b.Step(ctx, 100); err == nil && !done && behind != nil {
			behind(steps)
		}
		left, _ := b.Pages()
		if last >= 0 && left >= last && !done {
			restarts++
		}
		last = left
	}
	return steps, restarts, errors.Join(err, b.Finish())
}

// Ensure that a backup is a copy, also into a database that is there, that it begins anew when another connection
// writes, unless it is in a transaction that reads, and that it ends with its context.
func TestBackup(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	uri := file(t)
	src, dst, other := opened(t, uri, Options{}), opened(t, file(t), Options{}), opened(t, uri, Options{})
	do(t, src, "PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER PRIMARY KEY, b); WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r LIMIT 3000) INSERT INTO t SELECT n, hex(randomblob(500)) FROM r")
	do(t, dst, "CREATE TABLE old (n)")
	steps, restarts, err := backUp(context.Background(), src, dst, func(step int) {
		if step == 2 {
			do(t, other, "INSERT INTO t (b) VALUES ('x')")
		}
	})
	is.NoErr(err)
	is.Equal(restarts, 1)
	is.True(steps > 3)
	is.Equal(one(t, dst, "SELECT count(*) FROM t"), "3001")
	do(t, src, "BEGIN")
	is.Equal(one(t, src, "SELECT count(*) FROM t"), "3001")
	_, restarts, err = backUp(context.Background(), src, dst, func(step int) {
		do(t, other, "DELETE FROM t WHERE b = 'x'")
	})
	is.NoErr(err)
	is.Equal(restarts, 0)
	is.Equal(one(t, dst, "SELECT count(*) FROM t"), "3001") // the snapshot of the transaction
	do(t, src, "COMMIT")
	_, _, err = backUp(context.Background(), src, dst, nil)
	is.NoErr(err)
	is.Equal(one(t, dst, "SELECT count(*) FROM t"), "3000")
	is.Equal(pragma(t, dst, "integrity_check"), "ok")
	is.True(dst.Exec("SELECT * FROM old") != nil)
	_, _, err = backUp(soon(t, 0), src, dst, nil)
	is.True(errors.Is(err, context.DeadlineExceeded))
	is.Equal(one(t, dst, "SELECT count(*) FROM t"), "3000")
	for _, mode := range []CheckpointMode{Passive, Full, Restart, Truncate} {
		is.NoErr(src.Checkpoint(context.Background(), mode))
	}
	locked := opened(t, uri, Options{})
	do(t, locked, "BEGIN IMMEDIATE")
	var e *Error
	is.True(errors.As(src.Checkpoint(context.Background(), Truncate), &e))
	is.Equal(e.Primary(), lib.SQLITE_BUSY)
}

// Ensure that a write is told as interrupted only if it has not happened, wherever in it the context ends. SQLite calls
// the progress handler at the end of every so many statements too, when they are committed.
func TestContext_Committed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := memory(t)
	do(t, c, "CREATE TABLE t (n INTEGER PRIMARY KEY)")
	stored := 0
	for range 3000 {
		c.SetContext(context.Background())
		s, err := c.Prepare("INSERT INTO t DEFAULT VALUES")
		is.NoErr(err)
		// The deadline has passed, as only the progress handler sees.
		ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(time.Hour))
		c.SetContext(ctx)
		c.deadline = time.Time{}
		if _, err = s.Step(); err == nil {
			stored++
		}
		is.NoErr(s.Reset())
		c.ClearContext()
		cancel()
	}
	is.Equal(one(t, c, "SELECT count(*) FROM t"), strconv.Itoa(stored))
	is.True(stored > 0)
	t.Log(stored)
}
