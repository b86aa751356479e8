//go:build unix

package db

import (
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/matryer/is"
)

// testHook ensures that certificates may come from memory, by the hook of a pool, and that a session over TLS that has
// ended while it was idle is not used again.
func (g guarded) testHook(t *testing.T) {
	is := is.New(t)
	ctx := limited(t)
	own := g.ca.sign(t, "certified", time.Now().Add(time.Hour))
	certificate, err := tls.X509KeyPair(own.cert, own.key)
	is.NoErr(err)
	roots := x509.NewCertPool()
	roots.AddCert(g.ca.cert)
	db := connect(t, g.named("certified", "sslmode=disable&pool_max_conns=1"), Configure(func(cfg *pgxpool.Config) error {
		cfg.ConnConfig.TLSConfig = &tls.Config{RootCAs: roots, ServerName: "localhost", Certificates: []tls.Certificate{certificate}}
		return nil
	}))
	const encrypted = `SELECT count(*)::int FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl AND client_dn = '/CN=certified'`
	is.Equal(count(ctx, t, db, encrypted), int64(1))
	admin := connect(t, g.DSN("prom")+"?sslmode=disable")
	pid := backendOf(ctx, t, db)
	is.Equal(count(ctx, t, admin, "SELECT pg_terminate_backend(?)::int", num(pid)), int64(1))
	waitUntilGone(t, admin, pid)
	is.Equal(count(ctx, t, db, encrypted), int64(1))
	is.True(backendOf(ctx, t, db) != pid)
}
