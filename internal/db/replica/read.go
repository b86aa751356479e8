package replica

import (
	"context"
	"errors"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
)

// Answer is a read that a standby answers.
type Answer struct {
	Log driver.Log

	set   *Set
	scope *Scope
	by    *server
}

// Host returns the address of the server.
func (a *Answer) Host() string { return a.by.host.String() }

// Try has run read from a standby which shows what a scope must see, where there is one: ok is false where there is
// none, and the primary has to answer. Run gets the engine, and what the statement has to ask about the log, nil for
// nothing. Unless there is an error, [Answer.Done] has to follow when the rows have been read.
func (s *Set) Try(ctx context.Context, scope *Scope, a *Answer,
	run func(e driver.Replica, log *driver.Log) error) (ok bool, err error) {
	on, need := s.choose(scope)
	if on == nil {
		return false, nil
	}
	*a = Answer{set: s, scope: scope, by: on}
	var end time.Time // of the wait
	for {
		log, start := a.ask(need), uint64(0)
		if log != nil && !on.endpoint {
			if on.late.Load() > time.Now().UnixNano() {
				break
			}
			start = on.start()
		}
		err := run(on.engine, log)
		if log != nil && log.Seen > 0 {
			on.saw(start, log.Seen)
		}
		if !errors.Is(err, driver.ErrBehind) {
			if err == nil && need > 0 && on.misses.Load() > 0 {
				on.misses.Store(0)
			}
			return true, err
		}
		if end.IsZero() {
			end = time.Now().Add(s.wait)
		}
		if !on.await(ctx, need, time.Until(end)) {
			on.isLate(end.Add(-s.wait), s.wait)
			break
		}
	}
	scope.leave(on)
	return false, nil
}

// ask returns what a read that needs a position asks about the log.
func (a *Answer) ask(need uint64) *driver.Log {
	switch {
	case a.by.endpoint:
		a.by.mu.Lock()
		defer a.by.mu.Unlock()
		a.Log = driver.Log{Before: true, After: true, Need: max(need, a.by.floor)}
	case a.by.known.Load() >= need:
		return nil
	default:
		a.Log = driver.Log{Before: true, Need: need}
	}
	return &a.Log
}

// choose returns the server that answers the next read of a scope, and the position that it needs; nil for the primary.
func (s *Set) choose(scope *Scope) (on *server, need uint64) {
	scope.mu.Lock()
	defer scope.mu.Unlock()
	if scope.lost > scope.found {
		return nil, 0
	}
	need = scope.at.Log
	if scope.at.Timeline > 0 && s.before(scope.at.Timeline) {
		return nil, 0
	}
	switch {
	case scope.on == nil:
		scope.on = s.pick(need)
	case !scope.on.open.Load():
		scope.on = nil
		scope.lost++
	}
	return scope.on, need
}

// before reports whether a timeline is one that no primary has been found on yet.
func (s *Set) before(timeline uint32) bool {
	if timeline > s.timeline.Load() {
		s.wake()
		return true
	}
	return false
}

// Done ends an answer, with the error of its rows.
func (a *Answer) Done(err error) {
	switch {
	case err != nil:
		a.Failed(err)
	case !a.by.endpoint:
		a.by.reads.Add(1)
		a.scope.answered(a.by)
	case a.Log.Then > 0:
		a.by.reads.Add(1)
		a.scope.Reach(Position{Log: a.Log.Then})
	default:
		a.by.reads.Add(1)
		a.scope.Lose()
	}
}

// Failed is called with the error of a server. One that does not answer is left out for a while.
func (a *Answer) Failed(err error) {
	if driver.KindOf(err) == driver.KindConnection {
		a.by.failed(err)
		a.set.wake()
	}
	a.scope.answered(a.by) // rows may have been shown before the error
}

// Lost is Done for what has shown anything, at any time until now, such as a transaction.
func (a *Answer) Lost() {
	a.by.reads.Add(1)
	if a.by.endpoint {
		a.scope.Lose()
	} else {
		a.scope.answered(a.by)
	}
}

// Primary is called when the primary has answered a read of a scope, with what the scope needed before, and the
// position behind the read.
func (s *Set) Primary(scope *Scope, from Mark, log uint64) {
	s.elect.Add(1)
	scope.settle(from, Position{s.timeline.Load(), log})
}

// Wrote is called with the position behind a write, 0 when it is not known, for each scope that it belongs to.
func (s *Set) Wrote(log uint64, scopes ...*Scope) {
	at := Position{s.timeline.Load(), log}
	for _, scope := range scopes {
		if log == 0 {
			scope.Lose()
		} else {
			scope.Reach(at)
		}
	}
}
