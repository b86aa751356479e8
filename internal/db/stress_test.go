package db

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that cancellations at any moment are heard at once, leave the outcome of a transaction whole, and leave a pool
// that works. parity: E1 suite: 16
func TestStress_Cancel(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := numbers(limited(t), t, e.With("pool_maxconn=4"))
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 0))
		clock := dbtest.NewClock(t)
		unknown, late := 0, []time.Duration{}
		var acknowledged []int64
		times := int64(dbtest.Size(100, 1000))
		for i := range times {
			after := time.Duration(random.IntN(3000)) * time.Microsecond
			ctx, cancel := context.WithTimeout(limited(t), after)
			deadline, _ := ctx.Deadline()
			err := db.Tx(ctx, func(ctx context.Context) error {
				return errors.Join(insert(ctx, db, 2*i),
					insert(ctx, db, 2*i+1))
			})
			late = append(late, clock.Since(deadline))
			cancel()
			switch {
			case err == nil:
				acknowledged = append(acknowledged, 2*i, 2*i+1)
			case errors.Is(err, driver.KindOutcomeUnknown):
				unknown++
			default:
				is.True(errors.Is(err, driver.KindTimeout))
				is.True(errors.Is(err, context.DeadlineExceeded))
			}
		}
		slices.Sort(late)
		bound := 100 * time.Millisecond
		if e.Name == dbtest.NameSQLite {
			bound = 50 * time.Millisecond
		}
		is.True(late[len(late)/2] < bound)
		if dbtest.Full() { // beside all other tests, the machine has other things to do
			is.True(late[len(late)-1] < bound)
		} else {
			is.True(late[len(late)*95/100] < 4*bound)
		}
		have := map[int64]bool{}
		for _, n := range stored(t, db) {
			have[n] = true
		}
		for _, n := range acknowledged {
			is.True(have[n]) // an acknowledged row was lost
		}
		for n := range have {
			is.True(have[n^1]) // half a transaction
		}
		is.True(len(have) <= len(acknowledged)+2*unknown)
		is.NoErr(insert(limited(t), db, -1))
		dbtest.Reportf(t, 16, "%s: %d cancellations, %d commits unknown; %v after the deadline in the median, %v of 95 in 100, %v at the latest", e.Mode, times,
			unknown, late[len(late)/2].Round(time.Microsecond), late[len(late)*95/100].Round(time.Microsecond), late[len(late)-1].Round(time.Microsecond))
	})
}

// Ensure that opening and closing leaves neither goroutines nor file descriptors.
// parity: R11, targets row 17
// suite: 17
func TestStress_OpenClose(t *testing.T) {
	// Not parallel: it counts what the process holds.
	for name, dsn := range map[string]string{"sqlite file": dbtest.SQLite(t), "sqlite memory": dbtest.Memory(),
		"postgres": dbtest.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			ctx := limited(t)
			cycle := func() {
				db := connect(t, dsn)
				is.NoErr(db.Tx(ctx, func(ctx context.Context) error { return attempt(ctx, db, read(db, "SELECT 1")) }))
				is.NoErr(attempt(ctx, db, write(db, "SELECT 1")))
				is.NoErr(second(db.SQL(ctx)))
				is.NoErr(db.Close())
			}
			cycle()
			goroutines, files := runtime.NumGoroutine(), descriptors()
			times := dbtest.Size(30, 1000)
			for range times {
				cycle()
			}
			eventually(t, "the goroutines end", func() bool { return runtime.NumGoroutine() <= goroutines })
			eventually(t, "the files are closed", func() bool { return descriptors() <= files })
			dbtest.Reportf(t, 17, "%s: opened and closed %d times, nothing left", name, times)
		})
	}
}

// descriptors counts the open files of this process, where the system tells.
func descriptors() int {
	list, _ := os.ReadDir("/proc/self/fd")
	return len(list)
}

// Ensure that processes that write to one SQLite database at the same time wait for each other, and that no write is
// lost. parity: A17 B2 suite: 24
func TestStress_SQLiteProcesses(t *testing.T) {
	t.Parallel()
	processes, each := dbtest.Size(4, 16), dbtest.Size(50, 1000)
	if dbtest.IsChild() {
		addMany(t, os.Getenv("DSN"), each)
		return
	}
	is := is.New(t)
	ctx := limited(t)
	e := dbtest.Engine{DSN: dbtest.SQLite(t)}
	db := connect(t, e.DSN)
	do(ctx, t, db, "CREATE TABLE t (n INT)", "INSERT INTO t VALUES (0)")
	children := make([]*exec.Cmd, processes)
	outputs := make([]strings.Builder, processes)
	for i := range children {
		children[i] = dbtest.Child(t, t.Name(), "DSN="+e.With("busy_timeout=600s"))
		children[i].Stdout, children[i].Stderr = &outputs[i], &outputs[i]
		is.NoErr(children[i].Start())
	}
	for i, c := range children {
		if err := c.Wait(); err != nil {
			t.Errorf("%v: %s", err, outputs[i].String())
		}
	}
	is.Equal(count(ctx, t, db, "SELECT n FROM t"), int64(processes*each))
	is.Equal(text(ctx, t, db, "PRAGMA integrity_check"), "ok")
	dbtest.Reportf(t, 24, "%d processes × %d transactions, 0 busy errors, 0 lost", processes, each)
}

// addMany adds to a number by reading and writing it, in several goroutines.
func addMany(t *testing.T, dsn string, times int) {
	ctx := limited(t)
	db := connect(t, dsn)
	var group sync.WaitGroup
	errs := make([]error, 2)
	for w := range errs {
		group.Go(func() {
			for range times / len(errs) {
				errs[w] = errors.Join(errs[w], db.Tx(ctx, func(ctx context.Context) error {
					list, err := ints(ctx, db, "SELECT n FROM t")
					if err != nil || len(list) != 1 {
						return fmt.Errorf("%v: %w", list, err)
					}
					return second(db.Exec(ctx, write(db, "UPDATE t SET n = ?", num(list[0]+1))))
				}))
			}
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}
