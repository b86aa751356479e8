//go:build unix

package db

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/db/postgres"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/internal/dsn/dsntest"
)

// guarded is a server that asks for TLS of some users, and for a certificate or a password.
type guarded struct {
	*dbtest.Own
	ca, stranger *authority
	version      int64
}

func newGuarded(t *testing.T) guarded {
	t.Helper()
	g := guarded{ca: newAuthority(t, "prom tests"), stranger: newAuthority(t, "somebody else")}
	server := g.ca.sign(t, "server", time.Now().Add(time.Hour), "localhost")
	g.Own = dbtest.NewOwn(t, dbtest.OwnConfig{
		Settings: []string{"ssl=on", "ssl_cert_file=server.crt", "ssl_key_file=server.key", "ssl_ca_file=ca.crt",
			"password_encryption=scram-sha-256"},
		Files: map[string][]byte{"server.crt": server.cert, "server.key": server.key, "ca.crt": g.ca.pem},
		HBA: []string{
			"hostssl all encrypted 127.0.0.1/32 trust",
			"hostssl all certified 127.0.0.1/32 cert",
			"host all scrambled 127.0.0.1/32 scram-sha-256",
			"host all plainly 127.0.0.1/32 password",
			"hostnossl all encrypted,certified 127.0.0.1/32 reject",
			"host all all 127.0.0.1/32 scram-sha-256",
		},
	})
	admin := connect(t, g.DSN("prom")+"?sslmode=disable")
	do(limited(t), t, admin, "CREATE ROLE encrypted LOGIN", "CREATE ROLE certified LOGIN",
		"CREATE ROLE scrambled LOGIN PASSWORD '"+secret+"'", "CREATE ROLE plainly LOGIN PASSWORD '"+secret+"'")
	g.version = count(limited(t), t, admin, "SELECT current_setting('server_version_num')::int")
	return g
}

// Ensure that logging in to a server that asks for TLS, certificates and passwords does what the DSN says, and that
// nothing of the DSN comes out where it fails. parity: E1 E7 suite: 28
func TestLogin(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	t.Run("passwords", g.testPassword)
	t.Run("redaction", g.testRedaction)
	t.Run("hook", g.testHook)
	t.Run("TLS", g.testTLS) // which changes the server
}

// named returns the DSN with the server's name instead of its address.
func (g guarded) named(user, options string) string {
	return strings.Replace(g.DSN(user), "127.0.0.1", "localhost", 1) + "?" + options
}

// replaceCertificate gives the server another certificate while it runs.
func (g guarded) replaceCertificate(t *testing.T, p pair) {
	t.Helper()
	g.Write(t, "server.crt", p.cert)
	g.Write(t, "server.key", p.key)
	g.Signal(t, syscall.SIGHUP)
	eventually(t, "the server has the new certificate", func() bool { return g.serial(t).Cmp(p.serial) == 0 })
}

// serial returns the number of the certificate that the server shows.
func (g guarded) serial(t *testing.T) *big.Int {
	t.Helper()
	is := is.New(t)
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", g.Port))
	is.NoErr(err)
	defer c.Close()
	is.NoErr(second(c.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47}))) // SSLRequest
	is.NoErr(second(c.Read(make([]byte, 1))))
	secure := tls.Client(c, &tls.Config{InsecureSkipVerify: true})
	is.NoErr(secure.Handshake())
	return secure.ConnectionState().PeerCertificates[0].SerialNumber
}

// Ensure that the TLS options of a DSN do with a real server what they say: who is let through, who is not, and how the
// error tells the reason without a path, a password or another part of the DSN.
func (g guarded) testTLS(t *testing.T) {
	root, wrongRoot := "&sslrootcert="+saved(t, g.ca.pem), "&sslrootcert="+saved(t, g.stranger.pem)
	client := g.ca.sign(t, "certified", time.Now().Add(time.Hour))
	stale := g.ca.sign(t, "certified", time.Now().Add(-time.Minute))
	other := g.ca.sign(t, "encrypted", time.Now().Add(time.Hour))
	forged := g.stranger.sign(t, "certified", time.Now().Add(time.Hour))
	with := func(p pair) string { return "&sslcert=" + saved(t, p.cert) + "&sslkey=" + saved(t, p.key) }
	const full = "sslmode=verify-full"
	direct := tlsCase{"direct", g.named("encrypted", full+root+"&sslnegotiation=direct"), "", true}
	if g.version < 170000 {
		direct.want, direct.encrypted = "the server closed the connection before it answered", false
	}
	g.check(t, []tlsCase{
		{"none", g.DSN("prom") + "?sslmode=disable", "", false},
		{"none where TLS is asked for", g.DSN("encrypted") + "?sslmode=disable", "28000", false},
		{"prefer", g.DSN("encrypted") + "?sslmode=prefer", "", true},
		{"allow", g.DSN("encrypted") + "?sslmode=allow", "", true}, // plain at first, which is refused
		{"require", g.DSN("encrypted") + "?sslmode=require", "", true},
		{"require and its alias", g.DSN("encrypted") + "?ssl=true", "", true},
		{"require with an authority", g.DSN("encrypted") + "?sslmode=require" + root, "", true},
		// as libpq has it
		{"require with another authority", g.DSN("encrypted") + "?sslmode=require" + wrongRoot, postgres.DetailUntrusted,
			false},
		// by address: the name is not looked at
		{"verify-ca", g.DSN("encrypted") + "?sslmode=verify-ca" + root, "", true},
		{"verify-ca of another authority", g.DSN("encrypted") + "?sslmode=verify-ca" + wrongRoot, postgres.DetailUntrusted,
			false},
		{"verify-full", g.named("encrypted", full+root), "", true},
		{"verify-full of another authority", g.named("encrypted", full+wrongRoot), postgres.DetailUntrusted, false},
		{"verify-full of the system's authorities", g.named("encrypted", full), postgres.DetailUntrusted, false},
		{"verify-full for another host", g.DSN("encrypted") + "?" + full + root, postgres.DetailOtherHost, false},
		direct,
		{"client certificate", g.named("certified", full+root+with(client)), "", true},
		{"client certificate with a locked key",
			g.named("certified", full+root+with(g.ca.signLocked(t, "certified", secret))+"&sslpassword="+secret), "", true},
		{"no client certificate", g.named("certified", full+root), "28000", false},
		{"client certificate that is not to be shown", g.named("certified", full+root+with(client)+"&sslcertmode=disable"),
			"28000", false},
		{"client certificate of somebody else", g.named("certified", full+root+with(other)), "28000", false},
		// which is not even sent
		{"client certificate of another authority", g.named("certified", full+root+with(forged)), "28000", false},
		{"expired client certificate", g.named("certified", full+root+with(stale)), postgres.DetailCertRefused, false},
	})
	g.replaceCertificate(t, g.ca.sign(t, "server", time.Now().Add(-time.Minute), "localhost"))
	g.check(t, []tlsCase{
		{"expired, require", g.DSN("encrypted") + "?sslmode=require", "", true}, // looks at nothing
		{"expired, verify-ca", g.DSN("encrypted") + "?sslmode=verify-ca" + root, postgres.DetailExpired, false},
		{"expired, verify-full", g.named("encrypted", full+root), postgres.DetailExpired, false},
	})
	g.replaceCertificate(t, g.stranger.sign(t, "server", time.Now().Add(time.Hour), "localhost"))
	g.check(t, []tlsCase{
		{"forged, require", g.DSN("encrypted") + "?sslmode=require", "", true},
		{"forged, verify-ca", g.DSN("encrypted") + "?sslmode=verify-ca" + root, postgres.DetailUntrusted, false},
		{"forged, verify-full", g.named("encrypted", full+root), postgres.DetailUntrusted, false},
	})
}

// tlsCase is a login: the SQLSTATE or the detail of its error, or "" when it succeeds, and whether it is encrypted
// then.
type tlsCase struct {
	name, dsn, want string
	encrypted       bool
}

func (g guarded) check(t *testing.T, cases []tlsCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			ctx := limited(t)
			dsn := strings.Replace(c.dsn, "@", ":"+secret+"@", 1) // which nobody may see, whatever happens
			db := connect(t, dsn)
			err := db.Ping(ctx)
			if c.want == "" {
				is.NoErr(err)
				is.Equal(count(ctx, t, db, "SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == 1, c.encrypted)
				return
			}
			g.refused(t, err, c.want)
			g.refused(t, attempt(ctx, db, read(db, "SELECT 1")), c.want)
		})
	}
}

// refused compares the error of a login.
func (g guarded) refused(t *testing.T, err error, want string) {
	t.Helper()
	is := is.New(t)
	var e *driver.Error
	is.True(errors.As(err, &e))
	if len(want) == 5 {
		failure{kind: driver.KindPermission, code: want, detail: sqlState(want)}.checkPostgres(is, err)
	} else {
		is.Equal(driver.KindOf(err), driver.KindConnection)
		is.Equal(e.Detail, want)
		is.True(driver.IsUnsent(err))
	}
	dsntest.CheckNoSecret(t, secret, dsntest.ErrorChain(err))
	for inner := range errorTree(err) {
		if ours, ok := inner.(*driver.Error); ok {
			is.True(!strings.Contains(ours.Error(), "/")) // no path of a file
		}
	}
}

// Ensure that no shape of a DSN gives its secret away when the server cannot be reached, does not take the password, or
// shows a certificate that is not trusted: in no error, in no error's causes and in no log.
func (g guarded) testRedaction(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := uint16(l.Addr().(*net.TCPAddr).Port)
	l.Close()
	ways := []struct {
		name string
		port uint16
		mode string
	}{{"refused", closed, "disable"}, {"bad password", uint16(g.Port), "disable"}, {"TLS", uint16(g.Port), "verify-full"}}
	tried, tries := map[string]int{}, 0
	for i, shape := range dsntest.Shapes {
		secret := fmt.Sprintf("S%dzQvWk7", i)
		d, err := parseDSN(strings.ReplaceAll(shape, "SECRET", secret))
		if err != nil {
			continue // TestRedaction
		}
		for _, way := range ways {
			d.Hosts, d.Options.ConnectTimeout = []dsn.Host{{Name: "127.0.0.1", Port: way.port}}, time.Minute
			db := newDB(dsn.With(d, "sslmode", way.mode))
			if d.Dialect == dsn.SQLite {
				d.Path = t.TempDir() // which is no file
				db = newDB(d)
			}
			var out bytes.Buffer
			Logger(slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))(db)
			LogArgs()(db)
			err := attempt(limited(t), db, read(db, "SELECT 1"))
			if err == nil {
				t.Errorf("%s, %s: no error", shape, way.name)
			}
			dsntest.CheckNoSecret(t, secret, append(dsntest.ErrorChain(err), out.String()))
			tried[way.name+" "+driver.KindOf(err).Error()]++
			tries++
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	dbtest.Reportf(t, 28, "%d logins that fail, %v", tries, tried)
	if tried["bad password permission denied"] < 20 || tried["TLS connection failed"] < 20 ||
		tried["refused connection failed"] < 20 {
		t.Error("too few shapes came so far")
	}
}

// Ensure that a wrong password is told as such and never shown, and that a server which asks for the password itself
// does not get it from a DSN that forbids that.
func (g guarded) testPassword(t *testing.T) {
	is := is.New(t)
	ctx := limited(t)
	for _, user := range []string{"scrambled", "plainly"} {
		is.NoErr(connect(t, g.DSN(user+":"+secret)+"?sslmode=disable").Ping(ctx))
		is.NoErr(connect(t, g.named(user+":"+secret, "sslmode=require")).Ping(ctx))
		for _, wrong := range []string{secret + "x", ""} {
			t.Run(user, func(t *testing.T) {
				g.refused(t, connect(t, g.DSN(user+":"+wrong)+"?sslmode=disable").Ping(ctx), "28P01")
			})
		}
	}
	for _, strict := range []string{"require_auth=scram-sha-256", "channel_binding=require", "require_auth=!password"} {
		is.NoErr(connect(t, g.named("scrambled:"+secret, "sslmode=require&"+strict)).Ping(ctx))
		err := connect(t, g.named("plainly:"+secret, "sslmode=require&"+strict)).Ping(ctx)
		is.Equal(driver.KindOf(err), driver.KindConnection)
		dsntest.CheckNoSecret(t, secret, dsntest.ErrorChain(err))
	}
}
