package dbtest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Toxic is a fault of a network, one of those that toxiproxy has. The zero Toxic is none. Fields that a fault does not
// have are not looked at.
type Toxic struct {
	Kind ToxicKind
	// of latency, slow close, slicer (between two pieces), timeout and reset (before the connection ends)
	Delay time.Duration
	Bytes int // of bandwidth (in a second), slicer (a piece), limit (after which the connection ends)
	Way   Way // where it is; both, unless said
}

// ToxicKind is a kind of fault.
type ToxicKind string

// The kinds of faults.
const (
	Latency   ToxicKind = "latency"    // what is sent arrives later, by Delay and up to a half of it more
	Down      ToxicKind = "down"       // connections are broken, and new ones refused
	Bandwidth ToxicKind = "bandwidth"  // Bytes in a second get through
	SlowClose ToxicKind = "slow close" // that one side has closed is told to the other after Delay
	Timeout   ToxicKind = "timeout"    // nothing arrives; after Delay the connection ends, with 0 never
	Reset     ToxicKind = "reset"      // after Delay the connection is reset
	Slicer    ToxicKind = "slicer"     // what is sent arrives in pieces of Bytes
	Limit     ToxicKind = "limit"      // the connection ends after Bytes
)

// Way is the direction of what is sent.
type Way uint8

// The ways.
const (
	BothWays Way = iota
	ToServer
	ToClient
)

// Network stands between clients and PostgreSQL and has one fault at a time, on connections that are there and on new
// ones. It does what toxiproxy does, which as a module would bring an HTTP server, metrics and logging along. It is
// safe for concurrent use.
type Network struct {
	target, addr string
	met          atomic.Int64

	mu       sync.Mutex
	toxic    Toxic
	changed  chan struct{} // closed when another fault is set
	listener net.Listener
	conns    map[net.Conn]bool
	ended    bool
	wg       sync.WaitGroup
}

// NewNetwork returns a network to the database of e, without a fault, until the test ends, and e with a DSN that leads
// through it.
func NewNetwork(tb testing.TB, e Engine) (*Network, Engine) {
	tb.Helper()
	u, err := url.Parse(e.DSN)
	if err != nil {
		tb.Fatal(err)
	}
	n := &Network{target: u.Host, addr: "127.0.0.1:0", changed: make(chan struct{}), conns: map[net.Conn]bool{}}
	if err := n.listen(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(n.end)
	u.Host = n.addr
	e.DSN = u.String()
	e.DSN = e.With("sslmode=disable")
	return n, e
}

// Set takes the fault that was there away and brings another one.
func (n *Network) Set(t Toxic) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	was := n.toxic.Kind
	n.toxic = t
	close(n.changed)
	n.changed = make(chan struct{})
	if t.Kind == Down {
		_ = n.listener.Close()
		n.met.Add(int64(len(n.conns)))
		n.cut()
	} else if was == Down {
		return n.listen()
	}
	return nil
}

// Met returns how often a fault met something: a piece that was sent, the end of a connection that it held back, a
// connection that it broke.
func (n *Network) Met() int64 { return n.met.Load() }

// listen begins to accept connections, at the address that it had before.
func (n *Network) listen() error {
	l, err := net.Listen("tcp4", n.addr)
	if err != nil {
		return fmt.Errorf("dbtest: network: %w", err)
	}
	n.listener, n.addr = l, l.Addr().String()
	n.wg.Go(func() { n.accept(l) })
	return nil
}

func (n *Network) end() {
	n.mu.Lock()
	n.ended, n.toxic = true, Toxic{} // what it holds back goes on, and finds its connection closed
	close(n.changed)
	n.changed = make(chan struct{})
	_ = n.listener.Close()
	n.cut()
	n.mu.Unlock()
	n.wg.Wait()
}

func (n *Network) cut() {
	for c := range n.conns {
		_ = c.Close()
	}
	clear(n.conns)
}

func (n *Network) accept(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp4", n.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		n.mu.Lock()
		if n.ended || n.toxic.Kind == Down {
			n.mu.Unlock()
			_, _ = client.Close(), server.Close()
			continue
		}
		n.conns[client], n.conns[server] = true, true
		n.mu.Unlock()
		p := &pipe{network: n, ended: make(chan struct{}), client: client, server: server}
		n.wg.Go(func() { p.pass(server, client, ToServer) })
		n.wg.Go(func() { p.pass(client, server, ToClient) })
	}
}

// now returns the fault of a direction, and what is closed when there is another.
func (n *Network) now(way Way) (Toxic, <-chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.toxic.Way != BothWays && n.toxic.Way != way {
		return Toxic{}, n.changed
	}
	return n.toxic, n.changed
}

// pipe is a connection through a network.
type pipe struct {
	network        *Network
	client, server net.Conn
	once           sync.Once
	ended          chan struct{}
}

// pass passes on what arrives, until one side has closed.
func (p *pipe) pass(to, from net.Conn, way Way) {
	buf := make([]byte, 64<<10)
	sent := 0 // since the fault is a limit
	for {
		n, err := from.Read(buf)
		if n > 0 && !p.forward(to, buf[:n], way, &sent) {
			return
		}
		if err != nil {
			if t, changed := p.network.now(way); t.Kind == SlowClose {
				p.network.met.Add(1)
				p.wait(t.Delay, changed)
			}
			p.close(false)
			return
		}
	}
}

// forward passes a piece on, as the fault lets it. It returns false when the connection has ended.
func (p *pipe) forward(to net.Conn, b []byte, way Way, sent *int) bool {
	for {
		t, changed := p.network.now(way)
		size := len(b)
		if t.Kind != "" && t.Kind != SlowClose {
			p.network.met.Add(1)
		}
		switch t.Kind {
		case Latency:
			p.wait(t.Delay+rand.N(t.Delay/2+1), changed)
		case Bandwidth:
			size = min(size, max(1, t.Bytes/20))
			p.wait(time.Duration(size)*time.Second/time.Duration(t.Bytes), changed)
		case Slicer:
			size = min(size, t.Bytes)
			p.wait(t.Delay, changed)
		case Timeout, Reset:
			delay := t.Delay
			if t.Kind == Timeout && delay == 0 {
				delay = time.Hour
			}
			if p.wait(delay, changed) {
				p.close(t.Kind == Reset)
				return false
			}
			if p.isOver() {
				return false
			}
			continue // the fault is gone, so that the piece goes on its way
		case Limit:
			size = min(size, t.Bytes-*sent)
			if size <= 0 {
				p.close(false)
				return false
			}
		}
		if t.Kind == Limit {
			*sent += size
		} else {
			*sent = 0
		}
		if _, err := to.Write(b[:size]); err != nil {
			p.close(false)
			return false
		}
		if b = b[size:]; len(b) == 0 {
			return true
		}
	}
}

// wait waits, and returns false when the fault changed or the connection ended before.
func (p *pipe) wait(d time.Duration, changed <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-changed:
	case <-p.ended:
	}
	return false
}

func (p *pipe) isOver() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// close ends both sides, by a reset if that is asked for.
func (p *pipe) close(reset bool) {
	p.once.Do(func() {
		close(p.ended)
		for _, c := range []net.Conn{p.client, p.server} {
			if tcp, ok := c.(*net.TCPConn); ok && reset {
				_ = tcp.SetLinger(0)
			}
			_ = c.Close()
		}
		p.network.mu.Lock()
		delete(p.network.conns, p.client)
		delete(p.network.conns, p.server)
		p.network.mu.Unlock()
	})
}
