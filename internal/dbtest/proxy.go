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
	silence  []byte // once the client has sent this, the server's answers are lost, and the connection stays
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

// Silence makes the proxy lose all answers on the connection that sends the next message with this text, and keep the
// connection open.
func (p *Proxy) Silence(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silence = []byte(text)
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
	var lost, silent bool // guarded by mu
	p.wg.Go(func() {
		p.pass(server, client, func(b []byte) verdict {
			if p.answered {
				p.answered = false
				p.trips++
			}
			if p.swallow != nil && bytes.Contains(b, p.swallow) {
				p.swallow, lost = nil, true
			}
			if p.silence != nil && bytes.Contains(b, p.silence) {
				p.silence, silent = nil, true
			}
			return passOn
		})
	})
	p.wg.Go(func() {
		p.pass(client, server, func([]byte) verdict {
			p.answered = true
			switch {
			case lost:
				return cutOff
			case silent:
				return drop
			}
			return passOn
		})
	})
}

// verdict says what becomes of something that has arrived.
type verdict uint8

const (
	passOn verdict = iota
	drop
	cutOff
)

// pass passes on what arrives until see says that it is enough.
func (p *Proxy) pass(to, from net.Conn, see func(b []byte) verdict) {
	defer to.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			p.mu.Lock()
			v := see(buf[:n])
			p.mu.Unlock()
			switch v {
			case cutOff:
				time.Sleep(20 * time.Millisecond) // for the server to do what it was told
				return
			case drop:
				n = 0
			}
		}
		if _, werr := to.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}
