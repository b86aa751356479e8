package dbtest

import (
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Mangler stands between a client and PostgreSQL and changes what the server says, as a server might that means harm. It is safe for
// concurrent use.
type Mangler struct {
	target string
	wg     sync.WaitGroup

	mu     sync.Mutex
	random *rand.Rand
	change bool
	count  int
	conns  []net.Conn
}

// NewMangler returns a mangler for the database of e, until the test ends, and e with a DSN that leads through it. The seed decides
// what it does.
func NewMangler(tb testing.TB, e Engine, seed uint64) (*Mangler, Engine) {
	tb.Helper()
	u, err := url.Parse(e.DSN)
	if err != nil {
		tb.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	m := &Mangler{target: u.Host, random: rand.New(rand.NewPCG(seed, 0))}
	m.wg.Go(func() { m.accept(l) })
	tb.Cleanup(func() {
		_ = l.Close()
		m.Cut()
		m.wg.Wait()
	})
	u.Host = l.Addr().String()
	e.DSN = u.String()
	e.DSN = e.With("sslmode=disable")
	return m, e
}

// Begin lets it change messages behind the login, about one of ten; End leaves them alone, and returns how many it has changed so far.
func (m *Mangler) Begin() { m.mu.Lock(); m.change = true; m.mu.Unlock() }

// End is described at Begin.
func (m *Mangler) End() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.change = false
	return m.count
}

// Cut breaks all connections.
func (m *Mangler) Cut() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.conns {
		_ = c.Close()
	}
	m.conns = nil
}

func (m *Mangler) accept(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", m.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		m.mu.Lock()
		m.conns = append(m.conns, client, server)
		m.mu.Unlock()
		m.wg.Go(func() { _, _ = io.Copy(server, client); _ = server.Close() })
		m.wg.Go(func() { _ = m.messages(client, server); _ = client.Close() })
	}
}

// messages passes on what the server says, message by message.
func (m *Mangler) messages(to io.Writer, from io.Reader) error {
	head := make([]byte, 5)
	for ready := false; ; {
		if _, err := io.ReadFull(from, head); err != nil {
			return err
		}
		size := int(binary.BigEndian.Uint32(head[1:])) - 4
		if size < 0 {
			return errors.New("the server's message is too short")
		}
		body := make([]byte, size)
		if _, err := io.ReadFull(from, body); err != nil {
			return err
		}
		message := append(head[:5:5], body...)
		if ready {
			message = m.mangle(head[0], body)
		}
		ready = ready || head[0] == 'Z' // the login is over
		if _, err := to.Write(message); err != nil {
			return err
		}
	}
}

// mangle returns a message as it is sent on. Its length fits what it holds, but for one of many.
func (m *Mangler) mangle(kind byte, body []byte) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	length := -1
	if m.change && m.random.IntN(10) == 0 {
		m.count++
		switch n := m.random.IntN(12); {
		case n == 0:
			kind = "DTtn12CEIZNSKRAvsGHWdc3V"[m.random.IntN(24)]
		case n == 1 && len(body) > 0: // a part of it
			body = body[:m.random.IntN(len(body))]
		case n == 2:
			body = append(body, make([]byte, 1+m.random.IntN(20))...)
		case n == 3:
			length = int(m.random.Uint32() >> m.random.IntN(32)) // and the rest is taken for what it is not
		case n < 6 && len(body) >= 2 && (kind == 'D' || kind == 'T' || kind == 't'): // another number of columns
			binary.BigEndian.PutUint16(body, uint16(m.random.IntN(8)))
		case kind == 'D' && n < 9 && len(body) >= 6: // another length of the first column, or NULL
			binary.BigEndian.PutUint32(body[2:], []uint32{0, 1, 1<<31 - 1, 1<<32 - 1, 1 << 31, 8, 4}[m.random.IntN(7)])
		default:
			for range 1 + m.random.IntN(4) {
				if len(body) > 0 {
					body[m.random.IntN(len(body))] = byte([]int{0, 1, 127, 128, 255, m.random.IntN(256)}[m.random.IntN(6)])
				}
			}
		}
	}
	if length < 0 {
		length = len(body) + 4
	}
	out := binary.BigEndian.AppendUint32([]byte{kind}, uint32(length))
	return append(out, body...)
}
