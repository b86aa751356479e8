package conn

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// Ensure that the settings of a DSN hold on the connections that write and on those that read, as they do for the driver of
// database/sql.
func TestSQLite_Settings(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, fileDSN(t, "a b?c#d%e&f=g+h.db", "?_pragma=cache_size(-123)&busy_timeout=1500&_vacuum=1&_defensive=1&pool_maxconn=3#n"))
	do(ctx, t, db, "CREATE TABLE t (n INT)")
	pool, err := db.SQL(ctx)
	is.NoErr(err)
	for name, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "1", "foreign_keys": "1", "busy_timeout": "1500", "cache_size": "-123", "auto_vacuum": "1", "query_only": "0",
	} {
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error { // on the writer
			is.Equal(text(ctx, t, db, "PRAGMA "+name), want)
			return nil
		}))
		is.Equal(pragma(t, pool, name), want)
		switch name {
		case "query_only":
			want = "1"
		case "synchronous":
			want = "2" // of no concern where nothing is written
		}
		is.Equal(text(ctx, t, db, "PRAGMA "+name), want)
	}
	is.True(errors.Is(attempt(ctx, db, read(db, `SELECT "nope" FROM t`)), KindNoColumn)) // trap 4
	do(ctx, t, db, "PRAGMA writable_schema = 1")
	err = attempt(ctx, db, write(db, "DELETE FROM sqlite_schema")) // defensive
	is.True(err != nil)
	bad := connect(t, fileDSN(t, "x.db", "?_journal_mode=OFF&_defensive=1"))
	is.True(bad.Ping(ctx) != nil)
}

// Ensure that a known statement allocates nothing, inside of the engine, whatever it binds.
func TestSQLite_Allocs(t *testing.T) {
	// Not parallel: it counts what the process allocates.
	is := is.New(t)
	ctx := context.Background()
	db := connect(t, dbtest.SQLite(t))
	do(ctx, t, db, "CREATE TABLE t (n INTEGER PRIMARY KEY, body TEXT, at TIMESTAMP)")
	insert := write(db, "INSERT OR REPLACE INTO t VALUES (?, ?, ?)", num(1), txt("text"), schema.TimeValue(schema.Time, time.Now()))
	is.NoErr(second(db.Exec(ctx, insert)))
	is.Equal(testing.AllocsPerRun(200, func() { _, _ = db.Exec(ctx, insert) }), 0.0)
	returning := write(db, "INSERT OR REPLACE INTO t VALUES (?, ?, ?) RETURNING n", num(1), txt("text"), schema.TimeValue(schema.Time, time.Now()))
	get := read(db, "SELECT n, at FROM t WHERE n = ?", num(1))
	found := int64(0)
	first := RowFunc(func(rows Rows) error {
		if rows.Next() {
			found, _ = rows.Int(0)
		}
		return nil
	})
	at := RowFunc(func(rows Rows) error {
		if rows.Next() {
			_, _ = rows.Time(1)
			found, _ = rows.Int(0)
		}
		return nil
	})
	is.NoErr(db.Read(ctx, returning, first))
	is.Equal(testing.AllocsPerRun(200, func() { _ = db.Read(ctx, returning, first) }), 0.0)
	is.NoErr(db.Read(ctx, get, at))
	is.NoErr(db.Read(ctx, get, at))
	is.Equal(testing.AllocsPerRun(200, func() { _ = db.Read(ctx, get, at) }), 0.0)
	is.Equal(found, int64(1))
	timed, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	is.Equal(testing.AllocsPerRun(200, func() { _ = db.Read(timed, get, at) }), 0.0)
}

// Ensure that a result may be closed twice, also when its connection reads another by then, and that Read closes in any case.
func TestSQLite_CloseTwice(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.SQLite(t)+"?pool_maxconn=1")
	do(ctx, t, db, "CREATE TABLE t (n INT)", "INSERT INTO t VALUES (1), (2), (3)")
	a, err := db.Query(ctx, read(db, "SELECT n FROM t"))
	is.NoErr(err)
	is.True(a.Next())
	is.NoErr(a.Close())
	b, err := db.Query(ctx, read(db, "SELECT n FROM t"))
	is.NoErr(err)
	is.True(b.Next())
	is.NoErr(a.Close())
	is.True(!a.Next())
	is.True(b.Next())
	n, err := b.Int(0)
	is.NoErr(err)
	is.Equal(n, int64(2))
	is.NoErr(b.Close())

	is.True(db.Read(ctx, read(db, "SELECT n FROM t"), RowFunc(RowFunc(func(Rows) error { return errOwn }))) == errOwn)
	func() {
		defer func() { is.True(recover() != nil) }()
		_ = db.Read(ctx, read(db, "SELECT n FROM t"), RowFunc(RowFunc(func(Rows) error { panic("x") })))
	}()
	is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
		for range 2 {
			is.True(db.Read(ctx, read(db, "SELECT n FROM t"), RowFunc(RowFunc(func(Rows) error { return errOwn }))) == errOwn)
		}
		return nil
	}))
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(3))
}

// Ensure that those who wait are served in turn, hear their contexts, and leave a queue that works.
func TestSQLiteQueue(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	q := &liteQueue{}
	q.add(&liteConn{})
	q.add(&liteConn{})
	var inside, most, served, refused atomic.Int64
	var group sync.WaitGroup
	for w := range 16 {
		group.Go(func() {
			random := rand.New(rand.NewPCG(uint64(w), 1))
			for range 500 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(random.IntN(2000))*time.Microsecond)
				patience := time.Duration(-1)
				if random.IntN(3) == 0 {
					patience = time.Duration(random.IntN(1000)) * time.Microsecond
				}
				c, _, err := q.take(ctx, patience, random.IntN(2) == 0)
				cancel()
				if err != nil {
					refused.Add(1)
					continue
				}
				n := inside.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				if random.IntN(4) == 0 {
					runtime.Gosched()
				}
				served.Add(1)
				inside.Add(-1)
				q.give(c)
			}
		})
	}
	group.Wait()
	is.Equal(len(q.free), 2)
	is.True(q.head == nil && q.tail == nil)
	is.True(most.Load() <= 2)
	is.Equal(served.Load()+refused.Load(), int64(8000))

	a, _, err := q.take(context.Background(), -1, false)
	is.NoErr(err)
	b, _, err := q.take(context.Background(), -1, false)
	is.NoErr(err)
	order := make(chan int, 5)
	for i := range 5 {
		group.Go(func() {
			c, _, err := q.take(context.Background(), -1, false)
			if err != nil {
				return
			}
			order <- i
			q.give(c)
		})
		eventually(t, "it waits", func() bool {
			q.mu.Lock()
			defer q.mu.Unlock()
			n := 0
			for w := q.head; w != nil; w = w.next {
				n++
			}
			return n == i+1
		})
	}
	q.give(a)
	group.Wait()
	for i := range 5 {
		is.Equal(<-order, i)
	}
	group.Go(func() {
		_, _, err := q.take(context.Background(), -1, false) // the one that a gave back
		is.NoErr(err)
		_, _, err = q.take(context.Background(), -1, false)
		is.True(IsUnsent(err) && errors.Is(err, KindClosed))
	})
	eventually(t, "it waits", func() bool { q.mu.Lock(); defer q.mu.Unlock(); return q.head != nil })
	q.close()
	group.Wait()
	q.give(b)
	_, _, err = q.take(context.Background(), -1, false)
	is.True(errors.Is(err, KindClosed))
}

// Ensure that a deadline holds while rows are read, slowly too, and that a connection which ended so works on.
func TestSQLite_Deadline(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{dbtest.SQLite(t) + "?pool_maxconn=1", dbtest.Memory()} {
		is := is.New(t)
		ctx := limited(t)
		db := connect(t, dsn)
		do(ctx, t, db, "CREATE TABLE t (n INT)", "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r LIMIT 1000) INSERT INTO t SELECT n FROM r")
		short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		defer cancel()
		rows, err := db.Query(short, read(db, "SELECT n FROM t"))
		is.NoErr(err)
		is.True(rows.Next())
		<-short.Done()
		more := 0
		for rows.Next() {
			more++
		}
		is.True(more < 20) // of 1000
		err = rows.Close()
		is.True(errors.Is(err, KindTimeout) && errors.Is(err, context.DeadlineExceeded))
		is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(1000))
	}
}

// Ensure that a transaction that raw SQL begins does not stay with its connection.
func TestSQLite_RawBegin(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.SQLite(t))
	do(ctx, t, db, "CREATE TABLE t (n INT)", "BEGIN", "INSERT INTO t VALUES (1)")
	is.NoErr(attempt(ctx, db, read(db, "BEGIN")))
	do(ctx, t, db, "INSERT INTO t VALUES (2)")
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(2))
}

// pragma asks for a setting of SQLite.
func pragma(t *testing.T, db *sql.DB, name string) string {
	t.Helper()
	var v string
	if err := db.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&v); err != nil {
		t.Fatal(name, err)
	}
	return v
}

// fileDSN returns the DSN of a file in a folder of the test.
func fileDSN(t *testing.T, name, query string) string {
	t.Helper()
	return "sqlite://" + (&url.URL{Path: filepath.ToSlash(filepath.Join(t.TempDir(), name))}).EscapedPath() + query
}
