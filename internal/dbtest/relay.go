package dbtest

import (
	"net"
	"net/url"
	"sync"
	"testing"
)

// relay joins connections of clients to connections of its own to PostgreSQL. It is safe for concurrent use.
type relay struct {
	join func(client, server net.Conn) // begins to pass on, in goroutines of wg
	wg   sync.WaitGroup

	mu     sync.Mutex
	target string
	conns  []net.Conn
}

// relayed begins to accept connections until the test ends, and returns e with a DSN that leads through r.
func (r *relay) relayed(tb testing.TB, e Engine, join func(client, server net.Conn)) Engine {
	tb.Helper()
	u, err := url.Parse(e.DSN)
	if err != nil {
		tb.Fatal(err)
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	r.target, r.join = u.Host, join
	r.wg.Go(func() { r.accept(l) })
	tb.Cleanup(func() {
		_ = l.Close()
		r.Cut()
		r.wg.Wait()
	})
	u.Host = l.Addr().String()
	e.DSN = u.String()
	e.DSN = e.With("sslmode=disable")
	return e
}

func (r *relay) accept(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		r.mu.Lock()
		target := r.target
		r.mu.Unlock()
		server, err := net.Dial("tcp", target)
		if err != nil {
			_ = client.Close()
			continue
		}
		r.mu.Lock()
		r.conns = append(r.conns, client, server)
		r.mu.Unlock()
		r.join(client, server)
	}
}

// Cut breaks all connections.
func (r *relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		_ = c.Close()
	}
	r.conns = nil
}
