package sqlite3

import (
	"math/rand/v2"
	"time"

	"modernc.org/libc"
)

// The pauses between two attempts to get a lock that another process holds. They grow, so that a short wait is short
// and a long one is cheap, and vary, so that two that wait do not stay in step.
const (
	firstPause   = 100 * time.Microsecond
	longestPause = 20 * time.Millisecond
)

// onBusy is SQLite's busy handler, int (*)(void*, int): it waits and returns other than 0 for another attempt. The
// waiting ends with the busy timeout or the context of the call.
func onBusy(_ *libc.TLS, id uintptr, attempt int32) int32 {
	c := connection(id)
	now := time.Now()
	if attempt == 0 {
		c.busySince = now
	}
	again := c.pause(int(attempt), c.busySince.Add(c.busyTimeout).Sub(now))
	c.waited += time.Since(now)
	if again {
		return 1
	}
	return 0
}

// TakeBusy returns how long statements have waited for locks of other processes since it was called last.
func (c *Conn) TakeBusy() time.Duration {
	waited := c.waited
	c.waited = 0
	return waited
}

// pause waits before an attempt and reports whether it is worth one: whether there was time left and the context goes
// on.
func (c *Conn) pause(attempt int, left time.Duration) bool {
	if left <= 0 {
		return false
	}
	d := min(firstPause<<min(attempt, 10), longestPause)
	d = min(d/2+rand.N(d), left)
	if c.ctx == nil {
		time.Sleep(d)
		return true
	}
	if c.ended() != nil {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return c.ended() == nil
	case <-c.ctx.Done():
		return c.ended() == nil
	}
}
