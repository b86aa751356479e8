package replica

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
)

// server is one address of a database.
type server struct {
	set      *Set
	host     dsn.Host
	endpoint bool // any of several standbys may answer there, so that a position is that of a connection
	engine   driver.Replica

	open  atomic.Bool   // it answers reads
	known atomic.Uint64 // what it has replayed at least; 0 for an endpoint
	reads atomic.Uint64 // that it has answered
	late  atomic.Int64  // until when nobody waits for it, in Unix nanoseconds

	misses atomic.Int32 // waits in vain, one after the other

	mu      sync.Mutex
	seen    bool
	last    driver.Standing // when it was last looked at
	era     uint64          // in which floor was found
	floor   uint64          // the position that it must have got to; 0 for not known
	lag     time.Duration
	err     error         // why it does not answer
	pause   time.Duration // before it is looked at again
	looking time.Time     // when it may be looked at again

	generation uint64        // counts the starts of the server
	flight     chan struct{} // is closed when a question for the position has been answered; nil for none
}

// The pauses before a server that failed is looked at again.
const (
	firstPause = 100 * time.Millisecond
	mostPause  = 10 * time.Second
)

// lookTimeout bounds the look at a server. One that does not answer in that time answers no reads either.
const lookTimeout = 2 * time.Second

// start returns which start of the server what it tells from now on is of.
func (s *server) start() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.generation
}

// saw raises what the server is known to have replayed, unless it was started again since.
func (s *server) saw(start, position uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.endpoint && s.generation == start && s.open.Load() && position > s.known.Load() {
		s.known.Store(position)
	}
}

// meets is called with each new connection to the server. One that was started again may be another one, or one that
// was restored, which has replayed less: it is refused until it has been looked
// at.
func (s *server) meets(now driver.Standing) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.endpoint || !s.seen || now.Started.Equal(s.last.Started) {
		return nil
	}
	s.shut()
	s.looking = time.Time{}
	s.set.wake()
	return errStarted
}

var errStarted = &driver.Error{Kind: driver.KindConnection, Detail: "the standby was started again"}

// shut forgets what is known of the server, which answers no more reads until it has been looked at.
func (s *server) shut() {
	s.open.Store(false)
	s.known.Store(0)
	s.generation++
	s.floor = 0
}

// failed is called when the server has not answered.
func (s *server) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open.Store(false)
	s.err = err
	s.pause = min(max(2*s.pause, firstPause), mostPause)
	s.looking = time.Now().Add(s.pause)
}

// look looks at the server. It reports whether it has answered.
func (s *server) look(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	now, err := s.engine.Look(ctx)
	if err != nil {
		s.gone(err)
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen && (!now.Started.Equal(s.last.Started) || now.Standby && now.Position < s.last.Position) && !s.endpoint {
		s.shut()
	}
	if s.seen && now.Standby != s.last.Standby {
		s.shut()
	}
	s.seen, s.last, s.err, s.pause = true, now, nil, 0
	return true
}

// isLate is called when a wait was in vain that began at some time: nobody waits for as long, and each time twice as
// long. Of those who have waited together one counts.
func (s *server) isLate(began time.Time, wait time.Duration) {
	const most = 5
	before := s.late.Load()
	if before > began.UnixNano() {
		return
	}
	pause := wait << min(s.misses.Load(), most)
	if s.late.CompareAndSwap(before, time.Now().Add(pause).UnixNano()) {
		s.misses.Add(1)
	}
}

// await asks the server for its position until it has replayed what is needed, and reports whether it has. For an
// endpoint, where each connection may be to another server, it waits a moment, and reports whether there is more time.
func (s *server) await(ctx context.Context, need uint64, most time.Duration) bool {
	const first, last = time.Millisecond, 4 * time.Millisecond
	if most <= 0 {
		return false
	}
	end := time.NewTimer(most)
	defer end.Stop()
	for pause := first; s.open.Load(); pause = min(2*pause, last) {
		next := time.NewTimer(pause)
		select {
		case <-next.C:
		case <-end.C:
			next.Stop()
			return false
		case <-ctx.Done():
			next.Stop()
			return false
		}
		if s.endpoint {
			return true
		}
		select {
		case <-s.ask():
		case <-end.C:
			return false
		case <-ctx.Done():
			return false
		}
		if s.known.Load() >= need {
			return true
		}
	}
	return false
}

// ask asks the server for its position, once for all who wait. The channel is closed when it has answered.
func (s *server) ask() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight != nil {
		return s.flight
	}
	done, start := make(chan struct{}), s.generation
	s.flight = done
	s.set.running.Go(func() {
		ctx, cancel := context.WithTimeout(s.set.ctx, lookTimeout)
		defer cancel()
		now, err := s.engine.Look(ctx)
		switch {
		case err != nil:
			s.gone(err)
		case now.Standby:
			s.saw(start, now.Position)
		default:
			s.set.wake() // it was promoted
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.flight = nil
		close(done)
	})
	return done
}

// gone is called when the server has not answered a question about itself. Reads that wait for its answer go elsewhere.
func (s *server) gone(err error) {
	if s.set.ctx.Err() == nil {
		s.failed(err)
		s.engine.Break()
	}
}
