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
	sessions chan *pgconn.HijackedConn // that no client has
}

// NewPooler starts a pooler before the database of e, until the test ends, and returns e with a DSN that leads through
// it: transactions of all clients share as many sessions as n says.
func NewPooler(tb testing.TB, e Engine, n int) Engine {
	tb.Helper()
	p := &pooler{sessions: make(chan *pgconn.HijackedConn, n)}
	for range n {
		c, err := pgconn.Connect(context.Background(), e.DSN)
		if err != nil {
			tb.Fatal(err)
		}
		session, err := c.Hijack()
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { _ = session.Conn.Close() })
		p.sessions <- session
	}
	return p.relayed(tb, e, func(client, server net.Conn) {
		_ = server.Close() // the sessions are those that are there already
		p.wg.Go(func() { p.serve(client) })
	})
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
			session := <-p.sessions
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
	for {
		m, err := readMessage(client)
		if err != nil || m.typ == 'X' { // Terminate
			t.leave()
			return
		}
		if t.send(m) != nil {
			return
		}
	}
}

// turn is a client's turn at the sessions.
type turn struct {
	pooler *pooler
	client net.Conn

	mu      sync.Mutex
	session *pgconn.HijackedConn // nil while the client has none
	open    bool                 // messages were sent behind the last one that the server answers
	awaited int                  // answers that end with ReadyForQuery
}

// send passes on a message of the client.
func (t *turn) send(m message) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session == nil {
		if m.typ == 'd' || m.typ == 'c' || m.typ == 'f' {
			return nil // of a COPY that has failed
		}
		t.session = <-t.pooler.sessions
		t.pooler.wg.Go(t.answer)
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
func (t *turn) answer() {
	session := t.session
	for {
		m, err := readMessage(session.Conn)
		if err != nil {
			_ = t.client.Close()
			return
		}
		_, gone := t.client.Write(m.data)
		if m.typ != 'Z' { // ReadyForQuery
			continue
		}
		t.mu.Lock()
		t.awaited--
		done := t.awaited == 0 && !t.open && (m.data[5] == 'I' || gone != nil)
		if done {
			t.session = nil
			t.pooler.sessions <- session
		}
		t.mu.Unlock()
		if done {
			return
		}
	}
}

// leave ends the transaction of a client that has gone, whatever it left open.
func (t *turn) leave() {
	t.mu.Lock()
	session := t.session
	t.mu.Unlock()
	if session != nil && t.send(message{'S', []byte("S\x00\x00\x00\x04")}) == nil {
		_ = t.send(message{'Q', []byte("Q\x00\x00\x00\x0dROLLBACK\x00")})
	}
}
