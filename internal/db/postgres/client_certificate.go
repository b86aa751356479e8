package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// In TLS 1.3 the client has finished the handshake before the server looks at its certificate. A server that does not
// accept the certificate sends an alert and closes the connection. The client sends its first message meanwhile; when
// that arrives at the closed connection, the server resets it, and the alert may be lost. What is left to see then is
// a connection that breaks before the server has said anything, after it was sent a certificate. WatchCertificate
// makes that visible.
//
// Whether a certificate was sent is seen in the client's flight. Its encrypted records are Certificate, if the server
// has asked for one, CertificateVerify, if that holds one, and Finished (RFC 8446, section 4.4). So the configuration
// of TLS, which may be the program's own and choose certificates by a function, is left as it is.

// certificateError is the end of a connection on which the client has sent a certificate, and after that the server
// nothing.
type certificateError struct{ error }

func (e certificateError) Unwrap() error { return e.error }

// WatchCertificate makes connections that break while the server may be looking at the client's certificate break
// with a certificateError. It changes nothing without TLS.
func WatchCertificate(cfg *pgx.ConnConfig) {
	if !encrypts(cfg) {
		return
	}
	dial, after := cfg.DialFunc, cfg.AfterNetConnect
	cfg.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &certificateConn{Conn: c}, nil
	}
	cfg.AfterNetConnect = func(ctx context.Context, config *pgconn.Config, c net.Conn) (net.Conn, error) {
		switch own := c.(type) {
		case *certificateConn:
			c = own.Conn // without TLS
		case *tls.Conn:
			if err := own.HandshakeContext(ctx); err != nil {
				return c, err
			}
			if below, ok := own.NetConn().(*certificateConn); ok {
				below.shaken.Store(true)
			}
		}
		if after == nil {
			return c, nil
		}
		return after(ctx, config, c)
	}
}

// encrypts reports whether one of the attempts encrypts.
func encrypts(cfg *pgx.ConnConfig) bool {
	for _, f := range cfg.Fallbacks {
		if f.TLSConfig != nil {
			return true
		}
	}
	return cfg.TLSConfig != nil
}

// certificateConn is a connection below TLS.
type certificateConn struct {
	net.Conn

	shaken     atomic.Bool // the handshake is over
	records    int         // encrypted ones that were sent until then
	unanswered atomic.Bool // a certificate is being sent, or was, and nothing has come since
}

// NetConn returns the connection below, as that of [tls.Conn] does.
func (c *certificateConn) NetConn() net.Conn { return c.Conn }

// Read implements [net.Conn].
func (c *certificateConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.unanswered.Store(false)
	}
	return n, c.explain(err)
}

// certificateRecords are how many encrypted records a client's flight has that holds a certificate, at least.
const certificateRecords = 3

// Write implements [net.Conn]. crypto/tls writes whole records.
func (c *certificateConn) Write(b []byte) (int, error) {
	if !c.shaken.Load() {
		c.records += encryptedRecords(b)
		if c.records >= certificateRecords {
			c.unanswered.Store(true)
		}
	}
	n, err := c.Conn.Write(b)
	return n, c.explain(err)
}

// encryptedRecords counts records of TLS that are encrypted as those of TLS 1.3 are (RFC 8446, section 5.2).
func encryptedRecords(b []byte) (n int) {
	const head, applicationData = 5, 23
	for len(b) >= head {
		if b[0] == applicationData {
			n++
		}
		b = b[min(len(b), head+int(b[3])<<8+int(b[4])):]
	}
	return n
}

func (c *certificateConn) explain(err error) error {
	var timeout net.Error
	switch {
	case err == nil, !c.unanswered.Load():
	case errors.Is(err, net.ErrClosed), errors.As(err, &timeout) && timeout.Timeout(): // on this side
	default:
		return certificateError{err}
	}
	return err
}
