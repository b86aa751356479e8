package db

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// held makes sure that n writes wait for the writer of a SQLite database before any of them begins.
func held(tb testing.TB, db *DB, n int, start func()) {
	tb.Helper()
	is := is.New(tb)
	e := must(db.open(limited(tb)))
	tx, err := e.Begin(limited(tb), driver.TxOptions{})
	is.NoErr(err)
	start()
	eventually(tb, "all wait", func() bool { return e.(interface{ Waiting() int }).Waiting() == n })
	is.NoErr(tx.Rollback(limited(tb)))
}

// pass reads rows to their end.
var pass = driver.RowFunc(func(rows driver.Rows) error {
	for rows.Next() {
	}
	return nil
})

// Ensure that writes which wait for each other share a commit, that a failing one leaves the others, and that all get
// the outcome that is their own.
func TestSQLiteGroup(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{dbtest.SQLite(t), dbtest.SQLite(t) + "?_journal_mode=DELETE", dbtest.Memory()} {
		is := is.New(t)
		ctx := limited(t)
		db := connect(t, dsn)
		do(ctx, t, db, "CREATE TABLE t (n INT PRIMARY KEY, r INT REFERENCES t DEFERRABLE INITIALLY DEFERRED)",
			"INSERT INTO t VALUES (-1, NULL)")
		const n = 40
		var group sync.WaitGroup
		errs := make([]error, n)
		held(t, db, n, func() {
			for i := range n {
				group.Go(func() {
					k, r := num(int64(i)), num(-1)
					switch i % 5 {
					case 1:
						k = num(-1) // is there
					case 2:
						r = num(77) // is not there, which shows at the end of a transaction alone
					}
					if i%2 == 0 {
						_, errs[i] = db.Exec(ctx, write(db, "INSERT INTO t VALUES (?, ?)", k, r))
						return
					}
					errs[i] = db.Read(ctx, write(db, "INSERT INTO t VALUES (?, ?) RETURNING n", k, r),
						driver.RowFunc(func(rows driver.Rows) error {
							if !rows.Next() {
								return errors.New("no row")
							}
							got, err := rows.Int(0)
							if err != nil || got != int64(i) {
								return fmt.Errorf("%d, %w", got, err)
							}
							return nil
						}))
				})
			}
		})
		group.Wait()
		want := []int64{-1}
		for i, err := range errs {
			switch i % 5 {
			case 1:
				is.True(errors.Is(err, driver.KindUnique))
			case 2:
				is.True(errors.Is(err, driver.KindForeignKey))
			default:
				is.NoErr(err)
				want = append(want, int64(i))
			}
		}
		is.Equal(stored(t, db), want)
		is.Equal(count(ctx, t, db, "SELECT count(*) FROM pragma_foreign_key_check"), int64(0))
	}
}

// Ensure that writes which share a transaction with one that takes it down run again and succeed.
func TestSQLiteGroup_Undone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.SQLite(t))
	do(ctx, t, db, "CREATE TABLE t (n INT PRIMARY KEY)", "CREATE TABLE bad (n INT)",
		"CREATE TRIGGER bad BEFORE INSERT ON bad BEGIN SELECT RAISE(ROLLBACK, 'no'); END")
	const n = 30
	var group sync.WaitGroup
	errs := make([]error, n)
	var again atomic.Int64
	held(t, db, n, func() {
		for i := range n {
			group.Go(func() {
				switch {
				case i%10 == 9:
					_, errs[i] = db.Exec(ctx, write(db, "INSERT INTO bad VALUES (1)"))
				case i%2 == 0:
					_, errs[i] = db.Exec(ctx, write(db, "INSERT INTO t VALUES (?)", num(int64(i))))
				default: // what the callers of Read do
					st := write(db, "INSERT INTO t VALUES (?) RETURNING n", num(int64(i)))
					if errs[i] = db.Read(ctx, st, pass); driver.IsUnsent(errs[i]) {
						again.Add(1)
						st.Fresh = true
						errs[i] = db.Read(ctx, st, pass)
					}
				}
			})
		}
	})
	group.Wait()
	want := []int64{}
	for i, err := range errs {
		if i%10 == 9 {
			is.True(errors.Is(err, driver.KindCheck))
			continue
		}
		is.NoErr(err)
		want = append(want, int64(i))
	}
	is.Equal(stored(t, db), want)
	t.Logf("%d ran again", again.Load())
}

// Ensure that a full disk is told to those whose writes did not fit, and to nobody else, and that what was acknowledged
// is there.
func TestSQLiteGroup_Full(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.SQLite(t))
	do(ctx, t, db, "CREATE TABLE t (n INTEGER PRIMARY KEY, body TEXT)", "PRAGMA max_page_count = 100")
	var group sync.WaitGroup
	var next, acknowledged, full atomic.Int64
	var broken atomic.Value
	for range 16 {
		group.Go(func() {
			for range 100 {
				err := second(db.Exec(ctx, write(db, "INSERT INTO t VALUES (?, hex(randomblob(700)))", num(next.Add(1)))))
				switch {
				case err == nil:
					acknowledged.Add(1)
				case errors.Is(err, driver.KindDiskFull):
					full.Add(1)
				default:
					broken.Store(err)
				}
			}
		})
	}
	group.Wait()
	is.Equal(broken.Load(), nil)
	is.True(full.Load() > 0)
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), acknowledged.Load())
	do(ctx, t, db, "PRAGMA max_page_count = 1000000", "INSERT INTO t VALUES (-1, 'more')")
	is.Equal(text(ctx, t, db, "PRAGMA integrity_check"), "ok")
	t.Logf("%d acknowledged, %d did not fit", acknowledged.Load(), full.Load())
}

// Ensure that a write whose context ends takes no other down with it, wherever it is at that moment, and that
// transactions get their turn among writes that never end.
func TestSQLiteGroup_Cancel(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.SQLite(t))
	do(ctx, t, db, "CREATE TABLE t (n INTEGER PRIMARY KEY, body TEXT)")
	var group sync.WaitGroup
	var next, acknowledged, failed atomic.Int64
	var broken atomic.Value
	stop := make(chan struct{})
	for w := range 8 {
		group.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(w)))
			for {
				select {
				case <-stop:
					return
				default:
				}
				short, cancel := ctx, context.CancelFunc(func() {})
				if w%2 == 0 {
					short, cancel = context.WithTimeout(ctx, time.Duration(random.IntN(300))*time.Microsecond)
				}
				_, err := db.Exec(short, write(db, "INSERT INTO t VALUES (?, hex(randomblob(50)))", num(next.Add(1))))
				cancel()
				switch {
				case err == nil:
					acknowledged.Add(1)
				case w%2 == 0 && errors.Is(err, driver.KindTimeout):
					failed.Add(1)
				default:
					broken.Store(err)
				}
			}
		})
	}
	clock := dbtest.NewClock(t)
	for range 20 {
		start := time.Now()
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			return second(db.Exec(ctx, write(db, "INSERT INTO t VALUES (?, 'tx')", num(next.Add(1)))))
		}))
		is.True(clock.Since(start) < 5*time.Second)
		acknowledged.Add(1)
		time.Sleep(20 * time.Millisecond)
	}
	close(stop)
	group.Wait()
	is.Equal(broken.Load(), nil)
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), acknowledged.Load())
	t.Logf("%d acknowledged, %d ended in time", acknowledged.Load(), failed.Load())
}

// Ensure that no write is lost that was acknowledged before its process was killed, and that none is there by half.
// PROM_TEST_KILLS sets how often it is killed.
func TestSQLiteGroup_Kill(t *testing.T) {
	t.Parallel()
	if dbtest.IsChild() {
		writeUntilKilled(t, os.Getenv("DSN"))
		return
	}
	kills := 4
	if n, err := strconv.Atoi(os.Getenv("PROM_TEST_KILLS")); err == nil {
		kills = n
	}
	is := is.New(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dsn := "sqlite://" + filepath.ToSlash(filepath.Join(t.TempDir(), "x.db"))
	do(limited(t), t, connect(t, dsn), "CREATE TABLE t (n INTEGER PRIMARY KEY, pair INT)")
	total := 0
	for range kills {
		cmd := dbtest.Child(t, t.Name(), "DSN="+dsn)
		out, err := cmd.StdoutPipe()
		is.NoErr(err)
		is.NoErr(cmd.Start())
		lines := bufio.NewScanner(out)
		var acknowledged []int64
		is.True(lines.Scan()) // the first write
		time.AfterFunc(time.Duration(random.IntN(200))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		for more := true; more; more = lines.Scan() {
			// The last line may be cut.
			if text, ok := strings.CutSuffix(lines.Text(), "."); ok {
				n, err := strconv.ParseInt(text, 10, 64)
				is.NoErr(err)
				acknowledged = append(acknowledged, n)
			}
		}
		_ = cmd.Wait()
		db := connect(t, dsn)
		ctx := limited(t)
		is.Equal(text(ctx, t, db, "PRAGMA integrity_check"), "ok")
		list, err := ints(ctx, db, "SELECT n FROM t")
		is.NoErr(err)
		have := map[int64]bool{}
		for _, n := range list {
			have[n] = true
		}
		for _, n := range acknowledged {
			is.True(have[n]) // an acknowledged row was lost
		}
		is.Equal(count(ctx, t, db, "SELECT count(*) FROM t WHERE n <> pair"), int64(0))
		total += len(acknowledged)
		is.NoErr(db.Close())
	}
	t.Logf("%d kills, %d acknowledged", kills, total)
}

// writeUntilKilled writes from 16 goroutines and prints the number of each row that was acknowledged.
func writeUntilKilled(t *testing.T, dsn string) {
	ctx := limited(t)
	db := connect(t, dsn)
	first := count(ctx, t, db, "SELECT coalesce(max(n), 0) FROM t")
	var next atomic.Int64
	var out sync.Mutex
	var group sync.WaitGroup
	for w := range 16 {
		group.Go(func() {
			for {
				n := first + next.Add(1)
				var err error
				if w%2 == 0 {
					_, err = db.Exec(ctx, write(db, "INSERT INTO t VALUES (?, ?)", num(n), num(n)))
				} else {
					err = db.Read(ctx, write(db, "INSERT INTO t VALUES (?, ?) RETURNING n", num(n), num(n)), pass)
				}
				if err != nil {
					fmt.Println(err)
					return
				}
				out.Lock()
				fmt.Printf("%d.\n", n)
				out.Unlock()
			}
		})
	}
	group.Wait()
}

// BenchmarkSQLiteGroup writes single rows from one goroutine and from 16, each durable when it returns, with shared
// commits and without.
func BenchmarkSQLiteGroup(b *testing.B) {
	for _, sync := range []string{"FULL", "NORMAL"} {
		for _, goroutines := range []int{1, 16} {
			for _, shared := range []bool{false, true} {
				b.Run(fmt.Sprintf("%s/goroutines=%d/group=%v", sync, goroutines, shared), func(b *testing.B) {
					// In the working directory, which is on a disk more often than the directory for temporary files.
					folder, err := os.MkdirTemp(".", "bench")
					if err != nil {
						b.Fatal(err)
					}
					defer os.RemoveAll(folder)
					db, err := new(Registry).Open(fmt.Sprintf("sqlite:%s/x.db?_synchronous=%s&group_commit=%v",
						filepath.ToSlash(folder), sync, shared))
					if err != nil {
						b.Fatal(err)
					}
					defer db.Close()
					ctx := context.Background()
					do(ctx, b, db, "CREATE TABLE t (n INTEGER PRIMARY KEY, body TEXT)")
					st := write(db, "INSERT INTO t (body) VALUES (?)", txt(strings.Repeat("x", 100)))
					b.ReportAllocs()
					b.SetParallelism(max(1, goroutines/2))
					b.ResetTimer()
					if goroutines == 1 {
						for b.Loop() {
							if _, err := db.Exec(ctx, st); err != nil {
								b.Fatal(err)
							}
						}
						return
					}
					b.RunParallel(func(pb *testing.PB) {
						for pb.Next() {
							if _, err := db.Exec(ctx, st); err != nil {
								b.Error(err)
								return
							}
						}
					})
				})
			}
		}
	}
}
