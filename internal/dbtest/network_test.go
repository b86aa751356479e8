package dbtest

import (
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
)

// echo is a server that sends back what it gets, and an engine whose DSN names it.
func echo(t *testing.T) Engine {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c)
				_ = c.Close()
			}()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-ended })
	return Engine{DSN: "postgres://u@" + l.Addr().String() + "/x"}
}

// Ensure that each fault does what it is there for, and that the network is well again without it.
func TestNetwork(t *testing.T) {
	t.Parallel()
	const text = "0123456789"
	tests := []struct {
		toxic    Toxic
		within   time.Duration // that the answer is waited for
		want     string
		from, to time.Duration // how long it takes
	}{
		{Toxic{}, 10 * time.Second, text, 0, 5 * time.Second},
		{Toxic{Kind: Latency, Delay: 50 * time.Millisecond}, 10 * time.Second, text, 100 * time.Millisecond, 5 * time.Second},
		{Toxic{Kind: Latency, Delay: 50 * time.Millisecond, Way: ToClient}, 10 * time.Second, text, 50 * time.Millisecond, 5 * time.Second},
		{Toxic{Kind: Bandwidth, Bytes: 50, Way: ToServer}, 10 * time.Second, text, 200 * time.Millisecond, 5 * time.Second},
		{Toxic{Kind: Slicer, Bytes: 3, Delay: 20 * time.Millisecond, Way: ToServer}, 10 * time.Second, text, 80 * time.Millisecond, 5 * time.Second},
		{Toxic{Kind: Limit, Bytes: 7, Way: ToClient}, 10 * time.Second, text[:7], 0, 5 * time.Second},
		{Toxic{Kind: Timeout}, 200 * time.Millisecond, "", 200 * time.Millisecond, 5 * time.Second},
		{Toxic{Kind: Timeout, Delay: 50 * time.Millisecond}, 10 * time.Second, "", 50 * time.Millisecond, 5 * time.Second},
		{Toxic{Kind: Reset, Delay: 10 * time.Millisecond}, 10 * time.Second, "", 10 * time.Millisecond, 5 * time.Second},
	}
	for _, tt := range tests {
		t.Run(string(tt.toxic.Kind), func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			n, e := NewNetwork(t, echo(t))
			for _, toxic := range []Toxic{tt.toxic, {}} {
				is.NoErr(n.Set(toxic))
				c := dial(t, e)
				is.NoErr(c.SetDeadline(time.Now().Add(tt.within)))
				begun := time.Now()
				_, err := io.WriteString(c, text)
				is.NoErr(err)
				got := make([]byte, len(text))
				read, _ := io.ReadFull(c, got)
				took := time.Since(begun)
				if toxic == tt.toxic {
					is.Equal(string(got[:read]), tt.want)
					is.True(took >= tt.from && took < tt.to)
				} else {
					is.Equal(string(got[:read]), text)
				}
				is.NoErr(c.Close())
			}
		})
	}
}

// Ensure that a network that is down breaks connections and refuses new ones, and that one which closes slowly tells it late.
func TestNetwork_Ends(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	n, e := NewNetwork(t, echo(t))
	c := dial(t, e)
	is.NoErr(n.Set(Toxic{Kind: Down}))
	_, err := c.Read(make([]byte, 1))
	is.True(err != nil)
	u, err := url.Parse(e.DSN)
	is.NoErr(err)
	_, err = net.Dial("tcp4", u.Host)
	is.True(err != nil)
	is.NoErr(n.Set(Toxic{Kind: SlowClose, Delay: 100 * time.Millisecond}))

	c = dial(t, e)
	_, err = io.WriteString(c, "x")
	is.NoErr(err)
	_, err = io.ReadFull(c, make([]byte, 1))
	is.NoErr(err)
	is.NoErr(c.(*net.TCPConn).CloseWrite())
	begun := time.Now()
	_, err = c.Read(make([]byte, 1))
	is.True(errors.Is(err, io.EOF) || strings.Contains(err.Error(), "reset"))
	is.True(time.Since(begun) >= 100*time.Millisecond)
}

func dial(t *testing.T, e Engine) net.Conn {
	t.Helper()
	u, err := url.Parse(e.DSN)
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp4", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}
