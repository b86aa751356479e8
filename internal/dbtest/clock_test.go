package dbtest

import (
	"testing"
	"time"

	"github.com/matryer/is"
)

// Ensure that late pauses count as clockMost, once, and only as far as they lie in the time that is measured.
func TestClock_Late(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	h := &heart{}
	for _, at := range []time.Duration{2, 4, 14, 16, 116, 118} {
		h.beat(at * ms)
	}
	for _, tt := range []struct{ from, to, want time.Duration }{
		{0, 2, 2}, {0, 4, 4}, {4, 4, 0}, {5, 3, 0},
		{0, 14, 8},                                   // 4, and 10 that count as 4
		{4, 14, 4},                                   // no more than the pause
		{6, 9, 3},                                    // a short part of it counts
		{6, 14, 4},                                   // a long part does not
		{0, 118, 16},                                 // 4 + 4 + 2 + 4 + 2
		{90, 118, 6},                                 // 4 + 2
		{118, 121, 3}, {118, 1118, 4}, {0, 1118, 20}, // a pause that has not ended
		{1000, 1118, 4},
	} {
		if got := h.between(tt.from*ms, tt.to*ms); got != tt.want*ms {
			t.Errorf("from %d to %d: %v, want %d ms", tt.from, tt.to, got, tt.want)
		}
	}
}

// Ensure that a clock runs, and never faster than the wall clock.
func TestClock(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := NewClock(t)
	begun := time.Now()
	for c.Since(begun) < 50*time.Millisecond {
		time.Sleep(time.Millisecond)
	}
	end := time.Now()
	is.True(end.Sub(begun) >= 50*time.Millisecond)
	is.True(c.Between(begun, end) <= end.Sub(begun))
	is.Equal(c.Between(end, begun), time.Duration(0))
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.hearts {
		is.True(c.hearts[i].last > 0) // each of them beats
	}
}
