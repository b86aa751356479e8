package dbtest

import (
	"io"
	"net"
	"net/url"
	"testing"
)

// Address is an address that leads to one server, and later to another one, as one of a service or a load balancer
// does. It is safe for concurrent use.
type Address struct{ relay }

// NewAddress returns an address of the database of e, until the test ends, and e with a DSN that leads there.
func NewAddress(tb testing.TB, e Engine) (*Address, Engine) {
	tb.Helper()
	a := &Address{}
	return a, a.relayed(tb, e, a.between)
}

// Lead makes the address lead to another server. Connections that are there stay with theirs: see [Address.Cut].
func (a *Address) Lead(tb testing.TB, e Engine) {
	tb.Helper()
	u, err := url.Parse(e.DSN)
	if err != nil {
		tb.Fatal(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.target = u.Host
}

func (a *Address) between(client, server net.Conn) {
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		a.wg.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			_, _ = way[0].Close(), way[1].Close()
		})
	}
}
