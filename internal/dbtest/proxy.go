package dbtest

import (
	"bytes"
	"net"
	"sync"
	"testing"
	"time"
)

// Proxy stands between a client and PostgreSQL. It can lose an answer, break connections, and counts how often the
// client sends something after an answer, which is once for each round trip. It is safe for concurrent use.
type Proxy struct {
	relay

	mu       sync.Mutex
	swallow  []byte // once the client has sent this, the server's answer is lost and the connection cut
	answered bool
	trips    int
}

// NewProxy returns a proxy for the database of e, until the test ends, and e with a DSN that leads through it.
func NewProxy(tb testing.TB, e Engine) (*Proxy, Engine) {
	tb.Helper()
	p := &Proxy{answered: true}
	return p, p.relayed(tb, e, p.between)
}

// Lose makes the proxy lose the answer to the next message with this text.
func (p *Proxy) Lose(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.swallow = []byte(text)
}

// Trips returns the number of round trips since the last call.
func (p *Proxy) Trips() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.trips
	p.trips = 0
	return n
}

// between passes on what both sides of a connection say.
func (p *Proxy) between(client, server net.Conn) {
	var lost bool // guarded by mu
	p.wg.Go(func() {
		p.pass(server, client, func(b []byte) bool {
			if p.answered {
				p.answered = false
				p.trips++
			}
			if p.swallow != nil && bytes.Contains(b, p.swallow) {
				p.swallow, lost = nil, true
			}
			return true
		})
	})
	p.wg.Go(func() {
		p.pass(client, server, func([]byte) bool { p.answered = true; return !lost })
	})
}

// pass passes on what arrives until see says that it is enough.
func (p *Proxy) pass(to, from net.Conn, see func(b []byte) bool) {
	defer to.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			p.mu.Lock()
			goOn := see(buf[:n])
			p.mu.Unlock()
			if !goOn {
				time.Sleep(20 * time.Millisecond) // for the server to do what it was told
				return
			}
		}
		if _, werr := to.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}
