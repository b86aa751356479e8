package db

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/db/postgres"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/internal/dsn/dsntest"
)

// tlsServer takes one connection after the other, and does with each what a test says, once the client has asked for
// TLS.
func tlsServer(t *testing.T, serve func(c *net.TCPConn)) (address string) {
	t.Helper()
	l := must(net.Listen("tcp", "127.0.0.1:0"))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.ReadFull(c, make([]byte, 8)) // SSLRequest
			_, _ = c.Write([]byte("S"))
			serve(c.(*net.TCPConn))
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-ended })
	return l.Addr().String()
}

// Ensure that a server which does not accept the client's certificate is told as such, whether its alert arrives or
// is lost to the reset of the connection, before or after the client has sent its first message. Where the server may
// have another reason, none is told.
func TestClientCertificate_Refused(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "prom tests")
	authorities := x509.NewCertPool()
	authorities.AddCert(ca.cert)
	own := ca.sign(t, "server", time.Now().Add(time.Hour), "localhost")
	stale := ca.sign(t, "client", time.Now().Add(-time.Minute))
	sent := "&sslcert=" + saved(t, stale.cert) + "&sslkey=" + saved(t, stale.key)
	const unknown = "the server closed the connection before it answered"
	reset := func(c *net.TCPConn) { _ = c.SetLinger(0); _ = c.Close() }
	readStartup := func(c *tls.Conn) { _, _ = c.Read(make([]byte, 1000)) }

	for name, tt := range map[string]struct {
		version uint16
		asks    tls.ClientAuthType
		options string
		serve   func(raw *net.TCPConn, c *tls.Conn, done func()) // calls done when the client may send its first message
		want    string
	}{
		"alert": {tls.VersionTLS13, tls.RequireAndVerifyClientCert, sent, func(raw *net.TCPConn, c *tls.Conn, done func()) {
			done()
			_ = c.Handshake()
			_, _ = io.Copy(io.Discard, raw) // the client closes it
		}, postgres.DetailCertRefused},
		"alert of TLS 1.2": {tls.VersionTLS12, tls.RequireAndVerifyClientCert, sent,
			func(raw *net.TCPConn, c *tls.Conn, done func()) {
				done()
				_ = c.Handshake()
				_, _ = io.Copy(io.Discard, raw)
			}, postgres.DetailCertRefused},
		"reset before the first message": {tls.VersionTLS13, tls.RequestClientCert, sent,
			func(raw *net.TCPConn, c *tls.Conn, done func()) {
				_ = c.Handshake()
				reset(raw)
				done()
			}, postgres.DetailCertRefused},
		"alert and reset before the first message": {tls.VersionTLS13, tls.RequireAndVerifyClientCert, sent,
			func(raw *net.TCPConn, c *tls.Conn, done func()) {
				_ = c.Handshake()
				reset(raw)
				done()
			}, postgres.DetailCertRefused},
		"reset after the first message": {tls.VersionTLS13, tls.RequestClientCert, sent,
			func(raw *net.TCPConn, c *tls.Conn, done func()) {
				done()
				readStartup(c)
				reset(raw)
			}, postgres.DetailCertRefused},
		"closed after the first message": {tls.VersionTLS13, tls.RequestClientCert, sent,
			func(raw *net.TCPConn, c *tls.Conn, done func()) {
				done()
				readStartup(c)
				_ = raw.Close()
			}, postgres.DetailCertRefused},
		"reset after an answer": {tls.VersionTLS13, tls.RequestClientCert, sent,
			func(raw *net.TCPConn, c *tls.Conn, done func()) {
				done()
				readStartup(c)
				_, _ = c.Write([]byte{'R', 0, 0, 0, 8, 0, 0, 0, 3}) // asks for a password
				readStartup(c)
				reset(raw)
			}, unknown},
		"reset though no certificate was asked for": {tls.VersionTLS13, tls.NoClientCert, sent,
			func(raw *net.TCPConn, c *tls.Conn, done func()) {
				done()
				readStartup(c)
				reset(raw)
			}, unknown},
		"reset without a certificate": {tls.VersionTLS13, tls.RequestClientCert, "",
			func(raw *net.TCPConn, c *tls.Conn, done func()) {
				done()
				readStartup(c)
				reset(raw)
			}, unknown},
		"reset without a certificate, after another key exchange": {tls.VersionTLS13, tls.RequestClientCert, "",
			func(raw *net.TCPConn, c *tls.Conn, done func()) {
				done()
				readStartup(c)
				reset(raw)
			}, unknown},
		"reset without the certificate": {tls.VersionTLS13, tls.RequestClientCert, sent + "&sslcertmode=disable",
			func(raw *net.TCPConn, c *tls.Conn, done func()) {
				done()
				readStartup(c)
				reset(raw)
			}, unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			server := &tls.Config{Certificates: []tls.Certificate{must(tls.X509KeyPair(own.cert, own.key))}, ClientAuth: tt.asks,
				ClientCAs:  authorities,
				MaxVersion: tt.version, SessionTicketsDisabled: true} // PostgreSQL sends no tickets
			if strings.Contains(name, "another key exchange") {
				server.CurvePreferences = []tls.CurveID{tls.CurveP256} // the client says hello twice
			}
			may := make(chan struct{})
			done := sync.OnceFunc(func() { close(may) })
			address := tlsServer(t, func(c *net.TCPConn) { tt.serve(c, tls.Server(c, server), done) })
			d := must(parseDSN("postgres://u:" + secret + "@" + address + "/db?sslmode=require" + tt.options))
			cfg := must(dsn.PoolConfig(d)).ConnConfig
			postgres.WatchCertificate(cfg)
			shake := cfg.AfterNetConnect
			cfg.AfterNetConnect = func(ctx context.Context, _ *pgconn.Config, c net.Conn) (net.Conn, error) {
				var err error
				if shake != nil {
					c, err = shake(ctx, &cfg.Config, c)
				}
				<-may
				return c, err
			}
			err := second(pgx.ConnectConfig(limited(t), cfg))
			is.True(err != nil)
			err = postgres.ErrorOf(err)
			is.Equal(driver.KindOf(err), driver.KindConnection)
			is.True(driver.IsUnsent(err))
			var e *driver.Error
			is.True(errors.As(err, &e))
			is.Equal(e.Detail, tt.want)
			dsntest.CheckNoSecret(t, secret, dsntest.ErrorChain(err))
		})
	}
}

// Ensure that a context that ends while the server looks at a certificate, or keeps quiet, is told as such.
func TestClientCertificate_Timeout(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ca := newAuthority(t, "prom tests")
	own, client := ca.sign(t, "server", time.Now().Add(time.Hour), "localhost"), ca.sign(t, "client",
		time.Now().Add(time.Hour))
	server := &tls.Config{Certificates: []tls.Certificate{must(tls.X509KeyPair(own.cert, own.key))},
		ClientAuth: tls.RequestClientCert}
	for _, shakes := range []bool{true, false} {
		address := tlsServer(t, func(c *net.TCPConn) {
			if shakes {
				_ = tls.Server(c, server).Handshake()
			}
			_, _ = io.Copy(io.Discard, c) // until the client gives up
		})
		db := connect(t, "postgres://u@"+address+"/db?sslmode=require&sslcert="+saved(t, client.cert)+"&sslkey="+saved(t,
			client.key)+"&connect_timeout=1s")
		err := db.Ping(limited(t))
		is.Equal(driver.KindOf(err), driver.KindConnection) // of connect_timeout
		var e *driver.Error
		is.True(errors.As(err, &e))
		is.Equal(e.Detail, "the server did not answer within connect_timeout")
	}
}
