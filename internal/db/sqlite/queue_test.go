package sqlite

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
)

// Ensure that those who wait are served in turn, hear their contexts, and leave a queue that works.
func TestSQLiteQueue(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	q := &queue{}
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
		waitFor(t, func() bool { return q.waiting() == i+1 })
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
		is.True(driver.IsUnsent(err) && errors.Is(err, driver.KindClosed))
	})
	waitFor(t, func() bool { return q.waiting() > 0 })
	q.close()
	group.Wait()
	q.give(b)
	_, _, err = q.take(context.Background(), -1, false)
	is.True(errors.Is(err, driver.KindClosed))
}

// waitFor waits until ok says so.
func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not wait")
		}
	}
}

// Ensure that no waiter waits while a connection is free, however it has become free, and that none is overtaken for
// long.
func TestOvertaking(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	q := &queue{overtaking: true}
	q.add(&liteConn{})
	q.add(&liteConn{})
	take := func() *liteConn {
		c, _, err := q.take(ctx, -1, false)
		is.NoErr(err)
		return c
	}
	one, two := take(), take()
	got := make(chan *liteConn, 2)
	for range 2 {
		go func() {
			c, _, _ := q.take(ctx, -1, false)
			got <- c
		}()
	}
	for q.waiting() < 2 {
		time.Sleep(time.Millisecond)
	}
	q.give(one) // tells the first
	q.give(two) // and the second, who may not have been told, must not wait for the first to give
	one, two = <-got, <-got
	is.True(one != two)

	// Somebody who takes it again at once lets another in before long.
	go func() {
		c, _, _ := q.take(ctx, -1, false)
		time.Sleep(10 * time.Millisecond)
		q.give(c)
		got <- c
	}()
	for q.waiting() < 1 {
		time.Sleep(time.Millisecond)
	}
	late := time.Now().Add(time.Minute)
	for len(got) == 0 && time.Now().Before(late) {
		q.give(one)
		one = take()
	}
	is.Equal(len(got), 1)
	q.give(two)
	q.give(one)
	is.Equal(len(q.free), 2)
}

// Ensure that connections are neither lost nor used twice when those who wait for them give up at any moment.
func TestOvertakingGivesUp(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	q := &queue{overtaking: true}
	used := map[*liteConn]*sync.Mutex{}
	for range 3 {
		c := &liteConn{}
		q.add(c)
		used[c] = new(sync.Mutex)
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 2000 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rand.IntN(200))*time.Microsecond)
				c, _, err := q.take(ctx, -1, false)
				if err == nil {
					if !used[c].TryLock() {
						t.Error("a connection is used twice")
					}
					if rand.IntN(8) == 0 {
						time.Sleep(50 * time.Microsecond)
					}
					used[c].Unlock()
					q.give(c)
				} else if !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
				cancel()
			}
		})
	}
	wg.Wait()
	is.Equal(q.waiting(), 0)
	is.Equal(len(q.free), 3)
}
