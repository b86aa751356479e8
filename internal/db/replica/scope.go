package replica

import (
	"errors"
	"strconv"
	"strings"
	"sync"
)

// Position is a position in the log, and its timeline: how often a standby had been promoted.
type Position struct {
	Timeline uint32
	Log      uint64
}

// later returns a position that both are not behind. After a promotion the log goes on from where the new primary was,
// so the greater number holds for what was before and for what came after.
func (p Position) later(o Position) Position {
	return Position{max(p.Timeline, o.Timeline), max(p.Log, o.Log)}
}

// String returns the position as text, in which [ParsePosition] finds it: the timeline and the position in
// hexadecimals.
func (p Position) String() string {
	return strconv.FormatUint(uint64(p.Timeline), 16) + "-" + strconv.FormatUint(p.Log, 16)
}

var errPosition = errors.New("the text is not a position in the log")

// ParsePosition reads what [Position.String] has written.
func ParsePosition(text string) (Position, error) {
	timeline, log, ok := strings.Cut(text, "-")
	t, timelineErr := strconv.ParseUint(timeline, 16, 32)
	l, logErr := strconv.ParseUint(log, 16, 64)
	if !ok || timelineErr != nil || logErr != nil {
		return Position{}, errPosition
	}
	return Position{uint32(t), l}, nil
}

// Scope is what reads must see that belong together: on one database, those of a process, or of a request. It is safe
// for concurrent use. The zero value has seen nothing yet.
type Scope struct {
	mu sync.Mutex
	at Position
	on *server // which answers its reads; nil for none

	// Times at which the position was lost: by a write of which none is known, or by a change of the server. It is found
	// again behind a read of the primary, for those before it.
	lost, found uint64
}

// Position returns the position that the reads of the scope need.
func (s *Scope) Position() Position {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

// Known reports whether all of the position is known.
func (s *Scope) Known() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost <= s.found
}

// Reach has the reads of the scope see what is before a position.
func (s *Scope) Reach(p Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = s.at.later(p)
}

// Lose says that something was written, or shown, whose position is not known.
func (s *Scope) Lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost++
}

// leave ends the reading from a server. What that has shown is not known.
func (s *Scope) leave(from *server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.on == from {
		s.on = nil
		s.lost++
	}
}

// answered is called when a server has answered a read. When the scope has left it meanwhile, what it has shown must
// not be taken back.
func (s *Scope) answered(by *server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.on != by {
		s.lost++
	}
}

// Mark is what a scope needed when a read of the primary began.
type Mark struct {
	at   Position
	lost uint64
}

// Mark returns what the scope needs now.
func (s *Scope) Mark() Mark {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Mark{s.at, s.lost}
}

// settle is called with the position behind a read of the primary, which is behind all that was shown before. A
// position that the primary has not got to is none of its log: what was there is lost, or somebody has made it up.
func (s *Scope) settle(from Mark, now Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Log == 0 {
		s.lost++
		return
	}
	s.found = max(s.found, from.lost)
	if s.at == from.at {
		s.at = now // later, or all that there is
		return
	}
	s.at = s.at.later(now)
}
