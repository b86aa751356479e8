package promtest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prom-go/prom"
)

// EnvPostgres is the environment variable with the URL of the PostgreSQL server that tests use. Its user must be
// allowed to create schemas.
const EnvPostgres = "PROM_TEST_POSTGRES"

// Option changes what database [DB] returns.
type Option func(*options)

type options struct {
	postgres string
	file     bool
	name     string
	named    bool
	large    []prom.AnyRepo
}

// SQLite asks for SQLite, whatever the environment says.
func SQLite() Option { return func(o *options) { o.postgres = "" } }

// File asks for SQLite in a file of the test's temporary folder, where there are several readers and other processes
// can come in.
func File() Option { return func(o *options) { o.postgres, o.file = "", true } }

// Postgres asks for a schema on the PostgreSQL server of that URL.
func Postgres(dsn string) Option { return func(o *options) { o.postgres = dsn } }

// As makes the database the connection of that name in [prom.Default] until the test ends, "" being the default
// connection, so that repos in package variables use it. Such tests cannot run in parallel: the second one fails.
func As(name string) Option { return func(o *options) { o.name, o.named = name, true } }

// owned are the databases that end with their tests.
var owned sync.Map // *prom.DB → true

// DB returns an empty database of the test's own, which ends with the test. It is SQLite in memory or, if [EnvPostgres]
// is set, a schema of PostgreSQL, unless an option says otherwise.
func DB(tb testing.TB, opts ...Option) *prom.DB {
	tb.Helper()
	o := options{postgres: os.Getenv(EnvPostgres)}
	for _, opt := range opts {
		opt(&o)
	}
	dsn := "sqlite://:memory:"
	switch {
	case o.postgres != "":
		dsn = newSchema(tb, o.postgres)
	case o.file:
		dsn = "sqlite:///" + strings.TrimPrefix(strings.ReplaceAll(tb.TempDir(), `\`, "/"), "/") + "/test.db"
	}
	registry := new(prom.Registry)
	if o.named {
		registry = prom.Default
		dsn += "#" + o.name
	}
	g := newGuard(tb)
	db, err := registry.Open(dsn, prom.Observe(g))
	if err != nil {
		tb.Fatal("promtest:", err)
	}
	owned.Store(db, true)
	tb.Cleanup(func() {
		owned.Delete(db)
		forget(db)
		if err := db.Close(); err != nil {
			tb.Error("promtest:", err)
		}
	})
	if len(o.large) > 0 {
		g.scans = newScans(o.large)
		tb.Cleanup(func() { g.scans.check(tb) })
	}
	return db
}

// Each runs fn as the parallel subtests "sqlite" and, if [EnvPostgres] is set, "postgres", each with an empty database
// of its own.
func Each(t *testing.T, fn func(t *testing.T, db *prom.DB)) {
	t.Helper()
	run := func(name string, opt Option) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, DB(t, opt))
		})
	}
	run("sqlite", SQLite())
	if dsn := os.Getenv(EnvPostgres); dsn != "" {
		run("postgres", Postgres(dsn))
	}
}

const schemaTimeout = 30 * time.Second

// newSchema makes a schema on a server, which is dropped when the test ends, and returns the DSN that leads there.
func newSchema(tb testing.TB, server string) string {
	tb.Helper()
	// Random, because processes that share a server do not know of each other.
	name := "promtest_" + strings.ToLower(rand.Text()[:16])
	dsn, err := inSchema(server, name)
	if err == nil {
		err = execute(server, "CREATE SCHEMA "+name)
	}
	if err != nil {
		tb.Fatal("promtest:", err)
	}
	tb.Cleanup(func() {
		if err := execute(server, "SET lock_timeout = '10s'; DROP SCHEMA "+name+" CASCADE"); err != nil {
			tb.Errorf("promtest: drop the schema (is a transaction still open?): %v", err)
		}
	})
	return dsn
}

// inSchema binds a server's URL to a schema. Its error shows nothing of the URL, which may hold a password.
func inSchema(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil || u.Host == "" && u.RawQuery == "" {
		return "", errors.New("the PostgreSQL server must be given as a URL: postgres://user:password@host:port/database")
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery, u.Fragment = q.Encode(), ""
	return u.String(), nil
}

// execute runs statements on a connection of its own.
func execute(dsn, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), schemaTimeout)
	defer cancel()
	base, _, _ := strings.Cut(dsn, "#")
	db, err := new(prom.Registry).Open(base)
	if err != nil {
		return err
	}
	raw, err := db.SQL(ctx)
	if err == nil {
		_, err = raw.ExecContext(ctx, sql)
	}
	return errors.Join(err, db.Close())
}
