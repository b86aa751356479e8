package prom_test

import (
	"bytes"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/prom-go/prom/internal/dbtest"
)

// proxy stands between a client and PostgreSQL. It can lose an answer, break connections, and counts how often the client sends
// something after an answer, which is once for each round trip.
type proxy struct {
	target string

	mu       sync.Mutex
	conns    []net.Conn
	swallow  []byte // once the client has sent this, the server's answer is lost and the connection cut
	answered bool
	trips    int
	wg       sync.WaitGroup
}

// newProxy returns a proxy for a PostgreSQL database, and the engine whose DSN leads through it.
func newProxy(t *testing.T) (*proxy, dbtest.Engine) {
	t.Helper()
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	u, err := url.Parse(e.DSN)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{target: u.Host, answered: true}
	p.wg.Go(func() { p.accept(l) })
	t.Cleanup(func() {
		_ = l.Close()
		p.cut()
		p.wg.Wait()
	})
	u.Host = l.Addr().String()
	e.DSN = u.String()
	e.DSN = e.With("sslmode=disable")
	return p, e
}

// lose makes the proxy lose the answer to the next message with this text.
func (p *proxy) lose(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.swallow = []byte(text)
}

// cut breaks all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}

// take returns the number of round trips since the last call.
func (p *proxy) take() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.trips
	p.trips = 0
	return n
}

func (p *proxy) accept(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		p.mu.Unlock()
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
}

// pass passes on what arrives until see says that it is enough.
func (p *proxy) pass(to, from net.Conn, see func(b []byte) bool) {
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
