package dbtest

import (
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
)

// Mangler stands between a client and PostgreSQL and changes what the server says, as a server might that means harm.
// It is safe for concurrent use.
type Mangler struct {
	relay

	mu     sync.Mutex
	random *rand.Rand
	change bool
	count  int
	aim    aim
	conns  int // that are open
}

// NewMangler returns a mangler for the database of e, until the test ends, and e with a DSN that leads through it. The
// seed decides what it does.
func NewMangler(tb testing.TB, e Engine, seed uint64) (*Mangler, Engine) {
	tb.Helper()
	m := &Mangler{random: rand.New(rand.NewPCG(seed, 0))}
	return m, m.relayed(tb, e, func(client, server net.Conn) {
		m.opened(1)
		m.wg.Go(func() { _, _ = io.Copy(server, client); _ = server.Close(); m.opened(-1) })
		m.wg.Go(func() { _ = m.messages(client, server); _ = client.Close() })
	})
}

func (m *Mangler) opened(n int) { m.mu.Lock(); m.conns += n; m.mu.Unlock() }

// Open returns the number of connections that clients hold open.
func (m *Mangler) Open() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.conns
}

// Begin lets it change messages behind the login, about one of ten; End leaves them alone, and returns how many it has
// changed so far.
func (m *Mangler) Begin() { m.mu.Lock(); m.change = true; m.mu.Unlock() }

// End is described at Begin.
func (m *Mangler) End() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.change = false
	return m.count
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
			var aimed, ends bool
			if message, aimed, ends = m.hit(head[0], body); !aimed {
				message = m.mangle(head[0], body)
			}
			if ends {
				_, _ = to.Write(message)
				return io.ErrUnexpectedEOF
			}
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
	return framed(kind, length, body)
}
