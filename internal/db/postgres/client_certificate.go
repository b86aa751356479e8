package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// In TLS 1.3 the client has finished the handshake before the server looks at its certificate. A server that does not
// accept the certificate sends an alert and closes the connection. The client sends its first message meanwhile; when
// that arrives at the closed connection, the server resets it, and the alert may be lost. What is left to see then is
// a connection that breaks before the server has said anything, after it was sent a certificate. WatchCertificate
// makes that visible.

// certificateError is the end of a connection on which the client has sent a certificate, and after that the server
// nothing.
type certificateError struct{ error }

func (e certificateError) Unwrap() error { return e.error }

// WatchCertificate makes connections that break while the server may be looking at the client's certificate break
// with a certificateError. It changes nothing where there is no certificate.
func WatchCertificate(cfg *pgx.ConnConfig) {
	if cfg.SSLCertMode == "disable" || !slices.ContainsFunc(tlsConfigs(cfg), hasCertificate) {
		return
	}
	for _, c := range tlsConfigs(cfg) {
		if hasCertificate(c) {
			noteCertificate(c)
		}
	}
	dial := cfg.DialFunc
	cfg.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &certificateConn{Conn: c}, nil
	}
	cfg.AfterNetConnect = func(ctx context.Context, _ *pgconn.Config, c net.Conn) (net.Conn, error) {
		switch c := c.(type) {
		case *certificateConn:
			return c.Conn, nil // without TLS
		case *tls.Conn:
			return c, c.HandshakeContext(context.WithValue(ctx, certificateKey{}, c.NetConn()))
		}
		return c, nil
	}
}

// tlsConfigs returns the configurations of all attempts that encrypt.
func tlsConfigs(cfg *pgx.ConnConfig) []*tls.Config {
	list := []*tls.Config{cfg.TLSConfig}
	for _, f := range cfg.Fallbacks {
		list = append(list, f.TLSConfig)
	}
	return slices.DeleteFunc(list, func(c *tls.Config) bool { return c == nil })
}

func hasCertificate(c *tls.Config) bool { return len(c.Certificates) > 0 }

// certificateKey is the key of the certificateConn in the context of its handshake.
type certificateKey struct{}

// noteCertificate makes a configuration tell the connection when it sends a certificate. It chooses the certificate
// as crypto/tls does.
func noteCertificate(cfg *tls.Config) {
	cfg.GetClientCertificate = func(asked *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		for i := range cfg.Certificates {
			if asked.SupportsCertificate(&cfg.Certificates[i]) == nil {
				if c, ok := asked.Context().Value(certificateKey{}).(*certificateConn); ok {
					c.unanswered.Store(true)
				}
				return &cfg.Certificates[i], nil
			}
		}
		return new(tls.Certificate), nil
	}
}

// certificateConn is a connection below TLS.
type certificateConn struct {
	net.Conn

	unanswered atomic.Bool // a certificate is being sent, or was, and nothing has come since
}

// Read implements [net.Conn].
func (c *certificateConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.unanswered.Store(false)
	}
	return n, c.explain(err)
}

// Write implements [net.Conn].
func (c *certificateConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	return n, c.explain(err)
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
