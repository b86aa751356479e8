package dbtest

import (
	"slices"
	"sync"
	"testing"
	"time"
)

// Clock measures time in which the machine let this process run. Tests that say how long something may take use it
// instead of the wall clock. On an idle machine both agree. The busier the machine, the slower a Clock runs, so that
// a bound holds there as well. It is safe for concurrent use.
//
// A few goroutines, the hearts, sleep for clockPause at a time. One that wakes up late was kept waiting by the
// machine, and so was the code under test. Hence a pause counts no more than clockMost, however long it was.
type Clock struct {
	begun time.Time
	done  chan struct{}
	wg    sync.WaitGroup

	mu     sync.Mutex
	hearts [3]heart
}

// heart is what one goroutine of a clock has seen. Times are those since the clock began.
type heart struct {
	last time.Duration // end of the last pause
	late []pause       // those longer than clockMost, in their order
}

type pause struct{ from, to time.Duration }

const (
	clockPause = 2 * time.Millisecond
	clockMost  = 2 * clockPause
)

// NewClock starts a clock, which runs until the test ends.
func NewClock(tb testing.TB) *Clock {
	tb.Helper()
	c := &Clock{begun: time.Now(), done: make(chan struct{})}
	for i := range c.hearts {
		c.wg.Go(func() { c.run(&c.hearts[i]) })
	}
	tb.Cleanup(func() {
		close(c.done)
		c.wg.Wait()
	})
	return c
}

func (c *Clock) run(h *heart) {
	timer := time.NewTimer(clockPause)
	defer timer.Stop()
	for {
		select {
		case <-c.done:
			return
		case <-timer.C:
		}
		now := time.Since(c.begun)
		c.mu.Lock()
		h.beat(now)
		c.mu.Unlock()
		timer.Reset(clockPause)
	}
}

// Since returns the time since a moment, by this clock.
func (c *Clock) Since(from time.Time) time.Duration { return c.Between(from, time.Now()) }

// Between returns the time from one moment to another, neither of which is in the future, by this clock; 0 if the
// second one is earlier. The heart that waited most decides.
func (c *Clock) Between(from, to time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, b := from.Sub(c.begun), to.Sub(c.begun)
	least := max(0, b-a)
	for i := range c.hearts {
		least = min(least, c.hearts[i].between(a, b))
	}
	return least
}

// beat ends a pause.
func (h *heart) beat(now time.Duration) {
	if now-h.last > clockMost {
		h.late = append(h.late, pause{h.last, now})
	}
	h.last = now
}

// between returns how much of a time counts.
func (h *heart) between(from, to time.Duration) time.Duration {
	counted := max(0, to-from)
	skip := func(p pause) {
		if inside := min(p.to, to) - max(p.from, from); inside > clockMost {
			counted -= inside - clockMost
		}
	}
	first, _ := slices.BinarySearchFunc(h.late, from, func(p pause, at time.Duration) int { return int(p.to - at) })
	for _, p := range h.late[first:] {
		if p.from >= to {
			break
		}
		skip(p)
	}
	skip(pause{h.last, to}) // the one that lasts still
	return counted
}
