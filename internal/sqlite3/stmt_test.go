package sqlite3

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"
	lib "modernc.org/sqlite/lib"
)

// Ensure that values of any size go in and come back, from one run to the next, in one order of sizes and the other.
func TestBind(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := memory(t)
	for _, n := range []int{0, 1, 7, 8, 255, 256, 257, 100000, 10, 3 << 20, 0, 5, 1 << 20, 64, 64, 0} {
		s, err := c.Prepare("SELECT ?, ?, ?, ?")
		is.NoErr(err)
		is.Equal(s.Params(), 4)
		text, blob := strings.Repeat("é\x00", n), bytes.Repeat([]byte{0xff}, n)
		is.NoErr(errors.Join(s.BindText(0, text), s.BindBytes(1, blob), s.BindTextBytes(2, []byte(text)), s.BindText(3, "x")))
		row, err := s.Step()
		is.NoErr(err)
		is.True(row)
		is.Equal([]Type{s.Type(0), s.Type(1), s.Type(2), s.Type(3)}, []Type{Text, Blob, Text, Text})
		is.True(string(s.Raw(0)) == text && bytes.Equal(s.Raw(1), blob) && string(s.Raw(2)) == text &&
			string(s.Raw(3)) == "x")
		is.NoErr(s.Reset())
		is.True(s.arena.size <= largestBlock && len(s.arena.full) == 0)
	}
	s, err := c.Prepare("SELECT ?")
	is.NoErr(err)
	err = s.BindInt64(1, 5)
	var e *Error
	is.True(errors.As(err, &e))
	is.Equal(e.Code, lib.SQLITE_RANGE)
	is.NoErr(s.Reset())
}

// Ensure that a text is one statement.
func TestPrepare(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := memory(t)
	for sql, good := range map[string]bool{
		"SELECT 1": true, "SELECT 1;": true, " SELECT 1 ; -- end": true, "SELECT 1; /* end */ ;;": true, "SELECT ';'": true,
		"": false, " ;": false, "-- end": false, "SELECT 1; SELECT 2": false, "SELECT 1; nonsense": false, "SELECT 1\x00": false,
	} {
		s, err := c.Prepare(sql)
		is.Equal(err == nil, good)
		if good {
			is.NoErr(s.Reset())
		}
	}
	_, err := c.Prepare("SELECT\n nope")
	var e *Error
	is.True(errors.As(err, &e))
	is.Equal(e.Error(), "sqlite: no such column: nope (1)")
	is.Equal(e.Offset, 8)
	_, err = c.Prepare(`SELECT "nope"`)
	is.True(errors.As(err, &e))
	is.Equal(c.Exec("SELECT 1; SELECT nope").Error(), "sqlite: no such column: nope (1)")
}

// Ensure that a statement is prepared once, that one which is in use is left alone, and that the cache is bounded.
func TestPrepare_Cache(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := memory(t)
	a, err := c.Prepare("SELECT 1")
	is.NoErr(err)
	b, err := c.Prepare(strings.Clone("SELECT 1")) // while a is in use
	is.NoErr(err)
	is.True(a != b)
	is.NoErr(b.Reset())
	is.NoErr(a.Reset())
	b, err = c.Prepare(strings.Clone("SELECT 1"))
	is.NoErr(err)
	is.True(a == b)
	row, err := a.Step() // stays in use
	is.NoErr(err)
	is.True(row)
	for i := range 3 * cacheSize {
		s, err := c.Prepare(fmt.Sprintf("SELECT 'x%d'", i))
		is.NoErr(err)
		_, err = s.Step()
		is.NoErr(err)
		is.Equal(string(s.Raw(0)), fmt.Sprintf("x%d", i))
		is.NoErr(s.Reset())
	}
	is.Equal(len(c.cache.byText), cacheSize)
	is.Equal(a.Int64(0), int64(1))
	is.NoErr(a.Reset())
	for i := 3*cacheSize - 200; i < 3*cacheSize; i++ {
		_, known := c.cache.byText[fmt.Sprintf("SELECT 'x%d'", i)]
		is.True(known) // the last ones
	}
}

// Ensure that EXPLAIN tells of the tables that there are by now: its statement, stepped through again, would read those
// from before.
func TestPrepare_Explain(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := memory(t)
	is.NoErr(c.Exec("CREATE TABLE t (a, b); CREATE TABLE u (a); CREATE TRIGGER r AFTER DELETE ON t BEGIN INSERT INTO u VALUES (OLD.b); END"))
	for _, sql := range []string{"EXPLAIN DELETE FROM t", "EXPLAIN QUERY PLAN DELETE FROM t"} {
		explain := func() error {
			s, err := c.Prepare(sql)
			if err != nil {
				return err
			}
			for more := true; more && err == nil; {
				more, err = s.Step()
			}
			is.NoErr(err)
			return s.Reset()
		}
		is.NoErr(explain())
		is.NoErr(c.Exec("ALTER TABLE u RENAME TO v; CREATE TABLE u (a); DROP TABLE u"))
		is.NoErr(explain())
		is.NoErr(c.Exec("DROP TABLE v"))
		is.Equal(explain().Error(), "sqlite: no such table: main.v (1)")
		is.NoErr(c.Exec("DROP TABLE t"))
		is.Equal(explain().Error(), "sqlite: no such table: t (1)")
		is.NoErr(c.Exec("CREATE TABLE t (a, b); CREATE TABLE u (a); CREATE TRIGGER r AFTER DELETE ON t BEGIN INSERT INTO u VALUES (OLD.b); END"))
	}
}

// Ensure that a statement on a table that is not there is told as that while another connection changes the schema
// again and again.
func TestPrepare_SchemaChanges(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	uri := file(t)
	patient := Options{BusyTimeout: time.Minute} // each waits for the other, on a busy machine too
	c, other := opened(t, uri, patient), opened(t, uri, patient)
	do(t, other, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")
	var stop atomic.Bool
	var group sync.WaitGroup
	defer group.Wait()
	defer stop.Store(true)
	group.Go(func() {
		for !stop.Load() {
			if err := other.Exec("CREATE TABLE x (a); DROP TABLE x"); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 5000 {
		_, err := c.Prepare("SELECT * FROM missing")
		is.Equal(err.Error(), "sqlite: no such table: missing (1)")
	}
}

// Ensure that an error comes once, from where it happened, and leaves a statement that works.
func TestStep_Errors(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := memory(t)
	do(t, c, "CREATE TABLE t (n INT PRIMARY KEY, p REFERENCES t (n) DEFERRABLE INITIALLY DEFERRED); PRAGMA foreign_keys = 1; INSERT INTO t VALUES (1, NULL)")
	run := func(sql string) (stepErr, resetErr error) {
		s, err := c.Prepare(sql)
		is.NoErr(err)
		for more := true; more && stepErr == nil; {
			more, stepErr = s.Step()
		}
		return stepErr, s.Reset()
	}
	for range 2 {
		err, again := run("INSERT INTO t VALUES (1, NULL)")
		var e *Error
		is.True(errors.As(err, &e))
		is.Equal(e.Code, lib.SQLITE_CONSTRAINT_PRIMARYKEY)
		is.Equal(e.Message, "UNIQUE constraint failed: t.n")
		is.Equal(e.Primary(), lib.SQLITE_CONSTRAINT)
		is.NoErr(again)
	}
	s, err := c.Prepare("INSERT INTO t VALUES (2, 77) RETURNING n")
	is.NoErr(err)
	row, err := s.Step()
	is.NoErr(err)
	is.True(row)
	is.True(c.DeferredViolations())
	err = s.Reset() // the commit
	var e *Error
	is.True(errors.As(err, &e))
	is.Equal(e.Code, lib.SQLITE_CONSTRAINT_FOREIGNKEY)
	is.True(!c.DeferredViolations())
	is.Equal(one(t, c, "SELECT count(*) FROM t"), "1")
	is.True(c.Autocommit())
	do(t, c, "BEGIN")
	is.True(!c.Autocommit())
	err, _ = run("INSERT OR ROLLBACK INTO t VALUES (1, NULL)")
	is.True(err != nil)
	is.True(c.Autocommit())
	do(t, c, "INSERT INTO t VALUES (5, NULL), (6, NULL)")
	is.Equal(c.Changes(), int64(2))
	is.Equal(c.LastInsertRowID(), int64(3))
	is.True(c.TotalChanges() >= 3)
}

// Ensure that running statements takes no memory that stays, neither Go's nor SQLite's.
func TestMemory(t *testing.T) {
	// Not parallel: it measures the process.
	is := is.New(t)
	c := opened(t, file(t), Options{})
	do(t, c, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE t (n INTEGER PRIMARY KEY, body TEXT, data BLOB)")
	texts := []string{strings.Repeat("a", 10), strings.Repeat("b", 1000), strings.Repeat("c", 20000)}
	work := func(times int) {
		for i := range times {
			s, err := c.Prepare("INSERT OR REPLACE INTO t VALUES (?, ?, ?) RETURNING n, body, data")
			is.NoErr(err)
			size := 0
			if i%10 == 0 {
				size = 1 + i%20/10
			}
			is.NoErr(errors.Join(s.BindInt64(0, int64(i%50)), s.BindText(1, texts[size]), s.BindBytes(2, []byte(texts[0]))))
			row, err := s.Step()
			is.NoErr(err)
			is.True(row)
			is.True(len(s.Raw(1)) == len(texts[size]))
			row, err = s.Step()
			is.NoErr(err)
			is.True(!row)
			is.NoErr(s.Reset())
		}
	}
	work(2000)
	before := resident()
	work(20000)
	if after := resident(); after > before+leakRoom {
		t.Errorf("%d bytes more after 20,000 statements", after-before)
	}
	s, err := c.Prepare("SELECT n, body FROM t WHERE n = ?")
	is.NoErr(err)
	is.NoErr(s.Reset())
	allocs := testing.AllocsPerRun(1000, func() {
		s, _ := c.Prepare("SELECT n, body FROM t WHERE n = ?")
		_ = s.BindInt64(0, 7)
		_, _ = s.Step()
		if s.Int64(0) != 7 || len(s.Raw(1)) == 0 {
			panic("no row")
		}
		_ = s.Reset()
	})
	is.Equal(allocs, 0.0)
}

// Ensure that connections that are opened and closed leave no memory and no files open.
func TestOpen_Leaks(t *testing.T) {
	// Not parallel: it measures the process.
	is := is.New(t)
	uri := file(t)
	cycle := func() {
		c, err := Open(uri, ReadWrite|Create, Options{})
		is.NoErr(err)
		is.NoErr(c.CreateCollation("c", strings.Compare))
		is.NoErr(c.Exec("CREATE TABLE IF NOT EXISTS t (a COLLATE c); INSERT INTO t VALUES (1)"))
		s, err := c.Prepare("SELECT a FROM t WHERE a = ? ORDER BY a")
		is.NoErr(err)
		is.NoErr(s.BindText(0, strings.Repeat("x", 5000)))
		_, err = s.Step()
		is.NoErr(err)
		is.NoErr(c.Close()) // with a statement in use
		is.NoErr(c.Close())
		_, err = Open("file:///nope/nope/x.db", ReadWrite, Options{})
		is.True(err != nil)
	}
	times := 1000
	if testing.Short() {
		times = 100
	}
	for range 50 {
		cycle()
	}
	before, files, ids := resident(), descriptors(), len(*connections.list.Load())
	for range times {
		cycle()
	}
	is.True(descriptors() <= files)
	is.Equal(len(*connections.list.Load()), ids)
	if after := resident(); after > before+leakRoom {
		t.Errorf("%d bytes more after %d connections", after-before, times)
	}
}

// resident returns the memory of the process, SQLite's included, 0 where the system does not tell.
func resident() (bytes int) {
	runtime.GC()
	text, _ := os.ReadFile("/proc/self/statm")
	var size, pages int
	_, _ = fmt.Sscan(string(text), &size, &pages)
	return pages * os.Getpagesize()
}

// descriptors counts the open files of the process.
func descriptors() int {
	list, _ := os.ReadDir("/proc/self/fd")
	return len(list)
}
