package dbtest

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// pooler gives its clients the sessions of a server in turn, a new one for each transaction, as PgBouncer does in
// transaction mode. It tells each client the process number of a session that is there, and knows nothing of prepared
// statements: it is the worst that can stand in between.
type pooler struct {
	relay
	config   *pgconn.Config
	sessions chan *session // that no client has
	ended    chan struct{} // closed when the test ends
}

// session is a session of the server.
type session struct {
	*pgconn.HijackedConn
	from io.Reader // the Conn, behind what pgconn has read of it already
}

// NewPooler starts a pooler before the database of e, until the test ends, and returns e with a DSN that leads through
// it: transactions of all clients share as many sessions as n says.
func NewPooler(tb testing.TB, e Engine, n int) Engine {
	tb.Helper()
	config, err := pgconn.ParseConfig(e.DSN)
	if err != nil {
		tb.Fatal(err)
	}
	p := &pooler{config: config, sessions: make(chan *session, n), ended: make(chan struct{})}
	tb.Cleanup(p.Cut) // what was replaced at the end
	for range n {
		if err := p.connect(); err != nil {
			tb.Fatal(err)
		}
	}
	through := p.relayed(tb, e, func(client, server net.Conn) {
		_ = server.Close() // the sessions are those that are there already
		p.wg.Go(func() { p.serve(client) })
	})
	tb.Cleanup(func() { close(p.ended) }) // before relay waits for those that serve
	return through
}

// connect makes a session for the clients, which ends with the connections of relay.
func (p *pooler) connect() error {
	s := new(session)
	config := p.config.Copy()
	config.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
		s.from = r
		return pgproto3.NewFrontend(r, w)
	}
	c, err := pgconn.ConnectConfig(context.Background(), config)
	if err != nil {
		return err
	}
	if s.HijackedConn, err = c.Hijack(); err != nil {
		return err
	}
	p.mu.Lock()
	p.conns = append(p.conns, s.Conn)
	p.mu.Unlock()
	p.sessions <- s
	return nil
}

// take waits for a session, and returns nil when the test has ended.
func (p *pooler) take() *session {
	select {
	case s := <-p.sessions:
		return s
	case <-p.ended:
		return nil
	}
}

// replace makes a session for one that has broken.
func (p *pooler) replace(broken *session) {
	_ = broken.Conn.Close()
	select {
	case <-p.ended:
	default:
		_ = p.connect() // the server may be gone
	}
}

// message is a message of PostgreSQL's protocol: its type and what follows.
type message struct {
	typ  byte
	data []byte // with type and length
}

func readMessage(r io.Reader) (message, error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(r, head); err != nil {
		return message{}, err
	}
	data := make([]byte, 1+binary.BigEndian.Uint32(head[1:]))
	copy(data, head)
	_, err := io.ReadFull(r, data[5:])
	return message{head[0], data}, err
}

// greet lets a client in.
func (p *pooler) greet(client net.Conn) error {
	back := pgproto3.NewBackend(client, client)
	for {
		switch m, err := back.ReceiveStartupMessage(); m.(type) {
		case *pgproto3.SSLRequest, *pgproto3.GSSEncRequest:
			if _, err := client.Write([]byte{'N'}); err != nil {
				return err
			}
		case *pgproto3.StartupMessage:
			session := p.take()
			if session == nil {
				return io.EOF
			}
			back.Send(&pgproto3.AuthenticationOk{})
			for name, value := range session.ParameterStatuses {
				back.Send(&pgproto3.ParameterStatus{Name: name, Value: value})
			}
			back.Send(&pgproto3.BackendKeyData{ProcessID: session.PID, SecretKey: session.SecretKey})
			back.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
			p.sessions <- session
			return back.Flush()
		default: // a request to cancel, which nothing here needs
			return errors.Join(err, io.EOF)
		}
	}
}

// serve passes on what a client says to the session that it has, and takes one when it has none.
func (p *pooler) serve(client net.Conn) {
	defer client.Close()
	if p.greet(client) != nil {
		return
	}
	t := &turn{pooler: p, client: client}
	defer t.leave()
	for {
		m, err := readMessage(client)
		if err != nil || m.typ == 'X' || t.send(m) != nil { // Terminate
			return
		}
	}
}

// turn is a client's turn at the sessions.
type turn struct {
	pooler *pooler
	client net.Conn

	mu      sync.Mutex
	session *session // nil while the client has none
	open    bool     // messages were sent behind the last one that the server answers
	awaited int      // answers that end with ReadyForQuery
}

// send passes on a message of the client.
func (t *turn) send(m message) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session == nil {
		if m.typ == 'd' || m.typ == 'c' || m.typ == 'f' {
			return nil // of a COPY that has failed
		}
		session := t.pooler.take()
		if session == nil {
			return io.EOF
		}
		t.session = session
		t.pooler.wg.Go(func() { t.answer(session) })
	}
	switch m.typ {
	case 'd', 'c', 'f': // CopyData, CopyDone, CopyFail: of a Query
	case 'S', 'Q': // Sync, Query
		t.open = false
		t.awaited++
	default:
		t.open = true
	}
	_, err := t.session.Conn.Write(m.data)
	return err
}

// answer passes on what the server says, until the transaction has ended, which gives the session back.
func (t *turn) answer(s *session) {
	for {
		m, err := readMessage(s.from)
		if err != nil {
			_ = t.client.Close()
			t.pooler.replace(s)
			return
		}
		if m.typ != 'Z' { // ReadyForQuery
			_, _ = t.client.Write(m.data)
			continue
		}
		if t.ready(s, m) {
			return
		}
	}
}

// ready passes on that the server is ready for the next query. It reports whether the transaction has ended, so that
// others may have the session.
func (t *turn) ready(s *session, m message) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.awaited--
	done := t.awaited == 0 && !t.open && m.data[5] == 'I'
	if done {
		t.session = nil
		t.pooler.sessions <- s
	}
	_, _ = t.client.Write(m.data)
	return done
}

// leave breaks the session of a client that is gone before its transaction has ended, as PgBouncer does.
func (t *turn) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session != nil {
		_ = t.session.Conn.Close()
	}
}
