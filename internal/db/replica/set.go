package replica

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
)

// Set is the servers of a database. It is safe for concurrent use.
type Set struct {
	Process Scope // of the reads whose context has no other

	servers []*server
	maxLag  time.Duration // 0 for any
	wait    time.Duration
	pace    time.Duration // of the looks
	elect   atomic.Uint64 // reads that the primary has answered, and a standby might have

	mu       sync.Mutex
	era      uint64 // counts the primaries
	primary  *server
	samples  []sample
	timeline atomic.Uint32 // of the primary; 0 for not known. It only grows, under the lock

	ctx     context.Context //nolint:containedctx // of what runs by itself; ends with Close
	cancel  context.CancelFunc
	woken   chan struct{}
	running sync.WaitGroup
}

// sample is where the primary was at some time.
type sample struct {
	at       time.Time
	position uint64
}

// maxSamples bounds them.
const maxSamples = 256

// The bounds of the time between two looks at the servers.
const (
	leastPace = 50 * time.Millisecond
	mostPace  = time.Second
)

// Open returns the servers that a DSN names, which open opens. Primary is the engine of the writes. Nothing is asked
// yet, but from now on by itself, until Close.
func Open(d dsn.DSN, primary driver.Engine, open func(d dsn.DSN) (driver.Engine, error)) (*Set, error) {
	s := &Set{maxLag: dsn.MaxLag(d), wait: dsn.ReplicaWait(d), woken: make(chan struct{}, 1)}
	s.pace = mostPace
	if s.maxLag > 0 {
		s.pace = min(max(s.maxLag/4, leastPace), mostPace)
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for i, h := range append(append([]dsn.Host{}, d.Hosts...), d.Replicas...) {
		n := &server{set: s, host: h, endpoint: i >= len(d.Hosts)}
		e, err := open(dsn.OnHost(d, h))
		if err == nil {
			var ok bool
			if n.engine, ok = e.(driver.Replica); !ok {
				e.Close()
				err = errors.New("prom: the engine has no replicas")
			}
		}
		if err != nil {
			s.Close()
			return nil, err
		}
		n.engine.Meet(n.meets)
		s.servers = append(s.servers, n)
	}
	if p, ok := primary.(driver.Replica); ok {
		p.Meet(s.meets)
	}
	s.running.Go(s.run)
	return s, nil
}

// Close ends what runs, and closes the connections.
func (s *Set) Close() {
	s.cancel()
	for _, n := range s.servers {
		n.engine.Close()
	}
	s.running.Wait()
}

// Settle is that of the engines.
func (s *Set) Settle() {
	for _, n := range s.servers {
		if e, ok := n.engine.(interface{ Settle() }); ok {
			e.Settle()
		}
	}
}

// wake has the servers be looked at now.
func (s *Set) wake() {
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

// meets is called with each new connection for writes, before anything is written on it.
func (s *Set) meets(now driver.Standing) error {
	if now.Standby {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.timeline.Load(); known > 0 && now.Timeline > known {
		s.next(now.Timeline)
		s.wake()
	}
	return nil
}

// next begins the era of a new primary: no standby answers before it has been found to follow that.
func (s *Set) next(timeline uint32) {
	s.era++
	s.timeline.Store(timeline)
	s.samples, s.primary = nil, nil
	for _, n := range s.servers {
		n.mu.Lock()
		n.shut()
		n.mu.Unlock()
	}
}

// run looks at the servers until Close.
func (s *Set) run() {
	for {
		began := time.Now()
		s.round()
		timer := time.NewTimer(s.pace)
		select {
		case <-s.ctx.Done():
		case <-timer.C:
		case <-s.woken:
			if rest := leastPace - time.Since(began); rest > 0 {
				select {
				case <-time.After(rest):
				case <-s.ctx.Done():
				}
			}
		}
		timer.Stop()
		if s.ctx.Err() != nil {
			return
		}
	}
}

// round looks at all servers: at the standbys first, so that none of those that follow the primary is ahead of it.
func (s *Set) round() {
	var wg sync.WaitGroup
	answered := make([]bool, len(s.servers))
	for i, n := range s.servers {
		n.mu.Lock()
		due := !time.Now().Before(n.looking)
		n.mu.Unlock()
		if due {
			wg.Go(func() { answered[i] = n.look(s.ctx) })
		}
	}
	wg.Wait()
	primary := s.findPrimary(answered)
	if primary == nil || !primary.look(s.ctx) {
		return
	}
	primary.mu.Lock()
	now := primary.last
	primary.mu.Unlock()
	if now.Standby {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch known := s.timeline.Load(); {
	case now.Timeline < known:
		return // it is the primary no longer
	case known == 0:
		s.timeline.Store(now.Timeline)
	case now.Timeline > known:
		s.next(now.Timeline)
	}
	s.primary = primary
	s.samples = append(s.samples, sample{time.Now(), now.Position})
	if len(s.samples) > maxSamples {
		s.samples = append(s.samples[:0], s.samples[len(s.samples)-maxSamples/2:]...)
	}
	for i, n := range s.servers {
		if answered[i] {
			s.admit(n, now)
		}
	}
}

// findPrimary returns the server that takes the writes, nil when none has answered. Of two it is the one that was
// promoted last.
func (s *Set) findPrimary(answered []bool) (primary *server) {
	var timeline uint32
	for i, n := range s.servers {
		n.mu.Lock()
		if answered[i] && !n.endpoint && !n.last.Standby && (primary == nil || n.last.Timeline > timeline) {
			primary, timeline = n, n.last.Timeline
		}
		n.mu.Unlock()
	}
	return primary
}

var (
	errAhead    = errors.New("it has what the primary has not: it followed another one, and has to be made anew")
	errTimeline = errors.New("it does not follow the primary")
)

// admit decides whether a server answers reads. The primary's position was asked for after the server's. A standby
// that has followed another primary may have what this one has not, and shows none of its commits, though its numbers
// may be the same. So it has to get to a position that this primary had when the standby was behind it, which it only
// does by following it.
func (s *Set) admit(n *server, primary driver.Standing) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lag = 0
	if !n.last.Standby {
		n.open.Store(false)
		return
	}
	if n.floor == 0 || n.era != s.era {
		switch {
		case max(n.last.Position, n.last.Received) > primary.Position:
			n.err = errAhead
			n.open.Store(false)
			return
		case n.last.Timeline > 0 && n.last.Timeline != primary.Timeline:
			n.err = errTimeline
			n.open.Store(false)
			return
		}
		n.era, n.floor = s.era, primary.Position
	}
	n.lag = s.lagOf(n.last.Position)
	if n.endpoint {
		n.open.Store(true) // each read looks where it is
		return
	}
	n.open.Store(n.last.Position >= n.floor && (s.maxLag == 0 || n.lag <= s.maxLag))
	if n.open.Load() {
		n.known.Store(max(n.known.Load(), n.last.Position))
	}
}

// lagOf returns for how long the primary has been where a standby is not yet.
func (s *Set) lagOf(position uint64) time.Duration {
	var since time.Time
	for i := len(s.samples) - 1; i >= 0 && s.samples[i].position > position; i-- {
		since = s.samples[i].at
	}
	if since.IsZero() {
		return 0
	}
	return max(time.Since(since), time.Microsecond)
}

// pick chooses a server for reads that need a position: any of those that have got there, or else of those for which it
// is worth to wait; nil for none.
func (s *Set) pick(need uint64) *server {
	var behind *server
	first, now := rand.IntN(len(s.servers)), time.Now().UnixNano()
	for i := range s.servers {
		n := s.servers[(first+i)%len(s.servers)]
		switch {
		case !n.open.Load():
		case n.known.Load() >= need:
			return n
		case behind == nil && n.late.Load() < now:
			behind = n
		}
	}
	return behind
}
