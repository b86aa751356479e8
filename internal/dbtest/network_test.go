package dbtest

import (
	"errors"
	"io"
	"net"
	"net/url"
	"os"
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

// Ensure that each fault does what it is there for, and that the network is well again without it. How long an answer
// takes at least is what a fault does; that it comes at all, before the deadline of the connection, is all that can be
// said of a busy machine.
func TestNetwork(t *testing.T) {
	t.Parallel()
	const text = "0123456789"
	const patience = time.Minute
	tests := []struct {
		toxic  Toxic
		within time.Duration // that the answer is waited for
		want   string
		least  time.Duration // that it takes
	}{
		{Toxic{}, patience, text, 0},
		{Toxic{Kind: Latency, Delay: 50 * time.Millisecond}, patience, text, 100 * time.Millisecond},
		{Toxic{Kind: Latency, Delay: 50 * time.Millisecond, Way: ToClient}, patience, text, 50 * time.Millisecond},
		{Toxic{Kind: Bandwidth, Bytes: 50, Way: ToServer}, patience, text, 200 * time.Millisecond},
		{Toxic{Kind: Slicer, Bytes: 3, Delay: 20 * time.Millisecond, Way: ToServer}, patience, text, 80 * time.Millisecond},
		{Toxic{Kind: Limit, Bytes: 7, Way: ToClient}, patience, text[:7], 0},
		{Toxic{Kind: Timeout}, 200 * time.Millisecond, "", 200 * time.Millisecond},
		{Toxic{Kind: Timeout, Delay: 50 * time.Millisecond}, patience, "", 50 * time.Millisecond},
		{Toxic{Kind: Reset, Delay: 10 * time.Millisecond}, patience, "", 10 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(string(tt.toxic.Kind), func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			n, e := NewNetwork(t, echo(t))
			is.NoErr(n.Set(tt.toxic))
			got, took, err := ask(t, e, text, tt.within)
			is.Equal(got, tt.want)
			is.True(took >= tt.least)
			is.Equal(errors.Is(err, os.ErrDeadlineExceeded), tt.within < patience) // the others end, or are answered

			is.NoErr(n.Set(Toxic{}))
			got, _, err = ask(t, e, text, patience)
			is.NoErr(err)
			is.Equal(got, text)
		})
	}
}

// ask sends a text, and returns what comes back, how long that took, and what ended it.
func ask(t *testing.T, e Engine, text string, within time.Duration) (string, time.Duration, error) {
	t.Helper()
	is := is.New(t)
	c := dial(t, e)
	begun := time.Now()
	is.NoErr(c.SetDeadline(begun.Add(within)))
	_, err := io.WriteString(c, text)
	is.NoErr(err)
	got := make([]byte, len(text))
	n, err := io.ReadFull(c, got)
	took := time.Since(begun)
	is.NoErr(c.Close())
	return string(got[:n]), took, err
}

// Ensure that a network that is down breaks connections and refuses new ones, and that one which closes slowly tells it
// late.
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
	begun := time.Now() // before the network can see the end
	is.NoErr(c.(*net.TCPConn).CloseWrite())
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
