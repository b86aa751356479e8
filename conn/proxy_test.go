package conn

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/prom-go/prom/internal/dbtest"
)

// proxy stands between a client and PostgreSQL and can lose what passes.
type proxy struct {
	listener net.Listener
	target   string

	mu      sync.Mutex
	conns   []net.Conn
	swallow []byte // once the client has sent this, the server's answer is lost and the connection cut
	wg      sync.WaitGroup
}

// newProxy returns a proxy for a PostgreSQL database and the DSN that leads through it.
func newProxy(tb testing.TB, e dbtest.Engine) (*proxy, string) {
	tb.Helper()
	d, err := ParseDSN(e.DSN)
	if err != nil {
		tb.Fatal(err)
	}
	target := net.JoinHostPort(d.Hosts[0].Name, fmt.Sprint(d.Hosts[0].Port))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &proxy{listener: l, target: target}
	p.wg.Go(p.accept)
	tb.Cleanup(func() {
		_ = l.Close()
		p.cut()
		p.wg.Wait()
	})
	e.DSN = strings.Replace(e.DSN, target, l.Addr().String(), 1)
	return p, e.With("sslmode=disable")
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

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
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
		lost := make(chan struct{})
		p.wg.Go(func() { p.forward(server, client, lost) })
		p.wg.Go(func() { answer(client, server, lost) })
	}
}

// forward passes on what the client sends.
func (p *proxy) forward(server, client net.Conn, lost chan struct{}) {
	defer server.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := client.Read(buf)
		p.mu.Lock()
		if p.swallow != nil && bytes.Contains(buf[:n], p.swallow) {
			p.swallow = nil
			close(lost)
		}
		p.mu.Unlock()
		if _, werr := server.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}

// answer passes on what the server sends, until the answer is to be lost.
func answer(client, server net.Conn, lost <-chan struct{}) {
	defer client.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := server.Read(buf)
		select {
		case <-lost:
			return
		default:
		}
		if _, werr := client.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}
