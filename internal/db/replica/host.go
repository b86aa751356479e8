package replica

import (
	"time"
)

// Host is what is known of one server of a database.
type Host struct {
	Address  string
	Endpoint bool // any of several standbys may answer there
	Standby  bool
	Seen     bool // it has answered
	Open     bool // it answers reads, or is the primary
	Lag      time.Duration
	LagBytes int64 // -1 when it is not known
	Reads    uint64
	Err      error // why it answers no reads; nil when it does, or when it is behind
}

// Hosts returns what is known of the servers, in the order of the DSN, without I/O.
func (s *Set) Hosts() []Host {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Host, len(s.servers))
	var last uint64
	if n := len(s.samples); n > 0 {
		last = s.samples[n-1].position
	}
	for i, n := range s.servers {
		n.mu.Lock()
		h := Host{Address: n.host.String(), Endpoint: n.endpoint, Seen: n.seen, Standby: n.last.Standby,
			Open: n.open.Load(), Lag: n.lag, LagBytes: -1, Reads: n.reads.Load(), Err: n.err}
		position := max(n.last.Position, n.known.Load())
		n.mu.Unlock()
		switch {
		case n == s.primary:
			h.Open, h.LagBytes, h.Reads = h.Err == nil, 0, s.elect.Load()
		case h.Standby && last > 0:
			h.LagBytes = int64(max(position, last) - position)
		}
		list[i] = h
	}
	return list
}
