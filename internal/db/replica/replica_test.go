package replica

import (
	"testing"
	"time"

	"github.com/matryer/is"
)

// Ensure that a position comes back from its text, and that nothing else is one.
func TestPosition_Text(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, p := range []Position{{}, {Timeline: 1, Log: 0x16B374D848}, {Timeline: 1<<32 - 1, Log: 1<<64 - 1}} {
		got, err := ParsePosition(p.String())
		is.NoErr(err)
		is.Equal(got, p)
	}
	for _, text := range []string{"", "-", "1", "1-", "-1", "g-1", "1-2-3", "100000000-1", "1-10000000000000000"} {
		_, err := ParsePosition(text)
		is.True(err != nil)
	}
}

// Ensure what a scope needs behind writes, whether their position is known or not, and behind a read of the primary.
func TestScope(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var s Scope
	s.Reach(Position{1, 50})
	s.Reach(Position{1, 40})
	is.Equal(s.Position(), Position{1, 50})
	s.Lose()
	is.True(!s.Known())
	from := s.Mark()
	s.Lose() // while the read runs
	s.settle(from, Position{1, 60})
	is.True(!s.Known())
	s.settle(s.Mark(), Position{1, 70})
	is.True(s.Known())
	is.Equal(s.Position(), Position{1, 70})
	s.settle(s.Mark(), Position{}) // the position was not told
	is.True(!s.Known())

	// What the primary has not is not waited for, unless it was written since.
	s.Reach(Position{9, 1000})
	s.settle(s.Mark(), Position{1, 80})
	is.Equal(s.Position(), Position{1, 80})
	from = s.Mark()
	s.Reach(Position{1, 90})
	s.settle(from, Position{1, 85})
	is.Equal(s.Position(), Position{1, 90})
}

// Ensure that a server which a scope has left while it answered is not gone back behind.
func TestScope_Leave(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	one, two := &server{}, &server{}
	s := Scope{on: one}
	s.answered(one)
	is.True(s.Known())
	s.leave(two) // which it is not on
	is.True(s.Known())
	s.leave(one)
	is.True(!s.Known())
	s.settle(s.Mark(), Position{1, 10})
	s.on = two
	s.answered(one)
	is.True(!s.Known())
}

// Ensure that the lag is the time since the primary had what the standby has not, and nothing while nothing is written.
func TestSet_Lag(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	now := time.Now()
	s := &Set{samples: []sample{{now.Add(-3 * time.Second), 10}, {now.Add(-2 * time.Second), 20},
		{now.Add(-time.Second), 20}}}
	is.Equal(s.lagOf(20), time.Duration(0))
	is.Equal(s.lagOf(30), time.Duration(0))
	is.True(s.lagOf(10) >= 2*time.Second && s.lagOf(10) < 3*time.Second)
	is.True(s.lagOf(5) >= 3*time.Second)
}
